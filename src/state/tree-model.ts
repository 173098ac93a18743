import type { MergedTree } from "../image/union/merged-tree.ts";
import { mergedName, sourceOf } from "../image/union/merged-tree.ts";
import { type ColumnTree, kindOf, nameOf, type Row } from "../tree/column-tree.ts";
import type { TreeShape } from "./visible-rows.ts";

/** A row of a layer's tree: where a row's attributes stand. */
export interface Source {
  readonly tree: ColumnTree;
  readonly row: Row;
  /** From 1, the base. */
  readonly layer: number;
}

/** A tree as the tree view draws it, whatever it was made of. Rows as in `ColumnTree`: breadth first, sorted by name. */
export interface TreeModel extends TreeShape {
  name(row: Row): string;
  source(row: Row): Source;
  /** Bytes the row itself stores, 0 for what is no regular file. */
  bytes(row: Row): number;
}

/** What one layer stores, whiteouts and opaque marks as the files they are. */
export function layerModel(tree: ColumnTree, layer: number): TreeModel {
  return {
    ...shapeOf(tree),
    name: (row) => nameOf(tree, row),
    source: (row) => ({ tree, row, layer }),
    bytes: (row) => fileBytes(tree, row),
  };
}

/** What layers 1 to k show together. */
export function mergedModel(merged: MergedTree): TreeModel {
  const source = (row: Row): Source => {
    const at = sourceOf(merged, row);
    const layer = merged.layers[at.layer - 1];
    if (!layer) throw new RangeError(`layer ${at.layer} of ${merged.layers.length}`);
    return { tree: layer.tree, row: at.row, layer: at.layer };
  };
  return {
    ...shapeOf(merged),
    name: (row) => mergedName(merged, row),
    source,
    bytes: (row) => {
      const at = source(row);
      return fileBytes(at.tree, at.row);
    },
  };
}

/** The path of a model's row. */
export function modelPath(model: TreeModel, row: Row): string {
  const parts: string[] = [];
  for (let at = row; at > 0; at = model.parent[at] ?? 0) parts.push(model.name(at));
  return `/${parts.reverse().join("/")}`;
}

/** The row at a path, or -1. O(depth · children). */
export function modelRowAt(model: TreeModel, path: string): Row {
  let row = 0;
  for (const name of path.split("/")) {
    if (name === "") continue;
    const start = model.childStart[row] ?? 0;
    const end = start + (model.childCount[row] ?? 0);
    let next = start;
    while (next < end && model.name(next) !== name) next++;
    if (next >= end) return -1;
    row = next;
  }
  return row;
}

function shapeOf({ length, parent, childStart, childCount }: TreeShape): TreeShape {
  return { length, parent, childStart, childCount };
}

function fileBytes(tree: ColumnTree, row: Row): number {
  return kindOf(tree, row) === "file" ? (tree.size[row] ?? 0) : 0;
}
