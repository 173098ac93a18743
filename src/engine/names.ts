import type { EntryKind } from "../tree/column-tree.ts";
import type { Call, Fd } from "./call.ts";
import { forgetChild, isSameDentry, isSameInode, parentDentry } from "./dentry.ts";
import { type Dentry, MAY_EXEC, MAY_READ, MAY_WRITE } from "./dialect.ts";
import { dialectOf, dropInode, holdInode } from "./dialects.ts";
import { fail } from "./errno.ts";
import { moveOpened } from "./opened.ts";
import { decide, isInGroup, isOwner } from "./permission.ts";
import { childOf, mountAt, mountOf, type Place } from "./place.ts";
import type { Transaction } from "./transaction.ts";
import { walkParent, walkPath } from "./walk.ts";

/** The system calls that make, remove and move names; as fs/namei.c of Linux orders their checks. */

const SETGID = 0o2000;
const STICKY = 0o1000;

export function mkdir(tx: Transaction, call: Call<"mkdir">): null {
  const { dir, dentry } = newName(tx, call.path, call.at, true);
  mayCreate(tx, dir);
  const mode = modeFor(tx, dir.dentry, (call.mode ?? 0o777) & 0o1777, "dir");
  dialectOf(tx, dir.dentry.fs).mkdir(tx, dir.dentry, dentry, mode);
  return null;
}

export function mknod(tx: Transaction, call: Call<"mknod">): null {
  const { dir, dentry } = newName(tx, call.path, call.at, false);
  mayCreate(tx, dir);
  const isDevice = call.kind === "char" || call.kind === "block";
  // Anyone may make a character device 0:0, which opens nothing: it is a whiteout.
  const isWhiteout = call.kind === "char" && (call.rdev ?? [0, 0]).every((part) => part === 0);
  if (isDevice && !isWhiteout && tx.credentials.uid !== 0) fail("EPERM");
  const mode = modeFor(tx, dir.dentry, (call.mode ?? 0o666) & 0o7777, call.kind);
  const dialect = dialectOf(tx, dir.dentry.fs);
  if (call.kind === "file") dialect.create(tx, dir.dentry, dentry, mode);
  else dialect.mknod(tx, dir.dentry, dentry, call.kind, mode, call.rdev ?? [0, 0]);
  return null;
}

export function symlink(tx: Transaction, call: Call<"symlink">): null {
  if (call.target === "") fail("ENOENT");
  const { dir, dentry } = newName(tx, call.path, call.at, false);
  mayCreate(tx, dir);
  dialectOf(tx, dir.dentry.fs).symlink(tx, dir.dentry, dentry, call.target);
  return null;
}

export function link(tx: Transaction, call: Call<"link">): null {
  const old = walkPath(tx, call.from, call.follow ?? false, call.fromAt);
  const { dir, dentry } = newName(tx, call.to, call.toAt, false);
  if (old.mount !== dir.mount) fail("EXDEV");
  mayLink(tx, old);
  mayCreate(tx, dir);
  if (old.inode.kind === "dir") fail("EPERM");
  const dialect = dialectOf(tx, old.dentry.fs);
  if (dialect.peek(tx, old.dentry).nlink === 0) fail("ENOENT");
  dialect.link(tx, old.dentry, dir.dentry, dentry);
  return null;
}

export function unlink(tx: Transaction, call: Call<"unlink">): null {
  const walked = walkParent(tx, call.path, call.at);
  if (walked.last !== "name") fail("EISDIR");
  needWritable(tx, walked.dir);
  const dentry = childOf(tx, walked.dir.dentry, walked.name);
  if (dentry.inode === null) fail("ENOENT");
  if (walked.slash) fail(dentry.inode.kind === "dir" ? "EISDIR" : "ENOTDIR");
  mayDelete(tx, walked.dir.dentry, dentry, false);
  if (isMountPoint(tx, walked.dir, dentry)) fail("EBUSY");
  dialectOf(tx, dentry.fs).unlink(tx, walked.dir.dentry, dentry);
  forget(tx, walked.dir.dentry, dentry);
  return null;
}

