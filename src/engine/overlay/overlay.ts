import type { Content } from "../../tree/content.ts";
import type { DirectoryEntry, Stat } from "../call.ts";
import { newDentry } from "../dentry.ts";
import {
  type AttributeChange,
  type Dentry,
  type Dialect,
  type Inode,
  MAY_WRITE,
  type OpenedFile,
} from "../dialect.ts";
import { fail } from "../errno.ts";
import { decide, wantText } from "../permission.ts";
import {
  allocateNode,
  checkXattrFlag,
  newNodeIn,
  plain,
  readNode,
  setNodeAttributes,
  statNode,
  writeNode,
} from "../plain.ts";
import type { Transaction } from "../transaction.ts";
import { copyUp, copyUpAs } from "./copy-up.ts";
import { create, link } from "./create.ts";
import {
  dataIn,
  inodeData,
  inodeIn,
  isMerged,
  isWhiteoutNode,
  layerAt,
  layersOf,
  overlayState,
  realDataOf,
  realOf,
  upperLayer,
  workLayer,
  XATTR,
} from "./layers.ts";
import { inodeFor, lookup, originOf, stackOf } from "./lookup.ts";
import { isPureUpper, remove } from "./remove.ts";
import { rename } from "./rename.ts";

const OVERLAY_MAGIC = 0x794c7630;
/** Inode numbers of different layers must differ: the layer's file system goes above the inode. */
const NODES_PER_FS = 2 ** 32;
const PRIVATE = "trusted.overlay.";
const ESCAPED = "trusted.overlay.overlay.";

