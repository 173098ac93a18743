import type { EntryKind } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import type { NodeId, Time } from "../tree/live-tree.ts";
import type { DeviceNumber, DirectoryEntry, RemountChange, Stat, StatFs } from "./call.ts";
import type { CopyUpReason } from "./event.ts";
import type { DentryData, FileData, FileId, FsId, InodeData, MountId } from "./machine.ts";
import type { Transaction } from "./transaction.ts";

/**
 * A name in a file system, for the length of one step; the kernel's dentry.
 *
 * It is mutable, and only `step` and what it calls ever see it. What outlives the step is written to the machine as a
 * `PinnedDentry`.
 */
export interface Dentry {
  readonly fs: FsId;
  /** null for a root. */
  parent: Dentry | null;
  name: string;
  /** null: the name is not there. */
  inode: Inode | null;
  /** The dialect's own; an immutable value that is replaced. */
  data: DentryData | null;
  /** It has lost its name (unlink, rmdir, replaced by rename). */
  unlinked: boolean;
  /** Its number in the machine; 0 when nothing holds it. */
  pin: number;
  /** Names already looked up in this step. */
  children: Dentry[] | null;
  /** The path from the root of the file system, once someone asked for it. */
  path: string | null;
}

/** An inode, for the length of one step. */
export interface Inode {
  readonly fs: FsId;
  readonly kind: EntryKind;
  /** A plain file system's inode number; -1 for a union's inode. */
  readonly node: NodeId;
  /** How a union finds it again (see `Transaction.inodeOf`); null when it cannot be found. */
  key: string | null;
  /** The dialect's own; an immutable value that is replaced. */
  data: InodeData | null;
  pin: number;
}

/** An open file, for the length of one step. */
export interface OpenedFile {
  readonly id: FileId;
  readonly mount: MountId;
  readonly dentry: Dentry;
  readonly inode: Inode;
  readonly path: string;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly append: boolean;
  /** The dialect's own; an immutable value that is replaced. */
  data: FileData;
}

/** What a lookup gives. */
export interface Found {
  readonly inode: Inode | null;
  readonly data: DentryData | null;
}

/** Bits of a permission question, as in rwx. */
export const MAY_READ = 4;
export const MAY_WRITE = 2;
export const MAY_EXEC = 1;

/** What setattr is asked for, already allowed by the VFS (ownership, setuid clearing); what is left out stays. */
export interface AttributeChange {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly size?: number;
  readonly mtime?: Time;
  /** The atime was asked for as well (nothing stores it). */
  readonly atime?: true;
  /** The change comes through this descriptor (ftruncate, fchmod, …). */
  readonly file?: OpenedFile;
  /** The truncation that open(O_TRUNC) does. */
  readonly byOpen?: true;
  readonly reason: CopyUpReason;
}

/** Finds a directory on a plain file system by its path in the caller's view, or fails. */
export type DirectoryResolver = (path: string) => { readonly fs: FsId; readonly root: NodeId };

/** The backing file of a mapping. */
export interface Backing {
  readonly fs: FsId;
  readonly node: NodeId;
}

/**
 * What a kind of file system does, in the terms of the kernel's inode operations.
 *
 * The VFS (`walk.ts`, `namei.ts`, `step.ts`) has already walked the path, answered ENOTDIR, EEXIST, EISDIR for what it
 * can see, asked `permission` of the directory, and checked sticky bits, read-only mounts and name lengths over 255; it
 * does the descriptor table. After success it moves (rename), unhashes (unlink, rmdir) and caches dentries by itself.
 * The operation must leave `dentry.inode` and `dentry.data` right, write `tx.time` where the kernel writes the clock, and
 * `tx.emit` what it does in the kernel's order. It refuses with `fail(errno)`; what it did before that stays done.
 */
