import type { LayerIndex } from "../image/image.ts";
import type { Semantics } from "../image/union/semantics.ts";
import { merged } from "./analysis.ts";
import { remember } from "./remember.ts";
import type { Mode } from "./selection.ts";
import { layerModel, mergedModel, modelPath, type TreeModel } from "./tree-model.ts";
import type { SortBy } from "./tree-view.ts";
import { flatten, keepWithAncestors, subtreeSums, type VisibleRows } from "./visible-rows.ts";

/** A tree this small opens whole. */
const OPEN_WHOLE_UP_TO = 120;

/** The tree of a layer in one of the modes; null while its layer is not read. */
export const treeModel = remember(
  6,
  (layers: readonly LayerIndex[], layer: number, mode: Mode, semantics: Semantics) => {
    const index = layers[layer - 1];
    if (!index) return null;
    return mode === "layer"
      ? layerModel(index.tree, layer)
      : mergedModel(merged(layers, layer, semantics));
  },
);

/** Bytes below each row, itself included. */
export const sizesOf = remember(6, (model: TreeModel) =>
  subtreeSums(model, (row) => model.bytes(row)),
);

/** Rows whose name (path, when the text has a "/") contains the text, whatever its case; null: all. */
export const matchesOf = remember(4, (model: TreeModel, text: string) => {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return null;
  const matches = new Uint8Array(model.length);
  const isPath = wanted.includes("/");
  for (let row = 1; row < model.length; row++) {
    const subject = isPath ? modelPath(model, row) : model.name(row);
    if (subject.toLowerCase().includes(wanted)) matches[row] = 1;
  }
  return matches;
});

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
