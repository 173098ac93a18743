import type { EntryKind } from "../../tree/column-tree.ts";
import { NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import type { NewNode } from "../../tree/tree-draft.ts";
import type { DeviceNumber } from "../call.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import { newNodeIn } from "../plain.ts";
import { appendPlink, copyUp, copyUpParents } from "./copy-up.ts";
import { directoryChanged, inodeFor, rememberName, setInode } from "./inode.ts";
import { EMPTY_DENTRY, lowerOf, withLower, withRange } from "./lookup.ts";
import { directoryOf, makeOpaque, removeWhiteout } from "./marks.ts";
import { checkName } from "./name.ts";
import { chooseBranch, type Placement } from "./place.ts";
import { branchKept } from "./policy.ts";
import { NOTHING } from "./state.ts";
import { lowerInode, type Union } from "./union.ts";

/** What a new name is to be. */
export interface NewEntry {
  readonly kind: EntryKind;
  /** With the umask taken off. */
  readonly mode: number;
  readonly target?: string;
  readonly rdev?: DeviceNumber;
}

/**
 * Makes a file, a symlink or a special file (rules W-05, W-18, D-01).
 *
 * The branch first has its directory; then the thing is made; then a whiteout of the name in that branch is removed. A
 * whiteout in a lower branch stays.
 */
export function add(union: Union, dentry: Dentry, entry: NewEntry): void {
  const { branch, isHidden } = prepare(union, dentry, {
    adds: true,
    isDir: false,
    forced: -1,
  });
  makeEntry(union, dentry, branch, entry);
  if (isHidden) removeWhiteout(union, dentry, branch);
  dentry.inode = inodeFor(union, union.dentry(dentry), entry.kind, true);
  directoryChanged(union, dentry, branch);
}

/** Makes a directory: opaque when it comes in the place of a whiteout of its own branch, or with diropq=a (W6–W8). */
export function addDirectory(union: Union, dentry: Dentry, mode: number): void {
  const { branch, isHidden } = prepare(union, dentry, {
    adds: true,
    isDir: true,
    forced: -1,
  });
  makeEntry(union, dentry, branch, { kind: "dir", mode });
  if (isHidden || union.options.alwaysOpaque)
    makeOpaque(union, dentry, branch, union.tx.pathOf(dentry));
  if (isHidden) removeWhiteout(union, dentry, branch);
  dentry.inode = inodeFor(union, union.dentry(dentry), "dir", true);
  directoryChanged(union, dentry, branch);
}

/** Makes a file without a name in a directory (O_TMPFILE); the directory comes up first. */
export function addNameless(union: Union, dir: Dentry, dentry: Dentry, mode: number): void {
  const { top } = union.dentry(dir);
  dentry.data = { ...EMPTY_DENTRY, top, bottom: top };
  const branch = chooseBranch(union, dentry, {
    adds: false,
    isDir: false,
    forced: -1,
  });
  const parent = directoryOf(union, dentry, branch);
  const made = owned(union, branch, parent, { kind: "file", mode });
  const node = union.branch(branch).makeNameless(parent, made);
  dentry.data = withLower(EMPTY_DENTRY, branch, node);
  const inode = inodeFor(union, dentry.data, "file", true);
  setInode(union, inode, { ...union.inode(inode), nlink: 1 });
  dentry.inode = inode;
}

/**
 * Makes one more name of a file (rules W-14–W-16).
 *
 * Of a file on a lower branch the data is copied up under the new name only, and a pseudo-link remembers that the old
 * name goes with it; with `noplink` the old name is copied up and then linked.
 */
export function addLink(union: Union, old: Dentry, dentry: Dentry): void {
  const { inode, data: source } = union.inodeOf(old);
  const { branch, isHidden } = prepare(union, dentry, {
    adds: true,
    isDir: false,
    forced: branchKept(union, dentry, source.top),
    source: old,
  });
  const dir = directoryOf(union, dentry, branch);
  const disk = union.branch(branch);
  const from = linkSource(union, old);
  if (!union.options.plink) linkWithoutPlink(union, old, dentry, branch, from);
  else if (branch >= from) disk.link(lowerInode(source, from), dir, dentry.name);
  else {
    const there = lowerInode(source, branch);
    if (there !== NO_NODE && disk.node(there).nlink > 0) disk.link(there, dir, dentry.name);
    else copyUpAs(union, old, dentry, branch, from);
    appendPlink(union, inode, branch, union.tx.pathOf(dentry));
  }
  const data = union.inode(inode);
  const made = disk.child(dir, dentry.name);
  dentry.data = { ...withLower(union.dentry(dentry), branch, made), top: branch };
  if (isHidden) removeWhiteout(union, dentry, branch);
  setInode(union, inode, { ...data, nlink: data.nlink + 1 });
  dentry.inode = inode;
  for (const name of [old, dentry])
    if (name.parent !== null && !name.unlinked) rememberName(union, name.parent, name.name, inode);
  directoryChanged(union, dentry, branch);
}

function prepare(
  union: Union,
  dentry: Dentry,
  placement: Placement,
): { readonly branch: number; readonly isHidden: boolean } {
  checkName(dentry.name);
  const branch = chooseBranch(union, dentry, placement);
  directoryOf(union, dentry, branch);
  return { branch, isHidden: union.dentry(dentry).whiteout === branch };
}

function makeEntry(union: Union, dentry: Dentry, branch: number, entry: NewEntry): void {
  const dir = directoryOf(union, dentry, branch);
  const node = union.branch(branch).make(dir, dentry.name, owned(union, branch, dir, entry));
  const { whiteout } = union.dentry(dentry);
  dentry.data = withLower({ ...EMPTY_DENTRY, whiteout }, branch, node);
}

/** What the branch makes: the caller's, or a setgid directory's group (rule W-18). */
function owned(union: Union, branch: number, dir: NodeId, entry: NewEntry): NewNode {
  const made = newNodeIn(union.node(branch, dir), union.tx.credentials, entry.kind, entry.mode);
  const { target, rdev } = entry;
  return {
    ...made,
    ...(target === undefined ? {} : { target }),
    ...(rdev === undefined ? {} : { rdev }),
  };
}

/** The branch a link is made from: the inode's top one, if it has a name there. */
function linkSource(union: Union, old: Dentry): number {
  const { data } = union.inodeOf(old);
  const node = lowerInode(data, data.top);
  return union.node(data.top, node).nlink > 0 || old.unlinked ? data.top : union.dentry(old).top;
}

function linkWithoutPlink(
  union: Union,
  old: Dentry,
  dentry: Dentry,
  branch: number,
  from: number,
): void {
  const { inode } = union.inodeOf(old);
  if (branch < from) {
    copyUpParents(union, old, branch);
    copyUp(union, old, inode, { from, to: branch, reason: "link" });
  }
  const node = lowerOf(union.dentry(old), branch);
  if (node === NO_NODE) fail("ENOENT");
  union.branch(branch).link(node, directoryOf(union, dentry, branch), dentry.name);
}

/** Copies a file up under another name than its own. */
function copyUpAs(union: Union, old: Dentry, dentry: Dentry, branch: number, from: number): void {
  const { inode, data } = union.inodeOf(old);
  const node = lowerInode(data, from);
  dentry.data = withLower(withLower(union.dentry(dentry), branch, NOTHING), from, node);
  copyUp(union, dentry, inode, { from, to: branch, reason: "link", original: old });
  dentry.data = withRange(withLower(union.dentry(dentry), from, NOTHING), false);
}
