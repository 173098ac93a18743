import { emptyTree, NO_NODE, type NodeId, ROOT_NODE, treeOver } from "../tree/live-tree.ts";
import { emptyMap, mapDelete, mapEntries, mapSet } from "../tree/persistent-map.ts";
import { asMountError, mountAufs } from "./aufs/mount.ts";
import type { Call, MountSource } from "./call.ts";
import { newDentry } from "./dentry.ts";
import { dialectOf, holdInode } from "./dialects.ts";
import { fail, unreachable } from "./errno.ts";
import type { FsId, MountId, NodeRef, PlainState } from "./machine.ts";
import { mountOverlay } from "./overlay/mount.ts";
import { hold, isSamePlace, letGo, mountKey, mountOf, mountRoot, type Place } from "./place.ts";
import type { Transaction } from "./transaction.ts";
import { type Positive, pathOnMachine, pathSeen, walkPath } from "./walk.ts";

/** A directory of a plain file system, as a branch or layer. */
export interface BranchPlace {
  readonly fs: FsId;
  readonly root: NodeId;
  readonly path: string;
}

export function mount(tx: Transaction, call: Call<"mount">): FsId {
  if (tx.credentials.uid !== 0) fail("EPERM");
  const at = walkPath(tx, call.path, true);
  const isBind = call.source.type === "bind";
  if (!isBind && at.inode.kind !== "dir") fail("ENOTDIR");
  const { fs, root, readOnly } = prepare(tx, call.source, at);
  const id = tx.take();
  const isReadOnly = readOnly || (call.readOnly ?? false);
  const path = pathSeen(tx, at) ?? call.path;
  const key = attach(tx, id, at);
  const point = hold(tx, at).node;
  tx.set({
    mounts: mapSet(tx.machine.mounts, id, {
      parent: at.mount,
      point,
      fs,
      root,
      readOnly: isReadOnly,
      path: pathOnMachine(tx, at) ?? path,
      children: 0,
    }),
    mountPoints: mapSet(tx.machine.mountPoints, key(), id),
  });
  tx.emit({ type: "mounted", fs, path, fsType: fsType(tx, fs), readOnly: isReadOnly });
  return fs;
}

export function umount(tx: Transaction, call: Call<"umount">): null {
  if (tx.credentials.uid !== 0) fail("EPERM");
  const at = walkPath(tx, call.path, true);
  const top = mountRoot(tx, at.mount);
  if (!isSamePlace(at, top)) fail("EINVAL");
  const mount = mountOf(tx, at.mount);
  if (mount.parent === null) fail("EBUSY");
  if (mount.children > 0 || isBusy(tx, at.mount)) fail("EBUSY");
  tx.set({ mounts: mapDelete(tx.machine.mounts, at.mount) });
  const key = findKey(tx, at.mount);
  tx.set({ mountPoints: mapDelete(tx.machine.mountPoints, key) });
  const parent = mountOf(tx, mount.parent);
  tx.set({
    mounts: mapSet(tx.machine.mounts, mount.parent, { ...parent, children: parent.children - 1 }),
  });
  letGo(tx, { mount: mount.parent, node: mount.point });
  letGo(tx, { mount: at.mount, node: mount.root });
  const isLast = ![...mapEntries(tx.machine.mounts)].some(([, other]) => other.fs === mount.fs);
  if (isLast && !isBranch(tx, mount.fs)) {
    dialectOf(tx, mount.fs).shutdown(tx, mount.fs);
    tx.set({ fileSystems: mapDelete(tx.machine.fileSystems, mount.fs) });
  }
  tx.emit({ type: "unmounted", fs: mount.fs, path: mount.path });
  return null;
}

export function remount(tx: Transaction, call: Call<"remount">): null {
  if (tx.credentials.uid !== 0) fail("EPERM");
  const at = walkPath(tx, call.path, true);
  if (!isSamePlace(at, mountRoot(tx, at.mount))) fail("EINVAL");
  const mount = mountOf(tx, at.mount);
  dialectOf(tx, mount.fs).remount(tx, mount.fs, call.change, (path) => branchAt(tx, path));
  const readOnly = call.change.readOnly ?? mount.readOnly;
  if (readOnly && !mount.readOnly && isWrittenTo(tx, at.mount)) fail("EBUSY");
  tx.set({ mounts: mapSet(tx.machine.mounts, at.mount, { ...mount, readOnly }) });
  tx.emit({ type: "remounted", fs: mount.fs, path: mount.path, readOnly });
  return null;
}

