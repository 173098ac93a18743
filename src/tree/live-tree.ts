import {
  type ColumnTree,
  childOf,
  contentOf,
  type EntryKind,
  extraOf,
  kindOf,
  NO_ROW,
  nameOf,
  ROOT_ROW,
  type Row,
} from "./column-tree.ts";
import { type Content, pieceLength } from "./content.ts";
import { emptyMap, mapEntries, mapGet, mapSet, type PersistentMap } from "./persistent-map.ts";

/** A moment: whole seconds since 1970 (may be negative) and nanoseconds to add. */
export interface Time {
  readonly sec: number;
  readonly nsec: number;
}

/**
 * An inode of a `LiveTree`. A number in the range of a frozen part is a row of it (the first row of its hard-link
 * group), whether thawed or not; all others were made here. 0 is the root.
 */
export type NodeId = number;

/** No inode: a name that is not there. */
export const NO_NODE: NodeId = -1;
export const ROOT_NODE: NodeId = 0;

export type XattrList = readonly (readonly [name: string, value: Uint8Array])[];

export interface LiveNode {
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly mtime: Time;
  readonly ctime: Time;
  /** A file's length, a symlink's length; 0 for directories (see `directorySize`). */
  readonly size: number;
  /** A regular file's content. */
  readonly content: Content;
  /** A symlink's target. */
  readonly target: string;
  readonly rdev: readonly [number, number];
  /** Sorted by name. */
  readonly xattrs: XattrList;
  readonly directory: LiveDirectory | null;
}

export interface LiveDirectory {
  /** Names made or removed here: over those of `base`. */
  readonly entries: PersistentMap<string, LiveEntry>;
  /** The frozen directory whose children show where `entries` says nothing; NO_NODE when there is none. */
  readonly base: NodeId;
  /** How many names there are. */
  readonly count: number;
  /** Where the directory lies; itself and "" for the root, NO_NODE while it has no name. */
  readonly parent: NodeId;
  readonly name: string;
}

export interface LiveEntry {
  /** NO_NODE: the frozen name is gone. */
  readonly node: NodeId;
  /** Later entries have larger numbers: a tmpfs lists the newest first. */
  readonly order: number;
}

/** What is worked out once for a frozen tree, so that no call has to scan it. */
export interface FrozenLayer {
  readonly columns: ColumnTree;
  /**
   * How whiteouts show. `aufs`: `.wh.NAME` files, as they stand in the tar. `overlay`: as Docker unpacks them for
   * overlayfs, character devices 0:0 called NAME and the xattr trusted.overlay.opaque.
   */
  readonly marks: "aufs" | "overlay";
  /** Names of each hard-link group that has more than one, by its first row. */
  readonly links: ReadonlyMap<Row, number>;
  /** For each row the number of directories directly in it. */
  readonly subdirectories: Int32Array;
  /** Bytes of data, in whole pages. */
  readonly disk: number;
  readonly inodes: number;
}

/** A frozen tree in a `LiveTree`: its row r is the inode `start + r`, but for its root, which is `root`. */
export interface FrozenPart extends FrozenLayer {
  readonly start: NodeId;
  readonly root: NodeId;
}

/**
 * A small, persistent, writable directory tree, with or without frozen trees in it.
 *
 * A frozen row is thawed (copied into `nodes`) when it is first written; nothing else of the frozen tree is copied. All
 * values are immutable; `TreeDraft` makes the next one.
 */
export interface LiveTree {
  /** By `start`. */
  readonly frozen: readonly FrozenPart[];
  readonly nodes: PersistentMap<NodeId, LiveNode>;
  /** The next inode's number. */
  readonly next: NodeId;
  /** The next entry's order. */
  readonly order: number;
  /** Bytes of data held, in whole pages, frozen ones included. */
  readonly disk: number;
  readonly inodes: number;
}

export const PAGE = 4096;

/** An empty tree whose root was made at `time`. */
export function emptyTree(time: Time, mode = 0o755): LiveTree {
  const root: LiveNode = {
    kind: "dir",
    mode,
    uid: 0,
    gid: 0,
    nlink: 2,
    mtime: time,
    ctime: time,
    size: 0,
    content: [],
    target: "",
    rdev: [0, 0],
    xattrs: [],
    directory: { entries: emptyMap(), base: NO_NODE, count: 0, parent: ROOT_NODE, name: "" },
  };
  const nodes = mapSet(emptyMap<NodeId, LiveNode>(), ROOT_NODE, root);
  return { frozen: [], nodes, next: 1, order: 1, disk: 0, inodes: 1 };
}

/** A writable tree that begins as `columns`. O(rows) once, without copying them. */
export function treeOver(columns: ColumnTree, marks: FrozenLayer["marks"] = "aufs"): LiveTree {
  const layer = freeze(columns, marks);
  const { disk, inodes } = layer;
  const frozen = [{ ...layer, start: ROOT_NODE, root: ROOT_NODE }];
  return { frozen, nodes: emptyMap(), next: columns.length, order: 1, disk, inodes };
}

