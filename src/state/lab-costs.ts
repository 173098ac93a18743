import { addCosts, type Costs, NO_COSTS, sumCosts } from "../engine/costs.ts";
import type { PageCache } from "../engine/page-cache.ts";
import { costsAlong } from "../shell/meters.ts";
import type { Moment } from "./lab-moments.ts";
import type { RanLine, RecordedCall } from "./lab-session.ts";

/** What was done, in numbers: the meters. */
export interface Counts extends Costs {
  /** Visits without those of directories that were only walked through. */
  readonly fileVisits: number;
}

export const NO_COUNTS: Counts = { ...NO_COSTS, fileVisits: 0 };

/** A command's counts: `[n]` is what it had done when `n` of its calls were over. `pageCache`: as it was before. */
export function countsAlong(
  { calls, cacheDrops }: Pick<RanLine, "calls" | "cacheDrops">,
  moments: readonly Moment[],
  pageCache: PageCache,
): readonly Counts[] {
  const ofFiles = new Array<number>(calls.length + 1).fill(0);
  for (const moment of moments)
    if (isFileVisit(moment, calls)) ofFiles[moment.call + 1] = (ofFiles[moment.call + 1] ?? 0) + 1;
  let fileVisits = 0;
  return costsAlong(calls, pageCache, cacheDrops).map((costs, at) => {
    fileVisits += ofFiles[at] ?? 0;
    return countsOf(costs, fileVisits);
  });
}

/** What a command had done when `tick` of its moments had passed. O(moments of one call). */
export function countsAfter(
  along: readonly Counts[],
  moments: readonly Moment[],
  calls: readonly RecordedCall[],
  tick: number,
): Counts {
  const moment = moments[tick - 1];
  const before = along[moment?.call ?? 0] ?? NO_COUNTS;
  if (!moment) return moments.length === 0 ? (along.at(-1) ?? NO_COUNTS) : before;
  const isDone = moments[tick]?.call !== moment.call;
  if (isDone) return along[tick === moments.length ? along.length - 1 : moment.call + 1] ?? before;
  const isWhole = moment.probe === null;
  const events = calls[moment.call]?.events.slice(0, moment.event + (isWhole ? 1 : 0)) ?? [];
  const costs = addCosts(before, events);
  let { fileVisits } = before;
  for (let at = tick - 1; moments[at]?.call === moment.call; at--)
    if (isFileVisit(moments[at] ?? moment, calls)) fileVisits += 1;
  return countsOf(costs, fileVisits, costs.probes + (isWhole ? 0 : (moment.probe ?? 0) + 1));
}

/** Two counts in one, with the page cache of the later. */
export function sumCounts(earlier: Counts, later: Counts): Counts {
  return countsOf(sumCosts(earlier, later), earlier.fileVisits + later.fileVisits);
}

/** Field by field: V8 gives an object that grew after a spread a second part, and every step makes some of these. */
function countsOf(costs: Costs, fileVisits: number, probes = costs.probes): Counts {
  return {
    visits: costs.visits,
    probes,
    copyUps: costs.copyUps,
    copied: costs.copied,
    holes: costs.holes,
    whiteoutsMade: costs.whiteoutsMade,
    whiteoutsRemoved: costs.whiteoutsRemoved,
    opaqueMade: costs.opaqueMade,
    written: costs.written,
    read: costs.read,
    readFromCache: costs.readFromCache,
    inodes: costs.inodes,
    entries: costs.entries,
    disk: costs.disk,
    pageCache: costs.pageCache,
    fileVisits,
  };
}

/** Whether a moment is a visit that `fileVisits` counts. */
export function isFileVisit(
  { call, event, probe, level }: Moment,
  calls: readonly RecordedCall[],
): boolean {
  return level === 1 && probe === null && calls[call]?.events[event]?.type === "visit";
}
