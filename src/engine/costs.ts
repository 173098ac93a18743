import { PAGE } from "../tree/live-tree.ts";
import type { EngineEvent } from "./event.ts";

/** What calls cost. All numbers are sums over the events that were counted. */
export interface Costs {
  /** Branches asked for a name. */
  readonly visits: number;
  /** Names looked up on disk. */
  readonly probes: number;
  /** Bytes of data that copy-up copied. */
  readonly copiedUp: number;
  /** Files, directories and other objects copied up. */
  readonly copyUps: number;
  /** Bytes written by programs, copy-up not counted. */
  readonly written: number;
  /** Bytes read by programs. */
  readonly read: number;
  /** Inodes made, less those freed. */
  readonly inodes: number;
  /** Directory entries made, less those removed. */
  readonly entries: number;
  /** Change of the bytes held, by "FS:BRANCH" of a union, or "FS" of a plain file system written to directly. */
  readonly disk: Readonly<Record<string, number>>;
  /** Pages that reading put in memory, by the file they belong to ("FS:INODE"): ranges of page numbers, end exclusive. */
  readonly pageCache: Readonly<Record<string, readonly PageRange[]>>;
}

export type PageRange = readonly [from: number, to: number];

export const NO_COSTS: Costs = Object.freeze({
  visits: 0,
  probes: 0,
  copiedUp: 0,
  copyUps: 0,
  written: 0,
  read: 0,
  inodes: 0,
  entries: 0,
  disk: Object.freeze({}),
  pageCache: Object.freeze({}),
});

/** The costs with those of some more events. O(events). */
export function addCosts(before: Costs, events: readonly EngineEvent[]): Costs {
  let { visits, probes, copiedUp, copyUps, written, read, inodes, entries } = before;
  const disk: Record<string, number> = { ...before.disk };
  const pageCache: Record<string, readonly PageRange[]> = { ...before.pageCache };
  let copying = 0;
  for (const event of events) {
    if (event.type === "visit") {
      visits += 1;
      probes += event.probes.length;
    } else if (event.type === "copy-up-begin") copying += 1;
    else if (event.type === "copy-up-end" || event.type === "copy-up-failed") {
      copying -= 1;
      if (event.type === "copy-up-end") copyUps += 1;
    } else if (event.type === "copy-up-data") copiedUp += event.bytes;
    else if (event.type === "data-read") {
      read += event.bytes;
      if (event.bytes === 0) continue;
      const from = Math.floor(event.offset / PAGE);
      const to = Math.ceil((event.offset + event.bytes) / PAGE);
      pageCache[event.backing] = withRange(pageCache[event.backing] ?? [], from, to);
    } else if (event.type === "branch-write") {
      inodes += event.inodes;
      entries += event.entries;
      if (event.operation === "write" && copying === 0) written += event.bytes ?? 0;
      const key = event.branch === null ? `${event.fs}` : `${event.fs}:${event.branch}`;
      if (event.disk !== 0) disk[key] = (disk[key] ?? 0) + event.disk;
    }
  }
  return { visits, probes, copiedUp, copyUps, written, read, inodes, entries, disk, pageCache };
}

/** Bytes of memory that page ranges take. */
export function cachedBytes(ranges: readonly PageRange[]): number {
  let pages = 0;
  for (const [from, to] of ranges) pages += to - from;
  return pages * PAGE;
}

/** Sorted ranges with one more merged in. */
function withRange(ranges: readonly PageRange[], from: number, to: number): PageRange[] {
  const merged: PageRange[] = [];
  let [start, end] = [from, to];
  for (const range of ranges)
    if (range[1] < start || range[0] > end) merged.push(range);
    else {
      start = Math.min(start, range[0]);
      end = Math.max(end, range[1]);
    }
  merged.push([start, end]);
  return merged.sort((a, b) => a[0] - b[0]);
}
