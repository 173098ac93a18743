import type { LayerIndex } from "../image/image.ts";
import { type ChangeCounts, changesOf } from "../image/union/changes.ts";
import { type Differences, differencesOf } from "../image/union/differences.ts";
import { type MergedBy, mergedInTurn } from "../image/union/merged-in-turn.ts";
import type { LayerNumber, Semantics } from "../image/union/semantics.ts";
import { shownSemantics } from "../image/union/union.ts";
import { type Waste, type WastedFile, wastedIn, wasteIn } from "../image/union/waste.ts";
import { comparing, type LayerHashes, merged, unionFor } from "./analysis.ts";
import type { Slice } from "./app-state.ts";
import { tellingPath } from "./telling-path.ts";

/** What each layer adds, modifies and removes, counted in the background, one layer at a time. */
export interface ChangeCountsSlice {
  /** By layer: k - 1 is the index; a hole is not counted yet. Of the layers that `countChanges` was last given. */
  readonly changeCounts: readonly (ChangeCounts | null)[];
  /** Where the two readings of all read layers differ; null while nobody has looked. */
  readonly differences: Pick<Differences, "dockerDiffers" | "ociDiffers" | "places"> | null;
  /** What all read layers hide of one another; null while nobody has looked. */
  readonly waste: Waste | null;
  readonly isCounting: boolean;
  /**
   * Counts the layers, base first, between frames, and has those hashed that hold versions of one size. A later call
   * ends this one.
   */
  countChanges(
    layers: readonly LayerIndex[],
    hashes: LayerHashes,
    semantics: Semantics,
  ): Promise<void>;
}

/** Milliseconds of counting between two frames. */
const SLICE = 12;

export const changeCounts: Slice<ChangeCountsSlice> = (set, get) => {
  let counted: readonly LayerIndex[] = [];
  let countedWith: LayerHashes = [];
  let countedAs: Semantics | null = null;
  /** By layer, what it hides of those below. */
  let wasted: (readonly WastedFile[])[] = [];
  let turn = 0;
  return {
    changeCounts: [],
    differences: null,
    waste: null,
    isCounting: false,
    countChanges: async (layers, hashes, semantics) => {
      const mine = ++turn;
      const isAlike = countedAs === semantics && countedWith === hashes;
      const isMore = isAlike && counted.every((layer, i) => layers[i] === layer);
      const isSame = countedAs === semantics && counted.every((layer, i) => layers[i] === layer);
      const areThese = isSame && layers.length === counted.length;
      set({
        changeCounts: isSame ? get().changeCounts : [],
        differences: areThese ? get().differences : null,
        waste: areThese ? get().waste : null,
        isCounting: true,
      });
      if (!isMore) wasted = [];
      counted = layers;
      countedWith = hashes;
      countedAs = semantics;
      const mergedBy = mergedTrees(layers, semantics);
      const wanted = new Set<LayerNumber>();
      const counts = layers.map((_, i) => (isMore ? (get().changeCounts[i] ?? null) : null));
      let shown = performance.now();
      for (const [i, known] of counts.entries()) {
        if (known) continue;
        if (i === 0 || performance.now() - shown > SLICE) {
          set(({ changeCounts: before }) => ({
            changeCounts: counts.map((each, at) => each ?? before[at] ?? null),
          }));
          await idle();
          if (mine !== turn) return;
          shown = performance.now();
        }
        const made = changesOf(
          unionFor(layers),
          i + 1,
          semantics,
          comparing(layers, hashes, i + 1, semantics, (layer) => wanted.add(layer)),
          "changed",
          mergedBy,
        );
        counts[i] = made.counts;
        wasted[i] = wastedIn(made);
      }
      set({ changeCounts: counts });
      if (layers.length > 0) {
        const waste = wasteIn(merged(layers, layers.length, semantics), wasted.flat());
        set({ waste });
        get().beginAt(tellingPath(waste, merged(layers, layers.length, semantics)));
      }
      if (layers.length > 0 && !get().differences) {
        await idle();
        if (mine !== turn) return;
        const { dockerDiffers, ociDiffers, places } = differencesOf(
          unionFor(layers),
          layers.length,
          mergedBy,
        );
        set({ differences: { dockerDiffers, ociDiffers, places } });
      }
      await get().hashFiles(layers.filter((_, i) => wanted.has(i + 1)));
      if (mine === turn) set({ isCounting: false });
    },
  };
};

/** Merged trees for the time of counting: those below and above a layer, and the one that is shown. */
function mergedTrees(layers: readonly LayerIndex[], semantics: Semantics): MergedBy {
  const union = unionFor(layers);
  const shown = shownSemantics(union, layers.length, semantics);
  const made = mergedInTurn(union, semantics);
  return (upto, shows) =>
    upto === layers.length && shows === shown ? merged(layers, upto, semantics) : made(upto, shows);
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === "function")
      requestIdleCallback(() => resolve(), { timeout: 500 });
    else setTimeout(resolve, 0);
  });
}
