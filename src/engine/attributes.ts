import type { Time } from "../tree/live-tree.ts";
import type { Call, Fd, Stat, StatFs, Target, TimeChange } from "./call.ts";
import {
  type AttributeChange,
  type Dentry,
  MAY_EXEC,
  MAY_READ,
  MAY_WRITE,
  type OpenedFile,
} from "./dialect.ts";
import { dialectOf } from "./dialects.ts";
import { fail } from "./errno.ts";
import { needWritable } from "./names.ts";
import { openedFile } from "./opened.ts";
import { isInGroup, isOwner } from "./permission.ts";
import type { Place } from "./place.ts";
import type { Transaction } from "./transaction.ts";
import { walkPath } from "./walk.ts";

/** The system calls about attributes: stat, chmod, chown, utimens, truncate, extended attributes. */

const SETUID = 0o4000;
const SETGID = 0o2000;
const GROUP_EXEC = 0o010;
const MAX_XATTR_NAME = 255;
const MAX_XATTR_VALUE = 65_536;

export function stat(tx: Transaction, call: Call<"stat">): Stat {
  return statPath(tx, call, true);
}

export function lstat(tx: Transaction, call: Call<"lstat">): Stat {
  return statPath(tx, call, false);
}

function statPath(tx: Transaction, call: Call<"stat" | "lstat">, follow: boolean): Stat {
  const { dentry } = walkPath(tx, call.path, follow, call.at);
  return dialectOf(tx, dentry.fs).stat(tx, dentry);
}

export function fstat(tx: Transaction, call: Call<"fstat">): Stat {
  const file = openedFile(tx, call.fd, true);
  return dialectOf(tx, file.inode.fs).fstat(tx, file);
}

export function statfs(tx: Transaction, call: Call<"statfs">): StatFs {
  const { dentry } = walkPath(tx, call.path, true);
  return dialectOf(tx, dentry.fs).statfs(tx, dentry);
}

export function access(tx: Transaction, call: Call<"access">): null {
  const at = walkPath(tx, call.path, true);
  const want =
    (call.read ? MAY_READ : 0) | (call.write ? MAY_WRITE : 0) | (call.execute ? MAY_EXEC : 0);
  const isSpecial = at.inode.kind !== "file" && at.inode.kind !== "dir";
  if (want !== 0) dialectOf(tx, at.dentry.fs).permission(tx, at.dentry, want);
  if (call.write && !isSpecial) needWritable(tx, at);
  return null;
}

export function exec(tx: Transaction, call: Call<"exec">): null {
  const at = walkPath(tx, call.path, true);
  if (at.inode.kind !== "file") fail("EACCES");
  dialectOf(tx, at.dentry.fs).permission(tx, at.dentry, MAY_EXEC);
  return null;
}

export function readlink(tx: Transaction, call: Call<"readlink">): string {
  const { dentry, inode } = walkPath(tx, call.path, false, call.at);
  if (inode.kind !== "symlink") fail("EINVAL");
  return dialectOf(tx, dentry.fs).readlink(tx, dentry);
}

export function chmod(tx: Transaction, call: Call<"chmod">): null {
  const at = placeOfTarget(tx, call, false);
  needWritable(tx, at);
  const old = statOf(tx, at);
  needOwner(tx, at, old);
  let mode = call.mode & 0o7777;
  if (tx.credentials.uid !== 0 && !isInGroup(tx.credentials, old.gid)) mode &= ~SETGID;
  change(tx, at, { mode, reason: "chmod" });
  return null;
}

export function chown(tx: Transaction, call: Call<"chown">): null {
  const at = placeOfTarget(tx, call, call.noFollow ?? false);
  needWritable(tx, at);
  const old = statOf(tx, at);
  const { credentials } = tx;
  if (credentials.uid !== 0) {
    const mayGiveAway = call.uid === -1 || (credentials.uid === old.uid && call.uid === old.uid);
    const mayRegroup =
      call.gid === -1 ||
      (credentials.uid === old.uid && (call.gid === old.gid || isInGroup(credentials, call.gid)));
    if (!mayGiveAway || !mayRegroup) fail("EPERM");
  }
  const mode = old.kind === "dir" ? old.mode : withoutPrivileges(tx, old);
  if (mode !== old.mode) needOwner(tx, at, old);
  change(tx, at, {
    ...(call.uid === -1 ? {} : { uid: call.uid }),
    ...(call.gid === -1 ? {} : { gid: call.gid }),
    ...(mode === old.mode ? {} : { mode }),
    reason: "chown",
  });
  return null;
}

