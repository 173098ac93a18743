import { branchOf, currentCommand, type LabCommand, type Timeline } from "./lab-timeline.ts";

/** A file whose pages are in memory, whoever read it. */
export interface CachedFile {
  /** "FS:INODE" of the file below all unions. */
  readonly backing: string;
  /** The path it was read by first. */
  readonly path: string;
  readonly fs: number;
  readonly branch: number | null;
  /** Bytes of it in memory. */
  readonly bytes: number;
  /** How often it was read from. */
  readonly reads: number;
}

type Cache = ReadonlyMap<string, CachedFile>;

const EMPTY: Cache = new Map();
const kept = new WeakMap<LabCommand, Cache>();

/** The page cache at the cursor. `drop-caches` empties it. O(events of the command under way). */
export function cacheAt(timeline: Timeline): Cache {
  const command = currentCommand(timeline);
  if (!command) return EMPTY;
  const before = command.parent === null ? EMPTY : cacheAfter(timeline, command.parent);
  return played(before, command, timeline.cursor.tick);
}

function cacheAfter(timeline: Timeline, id: number): Cache {
  let cache = EMPTY;
  for (const command of branchOf(timeline, id)) {
    const known = kept.get(command);
    cache = known ?? played(cache, command, command.moments.length);
    if (!known) kept.set(command, cache);
  }
  return cache;
}

function played(before: Cache, { ran, moments }: LabCommand, ticks: number): Cache {
  if (/^\s*drop-caches\b/.test(ran.line) && ticks === moments.length) return EMPTY;
  let cache: Map<string, CachedFile> | null = null;
  for (let at = 0; at < ticks; at++) {
    const moment = moments[at];
    const event = moment && ran.calls[moment.call]?.events[moment.event];
    if (event?.type !== "data-read") continue;
    cache ??= new Map(before);
    const known = cache.get(event.backing);
    cache.set(event.backing, {
      backing: event.backing,
      path: known?.path ?? event.path,
      fs: known?.fs ?? event.fs,
      branch: known ? known.branch : event.branch,
      bytes: Math.max(known?.bytes ?? 0, event.offset + event.bytes),
      reads: (known?.reads ?? 0) + 1,
    });
  }
  return cache ?? before;
}

/** Bytes in memory. */
export function cachedBytes(cache: Cache): number {
  let bytes = 0;
  for (const file of cache.values()) bytes += file.bytes;
  return bytes;
}
