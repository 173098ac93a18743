import { NO_NODE, nodeKind, parentNode, ROOT_NODE } from "../tree/live-tree.ts";
import type { Dentry, Inode } from "./dialect.ts";
import type { DentryId, FsId, PinnedDentry } from "./machine.ts";
import type { Transaction } from "./transaction.ts";

/** A dentry that is not held. */
export function newDentry(
  fs: FsId,
  parent: Dentry | null,
  name: string,
  inode: Inode | null,
): Dentry {
  return {
    fs,
    parent,
    name,
    inode,
    data: null,
    unlinked: false,
    pin: 0,
    children: null,
    path: null,
  };
}

/** A dentry that something holds. `above` finds its directory, when that is asked for: a deep one has many above it. */
export function heldDentry(
  pin: DentryId,
  { fs, name, data, unlinked }: PinnedDentry,
  inode: Inode,
  above: () => Dentry | null,
): Dentry {
  let parent: Dentry | null | undefined;
  return {
    fs,
    get parent() {
      if (parent === undefined) parent = above();
      return parent;
    },
    set parent(moved) {
      parent = moved;
    },
    name,
    inode,
    data,
    unlinked,
    pin,
    children: null,
    path: null,
  };
}

/** A plain file system's inode, as it stands. */
export function plainInode(tx: Transaction, fs: FsId, node: number): Inode {
  return { fs, kind: nodeKind(tx.plain(fs).tree, node), node, key: null, data: null, pin: 0 };
}

/** Whether two names stand for one inode. */
export function isSameInode(a: Inode | null, b: Inode | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && a.node !== NO_NODE && a.fs === b.fs && a.node === b.node;
}

/** Whether two dentries are one. Only directories may be compared on plain file systems. */
export function isSameDentry(a: Dentry, b: Dentry): boolean {
  return a === b || (a.inode !== null && a.inode.node !== NO_NODE && isSameInode(a.inode, b.inode));
}

/** The directory above, within the file system; itself for a root. */
export function parentDentry(tx: Transaction, dentry: Dentry): Dentry {
  if (dentry.parent !== null) return dentry.parent;
  const { inode, fs } = dentry;
  if (inode === null || inode.node === NO_NODE || inode.node === ROOT_NODE) return dentry;
  const parent = parentNode(tx.plain(fs).tree, inode.node);
  return parent === NO_NODE ? dentry : newDentry(fs, null, "", plainInode(tx, fs, parent));
}

/** The dentry of a name that was looked up in this step already, or undefined. */
export function metChild(dir: Dentry, name: string): Dentry | undefined {
  if (dir.children === null) return undefined;
  for (const child of dir.children) if (child.name === name) return child;
  return undefined;
}

/** The name is something else from now on. */
export function forgetChild(dir: Dentry, name: string): void {
  if (dir.children !== null) dir.children = dir.children.filter((child) => child.name !== name);
}
