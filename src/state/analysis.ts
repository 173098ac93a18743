import type { LayerIndex } from "../image/image.ts";
import { type ChangeTree, changesOf } from "../image/union/changes.ts";
import { resolveInUnion, type UnionResolution } from "../image/union/resolution.ts";
import type { Semantics } from "../image/union/semantics.ts";
import { mergedTree, unionOf } from "../image/union/union.ts";
import { remember } from "./remember.ts";

/** What has been worked out of layers, kept for the last few that were asked for. Runs on the page: trees are there. */
export const unionFor = remember(4, (layers: readonly LayerIndex[]) =>
  unionOf(layers.map(({ tree }) => tree)),
);

export const merged = remember(
  6,
  (layers: readonly LayerIndex[], upto: number, semantics: Semantics) =>
    mergedTree(unionFor(layers), upto, semantics),
);

/** What layer `k` changes; it needs the layers below it and no more. */
export const changes = remember(
  6,
  (layers: readonly LayerIndex[], k: number, semantics: Semantics): ChangeTree =>
    changesOf(unionFor(layers), k, semantics),
);

/** How a path is resolved in layers 1 to `upto`; a symlink at its end is followed only with `follow`. */
export const resolution = remember(
  12,
  (
    layers: readonly LayerIndex[],
    path: string,
    upto: number,
    semantics: Semantics,
    follow: boolean,
  ): UnionResolution => resolveInUnion(unionFor(layers), path, upto, semantics, follow),
);
