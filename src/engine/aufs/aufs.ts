import { NO_NODE } from "../../tree/live-tree.ts";
import type { Dentry, Dialect } from "../dialect.ts";
import { fail } from "../errno.ts";
import { allocateNode, checkXattrFlag, plain, readNode, writeNode } from "../plain.ts";
import type { Transaction } from "../transaction.ts";
import { add, addDirectory, addLink, addNameless } from "./add.ts";
import {
  needFresh,
  needPermission,
  peekName,
  setAttributes,
  statName,
  writableNode,
} from "./attributes.ts";
import { openFile, readyToWrite, refreshFile } from "./file.ts";
import {
  forgetDirectory,
  holdLower,
  inodeAgain,
  inodeFor,
  rememberName,
  rootInode,
  seenSize,
} from "./inode.ts";
import { lookUp } from "./lookup.ts";
import { remountAufs, shutdownAufs } from "./mount.ts";
import { MAX_NAME } from "./name.ts";
import { listNames } from "./readdir.ts";
import { remove, removeDirectory } from "./remove.ts";
import { exchange, rename } from "./rename.ts";
import { lowerInode, Union } from "./union.ts";

const AUFS_MAGIC = 0x61756673;
const NO_VALUE = new Uint8Array(0);

/** aufs, in the terms of its inode operations. Source: specs/aufs.md 2–7, and what was seen of Linux 6.1. */
export const aufs: Dialect = {
  root(tx, fs) {
    const union = new Union(tx, fs);
    return { inode: rootInode(union), data: union.rootDentry() };
  },

  lookup(tx, dir, name) {
    const union = new Union(tx, dir.fs);
    const above = tx.pathOf(dir);
    const { data, kind } = lookUp(
      union,
      dir,
      name,
      above === "/" ? `/${name}` : `${above}/${name}`,
    );
    if (kind === null) return { inode: null, data };
    const inode = inodeAgain(union, dir, name, inodeFor(union, data, kind), data);
    rememberName(union, dir, name, inode);
    return { inode, data };
  },

  revalidate() {},

  stat: (tx, dentry) => statName(new Union(tx, dentry.fs), dentry),
  peek: (tx, dentry) => peekName(new Union(tx, dentry.fs), dentry),
  permission: (tx, dentry, want) => needPermission(new Union(tx, dentry.fs), dentry, want),
  readlink: (tx, dentry) => topNode(tx, dentry).target,

  readdir: (tx, dentry) => listNames(new Union(tx, dentry.fs), dentry),

  create: (tx, _dir, dentry, mode) => add(new Union(tx, dentry.fs), dentry, { kind: "file", mode }),
  mknod: (tx, _dir, dentry, kind, mode, rdev) =>
    add(new Union(tx, dentry.fs), dentry, { kind, mode, rdev }),
  mkdir: (tx, _dir, dentry, mode) => addDirectory(new Union(tx, dentry.fs), dentry, mode),
  symlink: (tx, _dir, dentry, target) =>
    add(new Union(tx, dentry.fs), dentry, { kind: "symlink", mode: 0o777, target }),
  tmpfile: (tx, dir, dentry, mode) => addNameless(new Union(tx, dir.fs), dir, dentry, mode),
  link: (tx, old, _dir, dentry) => addLink(new Union(tx, dentry.fs), old, dentry),
  unlink: (tx, _dir, dentry) => remove(new Union(tx, dentry.fs), dentry),
  rmdir: (tx, _dir, dentry) => removeDirectory(new Union(tx, dentry.fs), dentry),

  rename(tx, _oldDir, old, _newDir, renamed, isExchange) {
    const union = new Union(tx, old.fs);
    if (isExchange) exchange(union, old, renamed);
    else rename(union, old, renamed);
  },

  setattr: (tx, dentry, change) => setAttributes(new Union(tx, dentry.fs), dentry, change),

  getxattr(tx, dentry, name) {
    const found = topNode(tx, dentry).xattrs.find(([key]) => key === name);
    return found === undefined ? fail("ENODATA") : found[1];
  },
  listxattr: (tx, dentry) => topNode(tx, dentry).xattrs.map(([name]) => name),
  setxattr(tx, dentry, name, value, flag) {
    const isThere = topNode(tx, dentry).xattrs.some(([key]) => key === name);
    setXattr(tx, dentry, name, value, "setxattr", () => checkXattrFlag(isThere, flag));
  },
  /** The attribute stays, empty: this is what the kernel was seen to do (rule C-21). */
  removexattr(tx, dentry, name) {
    setXattr(tx, dentry, name, NO_VALUE, "removexattr", () => {});
  },

  open: (tx, dentry, writable) => openFile(new Union(tx, dentry.fs), dentry, writable),
  release() {},

  fstat(tx, file) {
    const union = new Union(tx, file.dentry.fs);
    needFresh(union, file.dentry);
    return statName(union, file.dentry);
  },

  read(tx, file, offset, length) {
    const union = new Union(tx, file.dentry.fs);
    refreshFile(union, file);
    const { branch, node } = union.file(file.data);
    const at = { fs: union.fs, path: tx.pathOf(file.dentry), branch };
    return readNode(tx, union.branch(branch), node, offset, length, at);
  },

  write(tx, file, offset, data) {
    const union = new Union(tx, file.dentry.fs);
    const { branch, node } = readyToWrite(union, file, "write");
    const path = tx.pathOf(file.dentry);
    const { append } = file;
    return writeNode(tx, union.branch(branch), node, { append, path }, offset, data);
  },

  end(tx, file) {
    const union = new Union(tx, file.dentry.fs);
    return seenSize(union, file.inode);
  },

  /** SEEK_DATA and SEEK_HOLE take a file for one run of data. */
  extents: () => null,

  /** Copies up a file that is open for writing, though nothing was written, and sets its mtime (rule C-06). */
  fsync(tx, file) {
    if (!file.writable || file.inode.kind !== "file") return;
    const union = new Union(tx, file.dentry.fs);
    const { branch, node } = readyToWrite(union, file, "fsync");
    union.branch(branch).adjust(node, { mtime: tx.time, ctime: tx.time });
  },

  fallocate(tx, file, offset, length, keepSize, punchHole) {
    const union = new Union(tx, file.dentry.fs);
    const { branch, node } = readyToWrite(union, file, "fallocate");
    const range = { offset, length, keepSize, punchHole };
    allocateNode(tx, union.branch(branch), node, tx.pathOf(file.dentry), range);
  },

  mmap(tx, file, shared) {
    const union = new Union(tx, file.dentry.fs);
    if (shared && file.writable) readyToWrite(union, file, "mmap");
    else refreshFile(union, file);
    const { branch, node } = union.file(file.data);
    return { fs: union.entry(branch).fs, node };
  },

  statfs(tx, dentry) {
    const { fs, root } = new Union(tx, dentry.fs).entry(0);
    const inode = { fs, kind: "dir", node: root, key: null, data: null, pin: 0 } as const;
    const top: Dentry = { ...dentry, fs, parent: null, inode, data: null };
    return { ...plain.statfs(tx, top), type: "aufs", magic: AUFS_MAGIC, nameLength: MAX_NAME };
  },

  remount: (tx, fs, change, directoryAt) => remountAufs(tx, fs, change.options ?? [], directoryAt),
  shutdown: (tx, fs) => shutdownAufs(tx, fs),

  hold(tx, inode) {
    const union = new Union(tx, inode.fs);
    holdLower(union, union.inode(inode), true);
  },
  drop(tx, inode) {
    const union = new Union(tx, inode.fs);
    const data = union.inode(inode);
    holdLower(union, data, false);
    if (data.nlink === 0) forgetDirectory(union, data.number);
  },
};

function topNode(tx: Transaction, dentry: Dentry) {
  const union = new Union(tx, dentry.fs);
  const { data } = union.inodeOf(dentry);
  const node = lowerInode(data, data.top);
  if (node === NO_NODE) fail("EIO");
  return union.node(data.top, node);
}

function setXattr(
  tx: Transaction,
  dentry: Dentry,
  name: string,
  value: Uint8Array,
  reason: "setxattr" | "removexattr",
  check: () => void,
): void {
  const union = new Union(tx, dentry.fs);
  const { branch, node } = writableNode(union, dentry, reason);
  check();
  union.branch(branch).setXattr(node, name, value, tx.pathOf(dentry));
  union.branch(branch).adjust(node, { ctime: tx.time });
}