function prepare(
  tx: Transaction,
  source: MountSource,
  at: Place,
): { readonly fs: FsId; readonly root: NodeRef; readonly readOnly: boolean } {
  switch (source.type) {
    case "tmpfs": {
      const tree = emptyTree(tx.time, source.mode ?? 0o1777);
      const limits = { maxDisk: source.size ?? null, maxInodes: source.inodes ?? null };
      return newPlain(tx, { type: "plain", tree, holds: emptyMap(), ...limits });
    }
    case "tree": {
      const tree = treeOver(source.tree, source.marks);
      const limits = { maxDisk: null, maxInodes: null };
      return newPlain(tx, { type: "plain", tree, holds: emptyMap(), ...limits });
    }
    case "bind": {
      const from = walkPath(tx, source.path, true);
      if ((from.inode.kind === "dir") !== (at.dentry.inode?.kind === "dir")) fail("ENOTDIR");
      const { node } = hold(tx, from);
      return { fs: from.dentry.fs, root: node, readOnly: mountOf(tx, from.mount).readOnly };
    }
    case "overlay": {
      const fs = tx.take();
      const lower = source.lower.map((path) => branchAt(tx, path));
      const upper = source.upper === undefined ? null : branchAt(tx, source.upper);
      const work = source.work === undefined ? null : branchAt(tx, source.work);
      mountOverlay(tx, fs, lower, upper, work, source.options ?? []);
      return { fs, root: pinRoot(tx, fs), readOnly: upper === null };
    }
    case "aufs": {
      const fs = tx.take();
      const branches = source.branches.map(({ path, permission }) => ({
        ...asMountError(() => branchAt(tx, path)),
        permission,
      }));
      mountAufs(tx, fs, branches, source.options ?? []);
      return { fs, root: pinRoot(tx, fs), readOnly: false };
    }
    default:
      return unreachable(source);
  }
}

function newPlain(tx: Transaction, state: PlainState): ReturnType<typeof prepare> {
  const fs = tx.take();
  tx.setFs(fs, state);
  tx.branch(fs, null, fs, ROOT_NODE).hold(ROOT_NODE);
  return { fs, root: { type: "node", fs, node: ROOT_NODE }, readOnly: false };
}

function pinRoot(tx: Transaction, fs: FsId): NodeRef {
  const { inode, data } = dialectOf(tx, fs).root(tx, fs);
  const dentry = { ...newDentry(fs, null, "", inode), data };
  return { type: "dentry", dentry: tx.pin(dentry, holdInode(tx)) };
}

/** A directory in the caller's view that lies on a plain file system. */
function branchAt(tx: Transaction, path: string): BranchPlace {
  const at: Positive = walkPath(tx, path, true);
  if (at.inode.kind !== "dir") fail("ENOTDIR");
  if (at.inode.node === NO_NODE) fail("EINVAL");
  return { fs: at.dentry.fs, root: at.inode.node, path: pathSeen(tx, at) ?? path };
}

/** Counts a mount in its parent. Gives the key once the mount point is held. */
function attach(tx: Transaction, id: MountId, at: Place): () => string {
  const parent = mountOf(tx, at.mount);
  tx.set({
    mounts: mapSet(tx.machine.mounts, at.mount, { ...parent, children: parent.children + 1 }),
  });
  return () => {
    const key = mountKey(at);
    if (key === null) throw new RangeError(`mount ${id} has no mount point`);
    return key;
  };
}

function findKey(tx: Transaction, id: MountId): string {
  for (const [key, mount] of mapEntries(tx.machine.mountPoints)) if (mount === id) return key;
  throw new RangeError(`mount ${id} has no mount point`);
}

function isBusy(tx: Transaction, id: MountId): boolean {
  for (const [, file] of mapEntries(tx.machine.files)) if (file.place.mount === id) return true;
  for (const [, process] of mapEntries(tx.machine.processes))
    if (process.cwd.mount === id || process.root.mount === id) return true;
  return false;
}

function isWrittenTo(tx: Transaction, id: MountId): boolean {
  for (const [, file] of mapEntries(tx.machine.files))
    if (file.place.mount === id && file.writable) return true;
  return false;
}

/** Whether a union that is mounted has this file system below it. */
function isBranch(tx: Transaction, fs: FsId): boolean {
  for (const [, state] of mapEntries(tx.machine.fileSystems)) {
    if (state.type === "overlay") {
      const layers = [...state.lower, state.upper, state.workBase];
      if (layers.some((layer) => layer?.fs === fs)) return true;
    }
    if (state.type === "aufs" && state.branches.some((branch) => branch.fs === fs)) return true;
  }
  return false;
}

function fsType(tx: Transaction, fs: FsId): string {
  const { type } = tx.fs(fs);
  return type === "plain" ? "tmpfs" : type;
}
