import type { EntryKind } from "../tree/column-tree.ts";
import { contentLength } from "../tree/content.ts";
import { resizeContent, sliceContent, writeContent } from "../tree/content-edit.ts";
import {
  childNode,
  diskOf,
  NO_NODE,
  nodeKind,
  nodeOf,
  PAGE,
  ROOT_NODE,
} from "../tree/live-tree.ts";
import type { NewNode, NodeChange } from "../tree/tree-draft.ts";
import type { Branch } from "./branch.ts";
import type { Credentials, DeviceNumber, DirectoryEntry, Stat } from "./call.ts";
import type { AttributeChange, Dentry, Dialect, Inode, OpenedFile } from "./dialect.ts";
import { fail } from "./errno.ts";
import type { FsId } from "./machine.ts";
import { decide, isInGroup, wantText } from "./permission.ts";
import type { Transaction } from "./transaction.ts";

const TMPFS_MAGIC = 0x01021994;
const SETGID = 0o2000;

/** The tmpfs-like file system that branches, layers and the host's own root are made of. */
export const plain: Dialect = {
  root: (tx, fs) => ({ inode: inodeAt(tx, fs, ROOT_NODE), data: null }),

  lookup(tx, dir, name) {
    const node = childNode(tx.plain(dir.fs).tree, nodeIn(dir), name);
    return { inode: node === NO_NODE ? null : inodeAt(tx, dir.fs, node), data: null };
  },

  revalidate() {},

  stat: (tx, dentry) => statNode(self(tx, dentry.fs), dentry.fs, nodeIn(dentry)),
  peek: (tx, dentry) => statNode(self(tx, dentry.fs), dentry.fs, nodeIn(dentry)),

  permission(tx, dentry, want) {
    const node = nodeOf(tx.plain(dentry.fs).tree, nodeIn(dentry));
    const { granted, rule } = decide(tx.credentials, node, want);
    if (granted) return;
    tx.emit({
      type: "permission",
      fs: dentry.fs,
      path: tx.pathOf(dentry),
      branch: null,
      want: wantText(want),
      who: tx.credentials,
      mode: node.mode,
      rule,
      granted,
    });
    fail("EACCES");
  },

  readlink: (tx, dentry) => nodeOf(tx.plain(dentry.fs).tree, nodeIn(dentry)).target,

  readdir(tx, dentry): readonly DirectoryEntry[] {
    const branch = self(tx, dentry.fs);
    return branch
      .children(nodeIn(dentry))
      .map(([name, node]) => ({ name, kind: branch.kind(node), ino: node }));
  },

  create: (tx, dir, dentry, mode) => make(tx, dir, dentry, "file", mode, {}),
  mknod: (tx, dir, dentry, kind, mode, rdev) => make(tx, dir, dentry, kind, mode, { rdev }),
  mkdir: (tx, dir, dentry, mode) => make(tx, dir, dentry, "dir", mode, {}),
  symlink: (tx, dir, dentry, target) => make(tx, dir, dentry, "symlink", 0o777, { target }),

  tmpfile(tx, dir, dentry, mode) {
    const branch = self(tx, dir.fs);
    const made = newNodeIn(branch.node(nodeIn(dir)), tx.credentials, "file", mode);
    dentry.inode = inodeAt(tx, dir.fs, branch.makeNameless(nodeIn(dir), made));
  },

  link(tx, old, dir, dentry) {
    self(tx, dir.fs).link(nodeIn(old), nodeIn(dir), dentry.name);
    dentry.inode = old.inode;
  },

  unlink(tx, dir, dentry) {
    self(tx, dir.fs).unlink(nodeIn(dir), dentry.name);
  },

  rmdir(tx, dir, dentry) {
    const branch = self(tx, dir.fs);
    if ((branch.node(nodeIn(dentry)).directory?.count ?? 0) > 0) fail("ENOTEMPTY");
    branch.rmdir(nodeIn(dir), dentry.name);
  },

  rename(tx, oldDir, old, newDir, renamed, exchange) {
    const branch = self(tx, oldDir.fs);
    if (exchange) {
      branch.exchange(nodeIn(oldDir), old.name, nodeIn(newDir), renamed.name);
      return;
    }
    if (renamed.inode?.kind === "dir")
      if ((branch.node(nodeIn(renamed)).directory?.count ?? 0) > 0) fail("ENOTEMPTY");
    branch.rename(nodeIn(oldDir), old.name, nodeIn(newDir), renamed.name);
  },

  setattr(tx, dentry, change) {
    setNodeAttributes(tx, self(tx, dentry.fs), nodeIn(dentry), change, tx.pathOf(dentry));
  },

  getxattr(tx, dentry, name) {
    return self(tx, dentry.fs).xattr(nodeIn(dentry), name) ?? fail("ENODATA");
  },
  listxattr: (tx, dentry) =>
    self(tx, dentry.fs)
      .node(nodeIn(dentry))
      .xattrs.map(([name]) => name),
  setxattr(tx, dentry, name, value, flag) {
    const branch = self(tx, dentry.fs);
    checkXattrFlag(branch.xattr(nodeIn(dentry), name) !== undefined, flag);
    branch.setXattr(nodeIn(dentry), name, value, tx.pathOf(dentry));
    branch.adjust(nodeIn(dentry), { ctime: tx.time });
  },
  removexattr(tx, dentry, name) {
    const branch = self(tx, dentry.fs);
    if (branch.xattr(nodeIn(dentry), name) === undefined) fail("ENODATA");
    branch.removeXattr(nodeIn(dentry), name, tx.pathOf(dentry));
    branch.adjust(nodeIn(dentry), { ctime: tx.time });
  },

  open: () => null,
  release() {},
  fstat: (tx, file) => statNode(self(tx, file.inode.fs), file.inode.fs, file.inode.node),

  read(tx, file, offset, length) {
    return readNode(tx, self(tx, file.inode.fs), file.inode.node, offset, length, {
      fs: file.inode.fs,
      path: file.path,
      branch: null,
    });
  },

  write(tx, file, offset, data) {
    return writeNode(tx, self(tx, file.inode.fs), file.inode.node, file, offset, data);
  },

  end: (tx, file) =>
    file.inode.kind === "dir"
      ? fail("EINVAL")
      : nodeOf(tx.plain(file.inode.fs).tree, file.inode.node).size,
  extents: (tx, file) => nodeOf(tx.plain(file.inode.fs).tree, file.inode.node).content,
  fsync() {},

  fallocate(tx, file, offset, length, keepSize, punchHole) {
    allocateNode(tx, self(tx, file.inode.fs), file.inode.node, file.path, {
      offset,
      length,
      keepSize,
      punchHole,
    });
  },

  mmap: (_tx, file) => ({ fs: file.inode.fs, node: file.inode.node }),

  statfs(tx, dentry) {
    const { tree, maxDisk, maxInodes } = tx.plain(dentry.fs);
    return {
      type: "tmpfs",
      magic: TMPFS_MAGIC,
      blockSize: PAGE,
      blocks: maxDisk === null ? 0 : Math.floor(maxDisk / PAGE),
      blocksFree: maxDisk === null ? 0 : Math.max(0, Math.floor((maxDisk - tree.disk) / PAGE)),
      files: maxInodes ?? 0,
      filesFree: maxInodes === null ? 0 : Math.max(0, maxInodes - tree.inodes),
      nameLength: 255,
    };
  },

  remount() {},
  shutdown() {},
  hold() {},
  drop() {},
};

