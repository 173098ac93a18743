import {
  type ColumnTree,
  kindOf,
  NO_ROW,
  nameBytesOf,
  ROOT_ROW,
  type Row,
} from "../tree/column-tree.ts";
import { encodeName } from "../tree/name.ts";
import { compareBytes, compareRows } from "../tree/name-order.ts";

export const WHITEOUT_PREFIX = ".wh.";
const DOT = 0x2e;
const PREFIX = encodeName(WHITEOUT_PREFIX);
const LENGTH = PREFIX.length;

/** Whether a name has the prefix of whiteouts, opaque marks and AUFS's own files. */
export function isWhiteoutName(name: Uint8Array): boolean {
  return name[0] === DOT && name[1] === 0x77 && name[2] === 0x68 && name[3] === DOT;
}

/** The name of the whiteout of `name`. */
export function whiteoutOfName(name: Uint8Array): Uint8Array {
  const whiteout = new Uint8Array(LENGTH + name.length);
  whiteout.set(PREFIX);
  whiteout.set(name, LENGTH);
  return whiteout;
}

/** What a whiteout's name hides, empty for a bare ".wh."; null for names of AUFS's own (".wh..wh."…), opaque marks too. */
export function whitedOutName(name: Uint8Array): Uint8Array | null {
  const hidden = name.subarray(LENGTH);
  return isWhiteoutName(hidden) ? null : hidden;
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
  const end = Math.min(start + LENGTH, tree.nameStart[name + 1]!);
  return compareBytes(tree.nameBytes, start, end, PREFIX, 0, LENGTH);
}

/** By tree. */
const known = new WeakMap<ColumnTree["parent"], Int32Array>();

/** For each row called `.wh.NAME` the row of NAME beside it, else NO_ROW. O(rows), worked out once for a tree's names. */
export function namedByWhiteouts(tree: ColumnTree): Int32Array {
  const kept = known.get(tree.parent);
  if (kept) return kept;
  const named = new Int32Array(tree.length).fill(NO_ROW);
  for (let dir = ROOT_ROW; dir < tree.length; dir++) {
    if (tree.childCount[dir] === 0) continue;
    const [from, to] = whiteoutRange(tree, dir);
    const end = tree.childStart[dir]! + tree.childCount[dir]!;
    let row = tree.childStart[dir]!;
    for (let whiteout = from; whiteout < to; whiteout++) {
      let order = 1;
      for (; row < end; row++) {
        order = compareRows(tree, whiteout, LENGTH, tree, row, 0);
        if (order <= 0) break;
      }
      if (order === 0) named[whiteout] = row;
    }
  }
  known.set(tree.parent, named);
  return named;
}

/** The rows that a layer holds and whites out at the same time. */
export function* whiteoutPairs(tree: ColumnTree): Generator<{ row: Row; whiteout: Row }> {
  const named = namedByWhiteouts(tree);
  for (let whiteout = 1; whiteout < tree.length; whiteout++) {
    const row = named[whiteout]!;
    if (row === NO_ROW || kindOf(tree, whiteout) === "dir") continue;
    if (whitedOutName(nameBytesOf(tree, whiteout)) !== null) yield { row, whiteout };
  }
}
