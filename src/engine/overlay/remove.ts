import { NO_NODE } from "../../tree/live-tree.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import type { FsId } from "../machine.ts";
import type { Transaction } from "../transaction.ts";
import { copyUp, needsIndex, storeLinks, tempName } from "./copy-up.ts";
import { joined } from "./create.ts";
import {
  bytesOfText,
  dataIn,
  dentryData,
  inodeIn,
  isWhiteoutNode,
  layerAt,
  overlayState,
  setInodeData,
  upperLayer,
  workLayer,
  XATTR,
} from "./layers.ts";
import { originOf, originText, stackOf } from "./lookup.ts";

/** unlink and rmdir (fs/overlayfs/dir.c, ovl_do_remove). */
export function remove(tx: Transaction, dir: Dentry, dentry: Dentry, isDir: boolean): void {
  const hides = isLowerPositive(tx, dir, dentry);
  const whiteouts = isDir && (hides || !isPureUpper(tx, dentry)) ? checkEmpty(tx, dentry) : [];
  copyUp(tx, dir, "remove");
  beginLinkChange(tx, dentry);
  if (whiteouts.length > 0) clearEmpty(tx, dir, dentry, whiteouts);
  if (hides) whiteOut(tx, dir, dentry.name);
  else removeFromUpper(tx, dir, dentry, isDir);
  endLinkChange(tx, dentry);
}

function removeFromUpper(tx: Transaction, dir: Dentry, dentry: Dentry, isDir: boolean): void {
  const upper = upperLayer(tx, dentry.fs);
  const parent = upperDir(dir);
  const node = upper.child(parent, dentry.name);
  if (node === NO_NODE || node !== dataIn(dentry).upper) fail("ESTALE");
  if (isDir) {
    if ((upper.node(node).directory?.count ?? 0) > 0) fail("ENOTEMPTY");
    upper.rmdir(parent, dentry.name);
  } else upper.unlink(parent, dentry.name);
}

/** Puts a whiteout in place of whatever the upper directory has of a name. */
function whiteOut(tx: Transaction, dir: Dentry, name: string): void {
  const { fs } = dir;
  const upper = upperLayer(tx, fs);
  const parent = upperDir(dir);
  const { work } = overlayState(tx, fs);
  const temp = makeWhiteout(tx, fs, joined(tx, dir, name));
  const there = upper.child(parent, name);
  if (there !== NO_NODE && upper.kind(there) === "dir") {
    upper.exchange(work, temp, parent, name);
    workLayer(tx, fs).rmdir(work, temp);
  } else upper.rename(work, temp, parent, name);
}

/** A whiteout in the work directory: a link of the one that is kept there, which the first one makes. */
function makeWhiteout(tx: Transaction, fs: FsId, path: string): string {
  const workBranch = workLayer(tx, fs);
  const state = overlayState(tx, fs);
  const linked = state.whiteout !== null;
  let { whiteout } = state;
  if (whiteout === null) {
    const first = tempName(tx, fs);
    whiteout = workBranch.make(state.work, first, {
      kind: "char",
      mode: 0,
      uid: 0,
      gid: 0,
      rdev: [0, 0],
    });
    tx.setFs(fs, { ...overlayState(tx, fs), whiteout });
  }
  const temp = tempName(tx, fs);
  workBranch.link(whiteout, state.work, temp);
  tx.emit({ type: "whiteout-made", fs, path, branch: 0, form: "device", linked });
  return temp;
}

/**
 * Whether a name would show something of the layers below if it went from the upper one (ovl_lower_positive): the first
 * lower directory that has the name decides.
 */
export function isLowerPositive(tx: Transaction, dir: Dentry, dentry: Dentry): boolean {
  if (dentry.inode === null) return dentryData(dentry).isWhiteout;
  if (dataIn(dentry).upper === null) return true;
  for (const { branch: layer, node } of dataIn(dir).lower) {
    const branch = layerAt(tx, dir.fs, layer);
    if (branch.kind(node) !== "dir") continue;
    const child = branch.child(node, dentry.name);
    if (child !== NO_NODE) return !isWhiteoutNode(branch, child);
  }
  return false;
}

