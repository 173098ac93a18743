import { type CachedFile, cachedFiles, type PageCache } from "../engine/page-cache.ts";
import { countsAt, type Timeline } from "./lab-timeline.ts";

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
