import { mapSet } from "../tree/persistent-map.ts";
import { truncateOpened } from "./attributes.ts";
import type { Call, Fd, OpenFlag } from "./call.ts";
import { newDentry } from "./dentry.ts";
import { enterDescriptor, enterPipe, hasReader, releaseFile } from "./descriptors.ts";
import { MAY_READ, MAY_WRITE } from "./dialect.ts";
import { dialectOf } from "./dialects.ts";
import { Failure, fail } from "./errno.ts";
import type { FileData, FileId, OpenFile } from "./machine.ts";
import { mayCreate, modeFor, needWritable } from "./names.ts";
import { openedById } from "./opened.ts";
import { hold, mountOf, type Place } from "./place.ts";
import type { Transaction } from "./transaction.ts";
import { finishWalk, lastPlace, type Walked, walkParent, walkSymlink } from "./walk.ts";

interface Wanted {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
  readonly append: boolean;
  readonly directory: boolean;
  readonly noFollow: boolean;
  readonly pathOnly: boolean;
  readonly tmpfile: boolean;
  readonly mode: number;
}

/** open(2), in the order in which fs/namei.c and fs/open.c of Linux check things. */
export function open(tx: Transaction, call: Call<"open">): Fd {
  const wanted = wantedBy(call.flags, (call.mode ?? 0) & 0o7777);
  if (wanted.create && wanted.directory) fail("EINVAL");
  let walked = walkParent(tx, call.path, call.at);
  if (wanted.tmpfile) return openNameless(tx, walked, wanted);
  for (;;) {
    const place = findOrCreate(tx, walked, wanted);
    if (place.isNew) return finishOpen(tx, place, wanted, true);
    const inode = place.dentry.inode;
    if (inode === null) fail("ENOENT");
    const isFinal = inode.kind !== "symlink" || (wanted.noFollow && !walked.slash);
    if (isFinal) {
      if (walked.slash && inode.kind !== "dir") fail("ENOTDIR");
      return finishOpen(tx, place, wanted, false);
    }
    walked = walkSymlink(tx, walked, place.dentry);
  }
}

function wantedBy(flags: readonly OpenFlag[], mode: number): Wanted {
  const has = (flag: OpenFlag) => flags.includes(flag);
  const pathOnly = has("O_PATH");
  const exclusive = has("O_EXCL") && has("O_CREAT");
  return {
    readable: !has("O_WRONLY") && !pathOnly,
    writable: (has("O_WRONLY") || has("O_RDWR")) && !pathOnly,
    create: has("O_CREAT") && !pathOnly,
    exclusive,
    truncate: has("O_TRUNC") && !pathOnly,
    append: has("O_APPEND"),
    directory: has("O_DIRECTORY"),
    noFollow: has("O_NOFOLLOW") || exclusive,
    pathOnly,
    tmpfile: has("O_TMPFILE"),
    mode,
  };
}

function findOrCreate(
  tx: Transaction,
  walked: Walked,
  wanted: Wanted,
): Place & { readonly isNew: boolean } {
  if (walked.last !== "name") return { ...lastPlace(tx, walked), isNew: false };
  if (wanted.create && walked.slash) fail("EISDIR");
  const place = lastPlace(tx, walked);
  if (place.dentry.inode !== null || !wanted.create) return { ...place, isNew: false };
  const { dir } = walked;
  needWritable(tx, dir);
  mayCreate(tx, dir);
  const mode = modeFor(tx, dir.dentry, wanted.mode, "file");
  dialectOf(tx, dir.dentry.fs).create(tx, dir.dentry, place.dentry, mode);
  return { ...place, isNew: true };
}

function finishOpen(tx: Transaction, place: Place, wanted: Wanted, isNew: boolean): Fd {
  const { dentry } = place;
  const inode = dentry.inode;
  if (inode === null) fail("ENOENT");
  if (wanted.pathOnly) {
    if (wanted.directory && inode.kind !== "dir") fail("ENOTDIR");
    return enterDescriptor(tx, enterFile(tx, place, wanted, null));
  }
  if (wanted.create && !isNew) {
    if (wanted.exclusive) fail("EEXIST");
    if (inode.kind === "dir") fail("EISDIR");
  }
  if (wanted.directory && inode.kind !== "dir") fail("ENOTDIR");
  const truncates = wanted.truncate && !isNew && inode.kind === "file";
  if (truncates) needWritable(tx, place);
  const writes = wanted.writable || (wanted.truncate && !isNew);
  if (inode.kind === "symlink") fail("ELOOP");
  if (inode.kind === "dir" && writes) fail("EISDIR");
  const dialect = dialectOf(tx, dentry.fs);
  const want = (wanted.readable ? MAY_READ : 0) | (writes ? MAY_WRITE : 0);
  if (!isNew) dialect.permission(tx, dentry, want);
  if (wanted.writable && inode.kind === "file" && mountOf(tx, place.mount).readOnly)
    needWritable(tx, place);
  if (inode.kind === "socket") fail("ENXIO");
  if (inode.kind === "char" || inode.kind === "block") {
    const { rdev } = dialect.peek(tx, dentry);
    if (inode.kind === "block" || rdev[0] !== 1) fail("ENXIO");
  }
  if (inode.kind === "fifo" && wanted.writable && !wanted.readable && !hasReader(tx, inode))
    fail("ENXIO");
  const data = dialect.open(tx, dentry, wanted.writable, truncates);
  const file = enterFile(tx, place, wanted, data);
  if (inode.kind === "fifo") enterPipe(tx, inode, wanted.readable, wanted.writable);
  if (truncates) truncateOrClose(tx, file);
  return enterDescriptor(tx, file);
}

function truncateOrClose(tx: Transaction, file: FileId): void {
  try {
    truncateOpened(tx, openedById(tx, file), 0, true);
  } catch (failure) {
    if (failure instanceof Failure) releaseFile(tx, file);
    throw failure;
  }
}

/** A new open file, not yet at a descriptor. */
function enterFile(tx: Transaction, place: Place, wanted: Wanted, data: FileData): FileId {
  const id = tx.take();
  const file: OpenFile = {
    place: hold(tx, place),
    path: tx.pathOf(place.dentry),
    readable: wanted.readable,
    writable: wanted.writable,
    append: wanted.append,
    pathOnly: wanted.pathOnly,
    offset: 0,
    data,
    refs: 1,
  };
  tx.set({ files: mapSet(tx.machine.files, id, file) });
  return id;
}

/** O_TMPFILE: a file in a directory, without a name. */
function openNameless(tx: Transaction, walked: Walked, wanted: Wanted): Fd {
  if (!wanted.writable) fail("EINVAL");
  const dir = finishWalk(tx, walked, !wanted.noFollow);
  if (dir.inode.kind !== "dir") fail("ENOTDIR");
  needWritable(tx, dir);
  mayCreate(tx, dir);
  const dentry = newDentry(dir.dentry.fs, dir.dentry, "", null);
  dentry.unlinked = true;
  const mode = modeFor(tx, dir.dentry, wanted.mode, "file");
  const dialect = dialectOf(tx, dir.dentry.fs);
  dialect.tmpfile(tx, dir.dentry, dentry, mode);
  const data = dialect.open(tx, dentry, true, false);
  return enterDescriptor(tx, enterFile(tx, { mount: dir.mount, dentry }, wanted, data));
}
