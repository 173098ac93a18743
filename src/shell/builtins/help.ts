import { type LabWords, wordsAt } from "../lab-words.ts";
import type { Builtin } from "../language/interpreter.ts";
import { wrapped } from "../wrapped.ts";
import { errorOf, outputOf } from "./output.ts";

/** What a container's image does not hold and only this lab has. */
const OF_THE_LAB: readonly (readonly [
  usage: string,
  meaning: Exclude<keyof LabWords["help"], "isShellWord" | "isProgram">,
])[] = [
  ["probe PATH", "probe"],
  ["why PATH", "why"],
  ["strace COMMAND", "strace"],
  ["drop-caches", "dropCaches"],
  ["undo, redo, reset", "undo"],
];

/** `help`: all that can be typed; `help NAME`: what a name is. */
export const help: Builtin = async ({ shell, args, interpreter }) => {
  const { help: words } = wordsAt(shell.process, 1);
  const [name] = args;
  if (name !== undefined) return helpOn(name);
  const own = [...interpreter.builtins.keys()].filter((word) => /^[a-z]/.test(word)).sort();
  const lab = new Set(OF_THE_LAB.map(([usage]) => usage.split(" ")[0]));
  const programs = interpreter.programs().filter((word) => !lab.has(word));
  const width = Math.max(...OF_THE_LAB.map(([usage]) => usage.length));
  await outputOf(
    shell,
    [
      words.lab,
      ...OF_THE_LAB.map(([usage, meaning]) => `  ${usage.padEnd(width)}  ${words[meaning]}`),
      words.programs,
      ...wrapped(programs, " "),
      words.shell,
      ...wrapped(own, " "),
      "",
    ].join("\n"),
  );
  return 0;

  async function helpOn(word: string): Promise<number> {
    const known = OF_THE_LAB.find(([usage]) => usage.split(" ")[0] === word);
    if (known) {
      const [usage, meaning] = known;
      await outputOf(shell, `${usage}: ${words[meaning]}\n`);
      return 0;
    }
    if (interpreter.builtins.has(word)) {
      await outputOf(shell, `${words.isShellWord(word)}\n`);
      return 0;
    }
    if (interpreter.knows(word)) {
      await outputOf(shell, `${words.isProgram(word)}\n`);
      return 0;
    }
    await errorOf(shell, `help: no help topics match \`${word}'`);
    return 1;
  }
};
