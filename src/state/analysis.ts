import type { ContentHashes } from "../image/content-hashes.ts";
import type { LayerIndex } from "../image/image.ts";
import {
  type ChangeRows,
  type ChangeTree,
  changesOf,
  type SameContent,
} from "../image/union/changes.ts";
import { resolveInUnion, type UnionResolution } from "../image/union/resolution.ts";
import {
  type LayerNumber,
  type LayerRow,
  type Semantics,
  storedRowOf,
} from "../image/union/semantics.ts";
import { mergedTree, shownSemantics, type Union, unionOf } from "../image/union/union.ts";
import { remember } from "./remember.ts";

/** What has been worked out of layers, kept for the last few that were asked for. Runs on the page: trees are there. */
export const unionFor = remember(4, (layers: readonly LayerIndex[]) => {
  union = unionOf(
    layers.map(({ tree }) => tree),
    union,
  );
  return union;
});
/** The last one: layers come one after the other, and only the new one is work. */
let union: Union | null = null;

export const merged = remember(
  6,
  (layers: readonly LayerIndex[], upto: number, semantics: Semantics) =>
    mergedTree(unionFor(layers), upto, semantics),
);

/** The hashes of layers' files, base first; null where they were not hashed. */
export type LayerHashes = readonly (ContentHashes | null)[];

/** What layer `k` changes. Without `hashes`, versions of one size count as not compared. */
export const changes = remember(
  6,
  (
    layers: readonly LayerIndex[],
    hashes: LayerHashes,
    k: number,
    semantics: Semantics,
    rows: ChangeRows,
  ): ChangeTree =>
    changesOf(unionFor(layers), k, semantics, comparing(layers, hashes, k, semantics), rows),
);

/**
 * Compares two versions by their hashes. Hashes go by the rows that are stored, a reading may have other rows. `want` is
 * told the layers that must be hashed for an answer.
 */
export function comparing(
  layers: readonly LayerIndex[],
  hashes: LayerHashes,
  upto: number,
  semantics: Semantics,
  want: (layer: LayerNumber) => void = () => undefined,
): SameContent {
  const all = unionFor(layers);
  const applied = all[shownSemantics(all, upto, semantics)];
  const hashOf = ({ layer, row }: LayerRow) => {
    const reading = applied[layer - 1];
    const known = hashes[layer - 1];
    if (!known) want(layer);
    return reading && known ? known.of(storedRowOf(reading, row)) : null;
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
