import { encodeName } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { command, directoryName, errorLine, join, readFile } from "./command.ts";
import type { Options } from "./options.ts";
import {
  type Address,
  parseSed,
  type SedCommand,
  SedFault,
  type Substitution,
} from "./sed-script.ts";

const SYNTAX = {
  short: "nEre:f:i::sz",
  long: {
    quiet: "n",
    silent: "n",
    "regexp-extended": "E",
    "expression=": "e",
    "file=": "f",
    "in-place?=": "i",
    separate: "s",
  },
} as const;

/** The stream editor. `-i` writes a new file beside the old one and renames it over it, as GNU sed does. */
export const sed = command(
  SYNTAX,
  async (task, options) => {
    const operands = [...options.operands];
    const script = await scriptOf(task, options, operands);
    if (script === null) return 1;
    let commands: SedCommand[];
    try {
      commands = parseSed(script, options.has("E", "r"));
    } catch (fault) {
      if (!(fault instanceof SedFault)) throw fault;
      await task.error(fault.text);
      return 1;
    }
    const paths = operands.length > 0 ? operands : ["-"];
    const quiet = options.has("n");
    if (options.has("i")) {
      let status = 0;
      for (const path of paths)
        status = Math.max(status, await editInPlace(task, path, commands, options));
      return status;
    }
    const inputs: Line[] = [];
    let status = 0;
    for (const path of paths) {
      const content = await readFile(task, path);
      if (content.errno === null) inputs.push(...linesWithEnds(await task.text(content.value)));
      else {
        await task.error(
          content.errno === "EISDIR"
            ? `read error on ${path}: Is a directory`
            : `can't read ${path}: ${errorText(content.errno)}`,
        );
        status = 2;
      }
    }
    const result = runSed(commands, inputs, quiet);
    await task.out(result.text);
    writeFiles(task, result.files);
    return result.exit ?? status;
  },
  async (task, message) => {
    await task.error(message);
    return 1;
  },
);

async function scriptOf(task: Task, options: Options, operands: string[]): Promise<string | null> {
  const parts: string[] = [];
  for (const [key, value] of options.list) {
    if (key === "e") parts.push(value);
    if (key !== "f") continue;
    const content = await readFile(task, value);
    if (content.errno !== null) {
      await task.error(`couldn't open file ${value}: ${errorText(content.errno)}`);
      return null;
    }
    parts.push((await task.text(content.value)).replace(/\n$/, ""));
  }
  if (parts.length > 0) return parts.join("\n");
  const first = operands.shift();
  if (first === undefined)
    await errorLine(
      task,
      "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n",
    );
  return first ?? null;
}

async function editInPlace(
  task: Task,
  path: string,
  commands: readonly SedCommand[],
  options: Options,
): Promise<number> {
  const opened = task.call("open", { path, flags: ["O_RDONLY"] });
  if (opened.errno !== null) {
    await task.error(`can't read ${path}: ${errorText(opened.errno)}`);
    return 2;
  }
  const stat = task.call("fstat", { fd: opened.value });
  if (stat.errno !== null || stat.value.kind !== "file") {
    task.call("close", { fd: opened.value });
    await task.error(`couldn't edit ${path}: not a regular file`);
    return 4;
  }
  const temporary = join(directoryName(path), `sed${String(task.process.pid).padStart(6, "0")}`);
  const output = task.call("open", {
    path: temporary,
    flags: ["O_RDWR", "O_CREAT", "O_EXCL"],
    mode: 0o600,
  });
  if (output.errno !== null) {
    task.call("close", { fd: opened.value });
    await task.error(`couldn't open temporary file ${temporary}: ${errorText(output.errno)}`);
    return 4;
  }
  const content = await readOpen(task, opened.value);
  const result = runSed(commands, linesWithEnds(content), options.has("n"));
  const written = task.call("write", {
    fd: output.value,
    data: [{ type: "bytes", bytes: encodeName(result.text) }],
  });
  task.call("close", { fd: opened.value });
  task.call("chown", { target: output.value, uid: stat.value.uid, gid: stat.value.gid });
  task.call("chmod", { target: output.value, mode: stat.value.mode });
  task.call("close", { fd: output.value });
  if (written.errno !== null) {
    task.call("unlink", { path: temporary });
    await task.error(
      `couldn't write ${encodeName(result.text).length} items to ${temporary}: ${errorText(written.errno)}`,
    );
    return 4;
  }
  const suffix = options.value("i") ?? "";
  if (suffix !== "") task.call("rename", { from: path, to: path + suffix });
  const renamed = task.call("rename", { from: temporary, to: path });
  writeFiles(task, result.files);
  if (renamed.errno === null) return result.exit ?? 0;
  await task.error(`cannot rename ${temporary}: ${errorText(renamed.errno)}`);
  return 4;
}