/** overlayfs as Linux 6.18 has it. Rules O… in SPEC.md; source: fs/overlayfs and what it was seen to do. */
export const overlay: Dialect = {
  root(tx, fs) {
    const state = overlayState(tx, fs);
    const lower = layersOf(state).map(({ root }, branch) => ({ branch, node: root }));
    const upper = state.upper === null ? null : state.upper.root;
    const inode = inodeFor(tx, fs, "dir", upper, upper === null ? lower : lower.slice(1), false);
    return { inode, data: { type: "overlay", isWhiteout: false, hasUpperAlias: upper !== null } };
  },

  lookup,
  revalidate() {},

  stat: (tx, dentry) => statInode(tx, inodeIn(dentry)),
  peek: (tx, dentry) => statInode(tx, inodeIn(dentry)),
  fstat: (tx, file) => statInode(tx, file.inode),

  permission(tx, dentry, want) {
    const inode = inodeIn(dentry);
    const { branch, node, layer } = realOf(tx, inode);
    const object = branch.node(node);
    if ((want & MAY_WRITE) !== 0 && overlayState(tx, dentry.fs).upper === null)
      if (inode.kind === "file" || inode.kind === "dir" || inode.kind === "symlink") fail("EROFS");
    const { granted, rule } = decide(tx.credentials, object, want);
    if (granted) return;
    tx.emit({
      type: "permission",
      fs: dentry.fs,
      path: tx.pathOf(dentry),
      branch: layer,
      want: wantText(want),
      who: tx.credentials,
      mode: object.mode,
      rule,
      granted,
    });
    fail("EACCES");
  },

  readlink(tx, dentry) {
    const { branch, node } = realOf(tx, inodeIn(dentry));
    return branch.node(node).target;
  },

  readdir: (tx, dentry) => list(tx, dentry),

  create: (tx, dir, dentry, mode) => create(tx, dir, dentry, "file", mode),
  mknod: (tx, dir, dentry, kind, mode, rdev) => create(tx, dir, dentry, kind, mode, { rdev }),
  mkdir: (tx, dir, dentry, mode) => create(tx, dir, dentry, "dir", mode),
  symlink: (tx, dir, dentry, target) => create(tx, dir, dentry, "symlink", 0o777, { target }),

  tmpfile(tx, dir, dentry, mode) {
    copyUp(tx, dir, "create");
    const upper = upperLayer(tx, dir.fs);
    const { upper: parent } = dataIn(dir);
    if (parent === null) throw new RangeError("the parent is not copied up");
    const made = newNodeIn(upper.node(parent), tx.credentials, "file", mode);
    const node = upper.makeNameless(parent, made);
    dentry.inode = inodeFor(tx, dir.fs, "file", node, [], false);
    dentry.data = { type: "overlay", isWhiteout: false, hasUpperAlias: true };
  },

  link,
  unlink: (tx, dir, dentry) => remove(tx, dir, dentry, false),
  rmdir: (tx, dir, dentry) => remove(tx, dir, dentry, true),
  rename,

  setattr(tx, dentry, change) {
    if (change.size === undefined) copyUp(tx, dentry, change.reason);
    else copyUpAs(tx, dentry, { reason: change.reason, withData: true, truncate: false });
    const { upper } = dataIn(dentry);
    if (upper === null) throw new RangeError("not copied up");
    const { file: _file, byOpen: _byOpen, ...rest } = change;
    const path = change.file?.path ?? tx.pathOf(dentry);
    const asked: AttributeChange = rest;
    setNodeAttributes(tx, upperLayer(tx, dentry.fs), upper, asked, path);
  },

  getxattr(tx, dentry, name) {
    const { branch, node } = realOf(tx, inodeIn(dentry));
    return branch.xattr(node, escaped(name)) ?? fail("ENODATA");
  },

  listxattr(tx, dentry) {
    const { branch, node } = realOf(tx, inodeIn(dentry));
    const names: string[] = [];
    for (const [name] of branch.node(node).xattrs)
      if (name.startsWith(ESCAPED)) names.push(PRIVATE + name.slice(ESCAPED.length));
      else if (!name.startsWith(PRIVATE)) names.push(name);
    return names;
  },

  setxattr(tx, dentry, name, value, flag) {
    copyUp(tx, dentry, "setxattr");
    const { branch, node } = realOf(tx, inodeIn(dentry));
    checkXattrFlag(branch.xattr(node, escaped(name)) !== undefined, flag);
    branch.setXattr(node, escaped(name), value, tx.pathOf(dentry));
    branch.adjust(node, { ctime: tx.time });
  },

  removexattr(tx, dentry, name) {
    const below = realOf(tx, inodeIn(dentry));
    if (below.branch.xattr(below.node, escaped(name)) === undefined) fail("ENODATA");
    copyUp(tx, dentry, "removexattr");
    const { branch, node } = realOf(tx, inodeIn(dentry));
    branch.removeXattr(node, escaped(name), tx.pathOf(dentry));
    branch.adjust(node, { ctime: tx.time });
  },

  open(tx, dentry, writable, truncate) {
    const { kind } = inodeIn(dentry);
    const copies = (writable || truncate) && (kind === "file" || kind === "dir");
    if (copies && !dentry.unlinked)
      copyUpAs(tx, dentry, { reason: "open-for-writing", withData: true, truncate });
    return null;
  },
  release() {},

  read(tx, file, offset, length): Content {
    const { branch, node, layer } = realDataOf(tx, file.inode);
    const at = { fs: file.inode.fs, path: file.path, branch: layer };
    return readNode(tx, branch, node, offset, length, at);
  },

  write(tx, file, offset, data) {
    return writeNode(tx, upperLayer(tx, file.inode.fs), upperNode(file), file, offset, data);
  },

  end(tx, file) {
    if (file.inode.kind === "dir") fail("EINVAL");
    return statInode(tx, file.inode).size;
  },
  extents(tx, file) {
    const { branch, node } = realDataOf(tx, file.inode);
    return branch.node(node).content;
  },
  fsync() {},

  fallocate(tx, file, offset, length, keepSize, punchHole) {
    const range = { offset, length, keepSize, punchHole };
    allocateNode(tx, upperLayer(tx, file.inode.fs), upperNode(file), file.path, range);
  },

  mmap(tx, file) {
    const { branch, node } = realDataOf(tx, file.inode);
    return { fs: branch.fs, node };
  },

  statfs(tx, dentry) {
    const top = layersOf(overlayState(tx, dentry.fs))[0];
    if (top === undefined) throw new RangeError("no layers");
    const below = plain.statfs(tx, newDentry(top.fs, null, "", null));
    return { ...below, type: "overlay", magic: OVERLAY_MAGIC };
  },

  remount() {},

  shutdown(tx, fs) {
    const { upper, lower, whiteout } = overlayState(tx, fs);
    if (whiteout !== null) dropWorkWhiteout(tx, fs);
    for (const layer of upper === null ? lower : [upper, ...lower])
      tx.branch(fs, null, layer.fs, layer.root).release(layer.root);
  },

  hold(tx, inode) {
    const { upper } = inodeData(inode);
    if (upper !== null) upperLayer(tx, inode.fs).hold(upper);
  },
  drop(tx, inode) {
    const { upper } = inodeData(inode);
    if (upper !== null) upperLayer(tx, inode.fs).release(upper);
  },
};

