import { diskOf, NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import { mapGet } from "../../tree/persistent-map.ts";
import type { Stat } from "../call.ts";
import { type AttributeChange, type Dentry, MAY_WRITE } from "../dialect.ts";
import { fail } from "../errno.ts";
import type { CopyUpReason } from "../event.ts";
import { decide, wantText } from "../permission.ts";
import { setNodeAttributes } from "../plain.ts";
import { copyUp, copyUpNameless } from "./copy-up.ts";
import { refreshFile } from "./file.ts";
import { countLinks, forgetDirectory, setInode } from "./inode.ts";
import { lowerOf, tailOf } from "./lookup.ts";
import { chooseBranch } from "./place.ts";
import { lowerInode, type Union } from "./union.ts";

/**
 * What stat gives: the attributes of the topmost branch that has the inode, asked anew (rules, P-04). The link count
 * of a pseudo-link, and of a name below it, is the one in memory.
 */
export function statName(union: Union, dentry: Dentry): Stat {
  const { inode, data } = union.inodeOf(dentry);
  if (union.options.udba === "none") return peekName(union, dentry);
  forgetDirectory(union, data.number);
  if (inode.kind !== "dir" && !data.plinked && union.dentry(dentry).top === data.top) {
    const { nlink } = union.node(data.top, lowerInode(data, data.top));
    if (nlink !== data.nlink) setInode(union, inode, { ...data, nlink });
  }
  return peekName(union, dentry);
}

/** The attributes as they are remembered. */
export function peekName(union: Union, dentry: Dentry): Stat {
  const { data } = union.inodeOf(dentry);
  const node = lowerInode(data, data.top);
  const branch = union.branch(data.top);
  const { kind, mode, uid, gid, mtime, ctime, rdev, content } = branch.node(node);
  const seen = mapGet(union.state.stale, data.number);
  return {
    kind,
    mode,
    uid,
    gid,
    size: seen?.size ?? branch.size(node),
    nlink: kind === "dir" && data.nlink > 0 ? countLinks(union, data) : data.nlink,
    mtime: seen?.mtime ?? mtime,
    ctime,
    ino: data.number,
    dev: union.fs,
    rdev,
    blocks: diskOf(content) / 512,
  };
}

/**
 * Fails with ESTALE when a descriptor's name is not what the branches have (rule A-02): fstat asks the name again.
 *
 * So it is for a lower file that another was renamed over, and for a file without names whose pseudo-link remains.
 */
export function needFresh(union: Union, dentry: Dentry): void {
  if (dentry.parent === null || union.options.udba === "none") return;
  const name = union.dentry(dentry);
  const { inode, data } = union.inodeOf(dentry);
  const hasNames = data.nlink > 0;
  const { whiteout } = name;
  const first = whiteout >= 0 && whiteout < name.top ? whiteout : name.top;
  const last = inode.kind === "dir" ? tailOf(name) : first;
  for (let branch = first; branch <= last; branch++) {
    const held = lowerOf(name, branch);
    const node =
      held === NO_NODE && branch === whiteout && data.nameless.includes(branch)
        ? lowerInode(data, branch)
        : held;
    if (node === NO_NODE) continue;
    const inodeThere = lowerInode(data, branch);
    if (inodeThere !== NO_NODE && inodeThere !== node) fail("ESTALE");
    if (branch === whiteout) continue;
    if (dentry.unlinked === isNamed(union, dentry, branch, node)) fail("ESTALE");
    if (hasNames !== union.node(branch, node).nlink > 0) fail("ESTALE");
  }
}

/**
 * EACCES or EROFS unless the caller may (rules L-18, L-19).
 *
 * A directory asked for reading or searching is asked in every branch without dirperm1, else only the topmost one. What
 * is written needs a writable branch at or above its own, but for devices and FIFOs.
 */
export function needPermission(union: Union, dentry: Dentry, want: number): void {
  const { inode, data } = union.inodeOf(dentry);
  const isWrite = (want & MAY_WRITE) !== 0;
  if (inode.kind === "dir" && !isWrite && union.tx.credentials.uid === 0) return;
  if (inode.kind !== "dir" || isWrite || union.options.dirperm1) {
    needBranchPermission(union, dentry, data.top, lowerInode(data, data.top), want, false);
    const isPlace = inode.kind === "dir" || inode.kind === "file" || inode.kind === "symlink";
    if (isWrite && isPlace) needWritable(union, dentry, data.top, want);
    return;
  }
  for (let branch = data.top; branch <= data.bottom; branch++) {
    const node = lowerInode(data, branch);
    if (node !== NO_NODE)
      needBranchPermission(union, dentry, branch, node, want, branch > data.top);
  }
}

/** Changes attributes; what lies on a read-only branch is copied up, all of a file's data with it (rules C-04–C-08, C-17). */
export function setAttributes(union: Union, dentry: Dentry, change: AttributeChange): void {
  if (change.file !== undefined && change.size !== undefined) refreshFile(union, change.file);
  const { top } = union.dentry(dentry);
  const { branch, node } = writableNode(union, dentry, change.reason, change.size);
  const path = union.tx.pathOf(dentry);
  const asked = branch === top ? change : withoutTruncationTime(change);
  setNodeAttributes(union.tx, union.branch(branch), node, asked, path);
  forgetDirectory(union, union.inodeOf(dentry).data.number);
}

/** A truncation that copies passes its size on and not its mtime: the branch decides about that (rule C-03). */
function withoutTruncationTime(change: AttributeChange): AttributeChange {
  if (change.size === undefined) return change;
  const { mtime, ...rest } = change;
  return rest;
}

/** The inode, on a writable branch, whose attributes a call changes. `size`: what is longer need not be copied. */
export function writableNode(
  union: Union,
  dentry: Dentry,
  reason: CopyUpReason,
  size?: number,
): { readonly branch: number; readonly node: NodeId } {
  const { inode, data } = union.inodeOf(dentry);
  const { top } = union.dentry(dentry);
  const forced = top !== data.top && union.isWritable(data.top) ? data.top : -1;
  const branch = chooseBranch(union, dentry, {
    adds: false,
    isDir: inode.kind === "dir",
    forced,
  });
  if (branch === top) return { branch, node: lowerOf(union.dentry(dentry), branch) };
  const what = { from: top, to: branch, reason, ...(size === undefined ? {} : { length: size }) };
  if (dentry.unlinked) {
    if (!data.nameless.includes(branch))
      copyUpNameless(union, dentry, inode, what, lowerOf(union.dentry(dentry), top));
    return { branch, node: lowerInode(union.inode(inode), branch) };
  }
  copyUp(union, dentry, inode, what);
  return { branch, node: lowerOf(union.dentry(dentry), branch) };
}

/** Whether a branch still has the inode under the dentry's name. */
function isNamed(union: Union, dentry: Dentry, branch: number, node: NodeId): boolean {
  if (dentry.parent === null) return true;
  const dir = lowerOf(union.dentry(dentry.parent), branch);
  return dir !== NO_NODE && union.child(branch, dir, dentry.name) === node;
}

function needBranchPermission(
  union: Union,
  dentry: Dentry,
  branch: number,
  node: NodeId,
  want: number,
  isLower: boolean,
): void {
  const { credentials } = union.tx;
  const object = union.node(branch, node);
  const { granted, rule } = decide(credentials, object, want);
  if (granted) return;
  union.emit({
    type: "permission",
    fs: union.fs,
    path: union.tx.pathOf(dentry),
    branch,
    want: wantText(want),
    who: credentials,
    mode: object.mode,
    rule: isLower ? "lower-branch" : rule,
    granted,
  });
  fail("EACCES");
}

function needWritable(union: Union, dentry: Dentry, top: number, want: number): void {
  for (let branch = top; branch >= 0; branch--) if (union.isWritable(branch)) return;
  union.emit({
    type: "permission",
    fs: union.fs,
    path: union.tx.pathOf(dentry),
    branch: null,
    want: wantText(want),
    who: union.tx.credentials,
    mode: statName(union, dentry).mode,
    rule: "read-only-mount",
    granted: false,
  });
  fail("EROFS");
}
