import type { EntryKind } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import { emptyTree, type LiveTree, type NodeId, ROOT_NODE, type Time } from "../tree/live-tree.ts";
import { emptyMap, mapSet, type PersistentMap } from "../tree/persistent-map.ts";
import type { AufsDentryData, AufsFileData, AufsInodeData, AufsState } from "./aufs/state.ts";
import type { Credentials, Fd, Pid } from "./call.ts";
import type { OverlayDentryData, OverlayInodeData, OverlayState } from "./overlay/state.ts";

/** Numbers of things in a machine. All but processes come from one counter, so none is ever used twice. */
export type FsId = number;
export type MountId = number;
export type FileId = number;
export type MapId = number;
export type DentryId = number;
export type InodeId = number;

/**
 * Everything there is, as one immutable value: file systems, mounts, processes, open files, the clock.
 *
 * `step` makes the next one and shares what did not change. Reading and looking up change nothing here: names and inodes
 * of unions are kept only while something (a descriptor, a working directory, a mount) holds them.
 */
export interface Machine {
  /** The clock of the last call. */
  readonly time: Time;
  readonly fileSystems: PersistentMap<FsId, FileSystem>;
  readonly mounts: PersistentMap<MountId, Mount>;
  /** Mounts by `mountKey`: where they hide what is below. */
  readonly mountPoints: PersistentMap<string, MountId>;
  readonly processes: PersistentMap<Pid, Process>;
  readonly files: PersistentMap<FileId, OpenFile>;
  readonly mappings: PersistentMap<MapId, Mapping>;
  readonly dentries: PersistentMap<DentryId, PinnedDentry>;
  /** Pinned dentries that have a name, by "PARENT/NAME". */
  readonly dentryNames: PersistentMap<string, DentryId>;
  readonly inodes: PersistentMap<InodeId, PinnedInode>;
  /** Pinned inodes by "FS:KEY". */
  readonly inodeKeys: PersistentMap<string, InodeId>;
  /** FIFOs that are open, by `pipeKey`. */
  readonly pipes: PersistentMap<string, Pipe>;
  readonly settings: Settings;
  readonly next: number;
  readonly nextPid: Pid;
}

/** What sysctl would set. */
export interface Settings {
  /** fs.protected_hardlinks. */
  readonly protectedHardlinks: boolean;
}

/** What lies in a FIFO, and how many descriptors are open on its ends. */
export interface Pipe {
  readonly content: Content;
  readonly readers: number;
  readonly writers: number;
}

/** A super block. */
export type FileSystem = PlainState | OverlayState | AufsState;

/** A plain, tmpfs-like file system. */
export interface PlainState {
  readonly type: "plain";
  readonly tree: LiveTree;
  /** How many things (descriptors, union inodes, plinks) hold an inode, so that it outlives its last name. */
  readonly holds: PersistentMap<NodeId, number>;
  /** Limits; null: none. */
  readonly maxDisk: number | null;
  readonly maxInodes: number | null;
}

/** Something a mount, a file or a process points at. Plain inodes need no pin: their file system knows their parent. */
export type NodeRef =
  | { readonly type: "node"; readonly fs: FsId; readonly node: NodeId }
  | { readonly type: "dentry"; readonly dentry: DentryId };

export interface Mount {
  /** The mount it is in; null for the machine's root. */
  readonly parent: MountId | null;
  /** Where it is in there; for the root mount, its own root. */
  readonly point: NodeRef;
  readonly fs: FsId;
  /** What is shown: the root of `fs`, or a directory or file of it for a bind mount. */
  readonly root: NodeRef;
  readonly readOnly: boolean;
  /** The path it was mounted at, from the machine's root, whoever mounted it; for display. */
  readonly path: string;
  /** How many mounts are in it. */
  readonly children: number;
}

/** A place in the tree of mounts. */
export interface PlaceRef {
  readonly mount: MountId;
  readonly node: NodeRef;
}

