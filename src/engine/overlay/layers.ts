import type { NodeId } from "../../tree/live-tree.ts";
import type { Branch } from "../branch.ts";
import type { Dentry, Inode } from "../dialect.ts";
import type { FsId } from "../machine.ts";
import type { Transaction } from "../transaction.ts";
import type { OverlayDentryData, OverlayInodeData, OverlayLayer, OverlayState } from "./state.ts";

/** Names of the attributes that overlayfs writes. */
export const XATTR = Object.freeze({
  opaque: "trusted.overlay.opaque",
  redirect: "trusted.overlay.redirect",
  metacopy: "trusted.overlay.metacopy",
  origin: "trusted.overlay.origin",
  impure: "trusted.overlay.impure",
  nlink: "trusted.overlay.nlink",
});

export function overlayState(tx: Transaction, fs: FsId): OverlayState {
  const state = tx.fs(fs);
  if (state.type !== "overlay") throw new RangeError(`file system ${fs} is not an overlay`);
  return state;
}

export function inodeData(inode: Inode): OverlayInodeData {
  const { data } = inode;
  if (data === null || data.type !== "overlay") throw new RangeError("not an overlay inode");
  return data;
}

/** The inode of a name that is there. */
export function inodeIn(dentry: Dentry): Inode {
  if (dentry.inode === null) throw new RangeError(`${dentry.name} has no inode`);
  return dentry.inode;
}

export function dataIn(dentry: Dentry): OverlayInodeData {
  return inodeData(inodeIn(dentry));
}

export function setInodeData(inode: Inode, change: Partial<OverlayInodeData>): void {
  inode.data = { ...inodeData(inode), ...change };
}

export function dentryData(dentry: Dentry): OverlayDentryData {
  const { data } = dentry;
  if (data === null || data.type !== "overlay") throw new RangeError("not an overlay dentry");
  return data;
}

/** The layers as branches, top first. */
export function layersOf(state: OverlayState): readonly OverlayLayer[] {
  return state.upper === null ? state.lower : [state.upper, ...state.lower];
}

export function layerAt(tx: Transaction, fs: FsId, layer: number): Branch {
  const at = layersOf(overlayState(tx, fs))[layer];
  if (at === undefined) throw new RangeError(`no layer ${layer}`);
  return tx.branch(fs, layer, at.fs, at.root);
}

export function upperLayer(tx: Transaction, fs: FsId): Branch {
  const { upper } = overlayState(tx, fs);
  if (upper === null) throw new RangeError("no upper layer");
  return tx.branch(fs, 0, upper.fs, upper.root);
}

/** The work base: the same plain file system as the upper layer, seen from another directory. */
export function workLayer(tx: Transaction, fs: FsId): Branch {
  const { workBase } = overlayState(tx, fs);
  if (workBase === null) throw new RangeError("no work directory");
  return tx.branch(fs, 0, workBase.fs, workBase.root);
}

/** The object whose attributes show: the upper one, else the topmost lower. */
export function realOf(
  tx: Transaction,
  inode: Inode,
): { branch: Branch; node: NodeId; layer: number } {
  const { upper, lower } = inodeData(inode);
  if (upper !== null) return { branch: upperLayer(tx, inode.fs), node: upper, layer: 0 };
  const top = lower[0];
  if (top === undefined) throw new RangeError("an inode without a layer");
  return { branch: layerAt(tx, inode.fs, top.branch), node: top.node, layer: top.branch };
}

/** The object whose data shows. */
export function realDataOf(
  tx: Transaction,
  inode: Inode,
): { branch: Branch; node: NodeId; layer: number } {
  const { isMetacopy, lower } = inodeData(inode);
  const last = lower.at(-1);
  if (last === undefined || (inodeData(inode).upper !== null && !isMetacopy))
    return realOf(tx, inode);
  return { branch: layerAt(tx, inode.fs, last.branch), node: last.node, layer: last.branch };
}

/** A directory that shows the children of more than one layer. */
export function isMerged(data: OverlayInodeData): boolean {
  return data.upper === null ? data.lower.length > 1 : data.lower.length > 0;
}

export function isWhiteoutNode(branch: Branch, node: NodeId): boolean {
  if (branch.kind(node) !== "char") return false;
  const { rdev } = branch.node(node);
  return rdev[0] === 0 && rdev[1] === 0;
}

/** Text of one byte a character as an attribute's value. */
export function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** The text of an attribute, or null. */
export function xattrText(branch: Branch, node: NodeId, name: string): string | null {
  const value = branch.xattr(node, name);
  return value === undefined ? null : String.fromCharCode(...value);
}