async function readOpen(task: Task, fd: number): Promise<string> {
  let text = "";
  for (;;) {
    const block = task.call("read", { fd, length: 131072 });
    if (block.errno !== null || block.value.length === 0) return text;
    text += await task.text(block.value);
  }
}

function writeFiles(task: Task, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const opened = task.call("open", {
      path,
      flags: ["O_WRONLY", "O_CREAT", "O_TRUNC"],
      mode: 0o666,
    });
    if (opened.errno !== null) continue;
    task.call("write", { fd: opened.value, data: [{ type: "bytes", bytes: encodeName(text) }] });
    task.call("close", { fd: opened.value });
  }
}

interface Line {
  readonly text: string;
  /** "" for a last line without a newline. */
  readonly end: string;
}

function linesWithEnds(text: string): Line[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return [
    ...lines.map((line) => ({ text: line, end: "\n" })),
    ...(last === "" ? [] : [{ text: last, end: "" }]),
  ];
}

interface State {
  readonly lines: readonly Line[];
  /** Line number, from 1. */
  number: number;
  pattern: string;
  hold: string;
  out: string;
  /** What a and r print when the cycle ends. */
  after: string;
  replaced: boolean;
  lastRegex: RegExp | null;
  readonly ranges: Map<SedCommand, number>;
  readonly files: Map<string, string>;
  readonly quiet: boolean;
}

type Flow = "next" | "delete" | "again" | "quit" | "quit-silent" | { readonly label: string };

function runSed(
  commands: readonly SedCommand[],
  lines: readonly Line[],
  quiet: boolean,
): { text: string; exit: number | null; files: ReadonlyMap<string, string> } {
  const state: State = {
    lines,
    number: 0,
    pattern: "",
    hold: "",
    out: "",
    after: "",
    replaced: false,
    lastRegex: null,
    ranges: new Map(),
    files: new Map(),
    quiet,
  };
  let exit: number | null = null;
  let again = false;
  while (state.number < lines.length || again) {
    if (!again) state.pattern = lines[state.number++]?.text ?? "";
    again = false;
    state.replaced = false;
    const flow = cycle(commands, state, (code) => {
      exit = code;
    });
    if (flow === "again") again = true;
    if (!quiet && flow !== "delete" && flow !== "again" && flow !== "quit-silent")
      emit(state, state.pattern);
    state.out += state.after;
    state.after = "";
    if (flow === "quit" || flow === "quit-silent") break;
  }
  return { text: state.out, exit, files: state.files };
}

/** Adds a line to the output; the newline is the one the input line had. */
function emit(state: State, text: string): void {
  const isLast = state.number >= state.lines.length;
  state.out += text + (isLast ? (state.lines.at(-1)?.end ?? "\n") : "\n");
}

function cycle(commands: readonly SedCommand[], state: State, quit: (code: number) => void): Flow {
  let from = 0;
  for (let jumps = 0; jumps < 10_000; jumps++) {
    const flow = runCommands(commands.slice(from), state, quit);
    if (typeof flow === "string") return flow;
    if (flow.label === "") return "next";
    from = commands.findIndex(({ name, text }) => name === ":" && text === flow.label);
    if (from < 0) return "next";
  }
  return "next";
}

function runCommands(
  commands: readonly SedCommand[],
  state: State,
  quit: (code: number) => void,
): Flow {
  for (const command of commands) {
    if (selects(command, state) === command.negated) continue;
    const flow =
      command.name === "{" ? runCommands(command.block, state, quit) : runOne(command, state, quit);
    if (flow !== "next") return flow;
  }
  return "next";
}

function selects(command: SedCommand, state: State): boolean {
  const { from, to } = command;
  if (!from) return true;
  if (!to) return matches(from, state);
  const until = state.ranges.get(command);
  if (until !== undefined) {
    const ended = to.type === "match" ? matches(to, state) : state.number >= until;
    if (ended) state.ranges.delete(command);
    return to.type === "match" || state.number <= until;
  }
  if (!(from.type === "line" && from.line === 0) && !matches(from, state)) return false;
  if (to.type === "match") state.ranges.set(command, Number.POSITIVE_INFINITY);
  else {
    const end =
      to.type === "line"
        ? to.line
        : to.type === "count"
          ? state.number + to.lines
          : state.lines.length;
    if (end > state.number) state.ranges.set(command, end);
  }
  return true;
}

function matches(address: Address, state: State): boolean {
  switch (address.type) {
    case "line":
      return state.number === address.line;
    case "last":
      return state.number >= state.lines.length;
    case "step":
      return address.step === 0
        ? state.number === address.first
        : state.number >= address.first && (state.number - address.first) % address.step === 0;
    case "match": {
      const regex = address.regex ?? state.lastRegex;
      state.lastRegex = regex;
      return regex?.test(state.pattern) ?? false;
    }
    case "count":
      return false;
  }
}

