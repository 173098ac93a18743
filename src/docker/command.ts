import { DaemonError } from "../drivers/kernel.ts";
import { DockerfileError } from "./dockerfile.ts";
import type { Flag, Options } from "./flags.ts";
import type { Container } from "./host.ts";
import { NoDaemon, NoSuchContainer, type Session } from "./session.ts";

/** A docker command: what its help says, what it takes, what it does. */
export interface Command {
  /** After "docker NAME ": "[OPTIONS] CONTAINER [CONTAINER...]". */
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly minimum: number;
  readonly maximum?: number;
  /** Whether flags may come after the first argument. */
  readonly interspersed?: false;
  /** Gives the exit code. What throws is printed as the daemon's error. */
  readonly run: (session: Session, options: Options) => Promise<number>;
}

export const flag = (long: string, short?: string): Flag => ({
  long,
  takes: "nothing",
  ...(short !== undefined && { short }),
});

export const valued = (long: string, short?: string): Flag => ({
  long,
  takes: "value",
  ...(short !== undefined && { short }),
});

export const listed = (long: string, short?: string): Flag => ({
  long,
  takes: "list",
  ...(short !== undefined && { short }),
});

/** Does something for each argument, and goes on after one that fails. Gives the exit code. */
export async function forEach(
  session: Session,
  args: readonly string[],
  act: (arg: string) => Promise<void> | void,
): Promise<number> {
  let exitCode = 0;
  for (const arg of args) {
    try {
      await act(arg);
    } catch (error) {
      session.io.err(`${messageOf(error)}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}

/** What the client itself refuses; printed without "Error response from daemon". */
export class ClientError extends Error {}

/** What the client says in its own words when the daemon knows no such thing; 1.9 passed on the daemon's. */
export function notFound(
  { daemon }: Session,
  kind: "container" | "container:path" | "image" | "volume",
  given: string,
): Error {
  return daemon.release === "1.9"
    ? new DaemonError(`No such ${kind}: ${given}`)
    : new ClientError(`Error: No such ${kind}: ${given}`);
}

/** The container a user means, for commands whose client looks it up first. */
export function lookedUp(session: Session, given: string, path?: string): Container {
  try {
    return session.container(given);
  } catch (error) {
    if (!(error instanceof NoSuchContainer)) throw error;
    throw path === undefined
      ? notFound(session, "container", given)
      : notFound(session, "container:path", `${given}:${path}`);
  }
}

/** An error in the client's words; anything else is a bug, and goes on. */
export function messageOf(error: unknown): string {
  if (error instanceof DaemonError || error instanceof DockerfileError)
    return `Error response from daemon: ${error.message}`;
  if (error instanceof ClientError || error instanceof NoDaemon) return error.message;
  throw error;
}
