import type { EntryKind } from "../../tree/column-tree.ts";
import type { NodeId } from "../../tree/live-tree.ts";
import { isEmptyMap, mapDelete, mapGet, mapSet } from "../../tree/persistent-map.ts";
import type { Dentry, Inode } from "../dialect.ts";
import { lastOf, lowerOf, tailOf, withNode } from "./lookup.ts";
import { type AufsDentryData, type AufsInodeData, NOTHING } from "./state.ts";
import { lowerInode, type Union } from "./union.ts";

/** The root's inode number, and the first that is given to anything else. */
const ROOT_NUMBER = 2;
const FIRST_NUMBER = 11;
const FIRST_BRANCH_ID = 64;
/** Room for branch ids in a derived number. */
const BRANCH_IDS = 4096;
/** What a directory that is there has in memory; stat counts (`countLinks`). */
const DIRECTORY_LINKS = 2;
/** Numbers given anew begin here, above all derived ones. */
const RENUMBERED = 2 ** 50;

/** The union's inode number for an inode of a branch: derived, or what a copy took along (rule I-01). */
export function numberOf(union: Union, branch: number, node: NodeId): number {
  const { numbers } = union.state;
  const known = isEmptyMap(numbers) ? undefined : mapGet(numbers, union.nodeKey(branch, node));
  if (known !== undefined) return known;
  return FIRST_NUMBER + node * BRANCH_IDS + union.entry(branch).id - FIRST_BRANCH_ID;
}

/** Writes down the number of an inode of a branch. */
export function setNumber(union: Union, branch: number, node: NodeId, number: number): void {
  union.set({ numbers: mapSet(union.state.numbers, union.nodeKey(branch, node), number) });
}

/** Gives an inode of a branch a number nobody has: what it was is somebody else's now. */
export function renumber(union: Union, branch: number, node: NodeId): void {
  const { renumbered } = union.state;
  setNumber(union, branch, node, RENUMBERED + renumbered);
  union.set({ renumbered: renumbered + 1 });
}

/**
 * The inode in memory of a name that was found.
 *
 * One that is in use already (open, or kept as a pseudo-link) is taken when it stands for the same inode below, so that
 * a name on a lower branch shows what was written through its hard link (rules P-01, P-05). A directory has one name, so
 * whoever has its dentry has its inode.
 */
export function inodeFor(
  union: Union,
  dentry: AufsDentryData,
  kind: EntryKind,
  mustBeNew = false,
): Inode {
  const node = lowerOf(dentry, dentry.top);
  const number = numberOf(union, dentry.top, node);
  if (kind === "dir") return makeInode(union, dentry, kind, number, null);
  const key = String(number);
  const known = inUse(union, number, kind);
  if (known === undefined) return makeInode(union, dentry, kind, number, key);
  const data = union.inode(known);
  if (!mustBeNew && known.kind === kind && data.nlink > 0 && data.lower.includes(node)) {
    const at = data.lower.indexOf(node);
    if (union.entry(at).fs === union.entry(dentry.top).fs) return known;
  }
  renumber(union, dentry.top, node);
  const fresh = numberOf(union, dentry.top, node);
  return makeInode(union, dentry, kind, fresh, String(fresh));
}

/** The root's inode. */
export function rootInode(union: Union): Inode {
  const known = union.tx.inodeOf(union.fs, String(ROOT_NUMBER));
  const data = rootInodeData(union);
  if (known === undefined) return union.tx.newInode(union.fs, "dir", String(ROOT_NUMBER), data);
  known.data = data;
  return known;
}

function rootInodeData(union: Union): AufsInodeData {
  const { lower, top, bottom } = union.rootDentry();
  return {
    type: "aufs",
    number: ROOT_NUMBER,
    lower,
    top,
    bottom,
    nlink: DIRECTORY_LINKS,
    plinked: false,
    nameless: NONE,
  };
}