/** A directory made in the upper layer, which can have no whiteouts in it. */
export function isPureUpper(tx: Transaction, dentry: Dentry): boolean {
  const { upper, lower } = dataIn(dentry);
  if (lower.length > 0 || upper === null) return false;
  return upperLayer(tx, dentry.fs).xattr(upper, XATTR.origin) === undefined;
}

/** Fails with ENOTEMPTY if a merged directory shows a name. Gives the whiteouts that the upper one holds. */
export function checkEmpty(tx: Transaction, dentry: Dentry): readonly string[] {
  const hidden = new Set<string>();
  const inUpper: string[] = [];
  for (const { branch: layer, node } of stackOf(dataIn(dentry))) {
    const branch = layerAt(tx, dentry.fs, layer);
    for (const [name, child] of branch.children(node)) {
      if (hidden.has(name)) continue;
      if (!isWhiteoutNode(branch, child)) fail("ENOTEMPTY");
      hidden.add(name);
      if (dataIn(dentry).upper !== null && layer === 0) inUpper.push(name);
    }
  }
  return inUpper;
}

/** Swaps an upper directory that holds nothing but whiteouts with an empty, opaque one (ovl_clear_empty). */
export function clearEmpty(
  tx: Transaction,
  dir: Dentry,
  dentry: Dentry,
  whiteouts: readonly string[],
): void {
  const { fs, name } = dentry;
  const upper = upperLayer(tx, fs);
  const workBranch = workLayer(tx, fs);
  const { work } = overlayState(tx, fs);
  const old = dataIn(dentry).upper;
  if (old === null) throw new RangeError("nothing to clear");
  const temp = tempName(tx, fs);
  const { mode, uid, gid, mtime, xattrs } = upper.node(old);
  const fresh = workBranch.make(work, temp, { kind: "dir", mode, uid, gid });
  const path = joined(tx, dir, name);
  for (const [key, value] of xattrs) upper.setXattr(fresh, key, value, path);
  upper.setXattr(fresh, XATTR.opaque, bytesOfText("y"), path);
  tx.emit({ type: "opaque-made", fs, path, branch: 0, form: "xattr" });
  upper.adjust(fresh, { mtime });
  upper.exchange(work, temp, upperDir(dir), name);
  for (const whiteout of whiteouts) {
    workBranch.unlink(old, whiteout);
    tx.emit({ type: "whiteout-removed", fs, path: `${path}/${whiteout}`, branch: 0 });
  }
  workBranch.rmdir(work, temp);
  const inode = inodeIn(dentry);
  if (inode.pin !== 0) {
    upper.hold(fresh);
    upper.release(old);
  }
  setInodeData(inode, { upper: fresh, isOpaque: true });
}

/** Before a link of an indexed file goes, the file is copied up to the index (ovl_nlink_start). */
export function beginLinkChange(tx: Transaction, dentry: Dentry): void {
  if (dentry.inode === null || dentry.inode.kind === "dir") return;
  const { lower } = dataIn(dentry);
  const origin = originOf(tx, dentry.fs, dataIn(dentry).upper, lower);
  if (origin === null || dentryData(dentry).hasUpperAlias) return;
  const { nlink } = layerAt(tx, dentry.fs, origin.branch).node(origin.node);
  if (needsIndex(overlayState(tx, dentry.fs), nlink)) copyUp(tx, dentry, "remove");
}

/** After it went: one link less in the union; the last one takes the index entry with it. */
export function endLinkChange(tx: Transaction, dentry: Dentry): void {
  if (dentry.inode === null || dentry.inode.kind === "dir") return;
  const { indexedLinks, upper, lower } = dataIn(dentry);
  if (indexedLinks === null) return;
  setInodeData(dentry.inode, { indexedLinks: indexedLinks - 1 });
  const { index } = overlayState(tx, dentry.fs);
  const origin = originOf(tx, dentry.fs, upper, lower);
  if (indexedLinks > 1) storeLinks(tx, dentry);
  else if (index !== null && origin !== null)
    if (workLayer(tx, dentry.fs).child(index, originText(origin)) !== NO_NODE)
      workLayer(tx, dentry.fs).unlink(index, originText(origin));
}

function upperDir(dir: Dentry): number {
  const { upper } = dataIn(dir);
  if (upper === null) throw new RangeError("the parent is not copied up");
  return upper;
}
