import type { NodeId } from "../../tree/live-tree.ts";

/** A directory of a plain file system that serves as a layer. */
export interface OverlayLayer {
  readonly fs: number;
  readonly root: NodeId;
  readonly path: string;
}

/** An overlay super block. */
export interface OverlayState {
  readonly type: "overlay";
  /** Top first; layer 0 is the upper one, or null on a read-only mount. */
  readonly upper: OverlayLayer | null;
  readonly lower: readonly OverlayLayer[];
  readonly workBase: OverlayLayer | null;
  /** The directory `work` in the work base. */
  readonly work: NodeId;
  /** The directory `index` in the work base, when index=on. */
  readonly index: NodeId | null;
  readonly redirect: "on" | "follow" | "nofollow";
  readonly indexed: boolean;
  readonly metacopy: boolean;
  /** The whiteout that later ones are links of, in the work directory. */
  readonly whiteout: NodeId | null;
  /** Numbers temporary names. */
  readonly counter: number;
}

/** One lower object: its layer (1 is the topmost lower) and inode. */
export interface OverlayLower {
  readonly layer: number;
  readonly node: NodeId;
}

/** What an overlay dentry knows. Immutable: a change replaces the value. */
export interface OverlayDentryData {
  readonly type: "overlay";
  /** The name is in the upper directory under this dentry's own name. */
  readonly upperAlias: boolean;
}

/** What an overlay inode in memory knows. Immutable: a change replaces the value. */
export interface OverlayInodeData {
  readonly type: "overlay";
  readonly upper: NodeId | null;
  readonly lower: readonly OverlayLower[];
  readonly opaque: boolean;
  /** Data (not only attributes) is in the upper file. */
  readonly upperData: boolean;
  readonly redirect: string | null;
}
