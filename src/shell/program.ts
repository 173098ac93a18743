import { contentLength } from "../tree/content.ts";
import { decodeName } from "../tree/name.ts";
import { BUILTINS } from "./builtins/table.ts";
import { COMMANDS } from "./commands/table.ts";
import { errorText } from "./error-text.ts";
import { type LabWords, wordsAt } from "./lab-words.ts";
import { runScript, runToExit } from "./language/evaluate.ts";
import type { Interpreter } from "./language/interpreter.ts";
import { openShell, type Shell } from "./language/shell.ts";
import { newShellState } from "./language/state.ts";
import { findOnPath } from "./on-path.ts";
import { BrokenPipe, endProcess, forkProcess, type Process, writeTo } from "./process.ts";
import {
  type CommandFunction,
  contentOf,
  newTask,
  type Run,
  type Task,
  WriteFault,
} from "./task.ts";

/** Programs of the lab itself that stand beside coreutils: docker, strace, probe, … */
export type ExtraCommands = ReadonlyMap<string, CommandFunction>;

const SHELLS = new Set(["sh", "bash", "dash", "ash", "rbash"]);
const DIRECTORIES = ["/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];

/** Builtins that are files in /usr/bin too: what `find -exec`, `env` and `sudo` run. */
const ALSO_PROGRAMS = new Set(["[", "echo", "false", "printf", "pwd", "test", "true"]);

/** What is near to commands that people look for and that cannot be here. */
const NEAR: ReadonlyMap<string, string> = new Map([
  ...["less", "more", "view"].map((name) => [name, "cat"] as const),
  ...["awk", "perl", "python", "python3"].map((name) => [name, "sed, cut, grep"] as const),
  ["xxd", "od -t x1z"],
  ["hexdump", "od -c"],
  ["ps", "docker ps"],
  ["free", "df"],
  ["lsblk", "mount"],
  ["man", "NAME --help"],
  ["findmnt", "mount"],
]);

/** The same where it takes a few words to say it. */
const NEAR_IN_WORDS: ReadonlyMap<string, keyof LabWords["near"]> = new Map([
  ...["vi", "vim", "nano", "emacs", "ed"].map((name) => [name, "editor"] as const),
  ...["apt", "apt-get", "yum", "dnf", "apk", "pip", "npm"].map(
    (name) => [name, "packages"] as const,
  ),
  ...["curl", "wget"].map((name) => [name, "network"] as const),
  ["history", "history"],
]);

/** All that can be run, and how. `interactive`: at a prompt. */
export function interpreterOf(extra: ExtraCommands, interactive: boolean): Interpreter {
  const find = (name: string): CommandFunction | undefined =>
    extra.get(name) ??
    COMMANDS.get(name) ??
    (SHELLS.has(name) ? shellProgram(extra) : undefined) ??
    (ALSO_PROGRAMS.has(name) ? builtinProgram(extra) : undefined);
  return {
    builtins: BUILTINS,
    interactive,
    knows: (name) => find(name) !== undefined,
    programs: () => [...new Set([...COMMANDS.keys(), ...extra.keys(), ...SHELLS])].sort(),
    program: (process, argv, environment) => runProgram(extra, find, process, argv, environment),
  };
}

/** Names for completion. */
export function commandNames(extra: Iterable<string>): string[] {
  return [...new Set([...BUILTINS.keys(), ...COMMANDS.keys(), ...extra, "sh"])].sort();
}

async function runProgram(
  extra: ExtraCommands,
  find: (name: string) => CommandFunction | undefined,
  process: Process,
  argv: readonly string[],
  environment: ReadonlyMap<string, string>,
): Promise<number> {
  const [name = ""] = argv;
  const run: Run = async (words, change = {}) => {
    const child = forkProcess(process);
    try {
      change.prepare?.(child);
      return await runProgram(extra, find, child, words, change.environment ?? environment);
    } finally {
      endProcess(child);
    }
  };
  const command = name.includes("/")
    ? await commandAt(extra, find, process, name)
    : (find(name) ?? (await commandOnPath(extra, find, process, name, environment)));
  if (typeof command === "object") {
    await writeTo(process, 2, contentOf(`bash: ${command.text}\n`));
    return command.status;
  }
  const base = name.slice(name.lastIndexOf("/") + 1);
  return runTask(command, newTask(process, [base, ...argv.slice(1)], environment, run));
}

async function runTask(command: CommandFunction, task: Task): Promise<number> {
  try {
    return await command(task);
  } catch (fault) {
    if (fault instanceof BrokenPipe) return 141;
    if (!(fault instanceof WriteFault)) throw fault;
    await task.error(`write error: ${errorText(fault.errno)}`);
    return 1;
  }
}

interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** What a path runs: a script by its first line, a program of the lab by its name. */
async function commandAt(
  extra: ExtraCommands,
  find: (name: string) => CommandFunction | undefined,
  process: Process,
  path: string,
): Promise<CommandFunction | Refusal> {
  const { world, pid } = process;
  const base = path.slice(path.lastIndexOf("/") + 1);
  const stat = world.call(pid, "stat", { path });
  const known = find(base);
  if (stat.errno !== null) {
    const usual = DIRECTORIES.includes(path.slice(0, path.lastIndexOf("/")));
    if (known && usual && stat.errno === "ENOENT") return known;
    return { status: 127, text: `${path}: ${errorText(stat.errno)}` };
  }
  if (stat.value.kind === "dir") return { status: 126, text: `${path}: Is a directory` };
  const executable = world.call(pid, "exec", { path });
  if (executable.errno !== null)
    return { status: 126, text: `${path}: ${errorText(executable.errno)}` };
  const text = await readScript(process, path);
  if (text !== null) return scriptProgram(extra, path, text);
  if (known) return known;
  return {
    status: 126,
    text: wordsAt(process, 2).cannotRun(path),
  };
}

async function commandOnPath(
  extra: ExtraCommands,
  find: (name: string) => CommandFunction | undefined,
  process: Process,
  name: string,
  environment: ReadonlyMap<string, string>,
): Promise<CommandFunction | Refusal> {
  const found = findOnPath(process, name, environment);
  if (found !== null) return commandAt(extra, find, process, found.path);
  const words = wordsAt(process, 2);
  const inWords = NEAR_IN_WORDS.get(name);
  const near = inWords
    ? words.near[inWords]
    : (NEAR.get(name) ?? nearest(name, commandNames(extra.keys())));
  const hint = near === null ? "" : `\n${words.nearest(near)}`;
  return { status: 127, text: `${name}: command not found${hint}` };
}

/** A file's text when it begins with `#!` or is plain text; null for a binary. */
async function readScript(process: Process, path: string): Promise<string | null> {
  const { world, pid } = process;
  const opened = world.call(pid, "open", { path, flags: ["O_RDONLY"] });
  if (opened.errno !== null) return null;
  try {
    const head = world.call(pid, "read", { fd: opened.value, length: 131072 });
    if (head.errno !== null) return null;
    if (contentLength(head.value) === 0) return "";
    const bytes = await world.bytes(head.value);
    return bytes.subarray(0, 256).includes(0) ? null : decodeName(bytes);
  } finally {
    world.call(pid, "close", { fd: opened.value });
  }
}

function scriptProgram(extra: ExtraCommands, path: string, text: string): CommandFunction {
  return async (task) => {
    const shebang = /^#![ \t]*(\S+)/.exec(text)?.[1] ?? "/bin/sh";
    const base = shebang.slice(shebang.lastIndexOf("/") + 1);
    if (!SHELLS.has(base) && base !== "env") {
      const line = wordsAt(task.process, 2).cannotInterpret(path, shebang);
      await writeTo(task.process, 2, contentOf(`${line}\n`));
      return 126;
    }
    return runText(extra, task, text, path, task.args, new Set());
  };
}

/** `sh`: `-c TEXT`, a file, or the lines of standard input. */
function shellProgram(extra: ExtraCommands): CommandFunction {
  return async (task) => {
    const args = [...task.args];
    const flags = new Set<string>();
    let text: string | undefined;
    while (/^[-+][a-z]+$/.test(args[0] ?? "")) {
      const word = args.shift() ?? "";
      for (const letter of word.slice(1)) flags.add(letter);
      if (flags.has("c") && text === undefined) text = args.shift();
    }
    if (flags.has("c")) {
      if (text === undefined) {
        await task.error("-c: option requires an argument");
        return 2;
      }
      return runText(extra, task, text, args[0] ?? task.name, args.slice(1), flags);
    }
    const [path, ...rest] = args;
    if (path === undefined) {
      const input = await task.readAll(0);
      if (input.errno !== null) return 0;
      return runText(extra, task, await task.text(input.value), task.name, [], flags);
    }
    const script = await readScript(task.process, path);
    if (script === null) {
      await task.error(`${path}: No such file or directory`);
      return 127;
    }
    return runText(extra, task, script, path, rest, flags);
  };
}

function builtinProgram(extra: ExtraCommands): CommandFunction {
  return async (task) => {
    const builtin = BUILTINS.get(task.name);
    const state = newShellState(task.process.pid, Object.fromEntries(task.environment));
    const shell = openShell(state, task.process, task.name);
    const interpreter = interpreterOf(extra, false);
    const expander = { shell, substitute: () => Promise.resolve(new Uint8Array(0)) };
    const { name, args } = task;
    return builtin ? builtin({ shell, expander, args, name, interpreter }) : 127;
  };
}

async function runText(
  extra: ExtraCommands,
  task: Task,
  text: string,
  name: string,
  args: readonly string[],
  flags: ReadonlySet<string>,
): Promise<number> {
  const parsed = task.process.world.parse(text);
  if (parsed.type !== "script") {
    await writeTo(task.process, 2, contentOf(`${name}: ${parsed.message}\n`));
    return 2;
  }
  const state = newShellState(task.process.pid, Object.fromEntries(task.environment));
  const shell: Shell = openShell(state, task.process, name);
  shell.positional = args;
  shell.options = {
    ...shell.options,
    errexit: flags.has("e"),
    nounset: flags.has("u"),
    xtrace: flags.has("x"),
  };
  const interpreter = interpreterOf(extra, false);
  return runToExit(interpreter, shell, () => runScript(interpreter, shell, parsed.script));
}

/** The known word with the fewest changes to `word`, if they are few. */
function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.min(3, Math.max(1, Math.floor(word.length / 2))) + 1;
  for (const candidate of known) {
    const changes = distance(word, candidate);
    if (changes < least) {
      least = changes;
      best = candidate;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
