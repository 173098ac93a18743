import type { EngineEvent } from "./event.ts";
import { bytesInCache, NO_PAGES, type PageCache, withRead } from "./page-cache.ts";

/** What calls cost: sums over the events that were counted, and the page cache they leave. */
export interface Costs {
  /** Branches asked for a name. */
  readonly visits: number;
  /** Names looked up on disk. */
  readonly probes: number;
  /** Files, directories and other objects copied up. */
  readonly copyUps: number;
  /** Bytes of data that copy-up copied; holes are not. */
  readonly copied: number;
  /** Bytes of holes that copy-up skipped. */
  readonly holes: number;
  readonly whiteoutsMade: number;
  readonly whiteoutsRemoved: number;
  readonly opaqueMade: number;
  /** Bytes written by programs, copy-up not counted. */
  readonly written: number;
  /** Bytes read by programs. */
  readonly read: number;
  /** Of these, bytes that were in memory. */
  readonly readFromCache: number;
  /** Inodes made, less those freed. */
  readonly inodes: number;
  /** Directory entries made, less those removed. */
  readonly entries: number;
  /** Bytes that file systems hold, more than before. */
  readonly disk: number;
  readonly pageCache: PageCache;
}

export const NO_COSTS: Costs = Object.freeze({
  visits: 0,
  probes: 0,
  copyUps: 0,
  copied: 0,
  holes: 0,
  whiteoutsMade: 0,
  whiteoutsRemoved: 0,
  opaqueMade: 0,
  written: 0,
  read: 0,
  readFromCache: 0,
  inodes: 0,
  entries: 0,
  disk: 0,
  pageCache: NO_PAGES,
});

/**
 * The costs with those of some more events: of one call or a part of it, or of several whole calls. `copying`: how many
 * copy-ups are under way before them. O(events).
 */
export function addCosts(before: Costs, events: readonly EngineEvent[], copying = 0): Costs {
  if (events.length === 0) return before;
  const sum: { -readonly [K in keyof Costs]: Costs[K] } = { ...before };
  let under = copying;
  for (const event of events)
    switch (event.type) {
      case "visit":
        sum.visits += 1;
        sum.probes += event.probes.length;
        break;
      case "copy-up-begin":
        under += 1;
        break;
      case "copy-up-data":
        sum.copied += event.bytes;
        sum.holes += event.holes;
        break;
      case "copy-up-end":
        under -= 1;
        sum.copyUps += 1;
        break;
      case "copy-up-failed":
        under -= 1;
        break;
      case "whiteout-made":
        sum.whiteoutsMade += 1;
        break;
      case "whiteout-removed":
        sum.whiteoutsRemoved += 1;
        break;
      case "opaque-made":
        sum.opaqueMade += 1;
        break;
      case "data-read":
        sum.read += event.bytes;
        sum.readFromCache += bytesInCache(sum.pageCache, event);
        sum.pageCache = withRead(sum.pageCache, event);
        break;
      case "branch-write":
        sum.inodes += event.inodes;
        sum.entries += event.entries;
        sum.disk += event.disk;
        if (event.operation === "write" && under === 0) sum.written += event.bytes ?? 0;
        break;
      default:
    }
  return sum;
}

/** Two sums in one, with the page cache of the later. */
export function sumCosts(earlier: Costs, later: Costs): Costs {
  return {
    visits: earlier.visits + later.visits,
    probes: earlier.probes + later.probes,
    copyUps: earlier.copyUps + later.copyUps,
    copied: earlier.copied + later.copied,
    holes: earlier.holes + later.holes,
    whiteoutsMade: earlier.whiteoutsMade + later.whiteoutsMade,
    whiteoutsRemoved: earlier.whiteoutsRemoved + later.whiteoutsRemoved,
    opaqueMade: earlier.opaqueMade + later.opaqueMade,
    written: earlier.written + later.written,
    read: earlier.read + later.read,
    readFromCache: earlier.readFromCache + later.readFromCache,
    inodes: earlier.inodes + later.inodes,
    entries: earlier.entries + later.entries,
    disk: earlier.disk + later.disk,
    pageCache: later.pageCache,
  };
}