/** Replaces what an inode knows; what lies below is held as long as the inode is. */
export function setInode(union: Union, inode: Inode, data: AufsInodeData): void {
  const before = union.inode(inode);
  inode.data = data;
  const isKept = isInodeKept(union, before.number);
  const holders = (inode.pin === 0 ? 0 : 1) + (isKept ? 1 : 0);
  const size = Math.max(before.lower.length, data.lower.length);
  for (let time = 0; time < holders; time++)
    for (let branch = 0; branch < size; branch++) {
      const old = lowerInode(before, branch);
      const now = lowerInode(data, branch);
      if (old === now) continue;
      if (now >= 0) union.branch(branch).hold(now);
      if (old >= 0) union.branch(branch).release(old);
    }
  if (isKept) keepData(union, inode, data);
}

/** Holds, or lets go of, everything that lies below an inode. */
export function holdLower(union: Union, data: AufsInodeData, isHeld: boolean): void {
  for (let branch = 0; branch < union.state.branches.length; branch++) {
    const node = lowerInode(data, branch);
    if (node < 0) continue;
    if (isHeld) union.branch(branch).hold(node);
    else union.branch(branch).release(node);
  }
}

/** Keeps an inode in memory though nothing has it open. */
export function keepInode(union: Union, inode: Inode): void {
  const data = union.inode(inode);
  if (!isInodeKept(union, data.number)) holdLower(union, data, true);
  keepData(union, inode, data);
}

/** Notes that a name of a file with several was looked up, made or moved (rules P-01, P-07). */
export function rememberName(union: Union, dir: Dentry, name: string, inode: Inode): void {
  const data = union.inode(inode);
  if (inode.kind === "dir") return;
  const kept = mapGet(union.state.kept, data.number);
  if (kept === undefined && union.node(data.top, lowerInode(data, data.top)).nlink < 2) return;
  const key = nameKey(union, dir, name);
  if (kept?.names.includes(key)) return;
  if (kept === undefined) keepInode(union, inode);
  const names = [...(kept?.names ?? []), key];
  const { kind } = inode;
  union.set({ kept: mapSet(union.state.kept, data.number, { kind, data, names }) });
}

/**
 * The inode of a name that is looked up again (rule P-07).
 *
 * When the link count in memory is not the branch's (another name was unlinked, and nobody asked for the count since),
 * the kernel drops the name it remembers; if that was the last one, the inode is read anew.
 */
export function inodeAgain(
  union: Union,
  dir: Dentry,
  name: string,
  inode: Inode,
  dentry: AufsDentryData,
): Inode {
  if (inode.kind === "dir" || inode.pin !== 0) return inode;
  const { number, plinked, nlink, top, lower } = union.inode(inode);
  const names = mapGet(union.state.kept, number)?.names ?? [];
  if (plinked || !names.includes(nameKey(union, dir, name))) return inode;
  if (nlink === union.node(top, lower[top] ?? NOTHING).nlink) return inode;
  forgetName(union, dir, name, inode);
  union.tx.rekey(inode, null);
  return inodeFor(union, dentry, inode.kind);
}

/** A name is gone; with the last one known the inode leaves memory, unless it is a pseudo-link. */
export function forgetName(union: Union, dir: Dentry, name: string, inode: Inode): void {
  const { number, plinked } = union.inode(inode);
  const kept = mapGet(union.state.kept, number);
  if (kept === undefined) return;
  const key = nameKey(union, dir, name);
  const names = kept.names.filter((one) => one !== key);
  if (names.length > 0 || plinked) {
    union.set({ kept: mapSet(union.state.kept, number, { ...kept, names }) });
    return;
  }
  union.set({ kept: mapDelete(union.state.kept, number) });
  holdLower(union, kept.data, false);
}

function isInodeKept(union: Union, number: number): boolean {
  return mapGet(union.state.kept, number) !== undefined;
}

function nameKey(union: Union, dir: Dentry, name: string): string {
  return `${union.inodeOf(dir).data.number}/${name}`;
}

/** The inode with another inode below it in one branch. */
export function withLowerInode(data: AufsInodeData, branch: number, node: NodeId): AufsInodeData {
  const lower = withNode(data.lower, branch, node);
  return {
    ...data,
    lower,
    top: lower.findIndex((one) => one !== NOTHING),
    bottom: lower.findLastIndex((one) => one !== NOTHING),
  };
}

