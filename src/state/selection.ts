import type { ImageEntry } from "../image/image.ts";
import type { Semantics } from "../image/union/semantics.ts";
import type { Slice } from "./app-state.ts";
import type { ArchiveId, OpenArchive } from "./archives.ts";
import { bareNames, isBare } from "./bare-layers.ts";

/** layer: its own tar · merged: the union of 1 to k · changes: what k does to the union below it. */
export const MODES = ["layer", "merged", "changes"] as const;
export type Mode = (typeof MODES)[number];

/** The two readings of layers (DESIGN, decision 3), in the order they are offered. */
export const SEMANTICS = ["docker", "oci"] as const satisfies readonly Semantics[];

/** What is looked at. Everything here stands in the URL. */
export interface SelectionSlice {
  readonly archive: ArchiveId | null;
  /** Index into the archive's images. */
  readonly image: number;
  /** From 1, the base; null is the top, whatever its number is. */
  readonly layer: number | null;
  readonly mode: Mode;
  /** "/" for the root; null: nothing is selected. */
  readonly path: string | null;
  readonly semantics: Semantics;
  /** The image a URL asked for, by its address, while no open archive has it. */
  readonly wanted: string | null;
  selectImage(archive: ArchiveId, image: number): void;
  selectLayer(layer: number | null): void;
  selectMode(mode: Mode): void;
  selectPath(path: string | null): void;
  selectSemantics(semantics: Semantics): void;
  /** Selects the path where none is: what an image begins with, no step of a person. */
  beginAt(path: string | null): void;
  /** Shows what a layer has at a path, or does to it. */
  lookAt(layer: number, path: string, mode: Exclude<Mode, "merged">): void;
  /** The archive's structure is known: shows it, unless another one is wanted by the URL. */
  archiveAppeared(archive: ArchiveId): void;
  archiveGone(archive: ArchiveId): void;
  /** The image of that archive that is shown; null when another archive is. */
  imageOf(archive: ArchiveId): number | null;
}

export const selection: Slice<SelectionSlice> = (set, get) => ({
  archive: null,
  image: 0,
  layer: null,
  mode: "merged",
  path: null,
  semantics: "docker",
  wanted: null,

  selectImage: (archive, image) => {
    const { archive: before, image: imageBefore } = get();
    if (before === archive && imageBefore === image) return;
    set({ archive, image, layer: null, wanted: null });
    void get().readImage(archive, image);
  },
  selectLayer: (layer) => set({ layer }),
  selectMode: (mode) => set({ mode }),
  selectPath: (path) => {
    set({ path });
    if (path !== null) get().reveal(path);
  },
  selectSemantics: (semantics) => set({ semantics }),
  beginAt: (path) => {
    if (path !== null && get().path === null) get().selectPath(path);
  },
  lookAt: (layer, path, mode) => {
    set({ layer, mode, path });
    get().reveal(path);
  },

  archiveAppeared: (id) => {
    const { wanted, archives } = get();
    const entry = archives.find((each) => each.id === id);
    if (!entry) return;
    const image = entry.archive?.images.findIndex((each) => addressOf(entry, each) === wanted);
    if (wanted !== null && image !== undefined && image >= 0) {
      set({ archive: id, image, wanted: null });
      return;
    }
    if (wanted !== null && get().stackAs(id, namesIn(wanted))) {
      set({ archive: id, image: 0, wanted: null });
      return;
    }
    const first = entry.archive?.images.findIndex(({ kind }) => kind === "image") ?? -1;
    // What the page begins with is there before anything was chosen: what the URL says of a path or a layer holds.
    const isBeginning = entry.isSample || get().archive === null;
    set({ archive: id, image: Math.max(first, 0), ...(isBeginning ? {} : FRESH) });
  },

  archiveGone: (id) => {
    const { archive, archives } = get();
    if (archive !== id) return;
    set({ archive: null, image: 0, ...FRESH });
    const next = archives.at(-1);
    if (next) get().archiveAppeared(next.id);
  },

  imageOf: (id) => (get().archive === id ? get().image : null),
});

/** Another archive begins at its top, merged, with nothing selected. */
const FRESH = { layer: null, mode: "merged", path: null, wanted: null } as const;

/**
 * What an image is called in the URL: its ID as Docker shortens it, or the names of bare layers, base first, for that is
 * all they are; else its archive and number.
 */
export function addressOf(open: Pick<OpenArchive, "name" | "archive">, image: ImageEntry): string {
  const digest = image.imageId ?? image.manifestDigest;
  if (digest) return digest.replace(/^[^:]*:/, "").slice(0, 12);
  if (open.archive && isBare(open)) return bareNames(open.archive, image).join(SEPARATOR);
  return `${open.name}:${image.index + 1}`;
}

/** The names of bare layers in the address of one. */
export function namesIn(address: string): readonly string[] {
  return address.split(SEPARATOR);
}

const SEPARATOR = ",";
