import type { EntryKind } from "../tree/column-tree.ts";
import type { Credentials, Pid } from "./call.ts";
import type { Errno } from "./errno.ts";

/** One name looked up on the disk of a branch. */
export interface Probe {
  /**
   * What was looked for: the name itself (`real`), aufs's `.wh.NAME` (`whiteout`), or the mark that makes a directory
   * opaque (`opaque`: aufs's `.wh..wh..opq` inside it, overlayfs's xattr on it).
   */
  readonly what: "real" | "whiteout" | "opaque";
  /** `whiteout` as the outcome of a `real` probe: overlayfs found a character device 0:0. */
  readonly outcome: "found" | "missing" | "whiteout" | "invalid";
}

/** What a branch that was asked for a name answered. */
export type VisitOutcome =
  /** It has the name, and the name counts. */
  | "found"
  /** It does not have the name. */
  | "missing"
  /** It says that the name is hidden, here and below. */
  | "whiteout"
  /** It has the name, but of another type than the branch above: skipped (aufs) or the end (overlayfs). */
  | "type-differs"
  /** It has the name and it counts, and the directory is opaque: nothing below is asked. */
  | "opaque"
  /** What it has makes no sense (a whiteout that is not a regular file, …): EIO. */
  | "invalid";

/** Why a branch was not asked for a name. */
export type UnaskedReason =
  /** It lacks the parent directory, or its parent is not part of the merged one. */
  | "no-parent"
  /** A branch above has a file of that name (anything but a directory): the search ended there. */
  | "covered"
  /** A branch above has a whiteout of the name. */
  | "whiteout-above"
  /** A branch above has the name as an opaque directory. */
  | "opaque-above"
  /** A branch above has a directory, and one between something else (overlayfs stops there). */
  | "type-differs-above"
  /** The search had failed already. */
  | "failed";

export interface Unasked {
  readonly branch: number;
  readonly reason: UnaskedReason;
}

/** Why a file is copied up. */
export type CopyUpReason =
  | "write"
  | "open-for-writing"
  /** The branch is one that copies up on open (coo_reg, coo_all). */
  | "open"
  | "truncate"
  | "chmod"
  | "chown"
  | "utimens"
  | "setxattr"
  | "removexattr"
  | "link"
  | "rename"
  | "mmap"
  | "fsync"
  | "fallocate"
  /** A directory in which a name is made or removed. */
  | "create"
  | "remove"
  /** A directory above what is written to a branch. */
  | "parent";

/** How a mark lies on disk: a regular file (aufs), a character device 0:0 or an extended attribute (overlayfs). */
export type MarkForm = "file" | "device" | "xattr";

/** What was done to a branch or a plain file system. */
export type WriteOperation =
  | "create"
  | "mkdir"
  | "symlink"
  | "mknod"
  | "link"
  | "unlink"
  | "rmdir"
  | "rename"
  | "exchange"
  | "write"
  | "truncate"
  | "setattr"
  | "setxattr"
  | "removexattr";

/** What decided about an access. */
export type PermissionRule =
  | "owner"
  | "group"
  | "other"
  /** A capability of root. */
  | "root"
  /** Only the owner (or root) may. */
  | "not-owner"
  | "sticky"
  | "read-only-mount"
  | "protected-hardlinks"
  /** aufs without dirperm1: a lower branch's directory refused. */
  | "lower-branch";

/**
 * One thing the engine did, in the order it did it. Plain data; the only language between the engine and the views.
 *
 * `fs` is the file system that speaks (a union, or for branch work the union it was done for); `branch` an index, top =
 * 0, and null when the write is to a plain file system directly; `path` a path from the root of that file system.
 */
