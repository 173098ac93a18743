/**
 * What runs: processes of the machine, with the ends of pipes and the terminal, which the machine does not know.
 *
 * Descriptor numbers are the machine's. A number that is a file there has the stream "file" here; the terminal and pipes
 * take numbers that the machine sees as free.
 */

import type { CallType, Credentials, Pid, Result, SystemCalls } from "../engine/call.ts";
import { type Content, contentLength } from "../tree/content.ts";
import type { Time } from "../tree/live-tree.ts";
import type { LabWords } from "./lab-words.ts";
import type { Parse } from "./language/syntax.ts";

export type Stream =
  | { readonly type: "terminal" }
  | { readonly type: "file" }
  /** Output that someone else keeps: a container's, for docker. `screen` counts as a terminal. */
  | { readonly type: "sink" | "screen"; readonly take: (content: Content) => void }
  | { readonly type: "pipe"; readonly pipe: Pipe; readonly end: "read" | "write" };

/** The side of the world that a process does not see, shared by all that run for one line. */
export interface World {
  readonly parse: Parse;
  readonly turns: Turns;
  /** Makes a system call and records it. */
  readonly call: <K extends CallType>(pid: Pid, type: K, args: SystemCalls[K]["args"]) => Result<K>;
  /** Shows output on the terminal. */
  readonly show: (stream: "out" | "error", content: Content) => void;
  /** Fetches the bytes a content stands for. */
  readonly bytes: (content: Content) => Promise<Uint8Array>;
  /** The lab's own words for a terminal; `wordsAt` knows when. */
  readonly words: LabWords;
  readonly now: () => Time;
  /** Who a process is. */
  readonly credentials: (pid: Pid) => Credentials;
  /** Lets time pass. */
  readonly sleep: (seconds: number) => void;
  /** Runs what Ctrl-C does not reach: docker's daemon, jobs in the background. */
  readonly held: <T>(run: () => Promise<T>) => Promise<T>;
}

export interface Process {
  readonly world: World;
  readonly pid: Pid;
  readonly streams: Map<number, Stream>;
}

/** How a process ends when it writes to a pipe nobody reads: quietly, with status 141. */
export class BrokenPipe {}

const PIPE_CAPACITY = 65536;

export interface Pipe {
  readonly chunks: Content[];
  size: number;
  readers: number;
  writers: number;
  readonly capacity: number;
}

/** A pipe with no ends open. `unbounded` for `$(…)`, which reads only when the writer is done. */
export function newPipe(unbounded = false): Pipe {
  return {
    chunks: [],
    size: 0,
    readers: 0,
    writers: 0,
    capacity: unbounded ? Number.POSITIVE_INFINITY : PIPE_CAPACITY,
  };
}

/** Takes everything a pipe holds, without waiting. */
export function drain(pipe: Pipe): Content {
  pipe.size = 0;
  return pipe.chunks.splice(0).flat();
}

/**
 * One processor for all that run: exactly one of them is running, the others wait in line. Fetching bytes keeps the
 * turn, so the order of system calls never depends on how fast a file is read.
 */
export class Turns {
  #taken = false;
  readonly #line: (() => void)[] = [];