/** Owner and mode of something new in a directory: a setgid directory gives its group, and to directories its bit. */
export function newNodeIn(
  dir: { readonly mode: number; readonly gid: number },
  who: Credentials,
  kind: EntryKind,
  mode: number,
): NewNode {
  if ((dir.mode & SETGID) === 0) return { kind, mode, uid: who.uid, gid: who.gid };
  if (kind === "dir") return { kind, mode: mode | SETGID, uid: who.uid, gid: dir.gid };
  const isForeign = (mode & 0o2010) === 0o2010 && who.uid !== 0 && !isInGroup(who, dir.gid);
  return { kind, mode: isForeign ? mode & ~SETGID : mode, uid: who.uid, gid: dir.gid };
}

/** What stat gives of an inode of a plain file system. */
export function statNode(branch: Branch, dev: FsId, node: number): Stat {
  const { kind, mode, uid, gid, nlink, mtime, ctime, rdev, content } = branch.node(node);
  const size = branch.size(node);
  const blocks = diskOf(content) / 512;
  return { kind, mode, uid, gid, size, nlink, mtime, ctime, ino: node, dev, rdev, blocks };
}

/** Changes an inode as tmpfs does: a truncation moves mtime and ctime, anything else ctime. */
export function setNodeAttributes(
  tx: Transaction,
  branch: Branch,
  node: number,
  change: AttributeChange,
  path: string,
): void {
  const { mode, uid, gid, size, mtime } = change;
  const now: NodeChange = { ctime: tx.time };
  const { content, size: old } = branch.node(node);
  const resized = size !== undefined && size !== old;
  if (resized)
    branch.setContent(node, resizeContent(content, size), path, "truncate", Math.abs(size - old));
  // tmpfs drops the pages after the new end, and moves mtime when there were any, even if the size stays.
  const cut = size !== undefined && size <= old && diskOf(content) > 0;
  const time = mtime ?? (resized || cut ? tx.time : undefined);
  const rest: NodeChange = {
    ...now,
    ...(mode === undefined ? {} : { mode }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(time === undefined ? {} : { mtime: time }),
  };
  if (size !== undefined && mode === undefined) branch.adjust(node, rest);
  else branch.change(node, rest, path);
}

/** Reads a file of a plain file system, and says whose pages it filled. */
export function readNode(
  tx: Transaction,
  branch: Branch,
  node: number,
  offset: number,
  length: number,
  at: { readonly fs: FsId; readonly path: string; readonly branch: number | null },
): ReturnType<typeof sliceContent> {
  const { content, size } = branch.node(node);
  const data = sliceContent(content, offset, Math.min(size, offset + length));
  tx.emit({
    type: "data-read",
    ...at,
    offset,
    bytes: contentLength(data),
    backing: `${branch.fs}:${node}`,
    size,
  });
  return data;
}

/** Writes to a file of a plain file system. Gives the offset after the data. */
export function writeNode(
  tx: Transaction,
  branch: Branch,
  node: number,
  file: Pick<OpenedFile, "append" | "path">,
  offset: number,
  data: Parameters<typeof writeContent>[2],
): number {
  const { content, size } = branch.node(node);
  const at = file.append ? size : offset;
  const bytes = contentLength(data);
  if (bytes === 0) return at;
  const times = { mtime: tx.time, ctime: tx.time };
  branch.setContent(node, writeContent(content, at, data), file.path, "write", bytes, times);
  return at + bytes;
}

/** fallocate(2) on a file of a plain file system: space is zeros that count as data; a punched range is a hole. */
export function allocateNode(
  tx: Transaction,
  branch: Branch,
  node: number,
  path: string,
  range: {
    readonly offset: number;
    readonly length: number;
    readonly keepSize: boolean;
    readonly punchHole: boolean;
  },
): void {
  const { content, size } = branch.node(node);
  const end = range.offset + range.length;
  const times = { mtime: tx.time, ctime: tx.time };
  if (range.punchHole && range.offset < size) {
    const hole = [{ type: "zeros", length: Math.min(end, size) - range.offset } as const];
    branch.setContent(node, writeContent(content, range.offset, hole), path, "write", 0, times);
  } else if (!range.punchHole && !range.keepSize && end > size)
    branch.setContent(node, resizeContent(content, end), path, "write", 0, times);
  else branch.adjust(node, times);
}

/** XATTR_CREATE and XATTR_REPLACE. */
export function checkXattrFlag(isThere: boolean, flag: "create" | "replace" | null): void {
  if (flag === "create" && isThere) fail("EEXIST");
  if (flag === "replace" && !isThere) fail("ENODATA");
}

function make(
  tx: Transaction,
  dir: Dentry,
  dentry: Dentry,
  kind: EntryKind,
  mode: number,
  rest: { readonly target?: string; readonly rdev?: DeviceNumber },
): void {
  const branch = self(tx, dir.fs);
  const made = newNodeIn(branch.node(nodeIn(dir)), tx.credentials, kind, mode);
  const node = branch.make(nodeIn(dir), dentry.name, { ...made, ...rest });
  dentry.inode = inodeAt(tx, dir.fs, node);
}

function self(tx: Transaction, fs: FsId): Branch {
  return tx.branch(fs, null, fs, ROOT_NODE);
}

function nodeIn(dentry: Dentry): number {
  const node = dentry.inode?.node ?? NO_NODE;
  if (node === NO_NODE) throw new RangeError(`${dentry.name} has no inode`);
  return node;
}

function inodeAt(tx: Transaction, fs: FsId, node: number): Inode {
  return { fs, kind: nodeKind(tx.plain(fs).tree, node), node, key: null, data: null, pin: 0 };
}
