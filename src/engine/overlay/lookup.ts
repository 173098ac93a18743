import { NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import type { Dentry, Found, Inode } from "../dialect.ts";
import { fail } from "../errno.ts";
import {
  type BranchNode,
  LOOKUP_RULES,
  liveReader,
  lookupName,
  unaskedBranches,
  type Visitor,
} from "../lookup.ts";
import type { FsId } from "../machine.ts";
import type { Transaction } from "../transaction.ts";
import {
  dataIn,
  layerAt,
  layersOf,
  overlayState,
  upperLayer,
  workLayer,
  XATTR,
  xattrText,
} from "./layers.ts";
import type { OverlayDentryData, OverlayInodeData, OverlayLower } from "./state.ts";

/** One name in one directory (fs/overlayfs/namei.c, ovl_lookup). */
export function lookup(tx: Transaction, dir: Dentry, name: string): Found {
  const state = overlayState(tx, dir.fs);
  const layers = layersOf(state);
  const branches = tx.branchesOf(dir.fs, () =>
    layers.map(({ fs }) => ({ reader: liveReader(tx.plain(fs).tree), honoursWhiteouts: true })),
  );
  const parents = stackOf(dataIn(dir));
  const roots = (): BranchNode[] => layers.map(({ root }, branch) => ({ branch, node: root }));
  const above = tx.pathOf(dir);
  const path = above === "/" ? `/${name}` : `${above}/${name}`;
  const visit: Visitor = (branch, outcome, probes) =>
    tx.emit({ type: "visit", fs: dir.fs, path, branch, outcome, probes });
  const found = lookupName(LOOKUP_RULES.overlay, branches, parents, name, visit, roots);
  if (found.errno !== null) fail(found.errno);
  const unasked = unaskedBranches(layers.length, parents, found);
  const isWhiteout = state.upper !== null && found.whiteout === 0;
  if (found.kind === null) {
    const whiteout = found.whiteout < 0 ? null : found.whiteout;
    tx.emit({ type: "miss", fs: dir.fs, path, whiteout, unasked });
    return { inode: null, data: { type: "overlay", isWhiteout, hasUpperAlias: false } };
  }
  const hasUpper = state.upper !== null && found.found[0]?.branch === 0;
  if (found.redirect !== null && state.redirect === "nofollow" && found.found.length > 1)
    fail("EPERM");
  tx.emit({
    type: "hit",
    fs: dir.fs,
    path,
    kind: found.kind,
    branches: found.found.map(({ branch }) => branch),
    unasked,
  });
  const upper = hasUpper ? (found.found[0]?.node ?? null) : null;
  const lower = hasUpper ? found.found.slice(1) : found.found;
  const inode = inodeFor(tx, dir.fs, found.kind, upper, lower, found.opaque === 0 && hasUpper);
  const data: OverlayDentryData = {
    type: "overlay",
    isWhiteout: false,
    hasUpperAlias: hasUpper,
  };
  return { inode, data };
}

/** The directories of all layers that merge in a directory. */
export function stackOf(data: OverlayInodeData): readonly BranchNode[] {
  const { upper, lower } = data;
  return upper === null ? lower : [{ branch: 0, node: upper }, ...lower];
}

/** The inode of what a lookup found: the one in use, or a new one (ovl_get_inode). */
export function inodeFor(
  tx: Transaction,
  fs: FsId,
  kind: Inode["kind"],
  upper: NodeId | null,
  lower: readonly OverlayLower[],
  isOpaque: boolean,
): Inode {
  let real = upper;
  let indexedLinks: number | null = null;
  const origin = kind === "dir" ? null : originOf(tx, fs, upper, lower);
  if (origin !== null) {
    const indexed = indexedNode(tx, fs, origin);
    if (indexed !== null && (upper === null || upper === indexed)) {
      real = indexed;
      indexedLinks = linksOf(tx, fs, indexed);
    }
  }
  // A directory has one name, so its dentry is enough to find it by.
  const key = kind === "dir" ? null : keyOf(tx, fs, real, lower);
  const inUse = key === null ? undefined : tx.inodeOf(fs, key);
  if (inUse !== undefined) return inUse;
  const branch = real === null ? null : upperLayer(tx, fs);
  return tx.newInode(fs, kind, key, {
    type: "overlay",
    upper: real,
    lower,
    isOpaque,
    isMetacopy:
      kind === "file" && real !== null && branch?.xattr(real, XATTR.metacopy) !== undefined,
    redirect: real === null || branch === null ? null : xattrText(branch, real, XATTR.redirect),
    indexedLinks,
  });
}

/** By what an inode is found again; null for a lower hard link, which copy-up will break. */
function keyOf(
  tx: Transaction,
  fs: FsId,
  upper: NodeId | null,
  lower: readonly OverlayLower[],
): string | null {
  if (upper !== null) return `u${upper}`;
  const top = lower[0];
  if (top === undefined) return null;
  const state = overlayState(tx, fs);
  const isBroken =
    state.upper !== null &&
    state.index === null &&
    layerAt(tx, fs, top.branch).node(top.node).nlink > 1;
  return isBroken ? null : `l${top.branch}:${top.node}`;
}

/** The lower object a file came from: the one below, or what the upper file's origin attribute says. */
export function originOf(
  tx: Transaction,
  fs: FsId,
  upper: NodeId | null,
  lower: readonly OverlayLower[],
): OverlayLower | null {
  if (lower[0] !== undefined) return lower[0];
  const text = upper === null ? null : xattrText(upperLayer(tx, fs), upper, XATTR.origin);
  if (text === null) return null;
  const [layer, node] = text.split(":");
  return { branch: Number(layer), node: Number(node) };
}

/** The name of a lower object in the index, and in origin attributes. */
export function originText(origin: OverlayLower): string {
  return `${origin.branch}:${origin.node}`;
}

/** The upper file that the index has for a lower one, or null. */
function indexedNode(tx: Transaction, fs: FsId, origin: OverlayLower): NodeId | null {
  const { index } = overlayState(tx, fs);
  if (index === null) return null;
  const node = workLayer(tx, fs).child(index, originText(origin));
  return node === NO_NODE ? null : node;
}

/** How many names an indexed file has in the union: those of the upper file and what the attribute adds. */
function linksOf(tx: Transaction, fs: FsId, node: NodeId): number {
  const branch = upperLayer(tx, fs);
  const text = xattrText(branch, node, XATTR.nlink) ?? "U+0";
  return branch.node(node).nlink + Number(text.slice(1));
}