  async begin(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    await new Promise<void>((resolve) => this.#line.push(resolve));
  }

  end(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#taken = false;
  }

  /** Lets the others run until `ready`. Throws `BrokenPipe` when nobody else could make it so. */
  async until(ready: () => boolean): Promise<void> {
    for (let spins = 0; !ready(); spins++) {
      if (this.#line.length === 0 || spins > 1_000_000) throw new BrokenPipe();
      this.end();
      await this.begin();
    }
  }

  /** Runs `others`, each in its turn and in this order, while the caller waits; the last gives the turn back to it. */
  async run(others: readonly (() => Promise<void>)[]): Promise<void> {
    let left = others.length;
    let goOn: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const running = others.map(async (other) => {
      await this.begin();
      try {
        await other();
      } finally {
        left--;
        if (left === 0) goOn();
        else this.end();
      }
    });
    const ended = Promise.allSettled(running);
    this.end();
    await over;
    for (const end of await ended) if (end.status === "rejected") throw end.reason;
  }
}

/** Whether someone looks at what is written there. */
export function isTerminal(process: Process, fd: number): boolean {
  const type = process.streams.get(fd)?.type;
  return type === "terminal" || type === "screen";
}

/** Gives `process` one end of a pipe at `fd`, in place of what was there. */
export function setStream(process: Process, fd: number, stream: Stream): void {
  closeStream(process, fd);
  process.streams.set(fd, stream);
  count(stream, 1);
}

/** Closes `fd`. False when it was not open. */
export function closeStream(process: Process, fd: number): boolean {
  const stream = process.streams.get(fd);
  if (!stream) return false;
  process.streams.delete(fd);
  count(stream, -1);
  if (stream.type === "file") process.world.call(process.pid, "close", { fd });
  return true;
}

/** Says that one holder of a pipe's end is gone. */
export function releaseStream(stream: Stream): void {
  count(stream, -1);
}

function count(stream: Stream, by: number): void {
  if (stream.type !== "pipe") return;
  if (stream.end === "read") stream.pipe.readers += by;
  else stream.pipe.writers += by;
}

/** A child with the same descriptors. */
export function forkProcess(parent: Process): Process {
  const forked = parent.world.call(parent.pid, "fork", {});
  if (forked.errno !== null) throw new RangeError(`fork of ${parent.pid}: ${forked.errno}`);
  const streams = new Map(parent.streams);
  for (const stream of streams.values()) count(stream, 1);
  return { world: parent.world, pid: forked.value, streams };
}

/** Ends a process and closes what it had open. */
export function endProcess(process: Process): void {
  for (const stream of process.streams.values()) count(stream, -1);
  process.streams.clear();
  process.world.call(process.pid, "exit", {});
}

/** Writes to a descriptor, waiting while a pipe is full. Throws `BrokenPipe` when nobody reads it. */
export async function writeTo(
  process: Process,
  fd: number,
  content: Content,
): Promise<Result<"write">> {
  const length = contentLength(content);
  const stream = process.streams.get(fd);
  if (!stream && fd <= 2) return { errno: "EBADF", value: null };
  if (!stream || stream.type === "file") return writeFile(process, fd, content, length);
  if (stream.type === "terminal") {
    process.world.show(fd === 2 ? "error" : "out", content);
    return { errno: null, value: length };
  }
  if (stream.type !== "pipe") {
    stream.take(content);
    return { errno: null, value: length };
  }
  const { pipe } = stream;
  if (stream.end === "read") return { errno: "EBADF", value: null };
  await process.world.turns.until(() => pipe.readers === 0 || pipe.size < pipe.capacity);
  if (pipe.readers === 0) throw new BrokenPipe();
  pipe.chunks.push(content);
  pipe.size += length;
  return { errno: null, value: length };
}

function writeFile(
  process: Process,
  fd: number,
  content: Content,
  length: number,
): Result<"write"> {
  let written = 0;
  let rest = asData(content);
  while (written < length) {
    const result = process.world.call(process.pid, "write", { fd, data: rest });
    if (result.errno !== null) return result;
    if (result.value === 0) return { errno: "ENOSPC", value: null };
    written += result.value;
    rest = dropContent(rest, result.value);
  }
  return { errno: null, value: written };
}

const ZEROS = new Uint8Array(1 << 20);

/** Zeros that a program writes are data, not a hole: bytes of their own, which all share one array. */
export function asData(content: Content): Content {
  if (!content.some((piece) => piece.type === "zeros")) return content;
  return content.flatMap((piece) => {
    if (piece.type !== "zeros") return [piece];
    const pieces: Content[number][] = [];
    for (let left = piece.length; left > 0; left -= ZEROS.length)
      pieces.push({ type: "bytes", bytes: ZEROS.subarray(0, Math.min(left, ZEROS.length)) });
    return pieces;
  });
}

/** Reads up to `length` bytes, waiting for a pipe's writers; an empty content is the end. */
export async function readFrom(
  process: Process,
  fd: number,
  length: number,
): Promise<Result<"read">> {
  const stream = process.streams.get(fd);
  if (!stream && fd <= 2) return { errno: "EBADF", value: null };
  if (!stream || stream.type === "file")
    return process.world.call(process.pid, "read", { fd, length });
  if (stream.type !== "pipe") return { errno: null, value: [] };
  const { pipe } = stream;
  if (stream.end === "write") return { errno: "EBADF", value: null };
  await process.world.turns.until(() => pipe.size > 0 || pipe.writers === 0);
  const all = drain(pipe);
  const taken = takeContent(all, length);
  const left = dropContent(all, contentLength(taken));
  if (left.length > 0) {
    pipe.chunks.push(left);
    pipe.size = contentLength(left);
  }
  return { errno: null, value: taken };
}

/** The first `length` bytes. */
export function takeContent(content: Content, length: number): Content {
  return sliceContent(content, 0, length);
}

/** What follows the first `length` bytes. */
export function dropContent(content: Content, length: number): Content {
  return sliceContent(content, length, Number.POSITIVE_INFINITY);
}

function sliceContent(content: Content, from: number, to: number): Content {
  const out: Content[number][] = [];
  let at = 0;
  for (const piece of content) {
    const length = piece.type === "bytes" ? piece.bytes.length : piece.length;
    const start = Math.max(0, from - at);
    const end = Math.min(length, to - at);
    at += length;
    if (end <= start) continue;
    if (start === 0 && end === length) out.push(piece);
    else if (piece.type === "bytes")
      out.push({ type: "bytes", bytes: piece.bytes.subarray(start, end) });
    else if (piece.type === "zeros") out.push({ type: "zeros", length: end - start });
    else out.push({ ...piece, offset: piece.offset + start, length: end - start });
  }
  return out;
}
