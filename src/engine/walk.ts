import { NO_NODE } from "../tree/live-tree.ts";
import { AT_FDCWD, type Fd } from "./call.ts";
import { parentDentry } from "./dentry.ts";
import { type Dentry, type Inode, MAY_EXEC } from "./dialect.ts";
import { dialectOf } from "./dialects.ts";
import { fail } from "./errno.ts";
import { byteLength } from "./lookup.ts";
import { openedFile } from "./opened.ts";
import {
  childOf,
  crossMounts,
  dentryOf,
  isSamePlace,
  mountOf,
  type Place,
  placeOf,
} from "./place.ts";
import type { Transaction } from "./transaction.ts";

const MAX_PATH = 4096;
const MAX_NAME = 255;
const MAX_SYMLINKS = 40;

/** A path walked up to its last component. */
export interface Walked {
  /** The directory that the last component is looked up in. */
  readonly dir: Place;
  readonly name: string;
  /** What the last component is: a name, ".", "..", or nothing at all ("/"). */
  readonly last: "name" | "dot" | "dotdot" | "root";
  /** The path ends in "/". */
  readonly slash: boolean;
  /** Symlinks followed so far. */
  readonly links: number;
}

/** A place with something at it. */
export interface Positive extends Place {
  readonly inode: Inode;
}

/**
 * Walks to the last component, without looking it up. A relative path begins in the open directory `at`.
 *
 * Fails with ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, and EBADF when `at` is not open.
 */
export function walkParent(tx: Transaction, path: string, at: Fd = AT_FDCWD): Walked {
  return walkFrom(tx, startOf(tx, path, at), path, 0);
}

/** Walks to what a path names. The last symlink is followed with `follow`, or when the path ends in "/". */
export function walkPath(tx: Transaction, path: string, follow: boolean, at?: Fd): Positive {
  return finishWalk(tx, walkParent(tx, path, at), follow);
}

function startOf(tx: Transaction, path: string, at: Fd): Place {
  if (path.startsWith("/")) return placeOf(tx, tx.process.root);
  if (at === AT_FDCWD) return placeOf(tx, tx.process.cwd);
  const { mount, dentry, inode } = openedFile(tx, at, true);
  if (inode.kind !== "dir") fail("ENOTDIR");
  return { mount, dentry };
}

/** Looks the last component up, and follows it if it is a symlink. */
export function finishWalk(tx: Transaction, walked: Walked, follow: boolean): Positive {
  let at = walked;
  for (;;) {
    const place = lastPlace(tx, at);
    const inode = place.dentry.inode;
    if (inode === null) fail("ENOENT");
    if (inode.kind === "symlink" && (follow || at.slash)) {
      const target = followSymlink(tx, place.dentry, at.links);
      const slash = at.slash;
      const start = target.startsWith("/") ? placeOf(tx, tx.process.root) : at.dir;
      const next = walkFrom(tx, start, target, at.links + 1);
      at = slash ? { ...next, slash } : next;
      continue;
    }
    if (at.slash && inode.kind !== "dir") fail("ENOTDIR");
    return { ...place, inode };
  }
}

/** What the last component names, or a dentry without an inode. Mounts on it are crossed. */
export function lastPlace(tx: Transaction, walked: Walked): Place {
  if (walked.last === "dotdot") return above(tx, walked.dir);
  if (walked.last !== "name") return walked.dir;
  return crossMounts(tx, {
    mount: walked.dir.mount,
    dentry: childOf(tx, walked.dir.dentry, walked.name),
  });
}

/** Goes on from a symlink that was met as the last component. */
export function walkSymlink(tx: Transaction, walked: Walked, dentry: Dentry): Walked {
  const target = followSymlink(tx, dentry, walked.links);
  const start = target.startsWith("/") ? placeOf(tx, tx.process.root) : walked.dir;
  const next = walkFrom(tx, start, target, walked.links + 1);
  return walked.slash ? { ...next, slash: true } : next;
}

