import {
  ENTRY_KINDS,
  type EntryKind,
  extraOf,
  NO_ROW,
  nameOf,
  ROOT_ROW,
  type Row,
} from "../../tree/column-tree.ts";
import { encodeName } from "../../tree/name.ts";
import { compareToRow } from "../../tree/name-order.ts";
import type { AppliedLayer, LayerNumber, LayerRow, Semantics } from "./semantics.ts";

/**
 * What a container of the first `upto` layers sees, as columns: one row a path, no object per row.
 *
 * Rows stand as in a `ColumnTree`: row 0 is the root, parents before children, the children of a directory together
 * and sorted by the bytes of their names. A row names the layer and the row there that provide it; everything else
 * (name, kind, size, …) is read from that row. About 20 bytes a row.
 */
export interface MergedTree {
  readonly length: number;
  readonly parent: Int32Array;
  readonly childStart: Int32Array;
  readonly childCount: Int32Array;
  /** The layer that provides the row: for a directory, the last one that has an entry for it. */
  readonly layer: Int32Array;
  /** The row in that layer's tree: `layers[layer - 1].tree`. */
  readonly row: Int32Array;
  /**
   * Rows whose attributes and content stand elsewhere: hard links to a file of a lower layer, and directories that no
   * entry names and that containerd gives the attributes of a hidden one below.
   */
  readonly sources: ReadonlyMap<Row, LayerRow>;
  /** By row: where in `lists` the directories stand that are merged in it; 0 where the row is all there is. */
  readonly list: Int32Array;
  /** Lists of directories: a length, then (layer, row) pairs, top first. */
  readonly lists: Int32Array;
  /** Names that overlayfs lists and cannot open: whiteout rows in directories where nothing is merged. Not in the tree; at most 1,000. */
  readonly unopenable: readonly Unopenable[];
  readonly upto: LayerNumber;
  /** The reading that was asked for. */
  readonly semantics: Semantics;
  /** The reading that is shown: `oci` also where Docker refuses one of the layers. */
  readonly shows: Semantics;
  /** All layers, base first, as this reading takes them. */
  readonly layers: readonly AppliedLayer[];
}

/** A name that is listed and cannot be opened. */
export interface Unopenable {
  /** The merged row of its directory. */
  readonly dir: Row;
  readonly name: string;
  /** The layer of the whiteout, and its row there. */
  readonly layer: LayerNumber;
  readonly row: Row;
}

/** The name of a merged row; "" for the root. */
export function mergedName(merged: MergedTree, row: Row): string {
  return nameOf(merged.layers[merged.layer[row]! - 1]!.tree, merged.row[row]!);
}

/** The path of a merged row: "/" for the root, else "/a/b". */
export function mergedPath(merged: MergedTree, row: Row): string {
  const parts: string[] = [];
  for (let at = row; at !== ROOT_ROW; at = merged.parent[at]!) parts.push(mergedName(merged, at));
  return `/${parts.reverse().join("/")}`;
}

/** Where a merged row's attributes and content stand. */
export function sourceOf(merged: MergedTree, row: Row): LayerRow {
  return merged.sources.get(row) ?? { layer: merged.layer[row]!, row: merged.row[row]! };
}

/** The layers that a merged row is from, base first: of a directory all whose directories are merged in it. */
export function membersOf(merged: MergedTree, row: Row): readonly LayerNumber[] {
  const list = merged.list[row]!;
  if (list === 0) return [sourceOf(merged, row).layer];
  const layers: LayerNumber[] = [];
  for (let member = merged.lists[list]! - 1; member >= 0; member--)
    layers.push(merged.lists[list + 1 + member * 2]!);
  return layers;
}

/** The kind of a merged row. */
export function mergedKind(merged: MergedTree, row: Row): EntryKind {
  const source = sourceOf(merged, row);
  return ENTRY_KINDS[merged.layers[source.layer - 1]!.tree.kind[source.row]!]!;
}

/** A symlink's target; "" for anything else. */
export function mergedTarget(merged: MergedTree, row: Row): string {
  const source = sourceOf(merged, row);
  return extraOf(merged.layers[source.layer - 1]!.tree, source.row).target ?? "";
}

/** The row of `name` in the directory `dir`, or NO_ROW. O(log children). */
export function mergedChild(merged: MergedTree, dir: Row, name: string): Row {
  const bytes = encodeName(name);
  let low = merged.childStart[dir]!;
  let high = low + merged.childCount[dir]! - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const tree = merged.layers[merged.layer[middle]! - 1]!.tree;
    const order = compareToRow(bytes, tree, merged.row[middle]!);
    if (order === 0) return middle;
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return NO_ROW;
}
