import {
  type ColumnTree,
  ENTRY_KINDS,
  extraOf,
  NO_ROW,
  ROOT_ROW,
  type Row,
} from "../../tree/column-tree.ts";
import { rowNumbers } from "./merge.ts";
import { type MergedBy, mergedInTurn } from "./merged-in-turn.ts";
import { type MergedTree, mergedKind, sourceOf } from "./merged-tree.ts";
import { type Pairs, pairUp } from "./pairs.ts";
import type { LayerNumber, LayerRow, Semantics } from "./semantics.ts";
import { shownSemantics, type Union } from "./union.ts";

/** What a layer did to a path, as it stands in the `change` column: an index into this list. */
export const CHANGES = [
  /** Nothing: the path is here because something below it changed, or because all paths are. */
  "unchanged",
  "added",
  /** `what` says in which respects. */
  "modified",
  "removed",
  /** Another kind of entry stands in its place. */
  "type-changed",
  /** A directory that the layer made opaque: what was in it is gone. `what` as for "modified". */
  "opaque",
  /** The layer holds it again as it was; of a directory only the time may differ. */
  "copied",
] as const;
export type Change = (typeof CHANGES)[number];

/** Bits of the `what` column. */
export const WHAT_CONTENT = 1;
export const WHAT_SIZE = 2;
export const WHAT_MODE = 4;
export const WHAT_OWNER = 8;
export const WHAT_MTIME = 16;
export const WHAT_XATTRS = 32;
export const WHAT_TARGET = 64; // a symlink's target, a device's numbers
/** Same size, and nobody has compared the bytes. */
export const WHAT_NOT_COMPARED = 128;

/** Why the bytes of a lower version are no longer seen, as they stand in the `by` column: an index into this list. */
export const HIDDEN_BY = [
  "nothing",
  /** Another content of the same path. */
  "overwritten",
  /** The same content again, with other metadata. */
  "metadata",
  /** The same content again, and nothing else. */
  "copied",
  "whiteout",
  "opaque",
  /** Another kind of entry in its place, or in the place of a directory above it. */
  "type",
] as const;
export type HiddenBy = (typeof HIDDEN_BY)[number];

/**
 * What layer `k` changes against the layers below it, as columns: the changed paths and the directories they are in, or
 * all paths.
 *
 * Rows stand as in a `ColumnTree`: row 0 is the root, parents first, children together and sorted by name.
 */
export interface ChangeTree {
  readonly k: LayerNumber;
  /** The merged trees of the first k − 1 and the first k layers. */
  readonly below: MergedTree;
  readonly above: MergedTree;
  readonly length: number;
  readonly parent: Int32Array;
  readonly childStart: Int32Array;
  readonly childCount: Int32Array;
  /** The row in `below`, NO_ROW when the path was not there. */
  readonly belowRow: Int32Array;
  /** The row in `above`, NO_ROW when the path is gone. */
  readonly aboveRow: Int32Array;
  readonly change: Uint8Array;
  readonly what: Uint16Array;
  readonly by: Uint8Array;
  /** Bytes of the version below that no path shows any more. An inode counts at one of its names. */
  readonly hiddenBytes: Float64Array;
  readonly counts: ChangeCounts;
}

export interface ChangeCounts {
  /** Paths; "modified" has those of another type too. */
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  readonly opaque: number;
  readonly copied: number;
  /** Bytes of files that the layer brings and the merged tree shows, an inode once. */
  readonly addedBytes: number;
  /** Bytes of lower layers that the layer hides, by how. */
  readonly hiddenBytes: Readonly<Record<HiddenBy, number>>;
}

/** Whether two files have the same bytes; null when nobody has looked. Called for files of one size above 0. */
export type SameContent = (a: LayerRow, b: LayerRow) => boolean | null;

const FILE = ENTRY_KINDS.indexOf("file");
const DIR = ENTRY_KINDS.indexOf("dir");
const UNCHANGED = CHANGES.indexOf("unchanged");
const REMOVED = CHANGES.indexOf("removed");
const OPAQUE = CHANGES.indexOf("opaque");
const BY_WHITEOUT = HIDDEN_BY.indexOf("whiteout");
const BY_OPAQUE = HIDDEN_BY.indexOf("opaque");
const BY_TYPE = HIDDEN_BY.indexOf("type");

