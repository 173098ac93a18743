import { NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import type { Dentry } from "../dialect.ts";
import { Failure, fail } from "../errno.ts";
import { copyUp, copyUpParents } from "./copy-up.ts";
import {
  directoryChanged,
  forgetDirectory,
  forgetName,
  rememberName,
  renumber,
  setInode,
} from "./inode.ts";
import { lowerOf, tailOf, withLower, withRange } from "./lookup.ts";
import { directoryOf, makeOpaque, makeWhiteout, removeWhiteout } from "./marks.ts";
import { checkName, temporaryName, whiteoutOf } from "./name.ts";
import { chooseBranch, placeToRemove } from "./place.ts";
import { branchKept } from "./policy.ts";
import {
  discardDirectory,
  dropLink,
  type Hidden,
  needEmpty,
  needEmptyBelow,
  needRemovable,
} from "./remove.ts";
import { NOTHING } from "./state.ts";
import { lowerInode, type Union } from "./union.ts";

/**
 * Moves a name (rules N-01–N-23).
 *
 * A file on a lower branch is copied up under its old name, that name gets a whiteout, and the copy is renamed. A
 * directory moves only when nothing of it would be left behind: it lies in one branch, is opaque, or all that lies below
 * is whiteouted; else EXDEV. Something that is a directory becomes opaque where a directory or a whiteout was.
 *
 * Source: specs/aufs.md 5.7.
 */
export function rename(union: Union, old: Dentry, renamed: Dentry): void {
  checkName(renamed.name);
  restoringOnFailure(renamed, () => move(union, old, renamed));
}

/** Swaps two names (RENAME_EXCHANGE, rule N-18): both are copied up; no whiteouts. */
export function exchange(union: Union, old: Dentry, renamed: Dentry): void {
  restoringOnFailure(renamed, () => swap(union, old, renamed));
}

/** What stays at the new name is as it was when the rename is refused: no branch was chosen for it. */
function restoringOnFailure(renamed: Dentry, work: () => void): void {
  const { data } = renamed;
  try {
    work();
  } catch (problem) {
    if (renamed.inode !== null) renamed.data = data;
    throw problem;
  }
}

function move(union: Union, old: Dentry, renamed: Dentry): void {
  const { inode } = union.inodeOf(old);
  const isDir = inode.kind === "dir";
  const replaced = renamed.inode;
  const replacesDir = replaced?.kind === "dir";
  if (replaced !== null && isDir !== replacesDir) fail(isDir ? "ENOTDIR" : "EISDIR");
  const replacedTop = union.dentry(renamed).top;
  const branch = targetBranch(union, old, renamed, isDir || replacesDir);
  const hidden: Hidden = new Map();

  if (replacesDir) {
    const seen = { ...union.dentry(renamed), top: replacedTop };
    needEmpty(union, seen, hidden);
  }
  if (isDir) needMovable(union, old, branch);

  const wasThere = replacedTop === branch;
  if (!wasThere) copyUpParents(union, renamed, branch);
  const sourceTop = union.dentry(old).top;
  const { needsWhiteout } = placeToRemove(union, old, branch);
  if (sourceTop !== branch)
    copyUp(union, old, inode, { from: sourceTop, to: branch, reason: "rename" });
  needRemovable(union, old, branch);
  if (wasThere && replaced !== null) needRemovable(union, renamed, branch);

  if (needsWhiteout || sourceTop !== branch) makeWhiteout(union, old, branch);
  const newDir = directoryOf(union, renamed, branch);
  const isHidden = wasThere && union.child(branch, newDir, whiteoutOf(renamed.name)) !== NO_NODE;
  const aside = replacesDir && moveAside(union, branch, newDir, renamed.name);
  const replacedNode = lowerOf(union.dentry(renamed), branch);
  const disk = union.branch(branch);
  disk.rename(directoryOf(union, old, branch), old.name, newDir, renamed.name);
  if (isDir && becomesOpaque(union, old, renamed, branch, isHidden))
    makeOpaque(union, old, branch, union.tx.pathOf(renamed));
  if (isHidden) removeWhiteout(union, renamed, branch);
  if (aside) discardDirectory(union, branch, newDir, aside, hidden);
  settle(union, old, renamed, branch, replacedNode);
  moveName(union, old, renamed);
  directoryChanged(union, renamed, branch);
  directoryChanged(union, old, branch);
  if (isDir) forgetDirectory(union, union.inode(inode).number);
}

function swap(union: Union, old: Dentry, renamed: Dentry): void {
  const { inode } = union.inodeOf(old);
  const { inode: other } = union.inodeOf(renamed);
  const isDir = inode.kind === "dir";
  const isOtherDir = other.kind === "dir";
  const otherTop = union.dentry(renamed).top;
  const branch = targetBranch(union, old, renamed, isDir || isOtherDir);
  dropNegative(renamed);
  if (isOtherDir) needMovable(union, renamed, branch);
  if (isDir) needMovable(union, old, branch);
  copyUpParents(union, renamed, branch);
  copyUpParents(union, old, branch);
  const top = union.dentry(old).top;
  if (top !== branch) copyUp(union, old, inode, { from: top, to: branch, reason: "rename" });
  if (otherTop !== branch)
    copyUp(union, renamed, other, { from: otherTop, to: branch, reason: "rename" });
  const oldDir = directoryOf(union, old, branch);
  const newDir = directoryOf(union, renamed, branch);
  union.branch(branch).exchange(oldDir, old.name, newDir, renamed.name);
  const hides = (data: { readonly opaque: number; readonly bottom: number }) =>
    branch < data.opaque || branch < data.bottom;
  const [mine, theirs] = [union.dentry(old), union.dentry(renamed)];
  if (isDir && mine.opaque !== branch && hides(theirs))
    makeOpaque(union, old, branch, union.tx.pathOf(renamed));
  if (isOtherDir && theirs.opaque !== branch && hides(mine))
    makeOpaque(union, renamed, branch, union.tx.pathOf(old));
  for (const dentry of [old, renamed]) {
    const data = union.dentry(dentry);
    dentry.data = { ...data, lower: upTo(data.lower, branch), bottom: branch };
    directoryChanged(union, dentry, branch);
  }
}

function targetBranch(union: Union, old: Dentry, renamed: Dentry, isDir: boolean): number {
  const from = union.dentry(old).top;
  const to = union.dentry(renamed).top;
  const wanted = renamed.inode !== null && to < from ? to : from;
  return chooseBranch(union, renamed, {
    adds: true,
    isDir,
    forced: branchKept(union, renamed, wanted),
    source: old,
  });
}

/** EXDEV when a directory would leave something behind (rules N-06–N-12). */
function needMovable(union: Union, dentry: Dentry, branch: number): void {
  const data = union.dentry(dentry);
  try {
    if (data.top !== branch) needEmpty(union, data, new Map());
    else if (data.top !== tailOf(data)) needEmptyBelow(union, data);
  } catch (problem) {
    if (problem instanceof Failure && problem.errno === "ENOTEMPTY") fail("EXDEV");
    throw problem;
  }
}

/** Renames a directory that is in the way to a temporary name. Gives that name, or "" when there is none. */
function moveAside(union: Union, branch: number, dir: NodeId, name: string): string {
  const disk = union.branch(branch);
  if (disk.child(dir, name) === NO_NODE) return "";
  const temporary = temporaryName(name, union.nextCounter());
  disk.rename(dir, name, dir, temporary);
  return temporary;
}

function becomesOpaque(
  union: Union,
  old: Dentry,
  renamed: Dentry,
  branch: number,
  isHidden: boolean,
): boolean {
  const { opaque, bottom } = union.dentry(renamed);
  if (union.dentry(old).opaque === branch) return false;
  return isHidden || branch <= opaque || branch < bottom || union.options.alwaysOpaque;
}

/** What both names and inodes are after a rename. */
function settle(
  union: Union,
  old: Dentry,
  renamed: Dentry,
  branch: number,
  replacedNode: NodeId,
): void {
  if (renamed.inode !== null) {
    if (renamed.inode.kind === "dir")
      setInode(union, renamed.inode, { ...union.inode(renamed.inode), nlink: 0 });
    else dropLink(union, renamed);
    const data = withLower(union.dentry(renamed), branch, replacedNode);
    renamed.data = withRange(replacedNode < 0 ? withLower(data, branch, NOTHING) : data, true);
  }
  old.data = { ...union.dentry(old), whiteout: -1 };
  leaveLower(union, old, branch);
}

/** A file with several names is known by the new one. */
function moveName(union: Union, old: Dentry, renamed: Dentry): void {
  if (old.parent === null || renamed.parent === null || old.inode === null) return;
  rememberName(union, renamed.parent, renamed.name, old.inode);
  forgetName(union, old.parent, old.name, old.inode);
}

/** A moved name has nothing below any more; its inode neither, unless other names hang on it as pseudo-links. */
function leaveLower(union: Union, dentry: Dentry, branch: number): void {
  const data = union.dentry(dentry);
  dentry.data = { ...data, lower: upTo(data.lower, branch), bottom: branch };
  const { inode, data: known } = union.inodeOf(dentry);
  if (known.plinked) return;
  for (let at = branch + 1; at <= known.bottom; at++) {
    const node = lowerInode(known, at);
    if (node !== NO_NODE) renumber(union, at, node);
  }
  setInode(union, inode, { ...known, lower: upTo(known.lower, branch), bottom: branch });
}

function upTo(lower: readonly NodeId[], branch: number): readonly NodeId[] {
  return lower.map((node, at) => (at > branch ? NOTHING : node));
}

function dropNegative(dentry: Dentry): void {
  if (dentry.data?.type === "aufs") dentry.data = withRange(dentry.data, true);
}
