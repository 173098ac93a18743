import { PAGE } from "../tree/live-tree.ts";
import {
  emptyMap,
  mapEntries,
  mapGet,
  mapSet,
  type PersistentMap,
} from "../tree/persistent-map.ts";
import type { EngineEvent } from "./event.ts";

/** The files whose pages reading has put in memory. Nothing is evicted. */
export interface PageCache {
  /** By the file below all unions: "FS:INODE". */
  readonly files: PersistentMap<string, CachedFile>;
  readonly count: number;
}

export interface CachedFile {
  /** "FS:INODE" of the file below all unions: two containers that read one lower file share its pages. */
  readonly backing: string;
  /** Where it was read first: the path, and the branch of the union `fs`, null where that is no union. */
  readonly path: string;
  readonly fs: number;
  readonly branch: number | null;
  /** Its place among the files in the order in which they were read first, from 0. */
  readonly order: number;
  /** How often it was read from. */
  readonly reads: number;
  /** The file systems it was read through, in the order in which they first did: one a container. */
  readonly readers: readonly number[];
  /** Sorted, apart from each other. */
  readonly pages: readonly PageRange[];
}

/** Page numbers; the end is exclusive. */
export type PageRange = readonly [from: number, to: number];

type DataRead = Extract<EngineEvent, { readonly type: "data-read" }>;

export const NO_PAGES: PageCache = Object.freeze({
  files: emptyMap<string, CachedFile>(),
  count: 0,
});

/** The cache after a read. A read of nothing, at a file's end, leaves it as it is. O(ranges of the file + log files). */
export function withRead(cache: PageCache, event: DataRead): PageCache {
  if (event.bytes === 0) return cache;
  const { backing, path, fs, branch } = event;
  const { files, count } = cache;
  const known = mapGet(files, backing);
  const from = Math.floor(event.offset / PAGE);
  const to = Math.ceil((event.offset + event.bytes) / PAGE);
  const file: CachedFile = {
    ...(known ?? { backing, path, fs, branch, order: count }),
    reads: (known?.reads ?? 0) + 1,
    readers: known?.readers.includes(fs) ? known.readers : [...(known?.readers ?? []), fs],
    pages: withRange(known?.pages ?? [], from, to),
  };
  return { files: mapSet(files, backing, file), count: known ? count : count + 1 };
}

/** How many bytes of a read are in memory before it. */
export function bytesInCache(cache: PageCache, { backing, offset, bytes }: DataRead): number {
  let held = 0;
  for (const [from, to] of mapGet(cache.files, backing)?.pages ?? []) {
    const start = Math.max(offset, from * PAGE);
    const end = Math.min(offset + bytes, to * PAGE);
    held += Math.max(0, end - start);
  }
  return held;
}

/** The files in the order in which they were read first. O(files log files). */
export function cachedFiles(cache: PageCache): readonly CachedFile[] {
  const files: CachedFile[] = [];
  for (const [, file] of mapEntries(cache.files)) files.push(file);
  return files.sort((a, b) => a.order - b.order);
}

/** Bytes of memory that a file's pages take. */
export function cachedBytes({ pages }: CachedFile): number {
  let count = 0;
  for (const [from, to] of pages) count += to - from;
  return count * PAGE;
}

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
