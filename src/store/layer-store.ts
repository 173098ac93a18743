import type { ColumnTree } from "../tree/column-tree.ts";

/** "sha256:…" of an uncompressed layer tar. */
export type DiffId = string;
/** The digest of a layer and all below it; a base layer's is its diffID. */
export type ChainId = string;
/** The digest of an image's config. */
export type ImageId = string;

/** One place in a chain: a layer on top of a parent chain. */
export interface Chain {
  readonly id: ChainId;
  readonly parent: ChainId | null;
  readonly diffId: DiffId;
}

/** What an image brings: layers and chains base first, of equal length. */
export interface StoredImage {
  readonly id: ImageId;
  readonly chains: readonly Chain[];
}

/**
 * The virtual layer store: each layer once by its diffID, each chain once by its chainID, images by config digest.
 *
 * A value: adding and closing give a new store and share what did not change. A layer stays as long as a chain has it,
 * a chain as long as an image or a chain above it has it, an image as long as someone who opened it has not closed it.
 */
export interface LayerStore {
  readonly layers: ReadonlyMap<DiffId, ColumnTree>;
  readonly chains: ReadonlyMap<ChainId, Chain>;
  readonly images: ReadonlyMap<ImageId, StoredImage>;
  /** Who opened an image: names of archives, containers, whatever holds it. */
  readonly holders: ReadonlyMap<ImageId, ReadonlySet<string>>;
}

export const EMPTY_STORE: LayerStore = {
  layers: new Map(),
  chains: new Map(),
  images: new Map(),
  holders: new Map(),
};

/**
 * Adds an image for `holder`. A layer that is there already is kept, and the one brought is let go: two images with one
 * diffID share one tree. `treeOf` gives the trees of layers that are new; throws RangeError when it has none.
 */
export function openImage(
  store: LayerStore,
  image: StoredImage,
  holder: string,
  treeOf: (diffId: DiffId) => ColumnTree | undefined,
): LayerStore {
  const layers = new Map(store.layers);
  const chains = new Map(store.chains);
  for (const chain of image.chains) {
    chains.set(chain.id, chain);
    if (layers.has(chain.diffId)) continue;
    const tree = treeOf(chain.diffId);
    if (!tree) throw new RangeError(`no tree for ${chain.diffId}`);
    layers.set(chain.diffId, tree);
  }
  const holders = new Set(store.holders.get(image.id)).add(holder);
  return {
    layers,
    chains,
    images: new Map(store.images).set(image.id, image),
    holders: new Map(store.holders).set(image.id, holders),
  };
}

/** Ends one holder's interest in all its images, and frees what nobody needs any more. */
export function closeHolder(store: LayerStore, holder: string): LayerStore {
  const holders = new Map<ImageId, ReadonlySet<string>>();
  const images = new Map<ImageId, StoredImage>();
  for (const [id, image] of store.images) {
    const left = new Set(store.holders.get(id));
    left.delete(holder);
    if (left.size === 0) continue;
    holders.set(id, left);
    images.set(id, image);
  }
  if (images.size === store.images.size) return { ...store, holders };
  const chains = new Map<ChainId, Chain>();
  const layers = new Map<DiffId, ColumnTree>();
  for (const image of images.values())
    for (const chain of image.chains) {
      chains.set(chain.id, chain);
      const tree = store.layers.get(chain.diffId);
      if (tree) layers.set(chain.diffId, tree);
    }
  return { layers, chains, images, holders };
}

/** The images that have a layer, anywhere in their chains, in the order they were opened. */
export function imagesWith(store: LayerStore, diffId: DiffId): readonly ImageId[] {
  return [...store.images.values()]
    .filter((image) => image.chains.some((chain) => chain.diffId === diffId))
    .map((image) => image.id);
}

/** The images that stand on a chain: they share all layers up to it. */
export function imagesOn(store: LayerStore, chainId: ChainId): readonly ImageId[] {
  return [...store.images.values()]
    .filter((image) => image.chains.some((chain) => chain.id === chainId))
    .map((image) => image.id);
}

/** How many layers from the base on two images have in common. */
export function sharedDepth(store: LayerStore, a: ImageId, b: ImageId): number {
  const left = store.images.get(a)?.chains ?? [];
  const right = store.images.get(b)?.chains ?? [];
  let depth = 0;
  while (depth < left.length && left[depth]?.id === right[depth]?.id) depth += 1;
  return depth;
}
