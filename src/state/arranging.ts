import type { AppState, Slice } from "./app-state.ts";
import type { ArchiveId, OpenArchive } from "./archives.ts";
import { arranged, bareNames, isBare, orderTo } from "./bare-layers.ts";
import { currentArchive, currentImage, currentLayer } from "./current.ts";

/** What was done last to the order of bare layers: told to those who cannot see it. */
export type Arrangement =
  | { readonly type: "moved"; readonly name: string; readonly k: number; readonly count: number }
  | { readonly type: "restored"; readonly name: string; readonly k: number; readonly count: number }
  | { readonly type: "added"; readonly name: string; readonly k: number; readonly count: number }
  | { readonly type: "removed"; readonly name: string; readonly count: number };

/** The order of bare layers, which no image says, in a person's hands. Layers are numbered from 1, the base. */
export interface ArrangingSlice {
  /** null until something was done. */
  readonly arrangement: Arrangement | null;
  /** Makes layer `k` of the shown bare layers layer `to`; what is selected stays so. */
  moveLayer(k: number, to: number): void;
  /** Takes layer `k` out of the shown bare layers; the last one stays. */
  removeLayer(k: number): void;
  /** Puts the bare layer that was taken out last back where it was. */
  restoreLayer(): void;
  /** Stacks those of an archive's bare layers that an address names; says nothing. False when it names others. */
  stackAs(id: ArchiveId, names: readonly string[]): boolean;
  /** `count` layers came on top of an open archive's. */
  layersAdded(id: ArchiveId, count: number): void;
}

export const arranging: Slice<ArrangingSlice> = (set, get) => {
  /** Reads what was aside when the others were read. */
  const readRest = async (id: ArchiveId) => {
    const entry = get().archives.find((each) => each.id === id);
    const image = entry?.archive?.images[0];
    const isWaiting = image?.layers.some(
      ({ layer }) => entry?.layers.get(layer)?.phase === "waiting",
    );
    if (entry?.phase === "idle" && isWaiting) await get().readImage(id, 0);
  };

  return {
    arrangement: null,

    moveLayer: (k, to) => {
      const shown = shownBare(get());
      if (!shown || k === to || !shown.names[k - 1] || !shown.names[to - 1]) return;
      const { entry, names } = shown;
      const order = names.map((_, i) => i).filter((i) => i !== k - 1);
      order.splice(to - 1, 0, k - 1);
      const { layer, archives } = get();
      const at = currentLayer(get());
      set({
        archives: swapped(archives, arranged(entry, order, "chosen")),
        layer: layer === null ? null : order.indexOf(at - 1) + 1,
        arrangement: { type: "moved", name: names[k - 1] ?? "", k: to, count: names.length },
      });
    },

    removeLayer: (k) => {
      const shown = shownBare(get());
      if (!shown || shown.names.length < 2 || !shown.names[k - 1]) return;
      const { entry, names } = shown;
      const order = names.map((_, i) => i).filter((i) => i !== k - 1);
      const { layer, archives } = get();
      const at = currentLayer(get());
      set({
        archives: swapped(archives, arranged(entry, order, entry.order)),
        layer: layer === null ? null : Math.min(at > k ? at - 1 : at, order.length),
        arrangement: { type: "removed", name: names[k - 1] ?? "", count: order.length },
      });
    },

    restoreLayer: () => {
      const shown = shownBare(get());
      const last = shown?.entry.aside.at(-1);
      if (!shown || !last) return;
      const { entry, names } = shown;
      const k = Math.min(last.layer.k, names.length + 1);
      const order = names.map((_, i) => i);
      order.splice(k - 1, 0, names.length + entry.aside.length - 1);
      const { layer, archives } = get();
      set({
        archives: swapped(archives, arranged(entry, order, entry.order)),
        layer: layer !== null && layer >= k ? layer + 1 : layer,
        arrangement: { type: "restored", name: last.name, k, count: order.length },
      });
      void readRest(entry.id);
    },

    stackAs: (id, wanted) => {
      const entry = get().archives.find((each) => each.id === id);
      const image = entry?.archive?.images[0];
      if (!entry?.archive || !image || !isBare(entry)) return false;
      const names = bareNames(entry.archive, image);
      const order = orderTo([...names, ...entry.aside.map(({ name }) => name)], wanted);
      if (!order) return false;
      const stayed = order.filter((at) => at < names.length);
      const by = stayed.some((at, i) => at < (stayed[i - 1] ?? 0)) ? "chosen" : entry.order;
      if (order.length !== names.length || order.some((at, i) => at !== i))
        set(({ archives }) => ({ archives: swapped(archives, arranged(entry, order, by)) }));
      void readRest(id);
      return true;
    },

    layersAdded: (id, count) => {
      const entry = get().archives.find((each) => each.id === id);
      const image = entry?.archive?.images[0];
      if (!entry?.archive || !image) return;
      const names = bareNames(entry.archive, image);
      const name = names.slice(-count).join(", ");
      set({ arrangement: { type: "added", name, k: names.length, count: names.length } });
    },
  };
};

function shownBare(state: AppState) {
  const entry = currentArchive(state);
  const image = currentImage(state);
  if (!entry?.archive || !image || !isBare(entry)) return null;
  return { entry, names: bareNames(entry.archive, image) };
}

function swapped(archives: readonly OpenArchive[], entry: OpenArchive): readonly OpenArchive[] {
  return archives.map((each) => (each.id === entry.id ? entry : each));
}