export interface Dialect {
  /** The root's inode and data. */
  root(tx: Transaction, fs: FsId): Found;
  /** One name in one directory. Emits visits and a hit or a miss. Fails with EPERM, EIO, ENAMETOOLONG, … */
  lookup(tx: Transaction, dir: Dentry, name: string): Found;
  /** Called when a held dentry is found again by name, after a fresh lookup of the same name emitted its events. */
  revalidate(tx: Transaction, dentry: Dentry): void;
  /** What stat(2) gives. It may ask the branches anew, and so bring what is remembered up to date. */
  stat(tx: Transaction, dentry: Dentry): Stat;
  /** The attributes as the inode in memory has them: what the VFS itself looks at. Changes and refuses nothing. */
  peek(tx: Transaction, dentry: Dentry): Stat;
  /** Fails with EACCES or EROFS unless the call's credentials may do all of `want` (MAY_ bits). */
  permission(tx: Transaction, dentry: Dentry, want: number): void;
  readlink(tx: Transaction, dentry: Dentry): string;
  /** Every name but "." and "..", in the file system's order. */
  readdir(tx: Transaction, dentry: Dentry): readonly DirectoryEntry[];

  /** `mode` has the umask taken off. */
  create(tx: Transaction, dir: Dentry, dentry: Dentry, mode: number): void;
  mknod(
    tx: Transaction,
    dir: Dentry,
    dentry: Dentry,
    kind: EntryKind,
    mode: number,
    rdev: DeviceNumber,
  ): void;
  mkdir(tx: Transaction, dir: Dentry, dentry: Dentry, mode: number): void;
  symlink(tx: Transaction, dir: Dentry, dentry: Dentry, target: string): void;
  /** A file without a name, in the directory `dir`: sets `dentry.inode`. */
  tmpfile(tx: Transaction, dir: Dentry, dentry: Dentry, mode: number): void;
  link(tx: Transaction, old: Dentry, dir: Dentry, dentry: Dentry): void;
  unlink(tx: Transaction, dir: Dentry, dentry: Dentry): void;
  rmdir(tx: Transaction, dir: Dentry, dentry: Dentry): void;
  rename(
    tx: Transaction,
    oldDir: Dentry,
    old: Dentry,
    newDir: Dentry,
    renamed: Dentry,
    exchange: boolean,
  ): void;
  setattr(tx: Transaction, dentry: Dentry, change: AttributeChange): void;

  getxattr(tx: Transaction, dentry: Dentry, name: string): Uint8Array;
  listxattr(tx: Transaction, dentry: Dentry): readonly string[];
  setxattr(
    tx: Transaction,
    dentry: Dentry,
    name: string,
    value: Uint8Array,
    flag: "create" | "replace" | null,
  ): void;
  removexattr(tx: Transaction, dentry: Dentry, name: string): void;

  /** Permission is already given. `truncate`: O_TRUNC, which the VFS will do next by `setattr({ size: 0, byOpen })`. */
  open(tx: Transaction, dentry: Dentry, writable: boolean, truncate: boolean): FileData;
  release(tx: Transaction, file: OpenedFile): void;
  fstat(tx: Transaction, file: OpenedFile): Stat;
  read(tx: Transaction, file: OpenedFile, offset: number, length: number): Content;
  /** At the end of the file when it is opened with O_APPEND. Gives the offset after the data. */
  write(tx: Transaction, file: OpenedFile, offset: number, data: Content): number;
  /** Where lseek(SEEK_END) counts from. */
  end(tx: Transaction, file: OpenedFile): number;
  /** Where lseek(SEEK_DATA) and SEEK_HOLE see holes; null: they see none. */
  extents(tx: Transaction, file: OpenedFile): Content | null;
  fsync(tx: Transaction, file: OpenedFile): void;
  fallocate(
    tx: Transaction,
    file: OpenedFile,
    offset: number,
    length: number,
    keepSize: boolean,
    punchHole: boolean,
  ): void;
  /** The plain file whose pages a mapping of this file shows; copies up when the dialect does so at mmap. */
  mmap(tx: Transaction, file: OpenedFile, shared: boolean, write: boolean): Backing;

  statfs(tx: Transaction, dentry: Dentry): StatFs;
  /** Options of remount, but for "ro" and "rw", which are the mount's. */
  remount(tx: Transaction, fs: FsId, change: RemountChange, directoryAt: DirectoryResolver): void;
  /** The last mount of this file system went away: lets go of what it holds. */
  shutdown(tx: Transaction, fs: FsId): void;
  /** An inode begins, or ends, to be held from outside (descriptor, cwd): hold the inodes below it likewise. */
  hold(tx: Transaction, inode: Inode): void;
  drop(tx: Transaction, inode: Inode): void;
}