/** The link count of a merged directory: every branch's sub-directories count (rule R-09). */
export function countLinks(union: Union, data: AufsInodeData): number {
  let links = union.node(data.top, lowerInode(data, data.top)).nlink;
  for (let branch = data.top + 1; branch <= data.bottom; branch++) {
    const node = lowerInode(data, branch);
    if (node < 0) continue;
    const below = union.node(branch, node).nlink;
    links += below < 2 ? below : below - 2;
  }
  return links;
}

/** Notes the attributes a directory has in memory, before something changes the branch without telling it. */
export function rememberDirectory(union: Union, inode: Inode): void {
  const data = union.inode(inode);
  if (mapGet(union.state.stale, data.number) !== undefined) return;
  const node = lowerInode(data, data.top);
  const branch = union.branch(data.top);
  const noted = { size: branch.size(node), mtime: branch.node(node).mtime };
  union.set({ stale: mapSet(union.state.stale, data.number, noted) });
}

/** The directory has the branch's attributes again. */
export function forgetDirectory(union: Union, number: number): void {
  if (mapGet(union.state.stale, number) === undefined) return;
  union.set({ stale: mapDelete(union.state.stale, number) });
}

/**
 * A name was made or removed in a branch of a directory, whose attributes follow. When that is not its top branch, the
 * top one's mtime moves along, if it is writable and older.
 */
export function directoryChanged(union: Union, dentry: Dentry, branch: number): void {
  const inode = dentry.parent?.inode;
  if (inode === undefined || inode === null) return;
  const data = union.inode(inode);
  if (data.top < branch && union.isWritable(data.top)) {
    const top = lowerInode(data, data.top);
    const { mtime } = union.node(branch, lowerInode(data, branch));
    const disk = union.branch(data.top);
    const before = disk.node(top).mtime;
    if (before.sec < mtime.sec || (before.sec === mtime.sec && before.nsec < mtime.nsec))
      disk.adjust(top, { mtime });
  }
  if (data.top === branch || union.isWritable(data.top)) forgetDirectory(union, data.number);
}

function inUse(union: Union, number: number, kind: EntryKind): Inode | undefined {
  const met = union.tx.inodeOf(union.fs, String(number));
  if (met !== undefined) return met;
  const kept = mapGet(union.state.kept, number);
  if (kept === undefined) return undefined;
  return union.tx.newInode(union.fs, kept.kind ?? kind, String(number), kept.data);
}

function makeInode(
  union: Union,
  dentry: AufsDentryData,
  kind: EntryKind,
  number: number,
  key: string | null,
): Inode {
  const { top } = dentry;
  const isDir = kind === "dir";
  // Below a whiteout of a read-only branch (rule D-06) the name counts nowhere, and the inode is still there.
  const bottom = Math.max(top, isDir ? tailOf(dentry) : lastOf(dentry));
  const lower = lowerUpTo(dentry, bottom);
  const nlink = isDir ? DIRECTORY_LINKS : union.node(top, lowerOf(dentry, top)).nlink;
  const data: AufsInodeData = {
    type: "aufs",
    number,
    lower,
    top,
    bottom,
    nlink,
    plinked: false,
    nameless: NONE,
  };
  return union.tx.newInode(union.fs, kind, key, data);
}

/** What the branches down to `bottom` hold for a dentry; its own list when that says just this. */
function lowerUpTo(dentry: AufsDentryData, bottom: number): readonly NodeId[] {
  const lower = new Array<NodeId>(bottom + 1).fill(NOTHING);
  let isSame = dentry.lower.length === lower.length;
  for (let branch = 0; branch <= bottom; branch++) {
    const node = lowerOf(dentry, branch);
    if (node >= 0) lower[branch] = node;
    isSame &&= lower[branch] === dentry.lower[branch];
  }
  return isSame ? dentry.lower : lower;
}

const NONE: readonly number[] = Object.freeze([]);

function keepData(union: Union, inode: Inode, data: AufsInodeData): void {
  const { kind } = inode;
  const names = mapGet(union.state.kept, data.number)?.names ?? [];
  union.set({ kept: mapSet(union.state.kept, data.number, { kind, data, names }) });
}

/** The size an inode has in memory: a directory's may be an old one. */
export function seenSize(union: Union, inode: Inode): number {
  const data = union.inode(inode);
  const stale = mapGet(union.state.stale, data.number);
  return stale?.size ?? union.branch(data.top).size(lowerInode(data, data.top));
}