export interface Process {
  readonly parent: Pid;
  readonly credentials: Credentials;
  readonly umask: number;
  readonly cwd: PlaceRef;
  readonly root: PlaceRef;
  readonly descriptors: PersistentMap<Fd, FileId>;
  /** The lowest descriptor number that may be free; 3 at least: 0 to 2 are given only by dup. */
  readonly firstFree: Fd;
}

/** An open file description, shared by descriptors that dup or fork made. */
export interface OpenFile {
  readonly place: PlaceRef;
  /** Its path in its file system: of a union's directory as it is now, of all else as it was when it was opened. */
  readonly path: string;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly append: boolean;
  /** O_PATH: names a place and nothing else. */
  readonly pathOnly: boolean;
  readonly offset: number;
  readonly data: FileData;
  /** Descriptors and mappings that share it. */
  readonly refs: number;
}

/** What a dialect keeps with an open file; immutable, a change replaces it. null: nothing. */
export type FileData = AufsFileData | null;

/** A mapping made by mmap. */
export interface Mapping {
  readonly pid: Pid;
  readonly file: FileId;
  /** The plain file whose pages are mapped; it stays the same when the file is copied up. */
  readonly backing: { readonly fs: FsId; readonly node: NodeId };
  readonly offset: number;
  readonly length: number;
  readonly write: boolean;
  readonly shared: boolean;
  /** A private mapping's own bytes, once written: the whole window. */
  readonly private: Content | null;
}

/** A union's name that something holds. `unlinked`: it has lost its name. */
export interface PinnedDentry {
  readonly fs: FsId;
  readonly parent: DentryId | null;
  readonly name: string;
  readonly unlinked: boolean;
  readonly inode: InodeId;
  readonly data: DentryData | null;
  readonly refs: number;
}

/** A union's inode that something holds. */
export interface PinnedInode {
  readonly fs: FsId;
  /** By what it is found again; null when by nothing. */
  readonly key: string | null;
  readonly kind: EntryKind;
  readonly data: InodeData | null;
  readonly refs: number;
}

export type DentryData = OverlayDentryData | AufsDentryData;
export type InodeData = OverlayInodeData | AufsInodeData;

const ROOT_FS: FsId = 1;
const ROOT_MOUNT: MountId = 2;
export const FIRST_PID: Pid = 1;

/** A machine with an empty root file system and one process, pid 1: root, umask 022, cwd "/". */
export function createMachine(
  time: Time,
  settings: Settings = { protectedHardlinks: true },
): Machine {
  const root: NodeRef = { type: "node", fs: ROOT_FS, node: ROOT_NODE };
  const place: PlaceRef = { mount: ROOT_MOUNT, node: root };
  const plain: PlainState = {
    type: "plain",
    tree: emptyTree(time),
    holds: emptyMap(),
    maxDisk: null,
    maxInodes: null,
  };
  const mount: Mount = {
    parent: null,
    point: root,
    fs: ROOT_FS,
    root,
    readOnly: false,
    path: "/",
    children: 0,
  };
  const init: Process = {
    parent: 0,
    credentials: { uid: 0, gid: 0, groups: [] },
    umask: 0o022,
    cwd: place,
    root: place,
    descriptors: emptyMap(),
    firstFree: 3,
  };
  return {
    time,
    fileSystems: mapSet(emptyMap<FsId, FileSystem>(), ROOT_FS, plain),
    mounts: mapSet(emptyMap<MountId, Mount>(), ROOT_MOUNT, mount),
    mountPoints: emptyMap(),
    processes: mapSet(emptyMap<Pid, Process>(), FIRST_PID, init),
    files: emptyMap(),
    mappings: emptyMap(),
    dentries: emptyMap(),
    dentryNames: emptyMap(),
    inodes: emptyMap(),
    inodeKeys: emptyMap(),
    pipes: emptyMap(),
    settings,
    next: 3,
    nextPid: 2,
  };
}
