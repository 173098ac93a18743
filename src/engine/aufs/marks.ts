import { NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import { lowerOf } from "./lookup.ts";
import {
  MARK_MODE,
  OPAQUE_MARK,
  ORPHAN_DIRECTORY,
  PLINK_DIRECTORY,
  WHITEOUT_BASE,
  whiteoutOf,
} from "./name.ts";
import { sealDirectory } from "./sealed.ts";
import type { Union } from "./union.ts";

const PRIVATE_MODE = 0o700;

/** Makes the whiteout of a name in a branch that has its directory: a hard link of the branch's base (rules W-01, W-17). */
export function makeWhiteout(union: Union, dentry: Dentry, branch: number): void {
  const dir = directoryOf(union, dentry, branch);
  const name = whiteoutOf(dentry.name);
  if (union.child(branch, dir, name) === NO_NODE) {
    const linked = linkMark(union, branch, dir, name);
    union.emit({
      type: "whiteout-made",
      fs: union.fs,
      path: union.tx.pathOf(dentry),
      branch,
      form: "file",
      linked,
    });
  }
  dentry.data = { ...union.dentry(dentry), whiteout: branch };
}

/** Takes the whiteout of a name away. */
export function removeWhiteout(union: Union, dentry: Dentry, branch: number): void {
  const dir = directoryOf(union, dentry, branch);
  union.branch(branch).unlink(dir, whiteoutOf(dentry.name));
  union.emit({ type: "whiteout-removed", fs: union.fs, path: union.tx.pathOf(dentry), branch });
  dentry.data = { ...union.dentry(dentry), whiteout: -1 };
}

/** Makes a directory opaque in a branch (rules W-06, N-13). `dentry` names it; its place there may be another by now. */
export function makeOpaque(union: Union, dentry: Dentry, branch: number, path: string): void {
  const node = lowerOf(union.dentry(dentry), branch);
  if (union.child(branch, node, OPAQUE_MARK) === NO_NODE) {
    linkMark(union, branch, node, OPAQUE_MARK);
    union.emit({ type: "opaque-made", fs: union.fs, path, branch, form: "file" });
  }
  sealDirectory(union, branch, node);
  dentry.data = { ...union.dentry(dentry), opaque: branch };
}

/** The directory of a name in a branch; there must be one. EBUSY when someone took it away behind the union. */
export function directoryOf(union: Union, dentry: Dentry, branch: number): NodeId {
  const parent = dentry.parent === null ? union.rootDentry() : union.dentry(dentry.parent);
  const node = lowerOf(parent, branch);
  if (node === NO_NODE) fail("EBUSY");
  return node;
}

/** The branch's own directory (plink, orph) in its root, or NO_NODE. */
export function ownDirectory(
  union: Union,
  branch: number,
  name: typeof PLINK_DIRECTORY | typeof ORPHAN_DIRECTORY,
): NodeId {
  return union.child(branch, union.entry(branch).root, name);
}

/** Makes in a writable branch's root what aufs needs there; what is there already stays as it is (rule M-01). */
export function prepareBranch(union: Union, branch: number): void {
  const { permission, root } = union.entry(branch);
  const disk = union.branch(branch);
  const owner = { uid: 0, gid: 0 };
  if (permission.includes("+nolwh")) {
    if (disk.child(root, WHITEOUT_BASE) !== NO_NODE) disk.unlink(root, WHITEOUT_BASE);
  } else if (disk.child(root, WHITEOUT_BASE) === NO_NODE)
    disk.make(root, WHITEOUT_BASE, { kind: "file", mode: MARK_MODE, ...owner });
  if (union.options.plink) {
    if (disk.child(root, PLINK_DIRECTORY) === NO_NODE)
      disk.make(root, PLINK_DIRECTORY, { kind: "dir", mode: PRIVATE_MODE, ...owner });
  } else removeIfEmpty(union, branch, PLINK_DIRECTORY);
  if (disk.child(root, ORPHAN_DIRECTORY) === NO_NODE)
    disk.make(root, ORPHAN_DIRECTORY, { kind: "dir", mode: PRIVATE_MODE, ...owner });
}

/** Takes aufs's own files out of a branch that is no longer writable; a plink directory in use stays (rule B-09). */
export function cleanBranch(union: Union, branch: number): void {
  const { root } = union.entry(branch);
  const disk = union.branch(branch);
  if (disk.child(root, WHITEOUT_BASE) !== NO_NODE) disk.unlink(root, WHITEOUT_BASE);
  removeIfEmpty(union, branch, PLINK_DIRECTORY);
  removeIfEmpty(union, branch, ORPHAN_DIRECTORY);
}

function removeIfEmpty(union: Union, branch: number, name: string): void {
  const { root } = union.entry(branch);
  const disk = union.branch(branch);
  const node = disk.child(root, name);
  if (node === NO_NODE || disk.kind(node) !== "dir" || disk.children(node).length > 0) return;
  disk.rmdir(root, name);
}

/** Gives whether the mark is a hard link of the base. */
function linkMark(union: Union, branch: number, dir: NodeId, name: string): boolean {
  const { permission, root } = union.entry(branch);
  const disk = union.branch(branch);
  const base = permission.includes("+nolwh") ? NO_NODE : disk.child(root, WHITEOUT_BASE);
  if (base === NO_NODE) disk.make(dir, name, { kind: "file", mode: MARK_MODE, uid: 0, gid: 0 });
  else disk.link(base, dir, name);
  return base !== NO_NODE;
}