/** Works out what is needed of a frozen tree. O(rows). */
export function freeze(columns: ColumnTree, marks: FrozenLayer["marks"]): FrozenLayer {
  const links = new Map<Row, number>();
  const subdirectories = new Int32Array(columns.length);
  let disk = 0;
  let inodes = 0;
  for (let row = 0; row < columns.length; row++) {
    const first = columns.inode[row]!;
    if (first !== row) links.set(first, (links.get(first) ?? 1) + 1);
    else {
      inodes += 1;
      if (kindOf(columns, row) === "file") disk += diskOf(contentOf(columns, row));
    }
    const parent = columns.parent[row]!;
    if (parent !== NO_ROW && kindOf(columns, row) === "dir") subdirectories[parent]! += 1;
  }
  return { columns, marks, links, subdirectories, disk, inodes };
}

const WHITEOUT_PREFIX = ".wh.";
const OPAQUE_MARK = ".wh..wh..opq";
const NO_XATTRS: XattrList = Object.freeze([]);
const NO_CONTENT: Content = Object.freeze([]);
const OPAQUE_XATTR: readonly [string, Uint8Array] = [
  "trusted.overlay.opaque",
  Uint8Array.of("y".charCodeAt(0)),
];

/** Bytes that a content takes on disk: its data in whole pages; holes take none. */
export function diskOf(content: Content): number {
  let bytes = 0;
  for (const piece of content) if (piece.type !== "zeros") bytes += pieceLength(piece);
  return Math.ceil(bytes / PAGE) * PAGE;
}

/** The kind of an inode that is there. */
export function nodeKind(tree: LiveTree, id: NodeId): EntryKind {
  const node = mapGet(tree.nodes, id);
  if (node !== undefined) return node.kind;
  const part = frozenOf(tree, id);
  return isFrozenWhiteout(part, id - part.start) ? "char" : kindOf(part.columns, id - part.start);
}

/** An inode that is there. A frozen one is made an object for the occasion. */
export function nodeOf(tree: LiveTree, id: NodeId): LiveNode {
  return mapGet(tree.nodes, id) ?? thaw(tree, id);
}

/** Whether there is such an inode. */
export function hasNode(tree: LiveTree, id: NodeId): boolean {
  if (mapGet(tree.nodes, id) !== undefined) return true;
  return partOf(tree, id) !== undefined;
}

/** The inode called `name` in the directory `dir`, or NO_NODE. */
export function childNode(tree: LiveTree, dir: NodeId, name: string): NodeId {
  const live = mapGet(tree.nodes, dir);
  if (live === undefined) return frozenChild(tree, dir, name);
  if (live.directory === null) return NO_NODE;
  const entry = mapGet(live.directory.entries, name);
  if (entry !== undefined) return entry.node;
  return live.directory.base === NO_NODE ? NO_NODE : frozenChild(tree, live.directory.base, name);
}

/** The value of an extended attribute, or undefined. */
export function xattrOf(tree: LiveTree, id: NodeId, name: string): Uint8Array | undefined {
  const live = mapGet(tree.nodes, id);
  if (live === undefined) {
    const frozen = frozenOf(tree, id);
    if (frozen.marks === "aufs" && frozen.columns.extra[id - frozen.start]! < 0) return undefined;
  }
  for (const [key, value] of (live ?? thaw(tree, id)).xattrs) if (key === name) return value;
  return undefined;
}

/** The names of a directory: those made here, newest first, then the frozen ones in the order of their bytes. */
export function childrenOf(tree: LiveTree, dir: NodeId): (readonly [name: string, node: NodeId])[] {
  const live = mapGet(tree.nodes, dir);
  const found: (readonly [name: string, node: NodeId])[] = [];
  let base = dir;
  if (live !== undefined) {
    if (live.directory === null) return found;
    base = live.directory.base;
    const made = [...mapEntries(live.directory.entries)].filter(
      ([, entry]) => entry.node !== NO_NODE,
    );
    made.sort((a, b) => b[1].order - a[1].order);
    for (const [name, entry] of made) found.push([name, entry.node]);
  }
  if (base === NO_NODE) return found;
  const part = frozenOf(tree, base);
  const { columns, marks } = part;
  const at = base - part.start;
  const start = columns.childStart[at]!;
  for (let row = start; row < start + columns.childCount[at]!; row++) {
    let name = nameOf(columns, row);
    if (marks === "overlay" && name.startsWith(WHITEOUT_PREFIX)) {
      if (name === OPAQUE_MARK) continue;
      name = name.slice(WHITEOUT_PREFIX.length);
      if (childOf(columns, at, name) !== NO_ROW) continue;
    }
    if (live?.directory && mapGet(live.directory.entries, name) !== undefined) continue;
    found.push([name, part.start + columns.inode[row]!]);
  }
  return found;
}

/**
 * An object that stays the same while a directory's names and their nodes stay the same, in any later tree: with `dir` a
 * key for what was worked out from `childrenOf`.
 */
export function directoryKey(tree: LiveTree, dir: NodeId): object {
  return mapGet(tree.nodes, dir)?.directory ?? frozenOf(tree, dir);
}