function walkFrom(tx: Transaction, start: Place, path: string, links: number): Walked {
  if (path === "") fail("ENOENT");
  if (path.length >= MAX_PATH || (path.length * 3 >= MAX_PATH && byteLength(path) >= MAX_PATH))
    fail("ENAMETOOLONG");
  let parts = path.split("/");
  let i = 0;
  let at = start;
  let followed = links;
  for (;;) {
    while (i < parts.length && parts[i] === "") i += 1;
    const name = parts[i];
    if (name === undefined)
      return { dir: at, name: "", last: "root", slash: false, links: followed };
    mayLookUp(tx, at);
    if (name.length > MAX_NAME || (name.length * 3 > MAX_NAME && byteLength(name) > MAX_NAME))
      fail("ENAMETOOLONG");
    let next = i + 1;
    while (next < parts.length && parts[next] === "") next += 1;
    if (next === parts.length) {
      const last = name === "." ? "dot" : name === ".." ? "dotdot" : "name";
      return { dir: at, name, last, slash: i + 1 < parts.length, links: followed };
    }
    i = next;
    if (name === ".") continue;
    if (name === "..") {
      at = above(tx, at);
      continue;
    }
    const place = crossMounts(tx, { mount: at.mount, dentry: childOf(tx, at.dentry, name) });
    const inode = place.dentry.inode;
    if (inode === null) fail("ENOENT");
    if (inode.kind === "symlink") {
      const target = followSymlink(tx, place.dentry, followed);
      followed += 1;
      if (target === "") fail("ENOENT");
      if (target.startsWith("/")) at = placeOf(tx, tx.process.root);
      parts = [...target.split("/"), ...parts.slice(i)];
      i = 0;
      continue;
    }
    if (inode.kind !== "dir") fail("ENOTDIR");
    at = place;
  }
}

function followSymlink(tx: Transaction, dentry: Dentry, links: number): string {
  if (links >= MAX_SYMLINKS) fail("ELOOP");
  const target = dialectOf(tx, dentry.fs).readlink(tx, dentry);
  tx.emit({ type: "symlink-followed", fs: dentry.fs, path: tx.pathOf(dentry), target });
  return target;
}

function mayLookUp(tx: Transaction, at: Place): void {
  if (at.dentry.inode?.kind !== "dir") fail("ENOTDIR");
  dialectOf(tx, at.dentry.fs).permission(tx, at.dentry, MAY_EXEC);
}

/** The directory above, through mounts, but not above the process's root. */
function above(tx: Transaction, place: Place): Place {
  const root = placeOf(tx, tx.process.root);
  let at = place;
  while (!isSamePlace(at, root)) {
    const mount = mountOf(tx, at.mount);
    if (!isSamePlace(at, { mount: at.mount, dentry: dentryOf(tx, mount.root) })) {
      const dentry = parentDentry(tx, at.dentry);
      return crossMounts(tx, { mount: at.mount, dentry });
    }
    if (mount.parent === null) return at;
    at = { mount: mount.parent, dentry: dentryOf(tx, mount.point) };
  }
  return at;
}

/** The absolute path of a place as the process sees it; null when it lies outside of its root. */
export function pathSeen(tx: Transaction, place: Place): string | null {
  return pathBelow(tx, place, placeOf(tx, tx.process.root));
}

/** The absolute path of a place from the machine's own root; null when it has lost its name. */
export function pathOnMachine(tx: Transaction, place: Place): string | null {
  return pathBelow(tx, place, null);
}

function pathBelow(tx: Transaction, place: Place, root: Place | null): string | null {
  let path = "";
  let at = place;
  while (root === null || !isSamePlace(at, root)) {
    const mount = mountOf(tx, at.mount);
    const top = dentryOf(tx, mount.root);
    if (isSamePlace(at, { mount: at.mount, dentry: top })) {
      if (mount.parent === null) return root === null ? path || "/" : null;
      at = { mount: mount.parent, dentry: dentryOf(tx, mount.point) };
      continue;
    }
    const parent = parentDentry(tx, at.dentry);
    if (parent === at.dentry) return null;
    path = `/${nameOf(tx, at.dentry)}${path}`;
    at = { mount: at.mount, dentry: parent };
  }
  return path === "" ? "/" : path;
}

function nameOf(tx: Transaction, dentry: Dentry): string {
  if (dentry.parent !== null || dentry.inode === null || dentry.inode.node === NO_NODE)
    return dentry.name;
  return tx.branch(dentry.fs, null, dentry.fs, 0).node(dentry.inode.node).directory?.name ?? "";
}
