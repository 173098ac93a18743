import type { ContentHashes } from "../image/content-hashes.ts";
import type { LayerIndex } from "../image/image.ts";
import {
  type ChangeRows,
  type ChangeTree,
  changesOf,
  type SameContent,
} from "../image/union/changes.ts";
import { resolveInUnion, type UnionResolution } from "../image/union/resolution.ts";
import { type LayerRow, type Semantics, storedRowOf } from "../image/union/semantics.ts";
import { mergedTree, shownSemantics, unionOf } from "../image/union/union.ts";
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

/** What layer `k` changes. Without `hashes`, versions of one size count as not compared. */
export const changes = remember(
  6,
  (
    layers: readonly LayerIndex[],
    hashes: readonly ContentHashes[],
    k: number,
    semantics: Semantics,
    rows: ChangeRows,
  ): ChangeTree =>
    changesOf(unionFor(layers), k, semantics, comparing(layers, hashes, k, semantics), rows),
);

/** Compares two versions by their hashes. Hashes go by the rows that are stored, a reading may have other rows. */
export function comparing(
  layers: readonly LayerIndex[],
  hashes: readonly ContentHashes[],
  upto: number,
  semantics: Semantics,
): SameContent {
  if (hashes.length === 0) return () => null;
  const union = unionFor(layers);
  const applied = union[shownSemantics(union, upto, semantics)];
  const hashOf = ({ layer, row }: LayerRow) => {
    const reading = applied[layer - 1];
    return reading ? hashes[layer - 1]?.of(storedRowOf(reading, row)) : null;
  };
  return (a, b) => {
    const [x, y] = [hashOf(a), hashOf(b)];
    return x && y ? x === y : null;
  };
}

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
