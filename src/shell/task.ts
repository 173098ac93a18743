import type { CallType, Fd, Result, SystemCalls } from "../engine/call.ts";
import type { Errno } from "../engine/errno.ts";
import { type Content, contentLength } from "../tree/content.ts";
import type { Time } from "../tree/live-tree.ts";
import { decodeName, encodeName } from "../tree/name.ts";
import { isTerminal, type Process, readFrom, writeTo } from "./process.ts";

/** What a command sees: its words, its environment, its process. */
export interface Task {
  readonly name: string;
  readonly args: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly process: Process;
  /** A system call of this process. */
  readonly call: <K extends CallType>(type: K, args: SystemCalls[K]["args"]) => Result<K>;
  /** Writes text to descriptor 1. Throws `WriteFault` when that fails, which ends the command. */
  readonly out: (text: string) => Promise<void>;
  readonly outContent: (content: Content) => Promise<void>;
  /** Writes `NAME: text` and a newline to descriptor 2. */
  readonly error: (text: string) => Promise<void>;
  readonly read: (fd: Fd, length: number) => Promise<Result<"read">>;
  /** Reads to the end. */
  readonly readAll: (fd: Fd) => Promise<Result<"read">>;
  readonly bytes: (content: Content) => Promise<Uint8Array>;
  readonly text: (content: Content) => Promise<string>;
  readonly isTerminal: (fd: Fd) => boolean;
  readonly now: () => Time;
  /** Runs another command in a child process and gives its status. */
  readonly run: (argv: readonly string[], change?: RunChange) => Promise<number>;
}

export interface RunChange {
  readonly environment?: ReadonlyMap<string, string>;
  /** Prepares the child before the command starts; an errno ends it. */
  readonly prepare?: (child: Process) => void;
}

export type CommandFunction = (task: Task) => Promise<number>;

/** Output could not be written; ends a command with `NAME: write error: …`. */
export class WriteFault {
  readonly errno: Errno;
  constructor(errno: Errno) {
    this.errno = errno;
  }
}

/** What `cat` and `cp` read at once, as coreutils do. */
export const BLOCK = 131072;

export type Run = Task["run"];

export function newTask(
  process: Process,
  argv: readonly string[],
  environment: ReadonlyMap<string, string>,
  run: Run,
): Task {
  const { world, pid } = process;
  const name = argv[0] ?? "";
  const write = async (fd: Fd, content: Content): Promise<void> => {
    if (contentLength(content) === 0) return;
    const result = await writeTo(process, fd, content);
    if (result.errno !== null && fd === 1) throw new WriteFault(result.errno);
  };
  const task: Task = {
    name,
    args: argv.slice(1),
    environment,
    process,
    call: (type, args) => world.call(pid, type, args),
    out: (text) => write(1, contentOf(text)),
    outContent: (content) => write(1, content),
    error: (text) => write(2, contentOf(`${name}: ${text}\n`)),
    read: (fd, length) => readFrom(process, fd, length),
    readAll: async (fd) => {
      const pieces: Content[number][] = [];
      for (;;) {
        const result = await readFrom(process, fd, BLOCK);
        if (result.errno !== null) return result;
        if (contentLength(result.value) === 0) return { errno: null, value: pieces };
        pieces.push(...result.value);
      }
    },
    bytes: world.bytes,
    text: async (content) => decodeName(await world.bytes(content)),
    isTerminal: (fd) => isTerminal(process, fd),
    now: world.now,
    run,
  };
  return task;
}

/** Text as bytes; a lone surrogate is the byte it stands for. */
export function contentOf(text: string): Content {
  return text === "" ? [] : [{ type: "bytes", bytes: encodeName(text) }];
}