/** changed: the changed paths and the directories they are in · all: every path of both merged trees. */
export type ChangeRows = "changed" | "all";

/**
 * What layer `k` changes. Rows in `SameContent` are rows of the applied trees, as in `MergedTree`. Who asks for one layer
 * after the other gives the same `merged` each time. O(rows of both merged trees).
 */
export function changesOf(
  union: Union,
  k: LayerNumber,
  semantics: Semantics,
  sameContent: SameContent = () => null,
  rows: ChangeRows = "changed",
  merged: MergedBy = mergedInTurn(union, semantics),
): ChangeTree {
  const shows = shownSemantics(union, k, semantics);
  const below = merged(k - 1, shows);
  const above = merged(k, shows);
  if (k === 1) return allAdded(below, above);
  const pairs = pairUp(below, above, union[shows][k - 1], rows === "changed");
  const compared = compare(pairs, below, above, sameContent);
  countHidden(pairs, compared, below, above);
  return keepRows(pairs, compared, below, above, k, rows);
}

/** What the base layer changes: everything but the root is new. */
function allAdded(below: MergedTree, above: MergedTree): ChangeTree {
  const { length, parent, childStart, childCount } = above;
  const change = new Uint8Array(length).fill(CHANGES.indexOf("added"));
  const belowRow = new Int32Array(length).fill(NO_ROW);
  change[ROOT_ROW] = UNCHANGED;
  belowRow[ROOT_ROW] = ROOT_ROW;
  const tree = {
    k: 1,
    below,
    above,
    length,
    parent,
    childStart,
    childCount,
    belowRow,
    aboveRow: rowNumbers(length),
    change,
    what: new Uint16Array(length),
    by: new Uint8Array(length),
    hiddenBytes: new Float64Array(length),
  };
  return { ...tree, counts: count(tree) };
}

interface Compared {
  readonly change: Uint8Array;
  readonly what: Uint16Array;
  readonly by: Uint8Array;
  readonly hiddenBytes: Float64Array;
}

function compare(
  pairs: Pairs,
  below: MergedTree,
  above: MergedTree,
  sameContent: SameContent,
): Compared {
  const { length } = pairs;
  const change = new Uint8Array(length);
  const what = new Uint16Array(length);
  const by = new Uint8Array(length);
  /** 1 in an opaque directory, however deep. */
  const isSealed = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    const x = pairs.below[at]!;
    const y = pairs.above[at]!;
    const parent = pairs.parent[at]!;
    isSealed[at] = at === ROOT_ROW ? 0 : pairs.isOpaque[parent]! | isSealed[parent]!;
    if (x === NO_ROW) change[at] = CHANGES.indexOf("added");
    else if (y === NO_ROW) {
      change[at] = REMOVED;
      by[at] = removedBy(pairs, at, by, above, isSealed[at] === 1);
    } else {
      const [kind, bits] = compareRow(below, x, above, y, sameContent);
      change[at] = pairs.isOpaque[at] && below.childCount[x]! > 0 ? OPAQUE : CHANGES.indexOf(kind);
      what[at] = bits;
      by[at] = HIDDEN_BY.indexOf(replacedBy(kind, bits));
    }
  }
  return { change, what, by, hiddenBytes: new Float64Array(length) };
}

function removedBy(
  pairs: Pairs,
  at: number,
  by: Uint8Array,
  above: MergedTree,
  isSealed: boolean,
): number {
  const parent = pairs.parent[at]!;
  const dir = pairs.above[parent]!;
  if (dir === NO_ROW) return by[parent]!;
  if (mergedKind(above, dir) !== "dir") return BY_TYPE;
  return isSealed ? BY_OPAQUE : BY_WHITEOUT;
}

function replacedBy(kind: Change, what: number): HiddenBy {
  if (kind === "type-changed") return "type";
  if (kind === "unchanged") return "nothing";
  if (what & (WHAT_CONTENT | WHAT_NOT_COMPARED)) return "overwritten";
  return what === 0 ? "copied" : "metadata";
}