function statInode(tx: Transaction, inode: Inode): Stat {
  const { branch, node } = realOf(tx, inode);
  const real = statNode(branch, inode.fs, node);
  const data = inodeData(inode);
  const nlink = inode.kind === "dir" && isMerged(data) ? 1 : (data.indexedLinks ?? real.nlink);
  return { ...real, nlink, ino: numberOf(tx, inode) };
}

/** Stable over copy-up: the number of the object it came from. */
function numberOf(tx: Transaction, inode: Inode): number {
  const { upper, lower } = inodeData(inode);
  const isDir = inode.kind === "dir";
  const origin = isDir && lower.length > 0 ? lower[0] : originOf(tx, inode.fs, upper, lower);
  if (origin !== undefined && origin !== null && (upper === null || isOriginal(tx, inode)))
    return layerAt(tx, inode.fs, origin.branch).fs * NODES_PER_FS + origin.node;
  return upperLayer(tx, inode.fs).fs * NODES_PER_FS + (upper ?? 0);
}

function isOriginal(tx: Transaction, inode: Inode): boolean {
  const { upper } = inodeData(inode);
  return upper !== null && upperLayer(tx, inode.fs).xattr(upper, XATTR.origin) !== undefined;
}

/** Names of all layers; whiteouts hide, but in a directory of one layer they show as what they are. */
function list(tx: Transaction, dentry: Dentry): readonly DirectoryEntry[] {
  const { fs } = dentry;
  const data = dataIn(dentry);
  const path = tx.pathOf(dentry);
  const isReal = data.upper === null ? !isMerged(data) : isPureUpper(tx, dentry);
  const seen = new Map<string, boolean>();
  const entries: DirectoryEntry[] = [];
  for (const { branch: layer, node } of stackOf(data)) {
    const branch = layerAt(tx, fs, layer);
    const children = branch.children(node);
    let shown = 0;
    for (const [name, child] of children) {
      const before = seen.get(name);
      if (before !== undefined) {
        const reason = before ? "whiteout" : "duplicate";
        tx.emit({ type: "readdir-hidden", fs, path, name, branch: layer, reason });
        continue;
      }
      const hides = !isReal && isWhiteoutNode(branch, child);
      seen.set(name, hides);
      if (hides) continue;
      shown += 1;
      entries.push({ name, kind: branch.kind(child), ino: branch.fs * NODES_PER_FS + child });
    }
    const names = children.length;
    tx.emit({ type: "readdir-visit", fs, path, branch: layer, names, shown });
  }
  return entries;
}

/** Attributes of overlayfs itself are hidden; others of its prefix get it twice. */
function escaped(name: string): string {
  return name.startsWith(PRIVATE) ? ESCAPED + name.slice(PRIVATE.length) : name;
}

function upperNode(file: OpenedFile): number {
  const { upper } = inodeData(file.inode);
  if (upper === null) throw new RangeError("a file open for writing is not copied up");
  return upper;
}

function dropWorkWhiteout(tx: Transaction, fs: number): void {
  const { work } = overlayState(tx, fs);
  const branch = workLayer(tx, fs);
  for (const [name, node] of branch.children(work))
    if (branch.kind(node) === "char") branch.unlink(work, name);
}
