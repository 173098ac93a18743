import {
  type ColumnTree,
  childOf,
  ENTRY_KINDS,
  extraOf,
  NO_ROW,
  nameOf,
  ROOT_ROW,
  ROW_RENEWED,
  type Row,
} from "../../tree/column-tree.ts";
import { WHITEOUT_PREFIX } from "../whiteout-name.ts";

/** The row is no name of the layer: a whiteout or an opaque mark. */
export const MARK_HIDDEN = 1;
/** The row is a whiteout: it removes the name after `.wh.`. With children it is a directory of that name too. */
export const MARK_WHITEOUT = 2;
/** A directory that holds the opaque mark. */
export const MARK_OPAQUE = 4;
/** A directory that no entry names and that holds nothing but whiteouts. */
export const MARK_PHANTOM = 8;
/** A character device 0:0, which overlayfs takes for a whiteout. */
export const MARK_DEVICE = 16;

/** A directory in the place of something else that the layer had there: on one root it has nothing of what is below. */
export const MARK_RENEWED = 32;

export const OPAQUE_NAME = ".wh..wh..opq";

const DIR = ENTRY_KINDS.indexOf("dir");
const CHAR = ENTRY_KINDS.indexOf("char");
const PREFIX_BYTES = [0x2e, 0x77, 0x68, 0x2e];

/** The marks of a layer's rows; null when there are none. O(rows). */
export function marksOf(tree: ColumnTree): Uint8Array | null {
  const marks = new Uint8Array(tree.length);
  let marked = markNames(tree, marks);
  for (let row = 1; row < tree.length; row++) {
    let bits = 0;
    const isName = (marks[row]! & MARK_HIDDEN) === 0;
    if (isName && tree.kind[row] === CHAR && isZeroDevice(tree, row)) bits = MARK_DEVICE;
    else if (tree.flags[row]! & ROW_RENEWED) bits = MARK_RENEWED;
    if (bits === 0) continue;
    marks[row]! |= bits;
    marked = true;
  }
  if (marked) markPhantoms(tree, marks);
  return marked ? marks : null;
}

/** The name that a whiteout row removes; null for a name that cannot be one ("", ".", ".."). */
export function whiteoutTarget(tree: ColumnTree, row: Row): string | null {
  const target = nameOf(tree, row).slice(WHITEOUT_PREFIX.length);
  return target === "" || target === "." || target === ".." ? null : target;
}

/** Whether the marks of `row` in `marks` have one of `bits`. */
export function hasMark(marks: Uint8Array | null, row: Row, bits: number): boolean {
  return marks !== null && (marks[row]! & bits) !== 0;
}

/** The whiteout row of `name` in `dir`, or NO_ROW. */
export function whiteoutOf(
  tree: ColumnTree,
  marks: Uint8Array | null,
  dir: Row,
  name: string,
): Row {
  if (!marks) return NO_ROW;
  const row = childOf(tree, dir, WHITEOUT_PREFIX + name);
  return row !== NO_ROW && hasMark(marks, row, MARK_WHITEOUT) ? row : NO_ROW;
}

/** The children of `dir` whose names begin with `.wh.`, as a range [from, to). */
export function whiteoutRange(tree: ColumnTree, dir: Row): readonly [from: Row, to: Row] {
  const from = tree.childStart[dir]!;
  const to = from + tree.childCount[dir]!;
  return [boundary(tree, from, to, 0), boundary(tree, from, to, 1)];
}

/** The first row of [low, high) whose first bytes pass `.wh.` (after = 0: are at least that). */
function boundary(tree: ColumnTree, low: Row, high: Row, after: number): Row {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePrefix(tree, middle) < after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** 0 when the row's name begins with `.wh.`, else its order against that. */
function comparePrefix(tree: ColumnTree, row: Row): number {
  const name = tree.name[row]!;
  const start = tree.nameStart[name]!;
  const length = tree.nameStart[name + 1]! - start;
  for (let i = 0; i < PREFIX_BYTES.length; i++) {
    if (i >= length) return -1;
    const difference = tree.nameBytes[start + i]! - PREFIX_BYTES[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function markNames(tree: ColumnTree, marks: Uint8Array): boolean {
  const special = specialNames(tree);
  if (special.size === 0) return false;
  let marked = false;
  for (let row = 1; row < tree.length; row++) {
    if (tree.entry[row]! < 0 || !special.has(tree.name[row]!)) continue;
    marked = true;
    const isVisible = tree.kind[row] === DIR && tree.childCount[row]! > 0;
    if (!isVisible) marks[row]! |= MARK_HIDDEN;
    if (nameOf(tree, row) === OPAQUE_NAME) marks[tree.parent[row]!]! |= MARK_OPAQUE;
    else if (whiteoutTarget(tree, row) !== null) marks[row]! |= MARK_WHITEOUT;
  }
  return marked;
}

/** The indexes of names that begin with `.wh.`. */
function specialNames(tree: ColumnTree): ReadonlySet<number> {
  const special = new Set<number>();
  for (let name = 0; name + 1 < tree.nameStart.length; name++) {
    const start = tree.nameStart[name]!;
    if (tree.nameStart[name + 1]! - start < PREFIX_BYTES.length) continue;
    if (PREFIX_BYTES.every((byte, i) => tree.nameBytes[start + i] === byte)) special.add(name);
  }
  return special;
}

/** Children before parents: a directory is a phantom while nothing real was met in it. */
function markPhantoms(tree: ColumnTree, marks: Uint8Array): void {
  const real = new Uint8Array(tree.length);
  for (let row = tree.length - 1; row > ROOT_ROW; row--) {
    if (marks[row]! & MARK_HIDDEN) continue;
    const isNamed = tree.entry[row]! >= 0 && !(marks[row]! & MARK_WHITEOUT);
    if (real[row] || isNamed) real[tree.parent[row]!] = 1;
    else marks[row]! |= MARK_PHANTOM;
  }
}

function isZeroDevice(tree: ColumnTree, row: Row): boolean {
  const rdev = extraOf(tree, row).rdev;
  return rdev !== undefined && rdev[0] === 0 && rdev[1] === 0;
}