export function utimens(tx: Transaction, call: Call<"utimens">): null {
  const atime = call.atime ?? call.mtime;
  // The kernel does not even look whether the file is there.
  if (call.mtime === "omit" && atime === "omit") return null;
  const at = placeOfTarget(tx, call, call.noFollow ?? false);
  needWritable(tx, at);
  const old = statOf(tx, at);
  const isNow = call.mtime === "now" && atime === "now";
  if (!isOwner(tx.credentials, old)) {
    if (!isNow) fail("EPERM");
    dialectOf(tx, at.dentry.fs).permission(tx, at.dentry, MAY_WRITE);
  }
  const mtime = timeFor(tx, call.mtime);
  change(tx, at, {
    ...(mtime === null ? {} : { mtime }),
    ...(atime === "omit" ? {} : { atime: true }),
    reason: "utimens",
  });
  return null;
}

export function truncate(tx: Transaction, call: Call<"truncate">): null {
  if (call.length < 0) fail("EINVAL");
  const at = walkPath(tx, call.path, true);
  if (at.inode.kind === "dir") fail("EISDIR");
  if (at.inode.kind !== "file") fail("EINVAL");
  needWritable(tx, at);
  const dialect = dialectOf(tx, at.dentry.fs);
  dialect.permission(tx, at.dentry, MAY_WRITE);
  const privileges = droppedByWriting(tx, dialect.peek(tx, at.dentry));
  dialect.setattr(tx, at.dentry, { size: call.length, ...privileges, reason: "truncate" });
  return null;
}

export function ftruncate(tx: Transaction, call: Call<"ftruncate">): null {
  if (call.length < 0) fail("EINVAL");
  const file = openedFile(tx, call.fd);
  if (file.inode.kind !== "file" || !file.writable) fail("EINVAL");
  truncateOpened(tx, file, call.length, false);
  return null;
}

/** What ftruncate and open(O_TRUNC) do once they may. */
export function truncateOpened(
  tx: Transaction,
  file: OpenedFile,
  size: number,
  byOpen: boolean,
): void {
  const dialect = dialectOf(tx, file.dentry.fs);
  const privileges = droppedByWriting(tx, dialect.peek(tx, file.dentry));
  dialect.setattr(tx, file.dentry, {
    size,
    mtime: tx.time,
    ...privileges,
    file,
    ...(byOpen ? { byOpen } : {}),
    reason: "truncate",
  });
}

/** The mode that writing by the caller leaves, when it takes setuid or setgid away. */
function droppedByWriting(tx: Transaction, old: Stat): { readonly mode?: number } {
  if (tx.credentials.uid === 0) return {};
  const mode = withoutPrivileges(tx, old);
  return mode === old.mode ? {} : { mode };
}

export function getxattr(tx: Transaction, call: Call<"getxattr">): Uint8Array {
  const at = placeOfTarget(tx, call, call.noFollow ?? false);
  mayUseXattr(tx, at, call.name, MAY_READ);
  return dialectOf(tx, at.dentry.fs).getxattr(tx, at.dentry, call.name);
}

export function listxattr(tx: Transaction, call: Call<"listxattr">): readonly string[] {
  const { dentry } = placeOfTarget(tx, call, call.noFollow ?? false);
  const names = dialectOf(tx, dentry.fs).listxattr(tx, dentry);
  if (tx.credentials.uid === 0) return names;
  return names.filter((name) => !name.startsWith("trusted."));
}

