import { type ImageEntry, layerBlob, verificationOf } from "../image/image.ts";
import {
  type Chain,
  imagesWith,
  type LayerStore,
  openImage,
  type StoredImage,
} from "../store/layer-store.ts";
import type { ColumnTree } from "../tree/column-tree.ts";
import type { LayerState, OpenArchive } from "./archives.ts";

/** An archive whose image is in the store, and the store with it. */
export interface Shared {
  readonly store: LayerStore;
  /** The archive's layers with the trees that the store keeps: those that were there before, where they were. */
  readonly layers: OpenArchive["layers"];
}

/**
 * Puts an image into the store once all of its layers were read whole and verified: a layer is shared by what its
 * bytes hash to, never by what an archive claims. null when something keeps it out.
 */
export function shareImage(store: LayerStore, open: OpenArchive, image: ImageEntry): Shared | null {
  const stored = storedImage(open, image);
  if (!stored) return null;
  const treeOf = (diffId: string) => treeIn(open, image, diffId);
  const next = openImage(store, stored, open.id, treeOf);
  const layers = new Map(open.layers);
  for (const { layer, diffId } of image.layers) {
    const state = layers.get(layer);
    const tree = diffId === null ? undefined : next.layers.get(diffId);
    if (state?.phase === "read" && tree && tree !== state.index.tree)
      layers.set(layer, { ...state, index: { ...state.index, tree } });
  }
  return { store: next, layers };
}

/** Names of the other images that have a layer. */
export function sharersOf(
  store: LayerStore,
  archives: readonly OpenArchive[],
  image: ImageEntry,
  diffId: string | null,
): readonly string[] {
  if (diffId === null) return [];
  const names = imagesWith(store, diffId)
    .filter((id) => id !== image.imageId)
    .map((id) => nameOf(archives, id));
  return [...new Set(names)];
}

function nameOf(archives: readonly OpenArchive[], imageId: string): string {
  for (const { archive, name } of archives)
    for (const image of archive?.images ?? [])
      if (image.imageId === imageId) return image.refs[0] ?? name;
  return imageId;
}

function storedImage(open: OpenArchive, image: ImageEntry): StoredImage | null {
  if (image.imageId === null || !open.archive) return null;
  const chains: Chain[] = [];
  for (const layer of image.layers) {
    const { diffId, chainId } = layer;
    const state = open.layers.get(layer.layer);
    const blob = layerBlob(open.archive, layer.layer);
    if (diffId === null || chainId === null || !isWhole(state)) return null;
    if (verificationOf(layer, blob, state.digests ?? undefined) !== "verified") return null;
    chains.push({ id: chainId, parent: chains.at(-1)?.id ?? null, diffId });
  }
  return { id: image.imageId, chains };
}

function isWhole(
  state: LayerState | undefined,
): state is Extract<LayerState, { readonly phase: "read" }> {
  return state?.phase === "read" && state.index.failure === null;
}

function treeIn(open: OpenArchive, image: ImageEntry, diffId: string): ColumnTree | undefined {
  const layer = image.layers.find((each) => each.diffId === diffId);
  const state = layer && open.layers.get(layer.layer);
  return state?.phase === "read" ? state.index.tree : undefined;
}
