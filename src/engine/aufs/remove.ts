import { NO_NODE } from "../../tree/live-tree.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import {
  directoryChanged,
  forgetDirectory,
  forgetName,
  rememberDirectory,
  setInode,
} from "./inode.ts";
import { lowerOf, tailOf } from "./lookup.ts";
import { directoryOf, makeWhiteout } from "./marks.ts";
import { isHidden, temporaryName, WHITEOUT_PREFIX, whiteoutOf } from "./name.ts";
import { placeToRemove } from "./place.ts";
import type { AufsDentryData } from "./state.ts";
import { modeFor, type Union } from "./union.ts";

/** Names hidden by the whiteouts met so far, and the branch each was first met in. */
export type Hidden = Map<string, number>;

/**
 * Takes a name away: the whiteout first, if something below would show, then the file of the branch (rules W-01–W-04).
 */
export function remove(union: Union, dentry: Dentry): void {
  const { top } = union.dentry(dentry);
  const { branch, needsWhiteout } = placeToRemove(union, dentry, -1);
  const dir = directoryOf(union, dentry, branch);
  needRemovable(union, dentry, branch);
  if (needsWhiteout) makeWhiteout(union, dentry, branch);
  if (branch === top) union.branch(branch).unlink(dir, dentry.name);
  dropLink(union, dentry);
  directoryChanged(union, dentry, branch);
}

/** Takes a logically empty directory away (rules W-09–W-12). ENOTEMPTY when a name in it shows. */
export function removeDirectory(union: Union, dentry: Dentry): void {
  const data = union.dentry(dentry);
  const hidden: Hidden = new Map();
  needEmpty(union, data, hidden);
  const { branch, needsWhiteout } = placeToRemove(union, dentry, -1);
  const dir = directoryOf(union, dentry, branch);
  needRemovable(union, dentry, branch);
  const { inode, data: known } = union.inodeOf(dentry);
  if (inode.pin !== 0) rememberDirectory(union, inode);
  else forgetDirectory(union, known.number);
  if (needsWhiteout) makeWhiteout(union, dentry, branch);
  if (branch === data.top) {
    const temporary = temporaryName(dentry.name, union.nextCounter());
    union.branch(branch).rename(dir, dentry.name, dir, temporary);
    discardDirectory(union, branch, dir, temporary, hidden);
  }
  directoryChanged(union, dentry, branch);
  dentry.data = { ...union.dentry(dentry), opaque: -1 };
  setInode(union, inode, { ...known, nlink: 0 });
}

/** Removes a directory that was renamed out of view, with its whiteouts. One that holds more stays as rubbish. */
export function discardDirectory(
  union: Union,
  branch: number,
  dir: number,
  temporary: string,
  hidden: Hidden,
): void {
  const disk = union.branch(branch);
  const node = disk.child(dir, temporary);
  for (const [name, where] of hidden) {
    if (where !== branch) continue;
    const mark = disk.child(node, whiteoutOf(name));
    if (mark !== NO_NODE && disk.kind(mark) === "file") disk.unlink(node, whiteoutOf(name));
  }
  if (disk.children(node).length === 0) disk.rmdir(dir, temporary);
}

/** ENOTEMPTY unless every name in a merged directory is hidden by a whiteout met before it (rules W-11, N-15). */
export function needEmpty(union: Union, data: AufsDentryData, hidden: Hidden): void {
  for (let branch = data.top; branch <= tailOf(data); branch++)
    needEmptyBranch(union, data, branch, hidden, true);
}

/** The same for what lies below the top branch: names of the top one do not count (rules N-10, N-11). */
export function needEmptyBelow(union: Union, data: AufsDentryData): void {
  const hidden: Hidden = new Map();
  needEmptyBranch(union, data, data.top, hidden, false);
  for (let branch = data.top + 1; branch <= tailOf(data); branch++)
    needEmptyBranch(union, data, branch, hidden, true);
}

/** One name less for the inode of a dentry that lost its name. */
export function dropLink(union: Union, dentry: Dentry): void {
  const { inode, data } = union.inodeOf(dentry);
  setInode(union, inode, { ...data, nlink: Math.max(0, data.nlink - 1) });
  if (dentry.parent !== null) forgetName(union, dentry.parent, dentry.name, inode);
}

/**
 * Without dirperm1 the directory of the branch itself must allow the removal (EACCES); with it only the merged one,
 * which the VFS asked.
 */
export function needRemovable(union: Union, dentry: Dentry, branch: number): void {
  const { options, tx } = union;
  if (options.udba === "none" || union.dentry(dentry).top !== branch) return;
  if (options.dirperm1 || tx.credentials.uid === 0) return;
  const dir = union.node(branch, directoryOf(union, dentry, branch));
  if ((modeFor(dir, tx.credentials) & 3) !== 3) fail("EACCES");
}

function needEmptyBranch(
  union: Union,
  data: AufsDentryData,
  branch: number,
  hidden: Hidden,
  namesCount: boolean,
): void {
  const node = lowerOf(data, branch);
  if (node === NO_NODE || union.node(branch, node).nlink === 0) return;
  for (const [name] of union.branch(branch).children(node))
    if (isHidden(name)) {
      const plain = name.slice(WHITEOUT_PREFIX.length);
      if (!hidden.has(plain)) hidden.set(plain, branch);
    } else if (namesCount && !hidden.has(name)) fail("ENOTEMPTY");
}
