import { aufs } from "./aufs/aufs.ts";
import type { Dialect, Inode } from "./dialect.ts";
import type { FsId } from "./machine.ts";
import { overlay } from "./overlay/overlay.ts";
import { plain } from "./plain.ts";
import type { Transaction } from "./transaction.ts";

/** The operations of a file system. */
export function dialectOf(tx: Transaction, fs: FsId): Dialect {
  const { type } = tx.fs(fs);
  if (type === "plain") return plain;
  return type === "overlay" ? overlay : aufs;
}

/** An inode of a union is held from now on. */
export function holdInode(tx: Transaction): (inode: Inode) => void {
  return (inode) => dialectOf(tx, inode.fs).hold(tx, inode);
}

/** An inode of a union is no longer held. */
export function dropInode(tx: Transaction): (inode: Inode) => void {
  return (inode) => dialectOf(tx, inode.fs).drop(tx, inode);
}
