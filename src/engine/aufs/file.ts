import { NO_NODE } from "../../tree/live-tree.ts";
import type { Dentry, Inode, OpenedFile } from "../dialect.ts";
import { fail } from "../errno.ts";
import type { CopyUpReason } from "../event.ts";
import { appendPlink, copyUp, copyUpNameless, copyUpParents } from "./copy-up.ts";
import { setInode, withLowerInode } from "./inode.ts";
import { lowerOf, withLower, withRange } from "./lookup.ts";
import { directoryOf } from "./marks.ts";
import { branchToCopyUp, NO_BRANCH, writableAtOrAbove } from "./policy.ts";
import { type AufsFileData, NOTHING } from "./state.ts";
import { lowerInode, type Union } from "./union.ts";

/** Opens a name where it is. A file on a read-only branch is opened for reading only, whatever was asked (rule C-01). */
export function openFile(union: Union, dentry: Dentry, writable: boolean): AufsFileData {
  copyUpOnOpen(union, dentry);
  const data = union.dentry(dentry);
  const node = lowerOf(data, data.top);
  if (node === NO_NODE) fail("ENOENT");
  return {
    type: "aufs",
    branch: data.top,
    node,
    writable: writable && union.isWritable(data.top),
  };
}

/**
 * A branch may ask that what is opened there is copied up: regular files, or all but directories (rule C-20). With
 * `moo` a regular file then leaves the branch it was on.
 */
function copyUpOnOpen(union: Union, dentry: Dentry): void {
  const { inode } = dentry;
  const { top } = union.dentry(dentry);
  if (inode === null || inode.kind === "dir" || dentry.unlinked) return;
  const { permission } = union.entry(top);
  const opening = /\+(coo_reg|coo_all|moo)$/.exec(permission)?.[1];
  if (opening === undefined || (inode.kind !== "file" && opening !== "coo_all")) return;
  const to = writableAtOrAbove(union, top - 1);
  if (to === NO_BRANCH) return;
  copyUpParents(union, dentry, to);
  copyUp(union, dentry, inode, { from: top, to, reason: "open" });
  if (opening === "moo") leaveBranch(union, dentry, inode, top);
}

/** The name goes from a branch in which something was moved up; other names of the file there stay. */
function leaveBranch(union: Union, dentry: Dentry, inode: Inode, branch: number): void {
  const known = union.inode(inode);
  if (!known.plinked) setInode(union, inode, withLowerInode(known, branch, NOTHING));
  union.branch(branch).unlink(directoryOf(union, dentry, branch), dentry.name);
  dentry.data = withRange(withLower(union.dentry(dentry), branch, NOTHING), false);
}

/**
 * Brings a descriptor to the file that its name stands for now (rules C-12, P-03).
 *
 * One that was opened on a lower branch reads what was copied up meanwhile. When the inode is a pseudo-link that was
 * copied up under another name, this name is made as a hard link of it first: reading makes a link.
 */
export function refreshFile(union: Union, file: OpenedFile): void {
  const { dentry, inode } = file;
  const name = union.dentry(dentry);
  const known = union.inode(inode);
  const data = union.file(file.data);
  if (name.top === known.top && data.branch === name.top) return;
  if (dentry.parent !== null && known.top !== data.branch) {
    const to = union.isWritable(known.top) ? known.top : branchToCopyUp(union, dentry);
    if (inode.kind !== "dir" && known.plinked && !dentry.unlinked && to < name.top) {
      copyUpParents(union, dentry, to);
      copyUp(union, dentry, inode, { from: name.top, to, reason: "link" });
    } else if (known.nameless.includes(to)) {
      reopen(union, file, to, lowerInode(known, to));
      return;
    }
  }
  if (!dentry.unlinked) reopenByName(union, file);
}

/** The branch and inode that a descriptor writes to; the file is copied up first when it must be (rules C-02, C-13). */
export function readyToWrite(union: Union, file: OpenedFile, reason: CopyUpReason): AufsFileData {
  refreshFile(union, file);
  const data = union.file(file.data);
  if (union.isWritable(data.branch) && data.writable) return data;
  const { dentry, inode } = file;
  const to = branchToCopyUp(union, dentry);
  const { top } = union.dentry(dentry);
  if (!dentry.unlinked) copyUpParents(union, dentry, to);
  if (top <= to || !dentry.unlinked) {
    if (top > to) copyUp(union, dentry, inode, { from: data.branch, to, reason });
    reopenByName(union, file);
  } else writeNameless(union, dentry, inode, file, to, reason);
  return union.file(file.data);
}

function writeNameless(
  union: Union,
  dentry: Dentry,
  inode: Inode,
  file: OpenedFile,
  to: number,
  reason: CopyUpReason,
): void {
  const { branch: from, node } = union.file(file.data);
  if (!union.inode(inode).nameless.includes(to))
    copyUpNameless(union, dentry, inode, { from, to, reason }, node);
  const known = union.inode(inode);
  reopen(union, file, to, lowerInode(known, to));
  if (known.nlink > 1 && union.options.plink)
    appendPlink(union, inode, to, union.tx.pathOf(dentry));
}

function reopenByName(union: Union, file: OpenedFile): void {
  const name = union.dentry(file.dentry);
  reopen(union, file, name.top, lowerOf(name, name.top));
}

function reopen(union: Union, file: OpenedFile, branch: number, node: number): void {
  const data = union.file(file.data);
  const writable = file.writable && union.isWritable(branch);
  if (data.branch === branch && data.node === node && data.writable === writable) return;
  if (node === NO_NODE) fail("ENOENT");
  file.data = { type: "aufs", branch, node, writable };
  if (data.branch === branch) return;
  union.emit({
    type: "descriptor-reopened",
    fs: union.fs,
    path: union.tx.pathOf(file.dentry),
    from: data.branch,
    to: branch,
  });
}
