import { ColumnTreeBuilder } from "../tree/column-tree-builder.ts";
import type { LayerIndex, LayerKey } from "./image.ts";
import type { Problem } from "./problem.ts";

/** What stands for a layer that cannot be read at all. */
export function emptyLayer(key: LayerKey, blob: string, failure: Problem | null): LayerIndex {
  return {
    key,
    tarBytes: 0,
    entries: 0,
    fileBytes: 0,
    tree: new ColumnTreeBuilder(blob).finish(),
    shadowed: [],
    extras: [],
    failure,
    problems: [],
  };
}