export function rmdir(tx: Transaction, call: Call<"rmdir">): null {
  const walked = walkParent(tx, call.path, call.at);
  if (walked.last === "dotdot") fail("ENOTEMPTY");
  if (walked.last === "dot") fail("EINVAL");
  if (walked.last === "root") fail("EBUSY");
  needWritable(tx, walked.dir);
  const dentry = childOf(tx, walked.dir.dentry, walked.name);
  if (dentry.inode === null) fail("ENOENT");
  mayDelete(tx, walked.dir.dentry, dentry, true);
  if (isMountPoint(tx, walked.dir, dentry)) fail("EBUSY");
  dialectOf(tx, dentry.fs).rmdir(tx, walked.dir.dentry, dentry);
  forget(tx, walked.dir.dentry, dentry);
  return null;
}

export function rename(tx: Transaction, call: Call<"rename">): null {
  const exchange = call.exchange ?? false;
  if (exchange && call.noReplace) fail("EINVAL");
  const from = walkParent(tx, call.from);
  const to = walkParent(tx, call.to);
  if (from.dir.mount !== to.dir.mount) fail("EXDEV");
  if (from.last !== "name") fail("EBUSY");
  if (to.last !== "name") fail(call.noReplace ? "EEXIST" : "EBUSY");
  needWritable(tx, from.dir);
  const oldDir = from.dir.dentry;
  const newDir = to.dir.dentry;
  const old = childOf(tx, oldDir, from.name);
  if (old.inode === null) fail("ENOENT");
  const target = childOf(tx, newDir, to.name);
  if (call.noReplace && target.inode !== null) fail("EEXIST");
  if (exchange) {
    if (target.inode === null) fail("ENOENT");
    if (target.inode.kind !== "dir" && to.slash) fail("ENOTDIR");
  }
  const isDir = old.inode.kind === "dir";
  if (!isDir && (from.slash || (!exchange && to.slash))) fail("ENOTDIR");
  if (isAtOrAbove(tx, old, newDir)) fail("EINVAL");
  if (isAtOrAbove(tx, target, oldDir)) fail(exchange ? "EINVAL" : "ENOTEMPTY");
  if (isSameInode(old.inode, target.inode)) return null;

  mayDelete(tx, oldDir, old, isDir);
  if (target.inode === null) mayCreate(tx, to.dir);
  else mayDelete(tx, newDir, target, exchange ? target.inode.kind === "dir" : isDir);
  const dialect = dialectOf(tx, old.fs);
  if (!isSameDentry(oldDir, newDir)) {
    if (isDir) dialect.permission(tx, old, MAY_WRITE);
    if (exchange && target.inode?.kind === "dir") dialect.permission(tx, target, MAY_WRITE);
  }
  if (isMountPoint(tx, from.dir, old) || isMountPoint(tx, to.dir, target)) fail("EBUSY");
  const [oldPath, newPath] = [tx.pathOf(old), tx.pathOf(target)];
  dialect.rename(tx, oldDir, old, newDir, target, exchange);
  forgetChild(oldDir, from.name);
  forgetChild(newDir, to.name);
  if (exchange) tx.move(target, oldDir, from.name, holdInode(tx), dropInode(tx));
  else if (target.inode !== null) forget(tx, newDir, target);
  tx.move(old, newDir, to.name, holdInode(tx), dropInode(tx));
  if (isDir || exchange)
    moveOpened(tx, old.fs, [
      [oldPath, newPath],
      ...(exchange ? [[newPath, oldPath] as const] : []),
    ]);
  return null;
}

/** The place of a name that is to be made. Fails with EEXIST when it is there. */
function newName(
  tx: Transaction,
  path: string,
  at: Fd | undefined,
  wantDir: boolean,
): { readonly dir: Place; readonly dentry: Dentry } {
  const walked = walkParent(tx, path, at);
  if (walked.last !== "name") fail("EEXIST");
  const dentry = childOf(tx, walked.dir.dentry, walked.name);
  if (dentry.inode !== null) fail("EEXIST");
  if (walked.slash && !wantDir) fail("ENOENT");
  needWritable(tx, walked.dir);
  return { dir: walked.dir, dentry };
}

/** Fails with EROFS on a read-only mount. */
export function needWritable(tx: Transaction, place: Place): void {
  if (!mountOf(tx, place.mount).readOnly) return;
  tx.emit({
    type: "permission",
    fs: place.dentry.fs,
    path: tx.pathOf(place.dentry),
    branch: null,
    want: "w",
    who: tx.credentials,
    mode: 0,
    rule: "read-only-mount",
    granted: false,
  });
  fail("EROFS");
}

