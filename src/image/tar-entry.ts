import type { ProblemFacts } from "./problem.ts";

/** What an entry of a tar is, in the tree's words, and "hardlink". */
export type TarEntryKind = "file" | "dir" | "symlink" | "hardlink" | "char" | "block" | "fifo";

/** One entry of a tar, its extended headers applied. */
export interface TarEntry {
  /** Its number in the tar, from 0; extended headers do not count. */
  readonly index: number;
  readonly kind: TarEntryKind;
  /** As it stands there, with any "./", "/" and "..". */
  readonly path: Uint8Array;
  readonly linkPath: Uint8Array;
  /** 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; of a sparse file with its holes. 0 for what has no content. */
  readonly size: number;
  readonly mtime: number;
  readonly mtimeNsec: number;
  readonly rdev: readonly [number, number] | null;
  readonly xattrs: readonly (readonly [string, Uint8Array])[] | null;
  /** [offset in the file, length] of the data of a sparse file. */
  readonly sparse: readonly (readonly [number, number])[] | null;
  /** Where its header stands; the first extended header, if it has any. */
  readonly headerOffset: number;
  /** Where its data stands. */
  readonly dataOffset: number;
  /** Bytes of data in the tar, without padding. */
  readonly dataLength: number;
  /** Whether one of its headers had a problem. */
  readonly isFlagged: boolean;
}

/** Where a tar reader tells what it reads. */
export interface TarSink {
  entry(entry: TarEntry): void;
  /** `path` is the entry concerned, if one is known. */
  problem(facts: ProblemFacts, offset: number, path: Uint8Array | null): void;
}
