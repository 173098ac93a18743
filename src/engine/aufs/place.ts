import { NO_NODE } from "../../tree/live-tree.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import { copyDownParents, copyUpParents } from "./copy-up.ts";
import { lowerOf, showsBelow, withLower, withRange } from "./lookup.ts";
import { directoryOf } from "./marks.ts";
import { branchToCopyUp, branchToCreate } from "./policy.ts";
import { NEGATIVE, NOTHING } from "./state.ts";
import type { Union } from "./union.ts";

/** For what a writable branch is wanted. */
export interface Placement {
  /** The name is new in its directory: the branch is prepared to hold it. */
  readonly adds: boolean;
  readonly isDir: boolean;
  /** The branch, already decided; -1 when not. */
  readonly forced: number;
  /** The name that is linked or renamed. */
  readonly source?: Dentry;
}

/**
 * Decides the branch in which a name is changed, and makes its directory there (rules D-01–D-04).
 *
 * Fails with EROFS when no branch above is writable, EIO when the branch has something of that name that is not the
 * union's.
 */
export function chooseBranch(union: Union, dentry: Dentry, placement: Placement): number {
  const { top } = union.dentry(dentry);
  const branch = decide(union, dentry, placement);
  if (branch === top) return branch;
  const parent = dentry.parent;
  if (parent !== null && lowerOf(union.dentry(parent), branch) === NO_NODE) {
    if (top > branch) copyUpParents(union, dentry, branch);
    else copyDownParents(union, dentry, branch);
  }
  if (!placement.adds) return branch;
  expectNothing(union, dentry, branch);
  if (dentry.inode === null) {
    const data = withLower(union.dentry(dentry), top, NOTHING);
    dentry.data = { ...withRange(data, false), top: branch, bottom: branch };
  }
  return branch;
}

/** Says that a branch will hold the name: EIO when it has something of that name. */
function expectNothing(union: Union, dentry: Dentry, branch: number): void {
  const dir = directoryOf(union, dentry, branch);
  if (union.child(branch, dir, dentry.name) !== NO_NODE) fail("EIO");
  dentry.data = withLower(union.dentry(dentry), branch, NEGATIVE);
}

/** The branch where a name is removed, its directory there, and whether a whiteout is needed (rules W-01–W-04). */
export function placeToRemove(
  union: Union,
  dentry: Dentry,
  decided: number,
): { readonly branch: number; readonly needsWhiteout: boolean } {
  const data = union.dentry(dentry);
  let branch = decided;
  if (branch < 0) branch = union.isWritable(data.top) ? data.top : branchToCopyUp(union, dentry);
  if (branch !== data.top) {
    copyUpParents(union, dentry, branch);
    return { branch, needsWhiteout: true };
  }
  const parent = dentry.parent === null ? union.rootDentry() : union.dentry(dentry.parent);
  const path = union.tx.pathOf(dentry);
  return { branch, needsWhiteout: showsBelow(union, parent, dentry.name, path, data) };
}

function decide(union: Union, dentry: Dentry, placement: Placement): number {
  if (placement.forced >= 0) return placement.forced;
  const { top } = union.dentry(dentry);
  let branch = top;
  if (placement.source !== undefined) branch = Math.min(branch, union.dentry(placement.source).top);
  else if (placement.adds) branch = branchToCreate(union, dentry, placement.isDir);
  return branch < 0 || !union.isWritable(branch) ? branchToCopyUp(union, dentry) : branch;
}
