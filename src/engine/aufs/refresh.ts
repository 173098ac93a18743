import type { NodeId } from "../../tree/live-tree.ts";
import { mapEntries, mapSet } from "../../tree/persistent-map.ts";
import type { Dentry } from "../dialect.ts";
import { Failure } from "../errno.ts";
import type { DentryId, InodeId } from "../machine.ts";
import { holdLower, rootInode } from "./inode.ts";
import { lookUp } from "./lookup.ts";
import { type AufsDentryData, type AufsInodeData, NOTHING } from "./state.ts";
import { lowerInode, type Union } from "./union.ts";

/** What was in use before branches changed. */
export interface Held {
  readonly dentries: readonly DentryId[];
  readonly inodes: readonly InodeId[];
  /** Branch ids by the index they had. */
  readonly ids: readonly number[];
}

/** Lets go of everything below before branches change; `refreshHeld` takes it again. */
export function shiftHeld(union: Union): Held {
  const dentries: DentryId[] = [];
  const inodes: InodeId[] = [];
  for (const [id, { fs }] of mapEntries(union.tx.machine.dentries))
    if (fs === union.fs) dentries.push(id);
  for (const [id, { fs }] of mapEntries(union.tx.machine.inodes))
    if (fs === union.fs) inodes.push(id);
  for (const id of inodes) holdLower(union, union.inode(union.tx.pinnedInode(id)), false);
  for (const [, { data }] of mapEntries(union.state.kept)) holdLower(union, data, false);
  return { dentries, inodes, ids: union.state.branches.map((branch) => branch.id) };
}

/** Makes names, inodes and files in use follow the branches, which have other indexes now (rules B-01, B-03). */
export function refreshHeld(union: Union, held: Held): void {
  const { tx } = union;
  const moved = (lower: readonly NodeId[]) => movedLower(union, held.ids, lower);
  for (const id of held.inodes) {
    const inode = tx.pinnedInode(id);
    inode.data = movedInode(union.inode(inode), moved);
  }
  for (const [number, kept] of mapEntries(union.state.kept)) {
    const data = movedInode(kept.data, moved);
    union.set({ kept: mapSet(union.state.kept, number, { ...kept, data }) });
  }
  rootInode(union);
  for (const id of held.dentries) {
    const dentry = tx.pinnedDentry(id);
    dentry.data =
      dentry.parent === null ? union.rootDentry() : movedDentry(union, dentry, held.ids, moved);
  }
  for (const id of held.dentries) refreshName(union, tx.pinnedDentry(id), new Set());
  for (const id of held.inodes) holdLower(union, union.inode(tx.pinnedInode(id)), true);
  for (const [, { data }] of mapEntries(union.state.kept)) holdLower(union, data, true);
  for (const [id, { data }] of mapEntries(tx.machine.files)) {
    if (data?.type !== "aufs" || tx.file(id).place.mount === 0) continue;
    if (!isOfUnion(union, id)) continue;
    const branch = newIndex(union, held.ids, data.branch);
    if (branch < 0) continue;
    tx.setFile(id, {
      data: { ...data, branch, writable: data.writable && union.isWritable(branch) },
    });
  }
}

/** Looks a name in use up again, its directories first; what is gone or of another type loses its name. */
function refreshName(union: Union, dentry: Dentry, done: Set<Dentry>): void {
  if (dentry.parent === null || dentry.unlinked || done.has(dentry)) return;
  done.add(dentry);
  refreshName(union, dentry.parent, done);
  const { tx } = union;
  const mark = tx.events.length;
  try {
    const { data, kind } = lookUp(union, dentry.parent, dentry.name, tx.pathOf(dentry));
    const { inode, data: known } = union.inodeOf(dentry);
    if (kind !== inode.kind) tx.unhash(dentry);
    else {
      dentry.data = data;
      if (inode.kind === "dir") inode.data = { ...known, ...rangeOf(data.lower) };
    }
  } catch (problem) {
    if (!(problem instanceof Failure)) throw problem;
    tx.unhash(dentry);
  }
  tx.events.length = mark;
}

function movedLower(
  union: Union,
  ids: readonly number[],
  lower: readonly NodeId[],
): readonly NodeId[] {
  return union.state.branches.map(({ id }) => {
    const before = ids.indexOf(id);
    return before < 0 ? NOTHING : (lower[before] ?? NOTHING);
  });
}

function movedInode(
  data: AufsInodeData,
  moved: (lower: readonly NodeId[]) => readonly NodeId[],
): AufsInodeData {
  return { ...data, ...rangeOf(moved(data.lower)) };
}

function movedDentry(
  union: Union,
  dentry: Dentry,
  ids: readonly number[],
  moved: (lower: readonly NodeId[]) => readonly NodeId[],
): AufsDentryData {
  const data = union.dentry(dentry);
  return {
    ...data,
    ...rangeOf(moved(data.lower)),
    whiteout: newIndex(union, ids, data.whiteout),
    opaque: newIndex(union, ids, data.opaque),
  };
}

function rangeOf(lower: readonly NodeId[]): {
  readonly lower: readonly NodeId[];
  readonly top: number;
  readonly bottom: number;
} {
  return {
    lower,
    top: lower.findIndex((node) => node !== NOTHING),
    bottom: lower.findLastIndex((node) => node !== NOTHING),
  };
}

function newIndex(union: Union, ids: readonly number[], index: number): number {
  const id = ids[index];
  return id === undefined ? -1 : union.state.branches.findIndex((branch) => branch.id === id);
}

function isOfUnion(union: Union, file: number): boolean {
  const { node } = union.tx.file(file).place;
  if (node.type !== "dentry") return false;
  const { fs, inode } = union.tx.pinnedDentry(node.dentry);
  return fs === union.fs && inode !== null && lowerInode(union.inode(inode), 0) !== undefined;
}
