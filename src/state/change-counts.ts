import type { LayerIndex } from "../image/image.ts";
import { type ChangeCounts, changesOf } from "../image/union/changes.ts";
import { type Differences, differencesOf } from "../image/union/differences.ts";
import type { Semantics } from "../image/union/semantics.ts";
import { unionFor } from "./analysis.ts";
import type { Slice } from "./app-state.ts";

/** What each layer adds, modifies and removes, counted in the background, one layer at a time. */
export interface ChangeCountsSlice {
  /** By layer: k - 1 is the index; a hole is not counted yet. Of the layers that `countChanges` was last given. */
  readonly changeCounts: readonly (ChangeCounts | null)[];
  /** Where the two readings of all read layers differ; null while nobody has looked. */
  readonly differences: Differences | null;
  readonly isCounting: boolean;
  /** Counts the layers, base first, between frames. A later call ends this one. */
  countChanges(layers: readonly LayerIndex[], semantics: Semantics): Promise<void>;
}

export const changeCounts: Slice<ChangeCountsSlice> = (set, get) => {
  let counted: readonly LayerIndex[] = [];
  let countedAs: Semantics | null = null;
  let turn = 0;
  return {
    changeCounts: [],
    differences: null,
    isCounting: false,
    countChanges: async (layers, semantics) => {
      const mine = ++turn;
      const isMore = countedAs === semantics && counted.every((layer, i) => layers[i] === layer);
      set({ changeCounts: isMore ? get().changeCounts : [], differences: null, isCounting: true });
      counted = layers;
      countedAs = semantics;
      for (let k = 1; k <= layers.length; k++) {
        if (get().changeCounts[k - 1]) continue;
        await idle();
        if (mine !== turn) return;
        const { counts } = changesOf(unionFor(layers), k, semantics);
        set(({ changeCounts: before }) => ({
          changeCounts: layers.map((_, i) => (i === k - 1 ? counts : (before[i] ?? null))),
        }));
      }
      if (layers.length > 0) {
        await idle();
        if (mine !== turn) return;
        set({ differences: differencesOf(unionFor(layers), layers.length) });
      }
      set({ isCounting: false });
    },
  };
};

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === "function")
      requestIdleCallback(() => resolve(), { timeout: 500 });
    else setTimeout(resolve, 0);
  });
}
