import {
  type ColumnTree,
  childOf,
  ENTRY_KINDS,
  extraOf,
  NO_ROW,
  ROOT_ROW,
  ROW_RENEWED,
  type Row,
} from "../../tree/column-tree.ts";
import { decodeName } from "../../tree/name.ts";
import { isDots } from "../entry-path.ts";
import { isWhiteoutName, WHITEOUT_PREFIX } from "../whiteout-name.ts";

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
const DOT = 0x2e;

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

function markNames(tree: ColumnTree, marks: Uint8Array): boolean {
  const special = specialNames(tree);
  if (!special) return false;
  let marked = false;
  for (let row = 1; row < tree.length; row++) {
    const meaning = special[tree.name[row]!]!;
    if (tree.entry[row]! < 0 || meaning === 0) continue;
    marked = true;
    const isVisible = tree.kind[row] === DIR && tree.childCount[row]! > 0;
    if (!isVisible) marks[row]! |= MARK_HIDDEN;
    if (meaning === MARK_OPAQUE) marks[tree.parent[row]!]! |= MARK_OPAQUE;
    else marks[row]! |= meaning & MARK_WHITEOUT;
  }
  return marked;
}

/** By name what a row of that name is, for names that begin with `.wh.`; null when none does. */
function specialNames(tree: ColumnTree): Uint8Array | null {
  let special: Uint8Array | null = null;
  const { nameStart, nameBytes } = tree;
  for (let name = 0; name + 1 < nameStart.length; name++) {
    if (nameBytes[nameStart[name]!] !== DOT) continue;
    const bytes = nameBytes.subarray(nameStart[name]!, nameStart[name + 1]!);
    if (!isWhiteoutName(bytes)) continue;
    special ??= new Uint8Array(nameStart.length);
    const target = bytes.subarray(WHITEOUT_PREFIX.length);
    if (decodeName(bytes.subarray(0, OPAQUE_NAME.length + 1)) === OPAQUE_NAME)
      special[name] = MARK_OPAQUE;
    else special[name] = target.length === 0 || isDots(target) ? MARK_HIDDEN : MARK_WHITEOUT;
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
