import type { EntryKind } from "../../tree/column-tree.ts";
import type { NodeId, Time } from "../../tree/live-tree.ts";
import type { PersistentMap } from "../../tree/persistent-map.ts";
import type { BranchPermission } from "../call.ts";
import type { FsId } from "../machine.ts";
import type { AufsOptions } from "./options.ts";

/** A directory of a plain file system that is one branch. */
export interface AufsBranch {
  /** Given once, from 64 up; stays when branches come and go. */
  readonly id: number;
  readonly fs: FsId;
  readonly root: NodeId;
  /** The path it was added by. */
  readonly path: string;
  readonly permission: BranchPermission;
}

/** What an aufs super block knows. */
export interface AufsState {
  readonly type: "aufs";
  /** Top first. */
  readonly branches: readonly AufsBranch[];
  readonly options: AufsOptions;
  readonly nextBranchId: number;
  /**
   * Inode numbers by "BRANCH ID:NODE" where they are not derived: a copy keeps the number of what it was copied from.
   * (The kernel's xino files.)
   */
  readonly numbers: PersistentMap<string, number>;
  /** Counts the numbers given anew. */
  readonly renumbered: number;
  /**
   * Inodes with several names that stay in memory without being open: pseudo-links, and those of which a name was looked
   * up. The kernel's cache remembers their link count, and takes them for one file even when plinks are off.
   */
  readonly kept: PersistentMap<number, AufsKeptInode>;
  /**
   * Directories that were made opaque here, by "BRANCH ID:NODE": nothing below is part of them as long as the union is
   * mounted, whatever opaque marks lie there (rule L-22).
   */
  readonly sealed: PersistentMap<string, true>;
  /**
   * Directories whose attributes in memory are not those of the branch any more, by inode number: a copy-up below them
   * does not tell them, until someone stats them.
   */
  readonly stale: PersistentMap<number, AufsStale>;
  /** Numbers temporary names. */
  readonly counter: number;
  /** The next turn of `create=rr`; the kernel counts down. */
  readonly turn: number;
}

/** A directory's size and mtime as they are remembered. */
export interface AufsStale {
  readonly size: number;
  readonly mtime: Time;
}

/** An inode that stays in memory by itself. */
export interface AufsKeptInode {
  readonly kind: EntryKind;
  readonly data: AufsInodeData;
  /** Names that were looked up, as "NUMBER OF THE DIRECTORY/NAME". */
  readonly names: readonly string[];
}

/** `lower` where a branch holds nothing for the name. */
export const NOTHING: NodeId = -1;
/** `lower` where a branch was chosen to hold the name, and does not have it. */
export const NEGATIVE: NodeId = -2;

/** What an aufs dentry knows: the name in each branch. Immutable: a change replaces the value. */
export interface AufsDentryData {
  readonly type: "aufs";
  /** By branch index: an inode, NOTHING or NEGATIVE. */
  readonly lower: readonly NodeId[];
  /** First and last branch index that is not NOTHING; -1 when all are. */
  readonly top: number;
  readonly bottom: number;
  /** The branch with a whiteout of the name, or -1. */
  readonly whiteout: number;
  /** The branch where the directory is opaque, or -1. */
  readonly opaque: number;
}

/** What an aufs inode in memory knows. Immutable: a change replaces the value. */
export interface AufsInodeData {
  readonly type: "aufs";
  /** st_ino. */
  readonly number: number;
  /** By branch index: the inode below, or NOTHING. */
  readonly lower: readonly NodeId[];
  readonly top: number;
  readonly bottom: number;
  /** The link count it shows when the branch is not asked. */
  readonly nlink: number;
  /** Listed as a pseudo-link: siblings on lower branches follow it. */
  readonly plinked: boolean;
  /** Branches that got a nameless copy after the name was gone. */
  readonly nameless: readonly number[];
}

/** What aufs keeps with an open file. */
export interface AufsFileData {
  readonly type: "aufs";
  /** The branch that reads and writes go to (a directory: its top one). */
  readonly branch: number;
  readonly node: NodeId;
  /** The branch's file is open for writing too. */
  readonly writable: boolean;
}
