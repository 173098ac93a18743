import type { CallType, Pid, Result, SystemCalls } from "../engine/call.ts";
import type { Content } from "../tree/content.ts";
import type { DockerWords } from "./docker-words.ts";
import type { Host, LibraryImage } from "./host.ts";

/** What a docker command is given: the host it changes, and what it may ask of the outside. */
export interface DockerIo {
  readonly host: () => Host;
  readonly setHost: (host: Host) => void;
  /** Steps the host's machine; the call is recorded. */
  readonly call: <K extends CallType>(pid: Pid, type: K, args: SystemCalls[K]["args"]) => Result<K>;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard output in bytes: what `docker save` writes without -o. */
  readonly outContent: (content: Content) => void;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** The lab's own words for standard output or standard error. */
  readonly words: (fd: 1 | 2) => DockerWords;
  /** null: standard input is the terminal, or empty. */
  readonly stdin: Content | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The host's process that runs docker. */
  readonly pid: Pid;
  /** The hexadecimal sha256 of content. */
  readonly digest: (content: Content) => Promise<string>;
  readonly bytes: (content: Content) => Promise<Uint8Array>;
  /** The images of an archive that lies on the host; throws an Error whose message says what is wrong with it. */
  readonly openArchive: (content: Content, name: string) => Promise<readonly LibraryImage[]>;
  readonly run: (command: ContainerCommand) => Promise<CommandEnd>;
}

/** How a container's command ended: null goes on. `refusal` is runc's reason why it was not executed at all. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly refusal?: string;
}

/** A command to be run in a container, by a process that is there already: root, cwd and user are set. */
export interface ContainerCommand {
  readonly container: string;
  readonly pid: Pid;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly tty: boolean;
  readonly interactive: boolean;
  readonly detached: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
