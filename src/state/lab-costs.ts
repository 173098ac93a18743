import type { EngineEvent } from "../engine/event.ts";

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

/** The counts with one more event. `isFile`: the visit is not of a directory that is only walked through. */
export function plusEvent(counts: Counts, event: EngineEvent, isFile: boolean): Counts {
  switch (event.type) {
    case "visit":
      return {
        ...counts,
        visits: counts.visits + 1,
        fileVisits: counts.fileVisits + (isFile ? 1 : 0),
        probes: counts.probes + event.probes.length,
      };
    case "copy-up-data":
      return { ...counts, copied: counts.copied + event.bytes };
    case "data-read":
      return { ...counts, read: counts.read + event.bytes };
    case "branch-write":
      return {
        ...counts,
        written: counts.written + (event.operation === "write" ? (event.bytes ?? 0) : 0),
        cells: counts.cells + event.inodes,
        disk: counts.disk + event.disk,
      };
    default:
      return counts;
  }
}
