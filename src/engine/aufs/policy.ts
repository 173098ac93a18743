import { NO_NODE } from "../../tree/live-tree.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import { lowerOf } from "./lookup.ts";
import type { CreatePolicy } from "./options.ts";
import type { Union } from "./union.ts";

/** No branch will do. */
export const NO_BRANCH = -1;

/** The branch for something new (`create=`); -1 when the policy finds none and the copy-up policy is asked (rule D-01). */
export function branchToCreate(union: Union, dentry: Dentry, isDir: boolean): number {
  return createBy(union, dentry, union.options.create, isDir);
}

/** The branch for a copy, or for the whiteout of something on a read-only branch (`cpup=`, rule D-02). Fails with EROFS. */
export function branchToCopyUp(union: Union, dentry: Dentry): number {
  const branch = copyUpBy(union, dentry);
  if (branch === NO_BRANCH) fail("EROFS");
  return branch;
}

/** The branch of `old` if link or rename may put the new name there; -1 when not (rule D-03). */
export function branchKept(union: Union, dentry: Dentry, branch: number): number {
  const opaque = dentry.parent === null ? -1 : union.dentry(dentry.parent).opaque;
  const { whiteout } = union.dentry(dentry);
  const isCut = (opaque >= 0 && opaque < branch) || (whiteout >= 0 && whiteout < branch);
  return isCut || !union.isWritable(branch) ? NO_BRANCH : branch;
}

/** The next turn of a `create=rr` given by remount: it begins at the lowest writable branch and counts down. */
export function firstTurn(union: Union): number {
  return -writableAtOrAbove(union, union.state.branches.length - 1);
}

function createBy(union: Union, dentry: Dentry, policy: CreatePolicy, isDir: boolean): number {
  switch (policy) {
    case "tdp":
    case "pmfs":
    case "pmfsrr":
      return topDownParent(union, dentry);
    case "rr":
      return exceptional(union, dentry) ?? roundRobin(union, dentry, isDir);
    case "mfs":
    case "mfsrr":
      return exceptional(union, dentry) ?? mostFreeSpace(union, dentry);
    case "tdmfs":
      return writableAtOrBelow(union);
  }
}

function copyUpBy(union: Union, dentry: Dentry): number {
  switch (union.options.copyUp) {
    case "tdp":
      return topDownParent(union, dentry);
    case "bup":
      return bottomUpParent(union, dentry);
    case "bu":
      return writableAtOrAbove(union, union.dentry(dentry).top);
  }
}

/** The dentry's own branch; else the first writable one above it with the parent; else the nearest writable one above. */
function topDownParent(union: Union, dentry: Dentry): number {
  const { top } = union.dentry(dentry);
  if (union.isWritable(top)) return top;
  if (dentry.parent !== null) {
    const parent = union.dentry(dentry.parent);
    for (let branch = parent.top; branch < top; branch++)
      if (lowerOf(parent, branch) !== NO_NODE && union.isWritable(branch)) return branch;
  }
  const branch = writableAtOrAbove(union, top - 1);
  return branch === NO_BRANCH ? NO_BRANCH : aboveOpaque(union, dentry, branch);
}

function bottomUpParent(union: Union, dentry: Dentry): number {
  const { top } = union.dentry(dentry);
  const parent = dentry.parent === null ? union.rootDentry() : union.dentry(dentry.parent);
  for (let branch = top; branch >= parent.top; branch--)
    if (lowerOf(parent, branch) !== NO_NODE && union.isWritable(branch)) return branch;
  return writableAtOrAbove(union, parent.top - 1);
}

/** All policies but tdp stay above a whiteout of the name and an opaque parent. */
function exceptional(union: Union, dentry: Dentry): number | null {
  const { whiteout } = union.dentry(dentry);
  const opaque = dentry.parent === null ? -1 : union.dentry(dentry.parent).opaque;
  if (whiteout < 0 && opaque < 0) return null;
  const limit = whiteout < 0 ? opaque : opaque < 0 ? whiteout : Math.min(opaque, whiteout);
  const branch = aboveOpaque(union, dentry, limit);
  return union.isWritable(branch) ? branch : null;
}

/** Files take turns; a directory goes where the next file would, and takes no turn. */
function roundRobin(union: Union, dentry: Dentry, isDir: boolean): number {
  const count = union.state.branches.length;
  for (let tries = 0; tries < count; tries++) {
    let turn = union.state.turn;
    if (!isDir) {
      if (turn === 0) turn = -1;
      union.set({ turn: (turn - 1) | 0 });
    }
    const branch = (turn >>> 0) % count;
    if (union.isWritable(branch)) return aboveOpaque(union, dentry, branch);
  }
  return NO_BRANCH;
}

/** Where every branch has the same room, the kernel takes the lowest. */
function mostFreeSpace(union: Union, dentry: Dentry): number {
  const branch = writableAtOrAbove(union, union.state.branches.length - 1);
  return branch === NO_BRANCH ? NO_BRANCH : aboveOpaque(union, dentry, branch);
}

function writableAtOrBelow(union: Union): number {
  return union.state.branches.findIndex((_, branch) => union.isWritable(branch));
}

/** The nearest writable branch from `from` upwards; NO_BRANCH when there is none. */
export function writableAtOrAbove(union: Union, from: number): number {
  for (let branch = from; branch >= 0; branch--) if (union.isWritable(branch)) return branch;
  return NO_BRANCH;
}

/** Moves a choice up to the topmost branch in which a directory above the parent is opaque. */
function aboveOpaque(union: Union, dentry: Dentry, branch: number): number {
  let result = branch;
  for (let at = dentry.parent?.parent ?? null; at !== null; at = at.parent) {
    const { opaque } = union.dentry(at);
    if (opaque >= 0 && opaque < result) result = opaque;
  }
  return result;
}
