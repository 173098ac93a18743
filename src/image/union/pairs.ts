import { childOf, ENTRY_KINDS, NO_ROW, ROOT_ROW, type Row } from "../../tree/column-tree.ts";
import { compareRows } from "../../tree/name-order.ts";
import { hasMark, MARK_OPAQUE, MARK_RENEWED } from "./marks.ts";
import { type MergedTree, mergedName } from "./merged-tree.ts";
import type { AppliedLayer } from "./semantics.ts";

const DIR = ENTRY_KINDS.indexOf("dir");

/** The paths of two merged trees, side by side: breadth first, NO_ROW where one has no such path. */
export interface Pairs {
  readonly length: number;
  readonly parent: Int32Array;
  readonly below: Int32Array;
  readonly above: Int32Array;
  /** 1 for a directory that the given layer makes opaque. */
  readonly isOpaque: Uint8Array;
}

/**
 * Pairs the paths of two merged trees; `layer`, when given, is what the upper has more than the lower, and its opaque
 * directories are marked. With `onlyTouched` directories that it does not have are not gone into: nothing changed there.
 * O(rows that are paired).
 */
export function pairUp(
  below: MergedTree,
  above: MergedTree,
  layer?: AppliedLayer,
  onlyTouched = false,
): Pairs {
  const most = below.length + above.length;
  const parent = new Int32Array(most);
  const a = new Int32Array(most);
  const b = new Int32Array(most);
  const own = new Int32Array(most);
  const isOpaque = new Uint8Array(most);
  let length = 1;
  parent[ROOT_ROW] = NO_ROW;
  for (let at = 0; at < length; at++) {
    if (onlyTouched && own[at] === NO_ROW && a[at] !== NO_ROW && isDirectory(above, b[at]!))
      continue;
    let x = a[at] === NO_ROW ? 0 : below.childStart[a[at]!]!;
    const xEnd = a[at] === NO_ROW ? 0 : x + below.childCount[a[at]!]!;
    let y = b[at] === NO_ROW ? 0 : above.childStart[b[at]!]!;
    const yEnd = b[at] === NO_ROW ? 0 : y + above.childCount[b[at]!]!;
    if (layer && own[at] !== NO_ROW) isOpaque[at] = isOpaqueIn(layer, own[at]!, above) ? 1 : 0;
    while (x < xEnd || y < yEnd) {
      const order = x >= xEnd ? 1 : y >= yEnd ? -1 : compareMerged(below, x, above, y);
      parent[length] = at;
      a[length] = order <= 0 ? x++ : NO_ROW;
      b[length] = order >= 0 ? y++ : NO_ROW;
      own[length] =
        layer && own[at] !== NO_ROW ? ownRow(layer, own[at]!, above, b[length]!) : NO_ROW;
      length++;
    }
  }
  return { length, parent, below: a, above: b, isOpaque };
}

/** The directory that layer k has at a path, or NO_ROW. */
function ownRow(layer: AppliedLayer, dir: Row, above: MergedTree, row: Row): Row {
  return isDirectory(above, row) ? childOf(layer.tree, dir, mergedName(above, row)) : NO_ROW;
}

function isDirectory({ layers, layer, row }: MergedTree, at: Row): boolean {
  return at !== NO_ROW && layers[layer[at]! - 1]!.tree.kind[row[at]!] === DIR;
}

function isOpaqueIn(layer: AppliedLayer, row: Row, above: MergedTree): boolean {
  if (above.shows === "oci") return hasMark(layer.marks, row, MARK_OPAQUE | MARK_RENEWED);
  return row !== ROOT_ROW && hasMark(layer.marks, row, MARK_OPAQUE);
}

function compareMerged(below: MergedTree, x: Row, above: MergedTree, y: Row): number {
  const row = below.row[x]!;
  const a = below.layers[below.layer[x]! - 1]!.tree;
  const b = above.layers[above.layer[y]! - 1]!.tree;
  if (a === b && row === above.row[y]) return 0;
  return compareRows(a, row, 0, b, above.row[y]!, 0);
}
