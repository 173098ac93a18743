import type { Builtin } from "../language/interpreter.ts";
import { wrapped } from "../wrapped.ts";
import { errorOf, outputOf } from "./output.ts";

/** What a container's image does not hold and only this lab has. */
const OF_THE_LAB: readonly (readonly [usage: string, meaning: string])[] = [
  ["probe PATH", "what each branch says when it is asked for the path"],
  ["why PATH", "the branch that answers, or what hides the name"],
  ["strace COMMAND", "the command's system calls, as they are made"],
  ["drop-caches", "empties the page cache"],
  ["undo, redo, reset", "in the page: a command back, forward, to the start"],
];

/** `help`: all that can be typed; `help NAME`: what a name is. */
export const help: Builtin = async ({ shell, args, interpreter }) => {
  const [name] = args;
  if (name !== undefined) return helpOn(name);
  const own = [...interpreter.builtins.keys()].filter((word) => /^[a-z]/.test(word)).sort();
  const lab = new Set(OF_THE_LAB.map(([usage]) => usage.split(" ")[0]));
  const programs = interpreter.programs().filter((word) => !lab.has(word));
  const width = Math.max(...OF_THE_LAB.map(([usage]) => usage.length));
  await outputOf(
    shell,
    [
      "To see how a union works:",
      ...OF_THE_LAB.map(([usage, meaning]) => `  ${usage.padEnd(width)}  ${meaning}`),
      "Programs (NAME --help tells the options, docker help the commands of docker):",
      ...wrapped(programs, " "),
      "Words of the shell itself:",
      ...wrapped(own, " "),
      "",
    ].join("\n"),
  );
  return 0;

  async function helpOn(word: string): Promise<number> {
    const meaning = OF_THE_LAB.find(([usage]) => usage.split(" ")[0] === word);
    if (meaning) {
      await outputOf(shell, `${meaning[0]}: ${meaning[1]}\n`);
      return 0;
    }
    if (interpreter.builtins.has(word)) {
      await outputOf(shell, `${word} is a word of the shell, as in bash\n`);
      return 0;
    }
    if (interpreter.knows(word)) {
      await outputOf(shell, `${word} is a program: ${word} --help\n`);
      return 0;
    }
    await errorOf(shell, `help: no help topics match \`${word}'`);
    return 1;
  }
};