/** Whether names may be made in a directory: write and search, and it must not be removed. */
export function mayCreate(tx: Transaction, dir: Place): void {
  needAlive(tx, dir.dentry);
  dialectOf(tx, dir.dentry.fs).permission(tx, dir.dentry, MAY_WRITE | MAY_EXEC);
}

/** A mode with the umask taken off, and without setgid where the group is not the caller's. */
export function modeFor(tx: Transaction, dir: Dentry, mode: number, kind: EntryKind): number {
  const masked = mode & ~tx.process.umask;
  if (kind === "dir" || (masked & (SETGID | 0o010)) !== (SETGID | 0o010)) return masked;
  const above = dialectOf(tx, dir.fs).peek(tx, dir);
  if ((above.mode & SETGID) === 0 || tx.credentials.uid === 0) return masked;
  return isInGroup(tx.credentials, above.gid) ? masked : masked & ~SETGID;
}

function mayDelete(tx: Transaction, dir: Dentry, victim: Dentry, isDir: boolean): void {
  const inode = victim.inode;
  if (inode === null) fail("ENOENT");
  const dialect = dialectOf(tx, dir.fs);
  dialect.permission(tx, dir, MAY_WRITE | MAY_EXEC);
  if (tx.credentials.uid !== 0) checkSticky(tx, dir, victim);
  if (isDir && inode.kind !== "dir") fail("ENOTDIR");
  if (!isDir && inode.kind === "dir") fail("EISDIR");
  needAlive(tx, dir);
}

/** In a sticky directory only the owner of the name's file, or of the directory, may take the name away. */
function checkSticky(tx: Transaction, dir: Dentry, victim: Dentry): void {
  const dialect = dialectOf(tx, dir.fs);
  const above = dialect.peek(tx, dir);
  if ((above.mode & STICKY) === 0) return;
  const { uid } = tx.credentials;
  const granted = uid === above.uid || uid === dialect.peek(tx, victim).uid;
  if (granted) return;
  tx.emit({
    type: "permission",
    fs: dir.fs,
    path: tx.pathOf(victim),
    branch: null,
    want: "w",
    who: tx.credentials,
    mode: above.mode,
    rule: "sticky",
    granted,
  });
  fail("EPERM");
}

/** fs.protected_hardlinks: others may link only plain files that they can read and write. */
function mayLink(tx: Transaction, old: Place): void {
  if (!tx.machine.settings.protectedHardlinks) return;
  const stat = dialectOf(tx, old.dentry.fs).peek(tx, old.dentry);
  if (isOwner(tx.credentials, stat)) return;
  const isSpecial =
    stat.kind !== "file" || (stat.mode & 0o4000) !== 0 || (stat.mode & 0o2010) === 0o2010;
  if (!isSpecial && decide(tx.credentials, stat, MAY_READ | MAY_WRITE).granted) return;
  tx.emit({
    type: "permission",
    fs: old.dentry.fs,
    path: tx.pathOf(old.dentry),
    branch: null,
    want: "rw",
    who: tx.credentials,
    mode: stat.mode,
    rule: "protected-hardlinks",
    granted: false,
  });
  fail("EPERM");
}

/** A removed directory takes no names. */
function needAlive(tx: Transaction, dir: Dentry): void {
  if (dir.unlinked) fail("ENOENT");
  const node = dir.inode?.node ?? -1;
  if (node > 0 && tx.branch(dir.fs, null, dir.fs, 0).node(node).nlink === 0) fail("ENOENT");
}

function isMountPoint(tx: Transaction, dir: Place, dentry: Dentry): boolean {
  return mountAt(tx, { mount: dir.mount, dentry }) !== undefined;
}

/** Whether `dentry` is the directory `dir`, or lies above it. */
function isAtOrAbove(tx: Transaction, dentry: Dentry, dir: Dentry): boolean {
  if (dentry.inode?.kind !== "dir") return false;
  for (let at = dir; ; ) {
    if (isSameDentry(dentry, at)) return true;
    const up = parentDentry(tx, at);
    if (up === at) return false;
    at = up;
  }
}

function forget(tx: Transaction, dir: Dentry, dentry: Dentry): void {
  forgetChild(dir, dentry.name);
  tx.unhash(dentry);
}