function runOne(command: SedCommand, state: State, quit: (code: number) => void): Flow {
  switch (command.name) {
    case "s":
      if (command.substitution) substitute(command.substitution, state);
      return "next";
    case "y":
      state.pattern = [...state.pattern]
        .map((char) => command.translation?.get(char) ?? char)
        .join("");
      return "next";
    case "p":
      state.out += `${state.pattern}\n`;
      return "next";
    case "P":
      state.out += `${state.pattern.split("\n")[0]}\n`;
      return "next";
    case "=":
      state.out += `${state.number}\n`;
      return "next";
    case "l":
      state.out += `${state.pattern.replace(/\\/g, "\\\\").replace(/\t/g, "\\t").replace(/\n/g, "\\n")}$\n`;
      return "next";
    case "d":
      return "delete";
    case "D": {
      const at = state.pattern.indexOf("\n");
      if (at < 0) return "delete";
      state.pattern = state.pattern.slice(at + 1);
      return "again";
    }
    case "a":
      state.after += command.text;
      return "next";
    case "i":
      state.out += command.text;
      return "next";
    case "c":
      if (!command.to || !state.ranges.has(command)) state.out += command.text;
      return "delete";
    case "h":
      state.hold = state.pattern;
      return "next";
    case "H":
      state.hold += `\n${state.pattern}`;
      return "next";
    case "g":
      state.pattern = state.hold;
      return "next";
    case "G":
      state.pattern += `\n${state.hold}`;
      return "next";
    case "x":
      [state.pattern, state.hold] = [state.hold, state.pattern];
      return "next";
    case "n":
      if (state.number >= state.lines.length) return state.quiet ? "quit-silent" : "quit";
      if (!state.quiet) emit(state, state.pattern);
      state.pattern = state.lines[state.number++]?.text ?? "";
      return "next";
    case "N":
      if (state.number >= state.lines.length) return "quit";
      state.pattern += `\n${state.lines[state.number++]?.text ?? ""}`;
      return "next";
    case "z":
      state.pattern = "";
      return "next";
    case "w":
      state.files.set(command.text, `${state.files.get(command.text) ?? ""}${state.pattern}\n`);
      return "next";
    case "q":
    case "Q":
      quit(Number(command.text || 0));
      return command.name === "q" ? "quit" : "quit-silent";
    case "b":
      return { label: command.text };
    case "t":
    case "T": {
      const jump = state.replaced === (command.name === "t");
      state.replaced = false;
      return jump ? { label: command.text } : "next";
    }
    default:
      return "next";
  }
}

function substitute(substitution: Substitution, state: State): void {
  const regex = substitution.regex ?? state.lastRegex;
  if (!regex) return;
  state.lastRegex = regex;
  let count = 0;
  let done = false;
  const every = new RegExp(
    regex.source,
    regex.flags.includes("g") ? regex.flags : `${regex.flags}g`,
  );
  const text = state.pattern.replace(every, (...found: unknown[]) => {
    const whole = String(found[0]);
    count++;
    if (count < substitution.occurrence || (done && !substitution.global)) return whole;
    done = true;
    const groups = found.slice(
      0,
      found.findIndex((part) => typeof part === "number"),
    );
    return expandReplacement(
      substitution.replacement,
      groups.map((group) => String(group ?? "")),
    );
  });
  if (!done) return;
  state.pattern = text;
  state.replaced = true;
  if (substitution.print) state.out += `${state.pattern}\n`;
  if (substitution.file !== null)
    state.files.set(
      substitution.file,
      `${state.files.get(substitution.file) ?? ""}${state.pattern}\n`,
    );
}

/** `&`, `\1`, `\n` and the case marks `\U \L \u \l \E`. */
function expandReplacement(replacement: string, groups: readonly string[]): string {
  let text = "";
  let mode: "U" | "L" | "" = "";
  let once: "u" | "l" | "" = "";
  const add = (piece: string): void => {
    let next = mode === "U" ? piece.toUpperCase() : mode === "L" ? piece.toLowerCase() : piece;
    if (once !== "" && next !== "") {
      const first = once === "u" ? next.slice(0, 1).toUpperCase() : next.slice(0, 1).toLowerCase();
      next = first + next.slice(1);
      once = "";
    }
    text += next;
  };
  for (let i = 0; i < replacement.length; i++) {
    const char = replacement[i] ?? "";
    if (char === "&") add(groups[0] ?? "");
    else if (char !== "\\") add(char);
    else {
      const next = replacement[++i] ?? "";
      if (/\d/.test(next)) add(groups[Number(next)] ?? "");
      else if (next === "n") add("\n");
      else if (next === "t") add("\t");
      else if (next === "U" || next === "L") mode = next;
      else if (next === "E") mode = "";
      else if (next === "u" || next === "l") once = next;
      else add(next);
    }
  }
  return text;
}
