import { CHANGES, type Change, type ChangeTree } from "../image/union/changes.ts";
import { hasMark, MARK_OPAQUE, MARK_WHITEOUT, marksOf, OPAQUE_NAME } from "../image/union/marks.ts";
import { type MergedTree, membersOf, mergedName, sourceOf } from "../image/union/merged-tree.ts";
import { type ColumnTree, kindOf, nameOf, type Row } from "../tree/column-tree.ts";
import type { TreeShape } from "./visible-rows.ts";

/** A row of a layer's tree: where a row's attributes stand. */
export interface Source {
  readonly tree: ColumnTree;
  readonly row: Row;
  /** From 1, the base. */
  readonly layer: number;
}

/** What stands before a row's name: what a layer did to the path, or what the row itself is for. */
export type RowMark = Change | "whiteout" | "opaque-mark";

/** A tree as the tree view draws it, whatever it was made of. Rows as in `ColumnTree`: breadth first, sorted by name. */
export interface TreeModel extends TreeShape {
  name(row: Row): string;
  source(row: Row): Source;
  /** Bytes the row itself stores, 0 for what is no regular file. */
  bytes(row: Row): number;
  /** The layers that the row is from, base first: of a directory all that are merged in it. */
  from(row: Row): readonly number[];
  mark(row: Row): RowMark | null;
  /** In which respects a changed row differs, as `WHAT_…` bits. */
  what(row: Row): number;
}

/** What one layer stores, whiteouts and opaque marks as the files they are. */
export function layerModel(tree: ColumnTree, layer: number): TreeModel {
  const marks = marksOf(tree);
  const mark = (row: Row): RowMark | null => {
    if (hasMark(marks, row, MARK_OPAQUE)) return "opaque";
    if (hasMark(marks, row, MARK_WHITEOUT)) return "whiteout";
    return marks && nameOf(tree, row) === OPAQUE_NAME ? "opaque-mark" : null;
  };
  return {
    ...shapeOf(tree),
    name: (row) => nameOf(tree, row),
    source: (row) => ({ tree, row, layer }),
    bytes: (row) => fileBytes(tree, row),
    from: () => [layer],
    mark,
    what: () => 0,
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
    from: (row) => membersOf(merged, row),
    mark: () => null,
    what: () => 0,
  };
}

/** The paths of a `ChangeTree`, those that the layer removed among them. */
export function changesModel(changes: ChangeTree): TreeModel {
  const above = mergedModel(changes.above);
  const below = mergedModel(changes.below);
  /** Where the row is shown from: what is there now, or else what was. */
  const side = (row: Row): readonly [TreeModel, Row] => {
    const now = changes.aboveRow[row] ?? -1;
    return now >= 0 ? [above, now] : [below, changes.belowRow[row] ?? 0];
  };
  return {
    ...shapeOf(changes),
    name: (row) => {
      const [model, at] = side(row);
      return model.name(at);
    },
    source: (row) => {
      const [model, at] = side(row);
      return model.source(at);
    },
    bytes: (row) => {
      const [model, at] = side(row);
      return model.bytes(at);
    },
    from: (row) => {
      const [model, at] = side(row);
      return model.from(at);
    },
    mark: (row) => {
      const change = CHANGES[changes.change[row] ?? 0];
      return change === undefined || change === "unchanged" ? null : change;
    },
    what: (row) => changes.what[row] ?? 0,
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
