import { NO_NODE, ROOT_NODE } from "../tree/live-tree.ts";
import { mapGet } from "../tree/persistent-map.ts";
import { isSameDentry, metChild, newDentry, plainInode } from "./dentry.ts";
import type { Dentry } from "./dialect.ts";
import { dialectOf, dropInode, holdInode } from "./dialects.ts";
import type { Mount, MountId, NodeRef, PlaceRef } from "./machine.ts";
import type { Transaction } from "./transaction.ts";

/** A name seen through a mount. */
export interface Place {
  readonly mount: MountId;
  readonly dentry: Dentry;
}

/** The dentry behind a reference. */
export function dentryOf(tx: Transaction, ref: NodeRef): Dentry {
  if (ref.type === "dentry") return tx.pinnedDentry(ref.dentry);
  return newDentry(ref.fs, null, "", plainInode(tx, ref.fs, ref.node));
}

export function placeOf(tx: Transaction, ref: PlaceRef): Place {
  return { mount: ref.mount, dentry: dentryOf(tx, ref.node) };
}

/** Holds a place; `letGo` is the opposite. */
export function hold(tx: Transaction, place: Place): PlaceRef {
  const { inode, fs } = place.dentry;
  if (inode !== null && inode.node !== NO_NODE) {
    tx.branch(fs, null, fs, ROOT_NODE).hold(inode.node);
    return { mount: place.mount, node: { type: "node", fs, node: inode.node } };
  }
  const dentry = tx.pin(place.dentry, holdInode(tx));
  return { mount: place.mount, node: { type: "dentry", dentry } };
}

export function letGo(tx: Transaction, ref: PlaceRef): void {
  if (ref.node.type === "dentry") tx.unpin(ref.node.dentry, dropInode(tx));
  else tx.branch(ref.node.fs, null, ref.node.fs, ROOT_NODE).release(ref.node.node);
}

export function mountOf(tx: Transaction, id: MountId): Mount {
  const mount = mapGet(tx.machine.mounts, id);
  if (mount === undefined) throw new RangeError(`no mount ${id}`);
  return mount;
}

/** What a mount shows at its top. */
export function mountRoot(tx: Transaction, id: MountId): Place {
  return { mount: id, dentry: dentryOf(tx, mountOf(tx, id).root) };
}

/** Under what a mount at `place` is found. null: nothing can be mounted there, since nothing holds it. */
export function mountKey(place: Place): string | null {
  const { inode, pin } = place.dentry;
  if (inode === null) return null;
  if (inode.node !== NO_NODE) return `${place.mount}:${inode.fs}:${inode.node}`;
  return pin === 0 ? null : `${place.mount}/${pin}`;
}

/** The mount that hides a place, or undefined. */
export function mountAt(tx: Transaction, place: Place): MountId | undefined {
  if (mountOf(tx, place.mount).children === 0) return undefined;
  const key = mountKey(place);
  return key === null ? undefined : mapGet(tx.machine.mountPoints, key);
}

/** The place itself, or the top of what is mounted on it. */
export function crossMounts(tx: Transaction, place: Place): Place {
  let at = place;
  for (let mount = mountAt(tx, at); mount !== undefined; mount = mountAt(tx, at)) {
    tx.emit({
      type: "mount-crossed",
      fs: at.dentry.fs,
      path: tx.pathOf(at.dentry),
      into: mountOf(tx, mount).fs,
    });
    at = mountRoot(tx, mount);
  }
  return at;
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.mount === b.mount && isSameDentry(a.dentry, b.dentry);
}

/** One name in a directory; the same dentry for the same name throughout a step. */
export function childOf(tx: Transaction, dir: Dentry, name: string): Dentry {
  const isPlain = dir.inode !== null && dir.inode.node !== NO_NODE;
  if (!isPlain) {
    const met = metChild(dir, name);
    if (met !== undefined) return met;
  }
  const dialect = dialectOf(tx, dir.fs);
  const { inode, data } = dialect.lookup(tx, dir, name);
  if (isPlain) return newDentry(dir.fs, dir, name, inode);
  const held = tx.pinnedChild(dir, name);
  const dentry: Dentry = held ?? { ...newDentry(dir.fs, dir, name, inode), data };
  if (held !== undefined) dialect.revalidate(tx, held);
  if (dir.children === null) dir.children = [dentry];
  else dir.children.push(dentry);
  return dentry;
}