function compareRow(
  below: MergedTree,
  x: Row,
  above: MergedTree,
  y: Row,
  sameContent: SameContent,
): readonly [Change, what: number] {
  const from = sourceOf(below, x);
  const to = sourceOf(above, y);
  if (from.layer === to.layer && from.row === to.row) return ["unchanged", 0];
  const a = below.layers[from.layer - 1]!.tree;
  const b = above.layers[to.layer - 1]!.tree;
  if (a.kind[from.row] !== b.kind[to.row]) return ["type-changed", 0];
  let what = 0;
  if (a.mode[from.row] !== b.mode[to.row]) what |= WHAT_MODE;
  if (a.uid[from.row] !== b.uid[to.row] || a.gid[from.row] !== b.gid[to.row]) what |= WHAT_OWNER;
  if (!isSameTime(a, from.row, b, to.row)) what |= WHAT_MTIME;
  what |= compareExtras(a, from.row, b, to.row);
  const kind = a.kind[from.row]!;
  if (kind === FILE) what |= compareContent(a, from, b, to, sameContent);
  const isSame = what === 0 || what === WHAT_NOT_COMPARED || (kind === DIR && what === WHAT_MTIME);
  return [isSame ? "copied" : "modified", what];
}

function compareContent(
  a: ColumnTree,
  from: LayerRow,
  b: ColumnTree,
  to: LayerRow,
  sameContent: SameContent,
): number {
  const size = a.size[from.row]!;
  if (size !== b.size[to.row]) return WHAT_SIZE | WHAT_CONTENT;
  if (size === 0) return 0;
  const same = sameContent(from, to);
  if (same === null) return WHAT_NOT_COMPARED;
  return same ? 0 : WHAT_CONTENT;
}

function compareExtras(a: ColumnTree, x: Row, b: ColumnTree, y: Row): number {
  if (a.extra[x]! < 0 && b.extra[y]! < 0) return 0;
  const from = extraOf(a, x);
  const to = extraOf(b, y);
  let what = 0;
  const rdev = (from.rdev ?? []).join() === (to.rdev ?? []).join();
  if (from.target !== to.target || !rdev) what |= WHAT_TARGET;
  const p = from.xattrs ?? [];
  const q = to.xattrs ?? [];
  const same =
    p.length === q.length &&
    p.every(([name, value], i) => name === q[i]?.[0] && value.join() === q[i][1].join());
  return same ? what : what | WHAT_XATTRS;
}

function isSameTime(a: ColumnTree, x: Row, b: ColumnTree, y: Row): boolean {
  return a.mtime[x] === b.mtime[y] && (a.mtimeNsec?.[x] ?? 0) === (b.mtimeNsec?.[y] ?? 0);
}

/** Fills in the bytes that are no longer seen: files below whose inode no name of the tree above shows. */
function countHidden(
  pairs: Pairs,
  { by, hiddenBytes }: Compared,
  below: MergedTree,
  above: MergedTree,
): void {
  const seen = new Set<string>();
  const candidates: number[] = [];
  for (let at = 0; at < pairs.length; at++)
    if (by[at] !== 0 && mergedKind(below, pairs.below[at]!) === "file") candidates.push(at);
  if (candidates.length === 0) return;
  const isLinked = ({ layer, row }: LayerRow): boolean =>
    linkedRows(below.layers[layer - 1]!.tree)[row] === 1 ||
    below.sources.size > 0 ||
    above.sources.size > 0;
  const keyOf = ({ layer, row }: LayerRow) =>
    `${layer} ${below.layers[layer - 1]!.tree.inode[row]!}`;
  if (candidates.some((at) => isLinked(sourceOf(below, pairs.below[at]!))))
    for (let row = 1; row < above.length; row++) {
      const source = sourceOf(above, row);
      if (source.layer < above.upto && isLinked(source)) seen.add(keyOf(source));
    }
  for (const at of candidates) {
    const source = sourceOf(below, pairs.below[at]!);
    if (isLinked(source)) {
      const key = keyOf(source);
      if (seen.has(key)) continue;
      seen.add(key);
    }
    hiddenBytes[at] = below.layers[source.layer - 1]!.tree.size[source.row]!;
  }
}

const linkedIn = new WeakMap<ColumnTree, Uint8Array>();

