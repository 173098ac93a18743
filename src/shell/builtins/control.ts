import { contentLength } from "../../tree/content.ts";
import { decodeName } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import { runScript } from "../language/evaluate.ts";
import {
  type Builtin,
  ExitShell,
  type Interpreter,
  LeaveLoop,
  ReturnFunction,
} from "../language/interpreter.ts";
import { environmentOf, type Shell } from "../language/shell.ts";
import { findOnPath } from "../on-path.ts";
import { endProcess, forkProcess } from "../process.ts";
import { BLOCK } from "../task.ts";
import { errorOf, outputOf } from "./output.ts";

export const exit: Builtin = async ({ shell, args }) => {
  const [word] = args;
  if (word !== undefined && !/^-?\d+$/.test(word)) {
    await errorOf(shell, `exit: ${word}: numeric argument required`);
    throw new ExitShell(2);
  }
  throw new ExitShell(word === undefined ? shell.status : Number(word) & 255);
};

export const returnBuiltin: Builtin = async ({ shell, args }) => {
  if (shell.scopes.length === 0) {
    await errorOf(shell, "return: can only `return' from a function or sourced script");
    return 1;
  }
  throw new ReturnFunction(args[0] === undefined ? shell.status : Number(args[0]) & 255);
};

export const leave: Builtin = async ({ shell, args, name }) => {
  if (shell.loops === 0) {
    await errorOf(shell, `${name}: only meaningful in a \`for', \`while', or \`until' loop`);
    return 0;
  }
  throw new LeaveLoop(name === "break" ? "break" : "continue", Math.max(1, Number(args[0] ?? 1)));
};

export const evalBuiltin: Builtin = async ({ shell, args, interpreter }) => {
  const text = args.join(" ");
  const parsed = shell.process.world.parse(text);
  if (parsed.type !== "script") {
    await errorOf(shell, `eval: ${parsed.message}`);
    return 2;
  }
  if (parsed.script.statements.length === 0) return 0;
  return runScript(interpreter, shell, parsed.script);
};

export const source: Builtin = async ({ shell, args, name, interpreter }) => {
  const [path, ...words] = args;
  if (path === undefined) {
    await errorOf(shell, `${name}: filename argument required`);
    return 2;
  }
  const text = await readWhole(shell, path);
  if (text.errno !== null) {
    await errorOf(shell, `${path}: ${errorText(text.errno)}`);
    return 1;
  }
  const parsed = shell.process.world.parse(text.value);
  if (parsed.type !== "script") {
    await errorOf(shell, `${path}: ${parsed.message}`);
    return 2;
  }
  const positional = shell.positional;
  if (words.length > 0) shell.positional = words;
  shell.scopes.push(new Map());
  try {
    shell.status = 0;
    return await runScript(interpreter, shell, parsed.script);
  } catch (fault) {
    if (fault instanceof ReturnFunction) return fault.status;
    throw fault;
  } finally {
    shell.scopes.pop();
    if (words.length > 0) shell.positional = positional;
  }
};

async function readWhole(
  shell: Shell,
  path: string,
): Promise<{ errno: null; value: string } | { errno: Parameters<typeof errorText>[0] }> {
  const { world, pid } = shell.process;
  const opened = world.call(pid, "open", { path, flags: ["O_RDONLY"] });
  if (opened.errno !== null) return { errno: opened.errno };
  let text = "";
  try {
    for (;;) {
      const read = world.call(pid, "read", { fd: opened.value, length: BLOCK });
      if (read.errno !== null) return { errno: read.errno };
      if (contentLength(read.value) === 0) return { errno: null, value: text };
      text += decodeName(await world.bytes(read.value));
    }
  } finally {
    world.call(pid, "close", { fd: opened.value });
  }
}

