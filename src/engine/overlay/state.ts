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
  /** The upper layer; null on a read-only mount. */
  readonly upper: OverlayLayer | null;
  /** Top first. */
  readonly lower: readonly OverlayLayer[];
  /** The directory that holds `work` and `index`. */
  readonly workBase: OverlayLayer | null;
  readonly work: NodeId;
  /** The directory `index`, with index=on, else null. */
  readonly index: NodeId | null;
  /** With nfs_export=on every copy goes through the index, not those of hard links alone. */
  readonly indexesAll: boolean;
  /** `on` also writes redirects when a directory is renamed. */
  readonly redirect: "on" | "follow" | "nofollow";
  readonly metacopy: boolean;
  /** A feature is on that offline changes of layers would upset: a new directory says that nothing is below it. */
  readonly isGuarded: boolean;
  /** The whiteout in the work directory that others are made links of. */
  readonly whiteout: NodeId | null;
  /** Numbers temporary names. */
  readonly counter: number;
}

/** An object in a layer. `branch` counts from the top: the upper layer, if there is one, is 0. */
export interface OverlayLower {
  readonly branch: number;
  readonly node: NodeId;
}

/** What an overlay dentry knows. Immutable: a change replaces the value. */
export interface OverlayDentryData {
  readonly type: "overlay";
  /** The upper directory has a whiteout of this name. */
  readonly isWhiteout: boolean;
  /** The upper file lies under this name (and not only in the index). */
  readonly hasUpperAlias: boolean;
}

/** What an overlay inode in memory knows. Immutable: a change replaces the value. */
export interface OverlayInodeData {
  readonly type: "overlay";
  readonly upper: NodeId | null;
  /** Where it comes from below, top first; a directory may have several. */
  readonly lower: readonly OverlayLower[];
  /** The upper directory is marked opaque. */
  readonly isOpaque: boolean;
  /** The upper file has attributes only; the data is in the last of `lower`. */
  readonly isMetacopy: boolean;
  /** trusted.overlay.redirect of the upper object. */
  readonly redirect: string | null;
  /** With index=on, a file that has (or will get) an entry in the index: its links in the union. */
  readonly indexedLinks: number | null;
}
