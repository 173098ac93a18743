import type { LayerIndex } from "../image/image.ts";
import type { Semantics } from "../image/union/semantics.ts";
import { mergedTree, unionOf } from "../image/union/union.ts";
import { useAppState } from "./app-state.ts";
import { currentArchive, currentImage, readLayersOf } from "./current.ts";
import { remember } from "./remember.ts";

/** What has been worked out of layers, kept for the last few that were asked for. Runs on the page: trees are there. */
const union = remember(4, (layers: readonly LayerIndex[]) =>
  unionOf(layers.map(({ tree }) => tree)),
);

export const merged = remember(
  6,
  (layers: readonly LayerIndex[], upto: number, semantics: Semantics) =>
    mergedTree(union(layers), upto, semantics),
);

const NONE: readonly LayerIndex[] = [];

/** The layers of the current image that were read, base first and without a gap. */
const readLayers = remember(2, (layers: readonly LayerIndex[]) => layers);

export function useReadLayers(): readonly LayerIndex[] {
  return useAppState((state) => {
    const archive = currentArchive(state);
    const image = currentImage(state);
    return archive && image ? readLayers(readLayersOf(archive, image)) : NONE;
  });
}

/** How many paths the whole union shows, its root not counted; null while layers are missing. */
export function useUnionPaths(): number | null {
  const layers = useReadLayers();
  const all = useAppState((state) => currentImage(state)?.layers.length ?? 0);
  const semantics = useAppState((state) => state.semantics);
  if (layers.length < all || all === 0) return null;
  return merged(layers, all, semantics).length - 1;
}

/** How many paths a layer adds, modifies and removes. */
export interface ChangeCounts {
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
}

export function useChangeCounts(_k: number): ChangeCounts | null {
  return null;
}
