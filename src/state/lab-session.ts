import type { Host } from "../docker/host.ts";
import type { Step } from "../shell/recorder.ts";
import type { LineResult } from "../shell/session.ts";

/** The simulated host, as the Lab passes it around. */
export type LabHost = Host;

/** A system call as it was made, with the machine after it. */
export type RecordedCall = Pick<Step, "call" | "errno" | "events" | "machine" | "isHeld">;

/** A line that was run at a prompt, and what came of it. */
export interface RanLine
  extends Pick<
    LineResult,
    "prompt" | "line" | "host" | "output" | "exitCode" | "cacheDrops" | "hash" | "incomplete"
  > {
  readonly calls: readonly RecordedCall[];
  /** Ctrl-C was pressed when so many calls were made; null: it ran to its end. */
  readonly until: number | null;
}
