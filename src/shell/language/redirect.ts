import type { Fd, OpenFlag } from "../../engine/call.ts";
import { encodeName } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import {
  closeStream,
  newPipe,
  type Process,
  releaseStream,
  type Stream,
  setStream,
} from "../process.ts";
import type { Expander } from "./bits.ts";
import { expandText, expandWords } from "./expand.ts";
import { setVariable } from "./shell.ts";
import type { Redirection, WordPart } from "./syntax.ts";

/** What one descriptor was before a redirection. `kept` is the machine's copy of a file. */
interface Saved {
  readonly fd: Fd;
  readonly stream: Stream | undefined;
  readonly kept: Fd | null;
}

export type Redirected =
  | { readonly ok: true; readonly saved: readonly Saved[] }
  /** bash's message after its own name. What was redirected before is put back. */
  | { readonly ok: false; readonly message: string };

/** Does the redirections left to right, as open, dup2 and close of the process. */
export async function redirect(
  expander: Expander,
  redirections: readonly Redirection[],
): Promise<Redirected> {
  const saved: Saved[] = [];
  let isOver = false;
  try {
    for (const redirection of redirections) {
      const message = await redirectOne(expander, redirection, saved);
      if (message !== null) return { ok: false, message };
    }
    isOver = true;
    return { ok: true, saved };
  } finally {
    if (!isOver) restore(expander.shell.process, saved);
  }
}

/** Puts descriptors back, last first. */
export function restore(process: Process, saved: readonly Saved[]): void {
  for (const { fd, stream, kept } of saved.toReversed()) {
    closeStream(process, fd);
    if (stream?.type === "file" && kept !== null) {
      process.world.call(process.pid, "dup", { fd: kept, to: fd });
      process.world.call(process.pid, "close", { fd: kept });
    }
    if (stream) process.streams.set(fd, stream);
  }
}

/** Forgets what was saved: the redirections of `exec` stay. */
export function keepRedirections(process: Process, saved: readonly Saved[]): void {
  for (const { kept, stream } of saved) {
    if (kept !== null) process.world.call(process.pid, "close", { fd: kept });
    if (stream) releaseStream(stream);
  }
}

/** Takes what `fd` is out of the way, so that `restore` finds it. A pipe's end stays counted. */
function save(process: Process, fd: Fd, saved: Saved[]): void {
  const stream = process.streams.get(fd);
  let kept: Fd | null = null;
  if (stream?.type === "file") {
    const copy = process.world.call(process.pid, "dup", { fd });
    kept = copy.errno === null ? copy.value : null;
    process.world.call(process.pid, "close", { fd });
  }
  process.streams.delete(fd);
  saved.push({ fd, stream, kept });
}

async function redirectOne(
  expander: Expander,
  redirection: Redirection,
  saved: Saved[],
): Promise<string | null> {
  const { shell } = expander;
  const { process } = shell;
  const { operator, target } = redirection;
  const fd = chooseFd(expander, redirection);
  if (target.type === "HereDoc") {
    const text = target.quoted
      ? target.content.parts.map((part) => ("value" in part ? part.value : "")).join("")
      : await expandText(expander, target.content);
    return feed(process, fd, target.stripTabs ? text.replace(/^\t+/gm, "") : text, saved);
  }
  if (operator === "<<<")
    return feed(process, fd, `${await expandText(expander, target)}\n`, saved);
  const words = await expandWords(expander, [target]);
  const [name = "", ...more] = words;
  if (words.length !== 1 || more.length > 0)
    return `${target.parts.map(sourceOf).join("")}: ambiguous redirect`;
  if (operator === ">&" || operator === "<&") {
    if (name === "-") {
      save(process, fd, saved);
      return null;
    }
    if (/^\d+$/.test(name)) return duplicate(process, Number(name), fd, saved);
    if (operator === "<&") return `${name}: ambiguous redirect`;
  }
  const both = operator === "&>" || operator === "&>>" || operator === ">&";
  const guarded = expander.shell.options.noclobber && operator !== ">|";
  const message = openOn(expander, name, fd, flagsOf(operator), guarded, saved);
  return message === null && both ? duplicate(process, fd, 2, saved) : message;
}

/** A part of a word as it was written, as far as messages need it. */
function sourceOf(part: WordPart): string {
  if (part.type === "ParameterExpansion") return `$${part.parameter}`;
  if (part.type === "CommandSubstitution") return "$(...)";
  return "value" in part ? part.value : "*";
}

function chooseFd(expander: Expander, redirection: Redirection): Fd {
  if (redirection.fdVariable !== undefined) {
    let free = 10;
    while (expander.shell.process.streams.has(free)) free++;
    setVariable(expander.shell, redirection.fdVariable, String(free));
    return free;
  }
  if (redirection.fd !== null) return redirection.fd;
  return redirection.operator.startsWith("<") ? 0 : 1;
}

function flagsOf(operator: Redirection["operator"]): OpenFlag[] {
  switch (operator) {
    case "<":
      return ["O_RDONLY"];
    case "<>":
      return ["O_RDWR", "O_CREAT"];
    case ">>":
    case "&>>":
      return ["O_WRONLY", "O_CREAT", "O_APPEND"];
    default:
      return ["O_WRONLY", "O_CREAT", "O_TRUNC"];
  }
}

function openOn(
  expander: Expander,
  path: string,
  fd: Fd,
  flags: readonly OpenFlag[],
  guarded: boolean,
  saved: Saved[],
): string | null {
  const { process } = expander.shell;
  const { world, pid } = process;
  if (path === "/dev/tty" || path === "/dev/stdout" || path === "/dev/stderr") {
    const stream = process.streams.get(path === "/dev/stderr" ? 2 : 1) ?? { type: "terminal" };
    save(process, fd, saved);
    setStream(process, fd, path === "/dev/tty" ? { type: "terminal" } : stream);
    return null;
  }
  if (guarded && flags.includes("O_TRUNC")) {
    const there = world.call(pid, "stat", { path });
    if (there.errno === null && there.value.kind === "file")
      return `${path}: cannot overwrite existing file`;
  }
  const opened = world.call(pid, "open", { path, flags, mode: 0o666 });
  if (opened.errno !== null) return `${path}: ${errorText(opened.errno)}`;
  save(process, fd, saved);
  if (opened.value !== fd) {
    world.call(pid, "dup", { fd: opened.value, to: fd });
    world.call(pid, "close", { fd: opened.value });
  }
  process.streams.set(fd, { type: "file" });
  return null;
}

function duplicate(process: Process, from: Fd, to: Fd, saved: Saved[]): string | null {
  const stream = process.streams.get(from);
  if (!stream) return `${from}: Bad file descriptor`;
  if (from === to) return null;
  save(process, to, saved);
  if (stream.type === "file") {
    process.world.call(process.pid, "dup", { fd: from, to });
    process.streams.set(to, stream);
  } else setStream(process, to, stream);
  return null;
}

/** Gives `text` to read at `fd`, from a pipe that holds all of it. */
function feed(process: Process, fd: Fd, text: string, saved: Saved[]): null {
  const pipe = newPipe(true);
  const bytes = encodeName(text);
  if (bytes.length > 0) {
    pipe.chunks.push([{ type: "bytes", bytes }]);
    pipe.size = bytes.length;
  }
  save(process, fd, saved);
  setStream(process, fd, { type: "pipe", pipe, end: "read" });
  return null;
}
