import type { Host } from "../docker/host.ts";
import type { Call } from "../engine/call.ts";
import type { Errno } from "../engine/errno.ts";
import type { EngineEvent } from "../engine/event.ts";

/** The simulated host, as the Lab passes it around. */
export type LabHost = Host;

/** A system call as it was made. */
export interface RecordedCall {
  readonly call: Call;
  readonly errno: Errno | null;
  readonly events: readonly EngineEvent[];
  /** The host after it. */
  readonly host: Host;
}

/** A line that was run at a prompt. */
export interface RanLine {
  /** "host", or a container's id. */
  readonly prompt: string;
  readonly line: string;
  readonly output: readonly { readonly stream: "out" | "error"; readonly text: string }[];
  readonly exitCode: number;
  readonly calls: readonly RecordedCall[];
  /** The host after all of it. */
  readonly host: Host;
}
