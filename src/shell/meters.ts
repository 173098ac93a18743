import type { Step } from "./recorder.ts";

/** What a line cost: sums over its system calls. */
export interface Meters {
  readonly calls: number;
  /** Branches asked for a name. */
  readonly visits: number;
  /** Names looked up on disk. */
  readonly probes: number;
  readonly copyUps: number;
  /** Bytes that copy-up copied; holes are not. */
  readonly bytesCopiedUp: number;
  readonly holesSkipped: number;
  readonly whiteoutsMade: number;
  readonly whiteoutsRemoved: number;
  readonly opaqueMade: number;
  /** Bytes read by programs: from disk, and from the page cache. */
  readonly bytesRead: number;
  readonly bytesFromDisk: number;
  readonly bytesFromCache: number;
  readonly bytesWritten: number;
  /** What file systems hold more than before. */
  readonly diskBytes: number;
  readonly inodes: number;
  readonly entries: number;
}

/** Which pages are in memory: of each backing file, how many bytes from its start have been read. */
export type PageCache = Readonly<Record<string, number>>;

/** Sums up the steps; gives the page cache as it is then. Pages belong to the backing file, whoever reads it. */
export function measure(
  steps: readonly Step[],
  cache: PageCache,
): { readonly meters: Meters; readonly cache: PageCache } {
  const sum = {
    calls: steps.length,
    visits: 0,
    probes: 0,
    copyUps: 0,
    bytesCopiedUp: 0,
    holesSkipped: 0,
    whiteoutsMade: 0,
    whiteoutsRemoved: 0,
    opaqueMade: 0,
    bytesRead: 0,
    bytesFromDisk: 0,
    bytesFromCache: 0,
    bytesWritten: 0,
    diskBytes: 0,
    inodes: 0,
    entries: 0,
  };
  const pages: Record<string, number> = { ...cache };
  for (const { events } of steps)
    for (const event of events)
      switch (event.type) {
        case "visit":
          sum.visits++;
          sum.probes += event.probes.length;
          break;
        case "copy-up-end":
          sum.copyUps++;
          break;
        case "copy-up-data":
          sum.bytesCopiedUp += event.bytes;
          sum.holesSkipped += event.holes;
          break;
        case "whiteout-made":
          sum.whiteoutsMade++;
          break;
        case "whiteout-removed":
          sum.whiteoutsRemoved++;
          break;
        case "opaque-made":
          sum.opaqueMade++;
          break;
        case "data-read": {
          const known = pages[event.backing] ?? 0;
          const end = event.offset + event.bytes;
          const cached = Math.max(0, Math.min(known, end) - event.offset);
          sum.bytesRead += event.bytes;
          sum.bytesFromCache += cached;
          sum.bytesFromDisk += event.bytes - cached;
          if (event.offset <= known) pages[event.backing] = Math.max(known, end);
          break;
        }
        case "branch-write":
          if (event.operation === "write") sum.bytesWritten += event.bytes ?? 0;
          sum.diskBytes += event.disk;
          sum.inodes += event.inodes;
          sum.entries += event.entries;
          break;
        default:
      }
  return { meters: sum, cache: pages };
}
