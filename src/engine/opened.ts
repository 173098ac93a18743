import { mapEntries, mapGet } from "../tree/persistent-map.ts";
import type { Fd } from "./call.ts";
import type { OpenedFile } from "./dialect.ts";
import { fail } from "./errno.ts";
import type { FileId, FsId } from "./machine.ts";
import { dentryOf } from "./place.ts";
import type { Transaction } from "./transaction.ts";

/** The open file behind a descriptor. Fails with EBADF. O_PATH descriptors are refused unless asked for. */
export function openedFile(tx: Transaction, fd: Fd, allowPath = false): OpenedFile {
  const id = fileIdOf(tx, fd);
  if (!allowPath && tx.file(id).pathOnly) fail("EBADF");
  return openedById(tx, id);
}

export function openedById(tx: Transaction, id: FileId): OpenedFile {
  const met = tx.opened.get(id);
  if (met !== undefined) return met;
  const file = tx.file(id);
  const dentry = dentryOf(tx, file.place.node);
  const inode = dentry.inode;
  if (inode === null) throw new RangeError(`open file ${id} has no inode`);
  const { path, readable, writable, append, data } = file;
  if (inode.kind === "dir" && dentry.pin !== 0) dentry.path ??= path;
  const mount = file.place.mount;
  const opened: OpenedFile = { id, mount, dentry, inode, path, readable, writable, append, data };
  tx.opened.set(id, opened);
  return opened;
}

/** Directories of a union have moved: so have they, and the directories in them, that are open. */
export function moveOpened(
  tx: Transaction,
  fs: FsId,
  moves: readonly (readonly [from: string, to: string])[],
): void {
  for (const [id, { place, path }] of mapEntries(tx.machine.files)) {
    const move = moves.find(([from]) => path === from || path.startsWith(`${from}/`));
    if (move === undefined || place.node.type !== "dentry") continue;
    const dentry = tx.pinnedDentry(place.node.dentry);
    if (dentry.fs !== fs || dentry.unlinked || dentry.inode?.kind !== "dir") continue;
    const [from, to] = move;
    tx.setFile(id, { path: to + path.slice(from.length) });
  }
}

/** The open file that a descriptor of the caller stands for. Fails with EBADF. */
export function fileIdOf(tx: Transaction, fd: Fd): FileId {
  const id = mapGet(tx.process.descriptors, fd);
  return id ?? fail("EBADF");
}