/** `command` runs a program or builtin past any function; `-v` and `-V` tell what a name is. */
export const command: Builtin = async (call) => {
  const { shell, args, interpreter, expander } = call;
  const [first, ...rest] = args;
  if (first === undefined) return 0;
  if (first === "-v" || first === "-V") {
    const said = rest.map((word) => tell(call, word, first === "-V"));
    await outputOf(
      shell,
      said
        .filter((text) => text !== null)
        .map((text) => `${text}\n`)
        .join(""),
    );
    return said.every((text) => text === null) ? 1 : 0;
  }
  const argv = first === "-p" || first === "--" ? rest : args;
  const [name = "", ...words] = argv;
  const builtin = interpreter.builtins.get(name);
  if (builtin) return builtin({ shell, expander, args: words, name, interpreter });
  const child = forkProcess(shell.process);
  try {
    return await interpreter.program(child, argv, environmentOf(shell));
  } finally {
    endProcess(child);
  }
};

export const typeName: Builtin = async (call) => {
  let status = 0;
  for (const word of call.args.filter((arg) => !arg.startsWith("-"))) {
    const said = tell(call, word, true);
    if (said !== null) await outputOf(call.shell, `${said}\n`);
    else {
      await errorOf(call.shell, `type: ${word}: not found`);
      status = 1;
    }
  }
  return status;
};

/** `which`: the file of each name that is a program; nothing for the shell's own words. */
export const which: Builtin = async ({ shell, args, interpreter }) => {
  let status = 0;
  for (const word of args.filter((arg) => !arg.startsWith("-"))) {
    const found = programNamed(shell, interpreter, word);
    if (found?.isProgram) await outputOf(shell, `${found.path}\n`);
    else status = 1;
  }
  return status;
};

/** Where a program is: in the lab's own place, else on PATH. */
function programNamed(
  shell: Shell,
  interpreter: Interpreter,
  word: string,
): ReturnType<typeof findOnPath> {
  if (interpreter.knows(word)) return { path: `/usr/bin/${word}`, isProgram: true };
  return findOnPath(shell.process, word, environmentOf(shell));
}

function tell(
  { shell, interpreter }: Parameters<Builtin>[0],
  word: string,
  long: boolean,
): string | null {
  const alias = shell.aliases.get(word);
  if (alias !== undefined)
    return long ? `${word} is aliased to \`${alias}'` : `alias ${word}='${alias}'`;
  if (shell.functions.has(word)) return long ? `${word} is a function` : word;
  if (interpreter.builtins.has(word)) return long ? `${word} is a shell builtin` : word;
  const found = programNamed(shell, interpreter, word);
  if (found === null) return null;
  return long ? `${word} is ${found.path}` : found.path;
}

export const alias: Builtin = async ({ shell, args }) => {
  let status = 0;
  const words = args.length > 0 ? args : [...shell.aliases.keys()].sort();
  for (const word of words) {
    const at = word.indexOf("=");
    if (at > 0) {
      shell.aliases.set(word.slice(0, at), word.slice(at + 1));
      continue;
    }
    const text = shell.aliases.get(word);
    if (text !== undefined) await outputOf(shell, `alias ${word}='${text}'\n`);
    else {
      await errorOf(shell, `alias: ${word}: not found`);
      status = 1;
    }
  }
  return status;
};

export const unalias: Builtin = async ({ shell, args }) => {
  for (const word of args)
    if (word === "-a") shell.aliases.clear();
    else shell.aliases.delete(word);
  return 0;
};

/** Of all signals only EXIT can happen here; the others are kept and shown. */
export const trap: Builtin = async ({ shell, args }) => {
  if (args.length === 0) {
    for (const [signal, text] of shell.traps)
      await outputOf(shell, `trap -- '${text}' ${signal}\n`);
    return 0;
  }
  const [text = "", ...signals] = args;
  for (const signal of signals) {
    const name = signal === "0" ? "EXIT" : signal;
    if (text === "-") shell.traps.delete(name);
    else shell.traps.set(name, text);
  }
  return 0;
};

/** Jobs have ended before the prompt is back. */
export const wait: Builtin = async () => 0;