/** 1 for every row that shares its inode with another. Worked out once a tree. */
function linkedRows(tree: ColumnTree): Uint8Array {
  const known = linkedIn.get(tree);
  if (known) return known;
  const linked = new Uint8Array(tree.length);
  linkedIn.set(tree, linked);
  for (let row = 0; row < tree.length; row++)
    if (tree.inode[row] !== row) {
      linked[row] = 1;
      linked[tree.inode[row]!] = 1;
    }
  return linked;
}

/** Leaves out what did not change and has nothing changed below it, unless all rows are wanted. */
function keepRows(
  pairs: Pairs,
  { change, what, by, hiddenBytes }: Compared,
  below: MergedTree,
  above: MergedTree,
  k: LayerNumber,
  rows: ChangeRows,
): ChangeTree {
  const keep = new Uint8Array(pairs.length);
  keep[ROOT_ROW] = 1;
  let kept = 1;
  for (let at = pairs.length - 1; at > ROOT_ROW; at--) {
    if (rows === "changed" && change[at] === UNCHANGED && !keep[at]) continue;
    keep[at] = 1;
    keep[pairs.parent[at]!] = 1;
    kept++;
  }
  const place = new Int32Array(pairs.length);
  const parent = new Int32Array(kept).fill(NO_ROW);
  const childStart = new Int32Array(kept);
  const childCount = new Int32Array(kept);
  const pick = new Int32Array(kept);
  let length = 0;
  for (let at = 0; at < pairs.length; at++) {
    if (!keep[at]) continue;
    place[at] = length;
    pick[length] = at;
    if (at > ROOT_ROW) {
      const dir = place[pairs.parent[at]!]!;
      parent[length] = dir;
      if (childCount[dir] === 0) childStart[dir] = length;
      childCount[dir]! += 1;
    }
    length++;
  }
  const tree = {
    k,
    below,
    above,
    length,
    parent,
    childStart,
    childCount,
    belowRow: picked(new Int32Array(kept), pairs.below, pick),
    aboveRow: picked(new Int32Array(kept), pairs.above, pick),
    change: picked(new Uint8Array(kept), change, pick),
    what: picked(new Uint16Array(kept), what, pick),
    by: picked(new Uint8Array(kept), by, pick),
    hiddenBytes: picked(new Float64Array(kept), hiddenBytes, pick),
  };
  return { ...tree, counts: count(tree) };
}

function picked<T extends Int32Array | Uint8Array | Uint16Array | Float64Array>(
  into: T,
  from: T,
  pick: Int32Array,
): T {
  for (let i = 0; i < pick.length; i++) into[i] = from[pick[i]!]!;
  return into;
}

function count(tree: Omit<ChangeTree, "counts">): ChangeCounts {
  const paths = new Int32Array(CHANGES.length);
  const hidden = new Float64Array(HIDDEN_BY.length);
  const added = tree.above.layers[tree.k - 1]?.tree;
  const isCounted = new Uint8Array(added?.length ?? 0);
  let addedBytes = 0;
  for (let row = 1; row < tree.length; row++) {
    paths[tree.change[row]!]! += 1;
    hidden[tree.by[row]!]! += tree.hiddenBytes[row]!;
    const at = tree.aboveRow[row]!;
    if (!added || at === NO_ROW || tree.above.layer[at] !== tree.k) continue;
    if (tree.above.sources.has(at)) continue;
    const own = tree.above.row[at]!;
    const inode = added.inode[own]!;
    if (added.kind[own] !== FILE || isCounted[inode]) continue;
    isCounted[inode] = 1;
    addedBytes += added.size[own]!;
  }
  const of = (change: Change) => paths[CHANGES.indexOf(change)]!;
  return {
    added: of("added"),
    modified: of("modified") + of("type-changed"),
    removed: of("removed"),
    opaque: of("opaque"),
    copied: of("copied"),
    addedBytes,
    hiddenBytes: {
      nothing: 0,
      overwritten: hidden[HIDDEN_BY.indexOf("overwritten")]!,
      metadata: hidden[HIDDEN_BY.indexOf("metadata")]!,
      copied: hidden[HIDDEN_BY.indexOf("copied")]!,
      whiteout: hidden[BY_WHITEOUT]!,
      opaque: hidden[BY_OPAQUE]!,
      type: hidden[BY_TYPE]!,
    },
  };
}
