import { linkHorizontal } from "d3-shape";
import type { ImageStack } from "../../state/lab-layers.ts";
import type { Box, StageSpace } from "../stage/layout.ts";

export interface PlacedStack {
  readonly stack: ImageStack;
  readonly width: number;
  readonly name: { readonly x: number; readonly y: number };
  readonly slivers: Box;
  /** Top first; `at` indexes the stack's layers, null: those folded in the middle. */
  readonly rows: readonly { readonly at: number | null; readonly box: Box }[];
  readonly folded: number;
}

export interface StacksLayout {
  readonly width: number;
  readonly height: number;
  readonly stacks: readonly PlacedStack[];
  /** From each borrowed slot to the row that is really there. */
  readonly loans: readonly { readonly id: string; readonly way: string }[];
  readonly kernel: Box;
}

/** Layers of one stack that are drawn; in a taller one the middle is folded. */
export const MOST_DRAWN = 9;
const NAME = 22;
const SLIVER = 20;
const BRACKET = 34;
const KERNEL = 24;
const NARROWEST = 96;

/** Stands the stacks on the kernel, side by side, each as tall as it has layers. */
export function layOutStacks(all: readonly ImageStack[], space: StageSpace): StacksLayout {
  const { width } = space;
  const margin = width < 560 ? 8 : 24;
  const gap = width < 560 ? 20 : 44;
  const most = Math.max(1, Math.floor((width - 2 * margin + gap) / (NARROWEST + gap)));
  const shown = all.slice(0, most);
  const own = Math.min(
    240,
    (width - 2 * margin - gap * (shown.length - 1)) / Math.max(1, shown.length),
  );
  const used = own * shown.length + gap * Math.max(0, shown.length - 1);
  const left = margin + (width - 2 * margin - used) / 2;
  const tallest = Math.max(1, ...shown.map(({ layers }) => Math.min(layers.length, MOST_DRAWN)));
  const room = Math.max(150, space.height - KERNEL - BRACKET - SLIVER - NAME - 24);
  const pitch = Math.min(space.isLarge ? 72 : 60, room / tallest);
  const height = Math.max(8, pitch - 5);
  const ground = BRACKET + SLIVER + NAME + 10 + tallest * pitch;
  const stacks = shown.map((stack, place): PlacedStack => {
    const x = left + place * (own + gap);
    const drawn = drawnLayers(stack.layers.length);
    const top = ground - drawn.length * pitch;
    return {
      stack,
      width: own,
      name: { x: x + own / 2, y: top - SLIVER - (stack.containers.length > 1 ? BRACKET : 12) },
      slivers: { x, y: top - SLIVER, width: own, height: SLIVER - 4 },
      rows: drawn.map((at, row) => ({ at, box: { x, y: top + row * pitch, width: own, height } })),
      folded: stack.layers.length - drawn.filter((at) => at !== null).length,
    };
  });
  return {
    width,
    height: ground + KERNEL + 8,
    stacks,
    loans: loansOf(stacks),
    kernel: { x: margin, y: ground + 2, width: width - 2 * margin, height: KERNEL },
  };
}

function drawnLayers(count: number): readonly (number | null)[] {
  const all = Array.from({ length: count }, (_, at) => at);
  if (count <= MOST_DRAWN) return all;
  const below = 3;
  return [...all.slice(0, MOST_DRAWN - below - 1), null, ...all.slice(-below)];
}

function loansOf(stacks: readonly PlacedStack[]): StacksLayout["loans"] {
  const curve = linkHorizontal<unknown, readonly [number, number]>();
  return stacks.flatMap(({ stack, rows }, place) =>
    rows.flatMap(({ at, box }) => {
      const layer = at === null ? undefined : stack.layers[at];
      if (!layer || layer.owner === null) return [];
      const owner = stacks[layer.owner];
      const real = owner?.rows.find(
        (row) => row.at !== null && owner.stack.layers[row.at]?.id === layer.id,
      );
      if (!real || place === layer.owner) return [];
      const from = [box.x - 1, box.y + box.height / 2] as const;
      const to = [real.box.x + real.box.width + 3, real.box.y + real.box.height / 2] as const;
      const way = curve.source(() => from).target(() => to)(null) ?? "";
      return { id: layer.id, way };
    }),
  );
}
