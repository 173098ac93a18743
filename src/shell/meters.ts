import { addCosts, type Costs, NO_COSTS } from "../engine/costs.ts";
import { NO_PAGES, type PageCache } from "../engine/page-cache.ts";
import type { Step } from "./recorder.ts";

/** What a line cost: sums over its system calls, by the names of `lab --json`. */
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
  /** Bytes written by programs; what copy-up writes is not. */
  readonly bytesWritten: number;
  /** What file systems hold more than before. */
  readonly diskBytes: number;
  readonly inodes: number;
  readonly entries: number;
}

/**
 * What had been spent before each step, and at the end: `steps.length + 1` sums, by the engine's rules. `pageCache`: as
 * it is before them. `cacheDrops`: how many steps had been made when it was emptied.
 */
export function costsAlong(
  steps: readonly Pick<Step, "events">[],
  pageCache: PageCache,
  cacheDrops: readonly number[],
): readonly Costs[] {
  const along: Costs[] = [];
  let costs: Costs = { ...NO_COSTS, pageCache };
  for (let at = 0; at <= steps.length; at++) {
    if (cacheDrops.includes(at)) costs = { ...costs, pageCache: NO_PAGES };
    along.push(costs);
    costs = addCosts(costs, steps[at]?.events ?? []);
  }
  return along;
}

export function metersOf(calls: number, costs: Costs): Meters {
  return {
    calls,
    visits: costs.visits,
    probes: costs.probes,
    copyUps: costs.copyUps,
    bytesCopiedUp: costs.copied,
    holesSkipped: costs.holes,
    whiteoutsMade: costs.whiteoutsMade,
    whiteoutsRemoved: costs.whiteoutsRemoved,
    opaqueMade: costs.opaqueMade,
    bytesRead: costs.read,
    bytesFromDisk: costs.read - costs.readFromCache,
    bytesFromCache: costs.readFromCache,
    bytesWritten: costs.written,
    diskBytes: costs.disk,
    inodes: costs.inodes,
    entries: costs.entries,
  };
}
