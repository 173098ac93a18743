import type { ColumnTree, EntryKind } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import type { Time } from "../tree/live-tree.ts";
import type { Errno } from "./errno.ts";

/** Who asks. Root (uid 0) has every capability. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

/** A process number; 1 is there from the start. */
export type Pid = number;
/** A descriptor number of one process. */
export type Fd = number;
/** In place of a descriptor: relative paths begin in the working directory. */
export const AT_FDCWD: Fd = -100;

/** The flags of open(2), O_RDONLY being the absence of the two others. */
export type OpenFlag =
  | "O_RDONLY"
  | "O_WRONLY"
  | "O_RDWR"
  | "O_APPEND"
  | "O_CREAT"
  | "O_DIRECTORY"
  | "O_EXCL"
  | "O_NOFOLLOW"
  | "O_NONBLOCK"
  | "O_PATH"
  | "O_TMPFILE"
  | "O_TRUNC";

/** A device's [major, minor]. */
export type DeviceNumber = readonly [major: number, minor: number];

/** What stat(2) gives, in the engine's own terms. */
export interface Stat {
  readonly kind: EntryKind;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly nlink: number;
  readonly mtime: Time;
  readonly ctime: Time;
  /** Equal for two names of one file, stable while the file is known; nothing else is promised. */
  readonly ino: number;
  /** The number of the file system (`FsId`) that answers. */
  readonly dev: number;
  readonly rdev: DeviceNumber;
  /** 512-byte units that hold data; holes take none. */
  readonly blocks: number;
}

/** One name in a directory listing. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: EntryKind;
  readonly ino: number;
}

export interface StatFs {
  /** "tmpfs", "overlay" or "aufs". */
  readonly type: string;
  /** The super block's magic number. */
  readonly magic: number;
  readonly blockSize: number;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly files: number;
  readonly filesFree: number;
  readonly nameLength: number;
}

/** An aufs branch that is written to, with its attributes. */
export type WritableBranch = `${"rw" | "rw+nolwh"}${"" | "+coo_reg" | "+coo_all" | "+moo"}`;
/** An aufs branch that is only read, with its attributes. */
export type ReadOnlyBranch = `${"ro" | "rr"}${"" | "+wh"}${"" | "+coo_reg" | "+coo_all"}`;
/** Permission of an aufs branch, with its attributes, as written in the mount options. */
export type BranchPermission = WritableBranch | ReadOnlyBranch;

/** One branch in mount(2)'s options: a directory in the caller's view that lies on a plain file system. */
export interface BranchSpec {
  readonly path: string;
  readonly permission: BranchPermission;
}

/** What mount(2) puts at a path. */
export type MountSource =
  /** A fresh, empty, writable file system. `size` and `inodes` are its limits; without them it has none. */
  | {
      readonly type: "tmpfs";
      readonly size?: number;
      readonly inodes?: number;
      readonly mode?: number;
    }
  /**
   * A writable file system that begins as a frozen tree, which is not copied. `marks: "overlay"` shows the tar's
   * `.wh.NAME` as character devices 0:0 and `.wh..wh..opq` as trusted.overlay.opaque, as Docker's unpacking to
   * overlay2 does; `"aufs"` (the default) shows the files as they are.
   */
  | { readonly type: "tree"; readonly tree: ColumnTree; readonly marks?: "aufs" | "overlay" }
  | { readonly type: "bind"; readonly path: string }
  /** `lower` top first. Without `upper` and `work` it is read-only. `options` as in the kernel: "redirect_dir=on", … */
  | {
      readonly type: "overlay";
      readonly lower: readonly string[];
      readonly upper?: string;
      readonly work?: string;
      readonly options?: readonly string[];
    }
  /** `branches` top first. `options`: "dirperm1", "diropq=a", "noplink", "udba=none", "create=…", "cpup=…", … */
  | {
      readonly type: "aufs";
      readonly branches: readonly BranchSpec[];
      readonly options?: readonly string[];
    };

/** What remount can change. */
export interface RemountChange {
  readonly readOnly?: boolean;
  /** aufs: options applied left to right, "append:/path=ro+wh", "del:/path", "mod:/path=rw", … */
  readonly options?: readonly string[];
}

/** A path, or a descriptor of the calling process. */
export type Target = string | Fd;