/** The directory that holds the directory `dir`; the root holds itself, a removed one has NO_NODE. */
export function parentNode(tree: LiveTree, dir: NodeId): NodeId {
  const live = mapGet(tree.nodes, dir);
  if (live?.directory) return live.directory.parent;
  return dir === ROOT_NODE ? ROOT_NODE : frozenParent(frozenOf(tree, dir), dir);
}

/** The path of a directory below `top`: "/" for `top` itself. */
export function directoryPath(tree: LiveTree, dir: NodeId, top: NodeId = ROOT_NODE): string {
  const names: string[] = [];
  for (let at = dir; at !== top && at !== ROOT_NODE && at !== NO_NODE; at = parentNode(tree, at)) {
    const live = mapGet(tree.nodes, at);
    names.push(live?.directory ? live.directory.name : frozenName(tree, at));
  }
  return `/${names.reverse().join("/")}`;
}

/** Whether the frozen tree itself has `name` in its directory `base`. */
export function isFrozenName(tree: LiveTree, base: NodeId, name: string): boolean {
  return base !== NO_NODE && frozenChild(tree, base, name) !== NO_NODE;
}

/** The frozen part whose range an inode is in. O(log parts). */
function partOf(tree: LiveTree, id: NodeId): FrozenPart | undefined {
  const { frozen } = tree;
  let low = 0;
  let high = frozen.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (frozen[middle]!.start <= id) low = middle;
    else high = middle - 1;
  }
  const part = frozen[low];
  const isIn = part !== undefined && id >= part.start && id < part.start + part.columns.length;
  return isIn ? part : undefined;
}

function frozenOf(tree: LiveTree, id: NodeId): FrozenPart {
  const part = partOf(tree, id);
  if (part === undefined) throw new RangeError(`no inode ${id}`);
  return part;
}

function frozenParent(part: FrozenPart, id: NodeId): NodeId {
  const row = part.columns.parent[id - part.start]!;
  return row === ROOT_ROW ? part.root : part.start + row;
}

function frozenName(tree: LiveTree, id: NodeId): string {
  const part = frozenOf(tree, id);
  return nameOf(part.columns, id - part.start);
}

function frozenChild(tree: LiveTree, dir: NodeId, name: string): NodeId {
  const { columns, marks, start } = frozenOf(tree, dir);
  const at = dir - start;
  if (marks === "overlay") {
    if (name.startsWith(WHITEOUT_PREFIX)) return NO_NODE;
    const real = childOf(columns, at, name);
    if (real !== NO_ROW) return start + columns.inode[real]!;
    const mark = childOf(columns, at, WHITEOUT_PREFIX + name);
    // ".wh..wh..opq" is the mark of its directory, not a whiteout of ".wh..opq".
    return mark === NO_ROW || WHITEOUT_PREFIX + name === OPAQUE_MARK
      ? NO_NODE
      : start + columns.inode[mark]!;
  }
  const row = childOf(columns, at, name);
  return row === NO_ROW ? NO_NODE : start + columns.inode[row]!;
}

function isFrozenWhiteout({ columns, marks }: FrozenLayer, row: Row): boolean {
  return marks === "overlay" && nameOf(columns, row).startsWith(WHITEOUT_PREFIX);
}

/** A frozen row as an inode. */
function thaw(tree: LiveTree, id: NodeId): LiveNode {
  const part = frozenOf(tree, id);
  const { columns } = part;
  const row = id - part.start;
  const kind = kindOf(columns, row);
  const extra = extraOf(columns, row);
  const mtime: Time = { sec: columns.mtime[row]!, nsec: columns.mtimeNsec?.[row] ?? 0 };
  const hidden = isFrozenWhiteout(part, row);
  const isDir = kind === "dir";
  const opaque = isDir && part.marks === "overlay" && childOf(columns, row, OPAQUE_MARK) !== NO_ROW;
  const xattrs = extra.xattrs ?? NO_XATTRS;
  return {
    kind: hidden ? "char" : kind,
    mode: hidden ? 0 : columns.mode[row]!,
    uid: columns.uid[row]!,
    gid: columns.gid[row]!,
    nlink: isDir ? 2 + part.subdirectories[row]! : (part.links.get(row) ?? 1),
    mtime,
    ctime: mtime,
    size: hidden || isDir ? 0 : columns.size[row]!,
    content: kind === "file" && !hidden ? contentOf(columns, row) : NO_CONTENT,
    target: extra.target ?? "",
    rdev: extra.rdev ?? NO_DEVICE,
    xattrs: opaque ? [...xattrs, OPAQUE_XATTR] : xattrs,
    directory: isDir
      ? {
          entries: emptyMap(),
          base: id,
          count: columns.childCount[row]! - (opaque ? 1 : 0),
          parent: row === ROOT_ROW ? part.root : frozenParent(part, id),
          name: nameOf(columns, row),
        }
      : null,
  };
}
const NO_DEVICE: readonly [number, number] = Object.freeze([0, 0] as const);

/** What names a frozen row for good: its blob and its number; null for an inode that was made here. */
export function frozenRow(tree: LiveTree, id: NodeId): string | null {
  const part = partOf(tree, id);
  return part === undefined ? null : `${part.columns.blob} ${id - part.start}`;
}
