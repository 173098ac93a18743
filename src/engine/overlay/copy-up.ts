import { contentLength, pieceLength } from "../../tree/content.ts";
import { resizeContent } from "../../tree/content-edit.ts";
import { type LiveNode, NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import type { Branch } from "../branch.ts";
import type { Dentry } from "../dialect.ts";
import { Failure, fail } from "../errno.ts";
import type { CopyUpReason } from "../event.ts";
import type { FsId } from "../machine.ts";
import type { Transaction } from "../transaction.ts";
import {
  bytesOfText,
  dataIn,
  dentryData,
  inodeIn,
  layerAt,
  overlayState,
  realDataOf,
  setInodeData,
  upperLayer,
  workLayer,
  XATTR,
} from "./layers.ts";
import { originText } from "./lookup.ts";
import type { OverlayLower, OverlayState } from "./state.ts";

/** What is wanted of a copy-up. */
export interface CopyUpWish {
  readonly reason: CopyUpReason;
  /** The data has to be there too (metacopy=on would leave it below). */
  readonly withData: boolean;
  /** O_TRUNC: no data is copied. */
  readonly truncate: boolean;
}

const ATTRIBUTES_ONLY = { withData: false, truncate: false };

/** Copies a name up for a change of its attributes, or as the parent of a change. */
export function copyUp(tx: Transaction, dentry: Dentry, reason: CopyUpReason): void {
  copyUpAs(tx, dentry, { reason, ...ATTRIBUTES_ONLY });
}

/**
 * Copies a name up, its missing parents first and outermost first (fs/overlayfs/copy_up.c, ovl_copy_up_flags).
 *
 * Does nothing for what is in the upper layer already. Rules OC1 to OC9 in SPEC.md.
 */
export function copyUpAs(tx: Transaction, dentry: Dentry, wish: CopyUpWish): void {
  while (!isCopiedUp(dentry, wish)) {
    let next = dentry;
    while (next.parent !== null && dataIn(next.parent).upper === null) next = next.parent;
    copyUpOne(tx, next, wish, next !== dentry);
  }
}

function isCopiedUp(dentry: Dentry, wish: CopyUpWish): boolean {
  if (dentry.parent === null) return true;
  const { upper, isMetacopy } = dataIn(dentry);
  if (upper === null || !dentryData(dentry).hasUpperAlias) return false;
  return !(isMetacopy && wish.withData);
}

function copyUpOne(tx: Transaction, dentry: Dentry, wish: CopyUpWish, isParent: boolean): void {
  const { fs, parent } = dentry;
  if (parent === null) throw new RangeError("a root cannot be copied up");
  const inode = inodeIn(dentry);
  const path = tx.pathOf(dentry);
  const state = overlayState(tx, fs);
  if (dataIn(dentry).upper === null) {
    const [from] = dataIn(dentry).lower;
    if (from === undefined) throw new RangeError(`${path} is nowhere`);
    const source = layerAt(tx, fs, from.branch);
    const node = source.node(from.node);
    const isMetacopy = inode.kind === "file" && state.metacopy && !wish.withData && !wish.truncate;
    const data = realDataOf(tx, inode);
    const copied = wish.truncate || isMetacopy ? [] : data.branch.node(data.node).content;
    const bytes = dataBytes(copied);
    if (isParent) tx.emit({ type: "copy-up-parent", fs, path, to: 0 });
    tx.emit({
      type: "copy-up-begin",
      fs,
      path,
      source: path,
      kind: inode.kind,
      from: from.branch,
      to: 0,
      reason: isParent ? "parent" : wish.reason,
      bytes,
    });
    const links = node.nlink;
    const isIndexed = inode.kind !== "dir" && needsIndex(state, links);
    const size = wish.truncate ? 0 : node.size;
    try {
      const made = makeCopy(
        tx,
        dentry,
        { ...node, content: copied, size },
        {
          from,
          path,
          isMetacopy,
          isIndexed,
          parent,
        },
      );
      settle(tx, dentry, made, isMetacopy, isIndexed ? links : null);
    } catch (failure) {
      if (failure instanceof Failure)
        tx.emit({ type: "copy-up-failed", fs, path, to: 0, errno: failure.errno });
      throw failure;
    }
    if (!isIndexed) dentry.data = { ...dentryData(dentry), hasUpperAlias: true };
    tx.emit({ type: "copy-up-end", fs, path, source: path, from: from.branch, to: 0, bytes });
  }
  if (!dentryData(dentry).hasUpperAlias) linkUp(tx, dentry, parent);
  if (dataIn(dentry).isMetacopy && wish.withData) copyUpData(tx, dentry, wish.truncate);
}

/** Whether the copy of a lower file lies in the index (ovl_need_index). `links`: how many names it has in its layer. */
export function needsIndex({ index, indexesAll }: OverlayState, links: number): boolean {
  return index !== null && (indexesAll || links > 1);
}

interface CopyPlan {
  readonly from: OverlayLower;
  readonly path: string;
  readonly isMetacopy: boolean;
  readonly isIndexed: boolean;
  readonly parent: Dentry;
}

/** Makes the upper object, without a name or in the work directory, and puts it in its place. */
function makeCopy(tx: Transaction, dentry: Dentry, node: LiveNode, plan: CopyPlan): NodeId {
  const { fs, name } = dentry;
  const upper = upperLayer(tx, fs);
  const { work, index } = overlayState(tx, fs);
  const dir = dataIn(plan.parent).upper;
  if (dir === null) throw new RangeError("the parent is not copied up");
  const before = upper.node(dir).mtime;
  if (!plan.isIndexed) setImpure(tx, plan.parent);
  const { kind, mode, uid, gid, target, rdev } = node;
  const made = { kind, mode, uid, gid, target, rdev };
  const isNameless = kind === "file";
  const temp = isNameless ? null : tempName(tx, fs);
  const workBranch = workLayer(tx, fs);
  const copy =
    temp === null ? workBranch.makeNameless(work, made) : workBranch.make(work, temp, made);
  tx.emit({
    type: "copy-up-temp",
    fs,
    path: plan.path,
    to: 0,
    directory: workPath(tx, fs),
    name: temp,
  });
  if (kind === "file") {
    if (node.content.length > 0) {
      upper.setContent(copy, node.content, plan.path, "write", dataBytes(node.content));
      const bytes = dataBytes(node.content);
      const size = contentLength(node.content);
      const holes = size - bytes;
      const { path } = plan;
      tx.emit({ type: "copy-up-data", fs, path, source: path, to: 0, bytes, holes, size });
    } else if (plan.isMetacopy && node.size > 0)
      upper.setContent(copy, resizeContent([], node.size), plan.path, "truncate", node.size);
  }
  copyXattrs(tx, upper, copy, node, plan);
  upper.adjust(copy, { mtime: node.mtime, ctime: tx.time });
  tx.emit({ type: "copy-up-attributes", fs, path: plan.path, to: 0, mode, uid, gid });

  const place = plan.isIndexed && index !== null ? index : dir;
  const placeName = plan.isIndexed ? originText(plan.from) : name;
  try {
    install(upper, copy, work, temp, place, placeName);
  } catch (failure) {
    if (temp !== null) workBranch.unlink(work, temp);
    throw failure;
  }
  tx.emit({ type: "copy-up-rename", fs, path: plan.path, to: 0, name: temp });
  if (!plan.isIndexed) upper.adjust(dir, { mtime: before });
  return copy;
}

/** Links a nameless file to its name, or renames from the work directory, as the upper file system does it. */
function install(
  upper: Branch,
  copy: NodeId,
  work: NodeId,
  temp: string | null,
  dir: NodeId,
  name: string,
): void {
  if (upper.node(dir).nlink === 0) fail("ENOENT");
  const there = upper.child(dir, name);
  if (temp === null) {
    if (there !== NO_NODE) fail("EEXIST");
    upper.link(copy, dir, name);
    return;
  }
  if (there !== NO_NODE) {
    const isDir = upper.kind(there) === "dir";
    if (isDir !== (upper.kind(copy) === "dir")) fail(isDir ? "EISDIR" : "ENOTDIR");
    if ((upper.node(there).directory?.count ?? 0) > 0) fail("ENOTEMPTY");
  }
  upper.rename(work, temp, dir, name);
}

function copyXattrs(
  tx: Transaction,
  upper: Branch,
  copy: NodeId,
  node: LiveNode,
  plan: CopyPlan,
): void {
  const copied = node.xattrs.filter(([name]) => !name.startsWith("trusted.overlay."));
  for (const [name, value] of copied) upper.setXattr(copy, name, value, plan.path);
  if (copied.length > 0)
    tx.emit({
      type: "copy-up-xattrs",
      fs: plan.parent.fs,
      path: plan.path,
      to: 0,
      names: copied.map(([name]) => name),
    });
  if (node.kind === "dir" || node.nlink === 1 || plan.isIndexed)
    upper.setXattr(copy, XATTR.origin, bytesOfText(originText(plan.from)), plan.path);
  if (plan.isMetacopy) upper.setXattr(copy, XATTR.metacopy, new Uint8Array(0), plan.path);
}

/** The inode has an upper object from now on. */
function settle(
  tx: Transaction,
  dentry: Dentry,
  upper: NodeId,
  isMetacopy: boolean,
  indexedLinks: number | null,
): void {
  const inode = inodeIn(dentry);
  setInodeData(inode, { upper, isMetacopy, indexedLinks });
  if (inode.pin !== 0) upperLayer(tx, dentry.fs).hold(upper);
  if (inode.kind !== "dir") tx.rekey(inode, `u${upper}`);
  if (indexedLinks !== null) storeLinks(tx, dentry);
}

/** An indexed file gets one more of its names in the upper layer (ovl_link_up). */
function linkUp(tx: Transaction, dentry: Dentry, parent: Dentry): void {
  const upper = upperLayer(tx, dentry.fs);
  const dir = dataIn(parent).upper;
  const { upper: node } = dataIn(dentry);
  if (dir === null || node === null) throw new RangeError("nothing to link");
  const before = upper.node(dir).mtime;
  setImpure(tx, parent);
  install(upper, node, NO_NODE, null, dir, dentry.name);
  upper.adjust(dir, { mtime: before });
  dentry.data = { ...dentryData(dentry), hasUpperAlias: true };
  storeLinks(tx, dentry);
}

/** Writes down how many names an indexed file has in the union, relative to its upper links. */
export function storeLinks(tx: Transaction, dentry: Dentry): void {
  const { upper: node, indexedLinks } = dataIn(dentry);
  if (node === null || indexedLinks === null) return;
  const upper = upperLayer(tx, dentry.fs);
  const more = indexedLinks - upper.node(node).nlink;
  const value = bytesOfText(`U${more < 0 ? "-" : "+"}${Math.abs(more)}`);
  upper.setXattr(node, XATTR.nlink, value, tx.pathOf(dentry));
}

/** Brings the data of a metacopy file up. */
function copyUpData(tx: Transaction, dentry: Dentry, truncate: boolean): void {
  const inode = inodeIn(dentry);
  const { upper: node } = dataIn(dentry);
  if (node === null) throw new RangeError("nothing to fill");
  const upper = upperLayer(tx, dentry.fs);
  const path = tx.pathOf(dentry);
  const source = realDataOf(tx, inode);
  const content = truncate ? [] : source.branch.node(source.node).content;
  const bytes = dataBytes(content);
  upper.setContent(node, content, path, "write", bytes);
  const holes = contentLength(content) - bytes;
  const { fs } = dentry;
  const { size } = source.branch.node(source.node);
  tx.emit({ type: "copy-up-data", fs, path, source: path, to: 0, bytes, holes, size });
  if (bytes > 0) upper.adjust(node, { mtime: tx.time, ctime: tx.time });
  upper.removeXattr(node, XATTR.metacopy, path);
  setInodeData(inode, { isMetacopy: false });
}

/** Marks an upper directory that holds copied-up entries. */
export function setImpure(tx: Transaction, parent: Dentry): void {
  const { upper: dir } = dataIn(parent);
  const upper = upperLayer(tx, parent.fs);
  if (dir === null || upper.xattr(dir, XATTR.impure) !== undefined) return;
  upper.setXattr(dir, XATTR.impure, bytesOfText("y"), tx.pathOf(parent));
}

/** A name for something in the work directory: "#" and a hexadecimal number. */
export function tempName(tx: Transaction, fs: FsId): string {
  const state = overlayState(tx, fs);
  const counter = state.counter + 1;
  tx.setFs(fs, { ...state, counter });
  return `#${counter.toString(16)}`;
}

function workPath(tx: Transaction, fs: FsId): string {
  const { work } = overlayState(tx, fs);
  return workLayer(tx, fs).pathOf(work);
}

function dataBytes(content: LiveNode["content"]): number {
  let bytes = 0;
  for (const piece of content) if (piece.type !== "zeros") bytes += pieceLength(piece);
  return bytes;
}