export type EngineEvent =
  /** A branch was asked for a name. */
  | {
      readonly type: "visit";
      readonly fs: number;
      readonly path: string;
      readonly branch: number;
      readonly outcome: VisitOutcome;
      readonly probes: readonly Probe[];
    }
  /** The name is there: in these branches, the first of which gives the attributes. */
  | {
      readonly type: "hit";
      readonly fs: number;
      readonly path: string;
      readonly kind: EntryKind;
      readonly branches: readonly number[];
      readonly unasked: readonly Unasked[];
    }
  /** The name is not there. `whiteout` is the branch that hides it, or null. */
  | {
      readonly type: "miss";
      readonly fs: number;
      readonly path: string;
      readonly whiteout: number | null;
      readonly unasked: readonly Unasked[];
    }
  | {
      readonly type: "symlink-followed";
      readonly fs: number;
      readonly path: string;
      readonly target: string;
    }
  | {
      readonly type: "mount-crossed";
      readonly fs: number;
      readonly path: string;
      readonly into: number;
    }
  | {
      readonly type: "permission";
      readonly fs: number;
      readonly path: string;
      readonly branch: number | null;
      readonly want: string;
      readonly who: Credentials;
      readonly mode: number;
      readonly rule: PermissionRule;
      readonly granted: boolean;
    }
  /** A branch's directory was read for a listing: so many names, so many shown. */
  | {
      readonly type: "readdir-visit";
      readonly fs: number;
      readonly path: string;
      readonly branch: number;
      readonly names: number;
      readonly shown: number;
    }
  | {
      readonly type: "readdir-hidden";
      readonly fs: number;
      readonly path: string;
      readonly name: string;
      readonly branch: number;
      readonly reason: "whiteout" | "duplicate" | "reserved";
    }
  | {
      readonly type: "data-read";
      readonly fs: number;
      readonly path: string;
      readonly branch: number | null;
      readonly offset: number;
      readonly bytes: number;
      /** The file whose pages hold it: "FS:INODE". */
      readonly backing: string;
      /** The file's length. */
      readonly size: number;
    }
  | {
      readonly type: "copy-up-begin";
      readonly fs: number;
      readonly path: string;
      /** What is copied; for a new hard link another name than `path`. */
      readonly source: string;
      readonly kind: EntryKind;
      readonly from: number;
      readonly to: number;
      readonly reason: CopyUpReason;
      /** Bytes that will be copied. */
      readonly bytes: number;
    }
  /** A missing parent directory is about to be copied up (its own begin … end follows). */
  | {
      readonly type: "copy-up-parent";
      readonly fs: number;
      readonly path: string;
      readonly to: number;
    }
  /**
   * The copy is begun under another name: `name` is null for a file without a name (O_TMPFILE); `directory` is where the
   * name lies in the branch.
   */
  | {
      readonly type: "copy-up-temp";
      readonly fs: number;
      readonly path: string;
      readonly to: number;
      readonly directory: string;
      readonly name: string | null;
    }
  | {
      readonly type: "copy-up-data";
      readonly fs: number;
      readonly path: string;
      readonly source: string;
      readonly to: number;
      readonly bytes: number;
      /** Bytes of the file that are holes and were skipped. */
      readonly holes: number;
      /** The original's length; more than both when the copy is cut. */
      readonly size: number;
    }
  | {
      readonly type: "copy-up-attributes";
      readonly fs: number;
      readonly path: string;
      readonly to: number;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | {
      readonly type: "copy-up-xattrs";
      readonly fs: number;
      readonly path: string;
      readonly to: number;
      readonly names: readonly string[];
    }
  | {
      readonly type: "copy-up-plink";
      readonly fs: number;
      readonly path: string;
      readonly to: number;
      readonly name: string;
    }
  /** The finished copy has got its name. */
  | {
      readonly type: "copy-up-rename";
      readonly fs: number;
      readonly path: string;
      readonly to: number;
      readonly name: string | null;
    }
  | {
      readonly type: "copy-up-end";
      readonly fs: number;
      readonly path: string;
      readonly source: string;
      readonly from: number;
      readonly to: number;
      readonly bytes: number;
    }
  | {
      readonly type: "copy-up-failed";
      readonly fs: number;
      readonly path: string;
      readonly to: number;
      readonly errno: Errno;
    }
  /** `linked`: it is one more hard link of the whiteout that is there already, and costs no inode. */
  | {
      readonly type: "whiteout-made";
      readonly fs: number;
      readonly path: string;
      readonly branch: number;
      readonly form: MarkForm;
      readonly linked: boolean;
    }
  | {
      readonly type: "whiteout-removed";
      readonly fs: number;
      readonly path: string;
      readonly branch: number;
    }
  | {
      readonly type: "opaque-made";
      readonly fs: number;
      readonly path: string;
      readonly branch: number;
      readonly form: MarkForm;
    }
  /** A directory's new place was written down in it (overlayfs redirect_dir, aufs dirren). */
  | {
      readonly type: "redirect-made";
      readonly fs: number;
      readonly path: string;
      readonly branch: number;
      readonly target: string;
    }
  /** A name appeared as a hard link of a file that was copied up under another name. */
  | {
      readonly type: "plink-linked";
      readonly fs: number;
      readonly path: string;
      readonly branch: number;
    }
  | { readonly type: "plinks-flushed"; readonly fs: number; readonly links: number }
  /** A branch, or a plain file system (branch null), was changed. `to` for link, rename and exchange. */
  | {
      readonly type: "branch-write";
      readonly fs: number;
      readonly branch: number | null;
      readonly operation: WriteOperation;
      readonly path: string;
      readonly to?: string;
      readonly bytes?: number;
      /** Inodes made (or, negative, freed). */
      readonly inodes: number;
      /** Directory entries made or removed. */
      readonly entries: number;
      /** Change of the bytes the file system holds. */
      readonly disk: number;
    }
  | {
      readonly type: "descriptor-reopened";
      readonly fs: number;
      readonly path: string;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly type: "mounted";
      readonly fs: number;
      readonly path: string;
      readonly fsType: string;
      readonly readOnly: boolean;
    }
  | {
      readonly type: "remounted";
      readonly fs: number;
      readonly path: string;
      readonly readOnly: boolean;
    }
  | { readonly type: "unmounted"; readonly fs: number; readonly path: string }
  | {
      readonly type: "branch-added";
      readonly fs: number;
      readonly branch: number;
      readonly branchPath: string;
      readonly permission: string;
    }
  | {
      readonly type: "branch-removed";
      readonly fs: number;
      readonly branch: number;
      readonly branchPath: string;
    }
  | {
      readonly type: "branch-changed";
      readonly fs: number;
      readonly branch: number;
      readonly branchPath: string;
      readonly permission: string;
    }
  | { readonly type: "process-made"; readonly pid: Pid; readonly parent: Pid }
  | { readonly type: "process-ended"; readonly pid: Pid };
