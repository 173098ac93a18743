import type { LayerIndex } from "../image/image.ts";
import type { ChangeRows } from "../image/union/changes.ts";
import type { Semantics } from "../image/union/semantics.ts";
import { changes, type LayerHashes, merged } from "./analysis.ts";
import { directorySizes } from "./directory-sizes.ts";
import { remember } from "./remember.ts";
import type { Mode } from "./selection.ts";
import {
  changesModel,
  layerModel,
  mergedModel,
  modelPath,
  type RowMark,
  type TreeModel,
} from "./tree-model.ts";
import type { SortBy } from "./tree-view.ts";
import { flatten, keepWithAncestors, type VisibleRows } from "./visible-rows.ts";

/** A tree this small opens whole. */
const OPEN_WHOLE_UP_TO = 120;

/** The tree of a layer in one of the modes; null while its layer is not read. */
export const treeModel = remember(
  6,
  (
    layers: readonly LayerIndex[],
    hashes: LayerHashes,
    layer: number,
    mode: Mode,
    semantics: Semantics,
    rows: ChangeRows,
  ) => {
    const index = layers[layer - 1];
    if (!index) return null;
    switch (mode) {
      case "layer":
        return layerModel(index.tree, layer);
      case "merged":
        return mergedModel(merged(layers, layer, semantics));
      case "changes":
        return changesModel(changes(layers, hashes, layer, semantics, rows));
    }
  },
);

/** Bytes below each row, itself included, an inode once. */
export const sizesOf = remember(6, directorySizes);

/** How many rows have each mark. */
export const marksIn = remember(4, (model: TreeModel) => {
  const counts = new Map<RowMark, number>();
  for (let row = 1; row < model.length; row++) {
    const mark = model.mark(row);
    if (mark) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  return counts;
});

/**
 * Rows whose name (path, when the text has a "/") contains the text, whatever its case, and whose mark is not hidden;
 * null: all.
 */
export const matchesOf = remember(
  4,
  (model: TreeModel, text: string, mode: Mode, hidden: ReadonlySet<RowMark>) => {
    const wanted = text.trim().toLowerCase();
    const isNarrow = mode === "changes" && [...hidden].some((mark) => mark !== "unchanged");
    if (wanted === "" && !isNarrow) return null;
    const matches = new Uint8Array(model.length);
    const isPath = wanted.includes("/");
    for (let row = 1; row < model.length; row++) {
      if (isNarrow && hidden.has(model.mark(row) ?? "unchanged")) continue;
      if (wanted === "") {
        matches[row] = 1;
        continue;
      }
      const subject = isPath ? modelPath(model, row) : model.name(row);
      if (subject.toLowerCase().includes(wanted)) matches[row] = 1;
    }
    return matches;
  },
);

/** The rows on the screen. */
export const visibleRows = remember(
  2,
  (
    model: TreeModel,
    matches: Uint8Array | null,
    sortBy: SortBy,
    isReversed: boolean,
    toggled: ReadonlyMap<string, boolean>,
    isOpenByDefault: boolean | null,
  ): VisibleRows => {
    const keep = matches ? keepWithAncestors(model, (row) => matches[row] === 1) : null;
    const isOpen = isOpenByDefault ?? (matches !== null || model.length <= OPEN_WHOLE_UP_TO);
    const isRowOpen = (row: number) =>
      toggled.size === 0 ? isOpen : (toggled.get(modelPath(model, row)) ?? isOpen);
    return flatten(model, isRowOpen, keep, comparison(model, sortBy, isReversed));
  },
);

function comparison(model: TreeModel, sortBy: SortBy, isReversed: boolean) {
  const direction = isReversed ? -1 : 1;
  if (sortBy === "name") return isReversed ? (a: number, b: number) => b - a : null;
  const sizes = sizesOf(model);
  return (a: number, b: number) => direction * ((sizes[b] ?? 0) - (sizes[a] ?? 0)) || a - b;
}
