import type { EngineEvent } from "../engine/event.ts";
import type { Moment } from "./lab-moments.ts";

/** What was done, in numbers: the meters. */
export interface Counts {
  /** Branches asked for one name each, directories of the path included. */
  readonly visits: number;
  /** The same without the directories that were only walked through. */
  readonly fileVisits: number;
  /** Names looked up on disk. */
  readonly probes: number;
  /** Bytes copied up. */
  readonly copied: number;
  /** Bytes the program wrote. */
  readonly written: number;
  /** Inodes made in branches; negative when more were freed. */
  readonly cells: number;
  /** Bytes more on disk. */
  readonly disk: number;
  /** Bytes the program read. */
  readonly read: number;
}

export const NO_COUNTS: Counts = {
  visits: 0,
  fileVisits: 0,
  probes: 0,
  copied: 0,
  written: 0,
  cells: 0,
  disk: 0,
  read: 0,
};

/** The counts with one more moment of `event`. */
export function plusMoment(counts: Counts, event: EngineEvent, moment: Moment): Counts {
  switch (event.type) {
    case "visit": {
      if (moment.probe !== null) return { ...counts, probes: counts.probes + 1 };
      const isTold = event.probes.length > 1;
      return {
        ...counts,
        visits: counts.visits + 1,
        fileVisits: counts.fileVisits + (moment.level === 1 ? 1 : 0),
        probes: counts.probes + (isTold ? 0 : event.probes.length),
      };
    }
    case "copy-up-data":
      return { ...counts, copied: counts.copied + event.bytes };
    case "data-read":
      return { ...counts, read: counts.read + event.bytes };
    case "branch-write":
      return {
        ...counts,
        written: counts.written + (isProgramsWrite(event, moment) ? (event.bytes ?? 0) : 0),
        cells: counts.cells + event.inodes,
        disk: counts.disk + event.disk,
      };
    default:
      return counts;
  }
}

/** A copy-up writes too, but as a part of it. */
function isProgramsWrite(
  event: Extract<EngineEvent, { type: "branch-write" }>,
  moment: Moment,
): boolean {
  return event.operation === "write" && moment.level === 1;
}
