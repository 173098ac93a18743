import type { LayerIndex } from "../image/image.ts";
import { type LayerHashes, merged } from "./analysis.ts";
import { useAppState } from "./app-state.ts";
import { contentHashesOf, currentArchive, currentImage, readLayersOf } from "./current.ts";
import { remember } from "./remember.ts";

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

const contentHashes = remember(2, (hashes: LayerHashes) => hashes);

/** The hashes of the current image's files, base first. */
export function useContentHashes(): LayerHashes {
  return useAppState((state) => {
    const archive = currentArchive(state);
    const image = currentImage(state);
    return contentHashes(archive && image ? contentHashesOf(archive, image) : []);
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
