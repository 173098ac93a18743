import type { EntryKind } from "../../tree/column-tree.ts";
import type { NewNode } from "../../tree/tree-draft.ts";
import type { DeviceNumber } from "../call.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import { newNodeIn } from "../plain.ts";
import type { Transaction } from "../transaction.ts";
import { copyUp, setImpure, storeLinks, tempName } from "./copy-up.ts";
import {
  bytesOfText,
  dataIn,
  dentryData,
  inodeIn,
  isMerged,
  overlayState,
  realOf,
  setInodeData,
  upperLayer,
  workLayer,
  XATTR,
} from "./layers.ts";
import { inodeFor } from "./lookup.ts";

/** Makes an object of any kind (fs/overlayfs/dir.c, ovl_create_object). */
export function create(
  tx: Transaction,
  dir: Dentry,
  dentry: Dentry,
  kind: EntryKind,
  mode: number,
  rest: { readonly target?: string; readonly rdev?: DeviceNumber } = {},
): void {
  if (kind === "char" && rest.rdev?.[0] === 0 && rest.rdev[1] === 0) fail("EPERM");
  copyUp(tx, dir, "create");
  const { branch, node } = realOf(tx, inodeIn(dir));
  const made: NewNode = { ...newNodeIn(branch.node(node), tx.credentials, kind, mode), ...rest };
  if (dentryData(dentry).isWhiteout) replaceWhiteout(tx, dir, dentry, made, null);
  else makeInUpper(tx, dir, dentry, made);
}

/** A hard link (ovl_link). The old name is copied up first, so both lie in the upper layer. */
export function link(tx: Transaction, old: Dentry, dir: Dentry, dentry: Dentry): void {
  copyUp(tx, old, "link");
  copyUp(tx, dir, "create");
  const inode = inodeIn(old);
  const { upper: node, indexedLinks, isMetacopy, lower } = dataIn(old);
  if (node === null) throw new RangeError("not copied up");
  if (isMetacopy) setRedirect(tx, old, false);
  const upper = upperLayer(tx, dir.fs);
  if (lower.length > 0) setImpure(tx, dir);
  if (dentryData(dentry).isWhiteout) replaceWhiteout(tx, dir, dentry, null, node);
  else {
    const parent = upperDir(dir);
    if (upper.node(parent).nlink === 0) fail("ENOENT");
    upper.link(node, parent, dentry.name);
  }
  dentry.inode = inode;
  dentry.data = { type: "overlay", isWhiteout: false, hasUpperAlias: true };
  if (indexedLinks !== null) {
    setInodeData(inode, { indexedLinks: indexedLinks + 1 });
    storeLinks(tx, dentry);
  }
}

function makeInUpper(tx: Transaction, dir: Dentry, dentry: Dentry, made: NewNode): void {
  const upper = upperLayer(tx, dir.fs);
  const parent = upperDir(dir);
  if (upper.node(parent).nlink === 0) fail("ENOENT");
  const node = upper.make(parent, dentry.name, made);
  const { isGuarded } = overlayState(tx, dir.fs);
  const isOpaque = made.kind === "dir" && isGuarded && isMerged(dataIn(dir));
  if (isOpaque) setOpaque(tx, dentry, dir, node);
  instantiate(tx, dentry, made.kind, node, isOpaque);
}

/** Makes an object, or (with `linked`) a link, in the work directory and swaps it with the whiteout. */
function replaceWhiteout(
  tx: Transaction,
  dir: Dentry,
  dentry: Dentry,
  made: NewNode | null,
  linked: number | null,
): void {
  const { fs, name } = dentry;
  const { work } = overlayState(tx, fs);
  const upper = upperLayer(tx, fs);
  const workBranch = workLayer(tx, fs);
  const temp = tempName(tx, fs);
  let node = linked;
  if (made !== null) node = workBranch.make(work, temp, made);
  else if (linked !== null) workBranch.link(linked, work, temp);
  if (node === null) throw new RangeError("nothing to put over the whiteout");
  const isDir = made?.kind === "dir";
  if (isDir) {
    setOpaque(tx, dentry, dir, node);
    upper.exchange(work, temp, upperDir(dir), name);
    workBranch.unlink(work, temp);
  } else upper.rename(work, temp, upperDir(dir), name);
  const path = joined(tx, dir, name);
  tx.emit({ type: "whiteout-removed", fs, path, branch: 0 });
  if (made !== null) instantiate(tx, dentry, made.kind, node, isDir);
}

function instantiate(
  tx: Transaction,
  dentry: Dentry,
  kind: EntryKind,
  node: number,
  isOpaque: boolean,
): void {
  dentry.inode = inodeFor(tx, dentry.fs, kind, node, [], isOpaque);
  dentry.data = { type: "overlay", isWhiteout: false, hasUpperAlias: true };
}

function setOpaque(tx: Transaction, dentry: Dentry, dir: Dentry, node: number): void {
  const path = joined(tx, dir, dentry.name);
  upperLayer(tx, dentry.fs).setXattr(node, XATTR.opaque, bytesOfText("y"), path);
  tx.emit({ type: "opaque-made", fs: dentry.fs, path, branch: 0, form: "xattr" });
}

/** Writes down where a merged directory, or a file without its own data, comes from (ovl_set_redirect). */
export function setRedirect(tx: Transaction, dentry: Dentry, sameDir: boolean): void {
  const { redirect, upper: node, lower } = dataIn(dentry);
  if (node === null) throw new RangeError("not copied up");
  const isAbsolute = !sameDir || (inodeIn(dentry).kind !== "dir" && isHardLink(tx, dentry, lower));
  if (redirect !== null && (!isAbsolute || redirect.startsWith("/"))) return;
  const target = isAbsolute ? absoluteRedirect(dentry) : dentry.name;
  const path = tx.pathOf(dentry);
  upperLayer(tx, dentry.fs).setXattr(node, XATTR.redirect, bytesOfText(target), path);
  tx.emit({ type: "redirect-made", fs: dentry.fs, path, branch: 0, target });
  setInodeData(inodeIn(dentry), { redirect: target });
}

/** The path below, following the redirects of the directories above. */
function absoluteRedirect(dentry: Dentry): string {
  let path = "";
  for (let at = dentry; at.parent !== null; at = at.parent) {
    const { redirect } = dataIn(at);
    path = `/${redirect ?? at.name}${path}`;
    if (redirect?.startsWith("/")) return path.slice(1);
  }
  return path;
}

function isHardLink(
  tx: Transaction,
  dentry: Dentry,
  lower: ReturnType<typeof dataIn>["lower"],
): boolean {
  const top = lower[0];
  if (top === undefined) return false;
  const { branch, node } = realOf(tx, {
    ...inodeIn(dentry),
    data: { ...dataIn(dentry), upper: null },
  });
  return branch.node(node).nlink > 1;
}

function upperDir(dir: Dentry): number {
  const { upper } = dataIn(dir);
  if (upper === null) throw new RangeError("the parent is not copied up");
  return upper;
}

export function joined(tx: Transaction, dir: Dentry, name: string): string {
  const above = tx.pathOf(dir);
  return above === "/" ? `/${name}` : `${above}/${name}`;
}
