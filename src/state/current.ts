import type { ImageEntry, LayerIndex } from "../image/image.ts";
import type { LayerHashes } from "./analysis.ts";
import type { AppState } from "./app-state.ts";
import type { LayerState, OpenArchive } from "./archives.ts";

/** The archive that is shown. */
export function currentArchive(state: AppState): OpenArchive | null {
  return state.archives.find(({ id }) => id === state.archive) ?? null;
}

/** The image that is shown. */
export function currentImage(state: AppState): ImageEntry | null {
  return currentArchive(state)?.archive?.images[state.image] ?? null;
}

/** The layer that is shown, from 1; 0 when the image has none. A number that is too high means the top. */
export function currentLayer(state: AppState): number {
  const top = currentImage(state)?.layers.length ?? 0;
  return Math.min(state.layer ?? top, top);
}

/** How far each layer of an image is, base first. */
export function layerStates(archive: OpenArchive, image: ImageEntry): readonly LayerState[] {
  return image.layers.map(({ layer }) => archive.layers.get(layer) ?? { phase: "waiting" });
}

/** The layers that were read, base first, up to the first that was not. */
export function readLayersOf(archive: OpenArchive, image: ImageEntry): readonly LayerIndex[] {
  const read: LayerIndex[] = [];
  for (const state of layerStates(archive, image)) {
    if (state.phase !== "read") break;
    read.push(state.index);
  }
  return read;
}

/** The hashes of the files of these layers. */
export function contentHashesOf(archive: OpenArchive, image: ImageEntry): LayerHashes {
  return layerStates(archive, image).map((state) => (state.phase === "read" ? state.hashes : null));
}
