import { type CachedFile, cachedFiles, type PageCache } from "../engine/page-cache.ts";
import { countsAt, hostBefore, type LabCommand, sumAlong, type Timeline } from "./lab-timeline.ts";
import { unionOf } from "./lab-union.ts";

/** The files with pages in memory at the cursor, in the order in which they were read first. */
export function cacheAt(timeline: Timeline): readonly CachedFile[] {
  const { pageCache } = countsAt(timeline).command;
  let files = kept.get(pageCache);
  if (!files) {
    files = cachedFiles(pageCache);
    kept.set(pageCache, files);
  }
  return files;
}
const kept = new WeakMap<PageCache, readonly CachedFile[]>();

/** By the `backing` of a cached file: the directory of the branch that it is in. */
export type CachedIn = ReadonlyMap<string, string>;

const NOWHERE: CachedIn = new Map();

/**
 * The branches of the files that were read by the end of the current command: their directories, since a remount counts
 * a union's branches anew. O(1) but for new commands.
 */
export function cachedIn(timeline: Timeline): CachedIn {
  return sumAlong(timeline, keptPlaces, NOWHERE, (command, before) =>
    withReads(timeline, command, before),
  );
}
const keptPlaces = new WeakMap<LabCommand, CachedIn>();

function withReads(timeline: Timeline, command: LabCommand, before: CachedIn): CachedIn {
  let earlier = hostBefore(timeline, command).machine;
  let places: Map<string, string> | null = null;
  for (const { events, machine } of command.ran.calls) {
    for (const event of events) {
      if (event.type !== "data-read" || event.branch === null) continue;
      if (before.has(event.backing) || places?.has(event.backing)) continue;
      const union = unionOf(earlier, event.fs) ?? unionOf(machine, event.fs);
      const directory = union?.branches[event.branch]?.path;
      if (directory === undefined) continue;
      places ??= new Map(before);
      places.set(event.backing, directory);
    }
    earlier = machine;
  }
  return places ?? before;
}
