import type { EntryKind } from "../tree/column-tree.ts";
import { directoryPath, NO_NODE, type NodeId, type Time } from "../tree/live-tree.ts";
import { mapDelete, mapGet, mapSet } from "../tree/persistent-map.ts";
import { Branch } from "./branch.ts";
import type { Caller, Credentials, Pid } from "./call.ts";
import { heldDentry } from "./dentry.ts";
import type { Dentry, Inode, OpenedFile } from "./dialect.ts";
import type { EngineEvent } from "./event.ts";
import type { LookupBranch } from "./lookup.ts";
import type {
  DentryId,
  FileId,
  FileSystem,
  FsId,
  InodeData,
  InodeId,
  Machine,
  OpenFile,
  PinnedDentry,
  PinnedInode,
  PlainState,
  Process,
} from "./machine.ts";

/** A machine while one call changes it. Mutable; nothing outside the step ever sees it. */
export class Transaction {
  readonly time: Time;
  readonly pid: Pid;
  readonly process: Process;
  readonly credentials: Credentials;
  readonly events: EngineEvent[] = [];
  #machine: Machine;
  #owned: Machine | null = null;
  /** Inodes of unions met in this step, by "FS:KEY". */
  #inodes: Map<string, Inode> | null = null;
  #pinnedInodes: Map<InodeId, Inode> | null = null;
  #pinnedDentries: Map<DentryId, Dentry> | null = null;
  /** Open files met in this step. */
  #opened: Map<FileId, OpenedFile> | null = null;
  #branches: {
    readonly fs: FsId;
    readonly fileSystems: Machine["fileSystems"];
    readonly branches: readonly LookupBranch[];
  } | null = null;
  /** Plain inodes that may have lost their last name. */
  readonly #orphans: (readonly [fs: FsId, node: NodeId])[] = [];

  constructor(machine: Machine, caller: Caller, process: Process) {
    this.#machine = machine;
    this.time = caller.time;
    this.pid = caller.pid;
    this.process = process;
    this.credentials = caller.as ?? process.credentials;
  }

  /** The machine as it is now. Held names and inodes are written back only by `finish`. */
  get machine(): Machine {
    return this.#machine;
  }

  /** Replaces parts of the machine. The first time makes a copy, which then belongs to this step alone. */
  set(change: Partial<Machine>): void {
    if (this.#owned === null) {
      this.#owned = copyOf(this.#machine);
      this.#machine = this.#owned;
    }
    Object.assign(this.#owned, change);
  }

  /** A new number. */
  take(): number {
    const id = this.#machine.next;
    this.set({ next: id + 1 });
    return id;
  }

  emit(event: EngineEvent): void {
    this.events.push(event);
  }

  fs(id: FsId): FileSystem {
    const state = mapGet(this.#machine.fileSystems, id);
    if (state === undefined) throw new RangeError(`no file system ${id}`);
    return state;
  }

  setFs(id: FsId, state: FileSystem): void {
    this.set({ fileSystems: mapSet(this.#machine.fileSystems, id, state) });
  }

  plain(id: FsId): PlainState {
    const state = this.fs(id);
    if (state.type !== "plain") throw new RangeError(`file system ${id} is not plain`);
    return state;
  }

  /** A plain file system, from the directory `root` on, as branch number `index` of the union `union`. */
  branch(union: FsId, index: number | null, plain: FsId, root: NodeId): Branch {
    return new Branch(this, union, index, plain, root);
  }

  /** The calling process's open files, mounts and the like are changed with this. */
  setProcess(change: Partial<Process>, pid: Pid = this.pid): void {
    const process = mapGet(this.#machine.processes, pid);
    if (process === undefined) throw new RangeError(`no process ${pid}`);
    const changed = { ...process, ...change };
    const { parent, credentials, umask, cwd, root, descriptors, firstFree } = changed;
    const made = { parent, credentials, umask, cwd, root, descriptors, firstFree };
    this.set({ processes: mapSet(this.#machine.processes, pid, made) });
  }

  file(id: number): OpenFile {
    const file = mapGet(this.#machine.files, id);
    if (file === undefined) throw new RangeError(`no open file ${id}`);
    return file;
  }

  setFile(id: number, change: Partial<OpenFile>): void {
    this.set({ files: mapSet(this.#machine.files, id, { ...this.file(id), ...change }) });
  }

  /** The path of a name from the root of its file system, for events. */
  pathOf(dentry: Dentry): string {
    if (dentry.path !== null) return dentry.path;
    const { parent } = dentry;
    if (parent === null) {
      const inode = dentry.inode;
      if (inode === null || inode.node === NO_NODE || inode.kind !== "dir") return "/";
      return directoryPath(this.plain(dentry.fs).tree, inode.node);
    }
    const above = this.pathOf(parent);
    dentry.path = above === "/" ? `/${dentry.name}` : `${above}/${dentry.name}`;
    return dentry.path;
  }

  /** The branches of a union as lookup reads them; made again when any file system has changed. */
  branchesOf(fs: FsId, make: () => readonly LookupBranch[]): readonly LookupBranch[] {
    const { fileSystems } = this.#machine;
    if (this.#branches?.fs !== fs || this.#branches.fileSystems !== fileSystems)
      this.#branches = { fs, fileSystems, branches: make() };
    return this.#branches.branches;
  }

  /** A union's inode that is in use, by the key that its dialect gave it. */
  inodeOf(fs: FsId, key: string): Inode | undefined {
    const name = `${fs}:${key}`;
    const met = this.#inodes?.get(name);
    if (met !== undefined) return met;
    const pin = mapGet(this.#machine.inodeKeys, name);
    return pin === undefined ? undefined : this.pinnedInode(pin);
  }

  /** Makes a union's inode. With a key, later lookups find it, in this step and as long as something holds it. */
  newInode(fs: FsId, kind: EntryKind, key: string | null, data: InodeData): Inode {
    const inode: Inode = { fs, kind, node: NO_NODE, key, data, pin: 0 };
    if (key !== null) this.#keepInode(`${fs}:${key}`, inode);
    return inode;
  }

  /** Changes the key by which an inode is found. */
  rekey(inode: Inode, key: string | null): void {
    if (inode.key !== null) {
      const old = `${inode.fs}:${inode.key}`;
      if (this.#inodes?.get(old) === inode) this.#inodes?.delete(old);
      if (inode.pin !== 0 && mapGet(this.#machine.inodeKeys, old) === inode.pin)
        this.set({ inodeKeys: mapDelete(this.#machine.inodeKeys, old) });
    }
    inode.key = key;
    if (key === null) return;
    this.#keepInode(`${inode.fs}:${key}`, inode);
    if (inode.pin !== 0)
      this.set({ inodeKeys: mapSet(this.#machine.inodeKeys, `${inode.fs}:${key}`, inode.pin) });
  }

  pinnedInode(id: InodeId): Inode {
    const met = this.#pinnedInodes?.get(id);
    if (met !== undefined) return met;
    const record = this.#inodeRecord(id);
    const inode: Inode = {
      fs: record.fs,
      kind: record.kind,
      node: NO_NODE,
      key: record.key,
      data: record.data,
      pin: id,
    };
    this.#keepPinnedInode(id, inode);
    if (record.key !== null) this.#keepInode(`${record.fs}:${record.key}`, inode);
    return inode;
  }

  pinnedDentry(id: DentryId): Dentry {
    const met = this.#pinnedDentries?.get(id);
    if (met !== undefined) return met;
    const record = this.#dentryRecord(id);
    const { parent } = record;
    const above = parent === null ? () => null : () => this.pinnedDentry(parent);
    const dentry = heldDentry(id, record, this.pinnedInode(record.inode), above);
    this.#keepPinnedDentry(id, dentry);
    return dentry;
  }

  /** The held dentry called `name` in a held directory, or undefined. */
  pinnedChild(dir: Dentry, name: string): Dentry | undefined {
    if (dir.pin === 0) return undefined;
    const id = mapGet(this.#machine.dentryNames, `${dir.pin}/${name}`);
    return id === undefined ? undefined : this.pinnedDentry(id);
  }

  /** Holds a union's dentry, its inode and the directories above it. `onFirst`: the inode was not held before. */
  pin(dentry: Dentry, onFirst: (inode: Inode) => void): DentryId {
    if (dentry.pin !== 0) {
      const record = this.#dentryRecord(dentry.pin);
      this.#putDentry(dentry.pin, { ...record, refs: record.refs + 1 });
      return dentry.pin;
    }
    const inode = dentry.inode;
    if (inode === null) throw new RangeError("a name without an inode cannot be held");
    const parent = dentry.parent === null ? null : this.pin(dentry.parent, onFirst);
    if (inode.pin === 0) {
      const id = this.take();
      inode.pin = id;
      this.#keepPinnedInode(id, inode);
      const { fs, key, kind, data } = inode;
      this.#putInode(id, { fs, key, kind, data, refs: 1 });
      if (key !== null)
        this.set({ inodeKeys: mapSet(this.#machine.inodeKeys, `${fs}:${key}`, id) });
      onFirst(inode);
    } else {
      const record = this.#inodeRecord(inode.pin);
      this.#putInode(inode.pin, { ...record, refs: record.refs + 1 });
    }
    const id = this.take();
    dentry.pin = id;
    this.#keepPinnedDentry(id, dentry);
    const { fs, name, unlinked, data } = dentry;
    this.#putDentry(id, { fs, parent, name, unlinked, inode: inode.pin, data, refs: 1 });
    if (parent !== null && !unlinked) this.#nameDentry(parent, name, id);
    return id;
  }

  /** Lets go of a held dentry. `onLast`: nothing holds the inode any more. */
  unpin(id: DentryId, onLast: (inode: Inode) => void): void {
    const record = this.#dentryRecord(id);
    if (record.refs > 1) {
      this.#putDentry(id, { ...record, refs: record.refs - 1 });
      return;
    }
    const dentry = this.pinnedDentry(id);
    // From here on the directory above may go too.
    if (record.parent !== null) dentry.parent = this.pinnedDentry(record.parent);
    if (record.parent !== null && !record.unlinked)
      this.#unnameDentry(record.parent, record.name, id);
    this.set({ dentries: mapDelete(this.#machine.dentries, id) });
    this.#pinnedDentries?.delete(id);
    dentry.pin = 0;
    const inode = this.pinnedInode(record.inode);
    const inodeRecord = this.#inodeRecord(record.inode);
    if (inodeRecord.refs > 1)
      this.#putInode(record.inode, { ...inodeRecord, refs: inodeRecord.refs - 1 });
    else {
      onLast(inode);
      if (inode.key !== null) {
        const name = `${inode.fs}:${inode.key}`;
        if (mapGet(this.#machine.inodeKeys, name) === record.inode)
          this.set({ inodeKeys: mapDelete(this.#machine.inodeKeys, name) });
      }
      this.set({ inodes: mapDelete(this.#machine.inodes, record.inode) });
      this.#pinnedInodes?.delete(record.inode);
      inode.pin = 0;
    }
    if (record.parent !== null) this.unpin(record.parent, onLast);
  }

  /** A dentry lost its name. */
  unhash(dentry: Dentry): void {
    if (dentry.unlinked) return;
    dentry.unlinked = true;
    if (dentry.pin === 0) return;
    const record = this.#dentryRecord(dentry.pin);
    if (record.parent !== null) this.#unnameDentry(record.parent, record.name, dentry.pin);
    this.#putDentry(dentry.pin, { ...record, unlinked: true });
  }

  /** A dentry has another name, perhaps in another directory. */
  move(
    dentry: Dentry,
    parent: Dentry,
    name: string,
    onFirst: (inode: Inode) => void,
    onLast: (inode: Inode) => void,
  ): void {
    const oldParent = dentry.parent;
    dentry.parent = parent;
    dentry.name = name;
    dentry.path = null;
    if (dentry.pin === 0) return;
    const record = this.#dentryRecord(dentry.pin);
    const newParent = parent === oldParent ? parent.pin : this.pin(parent, onFirst);
    if (record.parent !== null && !record.unlinked)
      this.#unnameDentry(record.parent, record.name, dentry.pin);
    this.#putDentry(dentry.pin, { ...record, parent: newParent, name, unlinked: false });
    this.#nameDentry(newParent, name, dentry.pin);
    if (parent !== oldParent && record.parent !== null) this.unpin(record.parent, onLast);
  }

  /** Says that a plain inode may have lost its last name or holder; `finish` frees it if so. */
  orphan(fs: FsId, node: NodeId): void {
    this.#orphans.push([fs, node]);
  }

  /** Open files met in this step. */
  get opened(): Map<FileId, OpenedFile> {
    this.#opened ??= new Map();
    return this.#opened;
  }

  /** The machine after the call. */
  finish(): Machine {
    for (const [id, { data }] of this.#opened ?? [])
      if (this.file(id).data !== data) this.setFile(id, { data });
    for (const [id, dentry] of this.#pinnedDentries ?? []) {
      const record = this.#dentryRecord(id);
      const inode = dentry.inode?.pin ?? record.inode;
      if (record.data !== dentry.data || record.inode !== inode)
        this.#putDentry(id, { ...record, data: dentry.data, inode });
    }
    for (const [id, inode] of this.#pinnedInodes ?? []) {
      const record = this.#inodeRecord(id);
      if (record.data !== inode.data || record.key !== inode.key)
        this.#putInode(id, { ...record, data: inode.data, key: inode.key });
    }
    for (const [fs, node] of this.#orphans)
      if (mapGet(this.#machine.fileSystems, fs) !== undefined)
        new Branch(this, fs, null, fs, 0).freeOrphan(node);
    if (this.time.sec !== this.#machine.time.sec || this.time.nsec !== this.#machine.time.nsec)
      this.set({ time: this.time });
    return this.#machine;
  }

  #keepInode(name: string, inode: Inode): void {
    this.#inodes ??= new Map();
    this.#inodes.set(name, inode);
  }

  #keepPinnedInode(id: InodeId, inode: Inode): void {
    this.#pinnedInodes ??= new Map();
    this.#pinnedInodes.set(id, inode);
  }

  #keepPinnedDentry(id: DentryId, dentry: Dentry): void {
    this.#pinnedDentries ??= new Map();
    this.#pinnedDentries.set(id, dentry);
  }

  #nameDentry(parent: DentryId, name: string, id: DentryId): void {
    this.set({ dentryNames: mapSet(this.#machine.dentryNames, `${parent}/${name}`, id) });
  }

  #unnameDentry(parent: DentryId, name: string, id: DentryId): void {
    const key = `${parent}/${name}`;
    if (mapGet(this.#machine.dentryNames, key) === id)
      this.set({ dentryNames: mapDelete(this.#machine.dentryNames, key) });
  }

  #putDentry(id: DentryId, record: PinnedDentry): void {
    const { fs, parent, name, unlinked, inode, data, refs } = record;
    const made = { fs, parent, name, unlinked, inode, data, refs };
    this.set({ dentries: mapSet(this.#machine.dentries, id, made) });
  }

  #putInode(id: InodeId, record: PinnedInode): void {
    this.set({ inodes: mapSet(this.#machine.inodes, id, record) });
  }

  #dentryRecord(id: DentryId): PinnedDentry {
    const record = mapGet(this.#machine.dentries, id);
    if (record === undefined) throw new RangeError(`no held dentry ${id}`);
    return record;
  }

  #inodeRecord(id: InodeId): PinnedInode {
    const record = mapGet(this.#machine.inodes, id);
    if (record === undefined) throw new RangeError(`no held inode ${id}`);
    return record;
  }
}

/**
 * A copy, field by field. A spread would do, but gives most fields an array beside the object, here as in the other
 * places that name all fields; a history keeps a machine for every step.
 */
function copyOf(machine: Machine): Machine {
  const { time, fileSystems, mounts, mountPoints, processes, files, mappings } = machine;
  const { dentries, dentryNames, inodes, inodeKeys, pipes, settings, next, nextPid } = machine;
  return {
    time,
    fileSystems,
    mounts,
    mountPoints,
    processes,
    files,
    mappings,
    dentries,
    dentryNames,
    inodes,
    inodeKeys,
    pipes,
    settings,
    next,
    nextPid,
  };
}