export function setxattr(tx: Transaction, call: Call<"setxattr">): null {
  const at = placeOfTarget(tx, call, call.noFollow ?? false);
  if (call.value.length > MAX_XATTR_VALUE) fail("E2BIG");
  needWritable(tx, at);
  mayUseXattr(tx, at, call.name, MAY_WRITE);
  const flag = call.create ? "create" : call.replace ? "replace" : null;
  dialectOf(tx, at.dentry.fs).setxattr(tx, at.dentry, call.name, call.value, flag);
  return null;
}

export function removexattr(tx: Transaction, call: Call<"removexattr">): null {
  const at = placeOfTarget(tx, call, call.noFollow ?? false);
  needWritable(tx, at);
  mayUseXattr(tx, at, call.name, MAY_WRITE);
  dialectOf(tx, at.dentry.fs).removexattr(tx, at.dentry, call.name);
  return null;
}

/** xattr_permission() of the kernel: who may use which namespace on what. */
function mayUseXattr(tx: Transaction, at: Place, name: string, want: number): void {
  if (name === "" || name.length > MAX_XATTR_NAME) fail("ERANGE");
  const isWrite = want === MAY_WRITE;
  const { credentials } = tx;
  if (name.startsWith("trusted.")) {
    if (credentials.uid !== 0) fail(isWrite ? "EPERM" : "ENODATA");
    return;
  }
  if (name.startsWith("security.")) {
    if (isWrite && credentials.uid !== 0) fail("EPERM");
    return;
  }
  if (name.startsWith("system.")) fail("EOPNOTSUPP");
  const dialect = dialectOf(tx, at.dentry.fs);
  if (!name.startsWith("user.")) {
    dialect.permission(tx, at.dentry, want);
    fail("EOPNOTSUPP");
  }
  if (name === "user.") fail("EINVAL");
  const old = dialect.peek(tx, at.dentry);
  if (old.kind !== "file" && old.kind !== "dir") fail(isWrite ? "EPERM" : "ENODATA");
  if (isWrite && old.kind === "dir" && (old.mode & 0o1000) !== 0 && !isOwner(credentials, old))
    fail("EPERM");
  dialect.permission(tx, at.dentry, want);
}

interface TargetPlace extends Place {
  readonly file: OpenedFile | null;
}

function placeOfTarget(
  tx: Transaction,
  { target, at }: { readonly target: Target; readonly at?: Fd },
  noFollow: boolean,
): TargetPlace {
  if (typeof target === "string") return { ...walkPath(tx, target, !noFollow, at), file: null };
  const file = openedFile(tx, target);
  return { mount: file.mount, dentry: file.dentry, file };
}

function statOf(tx: Transaction, at: TargetPlace): Stat {
  const dialect = dialectOf(tx, at.dentry.fs);
  return at.file === null ? dialect.peek(tx, at.dentry) : dialect.peek(tx, at.file.dentry);
}

function change(tx: Transaction, at: TargetPlace, asked: AttributeChange): void {
  const withFile = at.file === null ? asked : { ...asked, file: at.file };
  dialectOf(tx, at.dentry.fs).setattr(tx, at.dentry, withFile);
}

function needOwner(tx: Transaction, at: Place, old: Stat): void {
  if (isOwner(tx.credentials, old)) return;
  denied(tx, at.dentry, old);
  fail("EPERM");
}

function denied(tx: Transaction, dentry: Dentry, old: Stat): void {
  tx.emit({
    type: "permission",
    fs: dentry.fs,
    path: tx.pathOf(dentry),
    branch: null,
    want: "",
    who: tx.credentials,
    mode: old.mode,
    rule: "not-owner",
    granted: false,
  });
}

/** The mode without setuid, and without setgid where that means anything. */
function withoutPrivileges(tx: Transaction, old: Stat): number {
  const mode = old.mode & ~SETUID;
  if ((mode & SETGID) === 0) return mode;
  if ((mode & GROUP_EXEC) !== 0) return mode & ~SETGID;
  return tx.credentials.uid === 0 || isInGroup(tx.credentials, old.gid) ? mode : mode & ~SETGID;
}

function timeFor(tx: Transaction, asked: TimeChange): Time | null {
  if (asked === "omit") return null;
  return asked === "now" ? tx.time : asked;
}
