import {
  type Archive,
  type ImageEntry,
  type LayerBlob,
  layerBlob,
  type Verification,
  verificationOf,
} from "../image/image.ts";
import { mergedPath } from "../image/union/merged-tree.ts";
import type { UnionResolution } from "../image/union/resolution.ts";
import type { Semantics } from "../image/union/semantics.ts";
import { merged, resolution } from "../state/analysis.ts";
import { useAppState } from "../state/app-state.ts";
import { isBusy, type Marks } from "../state/archives.ts";
import { currentArchive, currentImage, currentLayer, readLayersOf } from "../state/current.ts";
import type { GivenFile } from "../state/reader.ts";
import { layerModel, mergedModel, type TreeModel } from "../state/tree-model.ts";
import { imagesWith } from "../store/layer-store.ts";
import { extraOf, kindOf, pathOf } from "../tree/column-tree.ts";
import { type LabApi, labApi } from "./lab-api.ts";

/** One path of a listing. */
export interface ListedPath {
  /** "/a/b". Bytes that are not UTF-8 are U+DC80..U+DCFF. */
  readonly path: string;
  readonly kind: string;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for what is no regular file. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** A symlink's target. */
  readonly target?: string;
  /** The layer that provides it, from 1. */
  readonly layer: number;
}

/** One layer of the shown image, as the stack shows it. */
export interface ListedLayer {
  /** From 1, the base. */
  readonly k: number;
  readonly diffId: string | null;
  readonly command: string;
  /** null until it was read. */
  readonly entries: number | null;
  readonly fileBytes: number | null;
  readonly compression: LayerBlob["compression"];
  readonly verification: Verification;
  /** The type of the problem that ended its reading; null when it was read whole. */
  readonly failure: string | null;
}

/** Which part of the shown image: of one layer, or of layers 1 to `upto`. Left out: what the page shows. */
export interface Which {
  readonly layer?: number;
  readonly upto?: number;
  readonly semantics?: Semantics;
}

/** What scripts on the page, and its tests, may do: all that a person can. */
export interface UnionscopeApi extends LabApi {
  /** Opens files as one archive and shows it; rejects when they are no archive. */
  open(files: File | readonly File[]): Promise<Archive>;
  /** The shown image; null when there is none. */
  image(): ImageEntry | null;
  /** Makes layer `k` of the shown bare layers layer `to`, both from 1; an image's layers stay. */
  moveLayer(k: number, to: number): void;
  /** Takes layer `k` out of the shown bare layers; the last one stays. */
  removeLayer(k: number): void;
  /** Its layers, base first. */
  layers(): readonly ListedLayer[];
  /** Paths, parents before children; the layers must have been read (`whenIdle`). */
  ls(which?: Which): readonly ListedPath[];
  /** How a path is resolved; a symlink at its end is not followed. */
  resolve(path: string, which?: Pick<Which, "upto" | "semantics">): UnionResolution;
  /** Every layer that is kept once for all open images, and the digests of the images that have it. */
  store(): readonly { readonly diffId: string; readonly images: readonly string[] }[];
  /** Resolves when nothing is being read, hashed or counted, and the page shows what is known. */
  whenIdle(): Promise<void>;
  /** When the archive opened last was opened, had its first tree, was read, and was verified: `performance.now()`. */
  marks(): Marks;
}

declare global {
  interface Window {
    unionscope: UnionscopeApi;
  }
}

export const unionscope: UnionscopeApi = {
  ...labApi,

  open: async (files) => {
    const given: GivenFile[] = (files instanceof File ? [files] : files).map((file) => ({
      name: file.webkitRelativePath || file.name,
      blob: file,
    }));
    const id = await useAppState.getState().openFiles(given);
    const entry = useAppState.getState().archives.find((each) => each.id === id);
    if (!entry?.archive) throw new Error(entry?.refusal[0]?.type ?? "cancelled");
    return entry.archive;
  },

  image: () => currentImage(useAppState.getState()),

  moveLayer: (k, to) => useAppState.getState().moveLayer(k, to),

  removeLayer: (k) => useAppState.getState().removeLayer(k),

  layers: () => {
    const state = useAppState.getState();
    const entry = currentArchive(state);
    const image = currentImage(state);
    if (!entry?.archive || !image) return [];
    const { archive } = entry;
    return image.layers.map((layer) => {
      const blob = layerBlob(archive, layer.layer);
      const read = entry.layers.get(layer.layer);
      const index = read?.phase === "read" ? read.index : null;
      const digests = read?.phase === "read" ? (read.digests ?? undefined) : undefined;
      return {
        k: layer.k,
        diffId: layer.diffId,
        command: layer.step === null ? "" : (image.history[layer.step]?.command ?? ""),
        entries: index?.entries ?? null,
        fileBytes: index?.fileBytes ?? null,
        compression: blob.compression,
        verification: verificationOf(layer, blob, digests),
        failure: index?.failure?.type ?? null,
      };
    });
  },

  ls: (which = {}) => {
    const { layers, upto, semantics } = place(which);
    if (which.layer === undefined) {
      const tree = merged(layers, upto, semantics);
      return listed(mergedModel(tree), (row) => mergedPath(tree, row));
    }
    const tree = layers[which.layer - 1]?.tree;
    if (!tree) throw new RangeError(`layer ${which.layer} of ${layers.length}`);
    return listed(layerModel(tree, which.layer), (row) => pathOf(tree, row));
  },

  resolve: (path, which = {}) => {
    const { layers, upto, semantics } = place(which);
    return resolution(layers, path, upto, semantics, false);
  },

  store: () => {
    const { store } = useAppState.getState();
    return [...store.layers.keys()].map((diffId) => ({
      diffId,
      images: imagesWith(store, diffId),
    }));
  },

  whenIdle: async () => {
    while (isWorking()) await changed();
    await painted();
    if (isWorking()) await unionscope.whenIdle();
  },

  marks: () => useAppState.getState().marks,
};

function place(which: Which) {
  const state = useAppState.getState();
  const archive = currentArchive(state);
  const image = currentImage(state);
  const layers = archive && image ? readLayersOf(archive, image) : [];
  const upto = which.upto ?? currentLayer(state);
  if (upto < 1 || upto > layers.length) throw new RangeError(`layer ${upto} of ${layers.length}`);
  return { layers, upto, semantics: which.semantics ?? state.semantics };
}

function listed(model: TreeModel, path: (row: number) => string): readonly ListedPath[] {
  return Array.from({ length: model.length - 1 }, (_, i) => {
    const { tree, row, layer } = model.source(i + 1);
    const { target } = extraOf(tree, row);
    return {
      path: path(i + 1),
      kind: kindOf(tree, row),
      mode: tree.mode[row] ?? 0,
      uid: tree.uid[row] ?? 0,
      gid: tree.gid[row] ?? 0,
      size: model.bytes(i + 1),
      mtime: tree.mtime[row] ?? 0,
      ...(target === undefined ? {} : { target }),
      layer,
    };
  });
}

function isWorking(): boolean {
  const state = useAppState.getState();
  return isBusy(state) || state.isCounting || state.isGathering;
}

function changed(): Promise<void> {
  return new Promise((resolve) => {
    const stop = useAppState.subscribe(() => {
      stop();
      resolve();
    });
  });
}

/** Two frames: React has drawn, the browser has painted. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0)));
  });
}