/** Leaves a field of utimens as it is ("omit"), or sets it to the call's time ("now"). */
export type TimeChange = Time | "now" | "omit";

/**
 * Every system call: its arguments and its value. Paths are relative to the process's cwd unless they begin with "/".
 * What takes `at` takes an open directory instead: openat(2), fstatat(2), unlinkat(2) and their kin.
 */
export interface SystemCalls {
  /** Opens; every directory, file, FIFO and device. O_NONBLOCK is how FIFOs answer always: nobody ever waits. */
  readonly open: Sig<
    { readonly path: string; readonly flags: readonly OpenFlag[]; readonly mode?: number } & At,
    Fd
  >;
  readonly close: Sig<{ readonly fd: Fd }, null>;
  readonly dup: Sig<{ readonly fd: Fd; readonly to?: Fd }, Fd>;
  readonly read: Sig<{ readonly fd: Fd; readonly length: number }, Content>;
  readonly pread: Sig<
    { readonly fd: Fd; readonly length: number; readonly offset: number },
    Content
  >;
  /** Gives the number of bytes written. */
  readonly write: Sig<{ readonly fd: Fd; readonly data: Content }, number>;
  readonly pwrite: Sig<
    { readonly fd: Fd; readonly data: Content; readonly offset: number },
    number
  >;
  readonly lseek: Sig<
    {
      readonly fd: Fd;
      readonly offset: number;
      readonly whence: "SEEK_SET" | "SEEK_CUR" | "SEEK_END" | "SEEK_DATA" | "SEEK_HOLE";
    },
    number
  >;
  readonly truncate: Sig<{ readonly path: string; readonly length: number }, null>;
  readonly ftruncate: Sig<{ readonly fd: Fd; readonly length: number }, null>;
  readonly fallocate: Sig<
    {
      readonly fd: Fd;
      readonly offset: number;
      readonly length: number;
      readonly keepSize?: boolean;
      readonly punchHole?: boolean;
    },
    null
  >;
  readonly fsync: Sig<{ readonly fd: Fd }, null>;
  readonly copyFileRange: Sig<
    {
      readonly from: Fd;
      readonly to: Fd;
      readonly length: number;
      readonly fromOffset?: number;
      readonly toOffset?: number;
    },
    number
  >;
  /** Gives the mapping's number, for `load`, `store` and `munmap`. */
  readonly mmap: Sig<
    {
      readonly fd: Fd;
      readonly length: number;
      readonly offset: number;
      readonly write: boolean;
      readonly shared: boolean;
    },
    number
  >;
  readonly munmap: Sig<{ readonly map: number }, null>;
  /** Reads memory of a mapping; `offset` counts from its start. */
  readonly load: Sig<
    { readonly map: number; readonly offset: number; readonly length: number },
    Content
  >;
  /** Writes memory of a mapping. */
  readonly store: Sig<
    { readonly map: number; readonly offset: number; readonly data: Content },
    null
  >;
  readonly stat: Sig<{ readonly path: string } & At, Stat>;
  readonly lstat: Sig<{ readonly path: string } & At, Stat>;
  readonly fstat: Sig<{ readonly fd: Fd }, Stat>;
  readonly statfs: Sig<{ readonly path: string }, StatFs>;
  readonly access: Sig<
    {
      readonly path: string;
      readonly read?: boolean;
      readonly write?: boolean;
      readonly execute?: boolean;
    },
    null
  >;
  /** The whole directory without "." and "..", in the file system's own order. A descriptor gives what is left of it. */
  readonly readdir: Sig<{ readonly target: Target }, readonly DirectoryEntry[]>;
  readonly readlink: Sig<{ readonly path: string } & At, string>;
  readonly mkdir: Sig<{ readonly path: string; readonly mode?: number } & At, null>;
  readonly rmdir: Sig<{ readonly path: string } & At, null>;
  readonly unlink: Sig<{ readonly path: string } & At, null>;
  readonly rename: Sig<
    {
      readonly from: string;
      readonly to: string;
      readonly noReplace?: boolean;
      readonly exchange?: boolean;
    },
    null
  >;
  /** `follow`: a symlink at `from` is followed (linkat with AT_SYMLINK_FOLLOW). */
  readonly link: Sig<
    {
      readonly from: string;
      readonly fromAt?: Fd;
      readonly to: string;
      readonly toAt?: Fd;
      readonly follow?: boolean;
    },
    null
  >;
  readonly symlink: Sig<{ readonly target: string; readonly path: string } & At, null>;
  readonly mknod: Sig<
    {
      readonly path: string;
      readonly kind: "file" | "fifo" | "char" | "block" | "socket";
      readonly mode?: number;
      readonly rdev?: DeviceNumber;
    } & At,
    null
  >;
  readonly chmod: Sig<{ readonly target: Target; readonly mode: number } & At, null>;
  /** -1 leaves an owner as it is. `noFollow`: lchown. */
  readonly chown: Sig<
    {
      readonly target: Target;
      readonly uid: number;
      readonly gid: number;
      readonly noFollow?: boolean;
    } & At,
    null
  >;
  readonly utimens: Sig<
    {
      readonly target: Target;
      readonly mtime: TimeChange;
      readonly atime?: TimeChange;
      readonly noFollow?: boolean;
    } & At,
    null
  >;
  readonly getxattr: Sig<
    { readonly target: Target; readonly name: string; readonly noFollow?: boolean } & At,
    Uint8Array
  >;
  readonly setxattr: Sig<
    {
      readonly target: Target;
      readonly name: string;
      readonly value: Uint8Array;
      readonly create?: boolean;
      readonly replace?: boolean;
      readonly noFollow?: boolean;
    } & At,
    null
  >;
  readonly listxattr: Sig<
    { readonly target: Target; readonly noFollow?: boolean } & At,
    readonly string[]
  >;
  readonly removexattr: Sig<
    { readonly target: Target; readonly name: string; readonly noFollow?: boolean } & At,
    null
  >;
  /** Checks that the file may be executed; runs nothing. */
  readonly exec: Sig<{ readonly path: string }, null>;
  readonly chdir: Sig<{ readonly target: Target }, null>;
  readonly chroot: Sig<{ readonly path: string }, null>;
  readonly getcwd: Sig<Record<never, never>, string>;
  /** Gives the old mask. */
  readonly umask: Sig<{ readonly mask: number }, number>;
  /** A child with the caller's credentials, cwd, root, umask and descriptors. Gives its number. */
  readonly fork: Sig<Record<never, never>, Pid>;
  /** Ends the calling process: descriptors and mappings are closed. */
  readonly exit: Sig<Record<never, never>, null>;
  /** Becomes another user. Only root may. */
  readonly setCredentials: Sig<{ readonly credentials: Credentials }, null>;
  /** Gives the number of the file system mounted. */
  readonly mount: Sig<
    { readonly source: MountSource; readonly path: string; readonly readOnly?: boolean },
    number
  >;
  readonly remount: Sig<{ readonly path: string; readonly change: RemountChange }, null>;
  readonly umount: Sig<{ readonly path: string }, null>;
  /**
   * Not a system call: what unpacking a layer's tar does, at once. An empty directory of a plain file system holds the
   * frozen tree from now on, which is not copied. ENOTEMPTY; EINVAL on a union.
   */
  readonly graft: Sig<
    {
      readonly path: string;
      readonly tree: ColumnTree;
      readonly marks: "aufs" | "overlay";
    },
    null
  >;
  /** Not a system call: what `rm -r` does, at once, on a plain file system. EBUSY: something in it is held. */
  readonly discard: Sig<{ readonly path: string }, null>;
  /** What `auplink MNT flush` does; EINVAL where no aufs is mounted. */
  readonly plinkFlush: Sig<{ readonly path: string }, null>;
}
/** The open directory in which a relative path begins. */
interface At {
  readonly at?: Fd;
}

interface Sig<Arguments, Value> {
  readonly args: Arguments;
  readonly value: Value;
}

export type CallType = keyof SystemCalls;

/** By whom and when. */
export interface Caller {
  readonly pid: Pid;
  /** The clock at this call. */
  readonly time: Time;
  /** Credentials for this one call, instead of the process's own. */
  readonly as?: Credentials;
}

/** A system call with its caller: `Call<"open">`, or, without a name, any of them. */
export type Call<K extends CallType = CallType> = {
  readonly [P in K]: { readonly type: P } & SystemCalls[P]["args"] & Caller;
}[K];

/** What a call gave: a value, or an errno. */
export type Result<K extends CallType = CallType> =
  | { readonly errno: null; readonly value: SystemCalls[K]["value"] }
  | { readonly errno: Errno; readonly value: null };
