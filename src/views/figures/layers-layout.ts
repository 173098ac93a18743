import { scaleLog } from "d3-scale";
import type { LayerFacts } from "../../state/lab-layers.ts";
import type { Box, StageSpace } from "../stage/layout.ts";

/** A row of the picture: one layer, or a run of layers in the middle of a long stack. */
export type LayerRow =
  | { readonly type: "layer"; readonly at: number; readonly box: Box; readonly bar: number }
  | { readonly type: "fold"; readonly count: number; readonly box: Box };

export interface LayersLayout {
  readonly width: number;
  readonly height: number;
  readonly isNarrow: boolean;
  readonly view: Box;
  readonly rows: readonly LayerRow[];
  /** The room beside the stack. */
  readonly beside: Box;
  readonly kernel: Box;
}

/** More layers than this are folded in the middle. */
export const MOST_LAYERS = 12;
const TOP = 12;
const KERNEL = 30;

/** Places a stack at the left, with room beside it. Bars grow with the logarithm of a layer's bytes. */
export function layOutLayers(layers: readonly LayerFacts[], space: StageSpace): LayersLayout {
  const { width, isLarge } = space;
  const isNarrow = width < 560;
  const left = isNarrow ? 64 : isLarge ? 230 : 150;
  const slab = (width - left) * (isNarrow ? 0.46 : 0.42);
  const shown = foldedLayers(layers.length);
  const pitch = Math.min(
    isLarge ? 92 : 74,
    Math.max(150, space.height - TOP - KERNEL) / (shown.length + 1),
  );
  const gap = Math.max(4, pitch * 0.22);
  const height = pitch - gap;
  const bar = scaleLog().domain([1, 1e9]).range([4, slab]).clamp(true);
  const boxAt = (row: number): Box => ({ x: left, y: TOP + row * pitch, width: slab, height });
  const rows = shown.map((each, row): LayerRow => {
    const box = boxAt(row + 1);
    if (typeof each !== "number") return { type: "fold", count: each.count, box };
    const layer = layers[each];
    const isThin = layer?.part === "rw";
    return {
      type: "layer",
      at: each,
      box: isThin ? { ...box, height: height * 0.82 } : box,
      bar: layer && layer.bytes > 0 ? bar(layer.bytes) : 0,
    };
  });
  const bottom = TOP + (shown.length + 1) * pitch;
  const x = left + slab;
  return {
    width,
    height: bottom + KERNEL,
    isNarrow,
    view: boxAt(0),
    rows,
    beside: { x, y: TOP, width: width - x, height: bottom - TOP },
    kernel: { x: left, y: bottom + 4, width: slab, height: 9 },
  };
}

function foldedLayers(count: number): readonly (number | { readonly count: number })[] {
  const all = Array.from({ length: count }, (_, at) => at);
  if (count <= MOST_LAYERS) return all;
  const above = 6;
  const below = MOST_LAYERS - above - 1;
  return [...all.slice(0, above), { count: count - above - below }, ...all.slice(-below)];
}
