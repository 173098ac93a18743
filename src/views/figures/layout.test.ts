import { describe, expect, it } from "vitest";
import type { ImageStack, LayerFacts } from "../../state/lab-layers.ts";
import { layOutLayers, MOST_LAYERS } from "./layers-layout.ts";
import { layOutStacks, MOST_DRAWN } from "./stacks-layout.ts";

const space = { width: 1080, height: 400, isLarge: false };

function layers(count: number): readonly LayerFacts[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `id${at}`,
    label: `L${count - at}`,
    part: "image",
    path: `/diff/id${at}`,
    bytes: 10 ** at,
    below: [],
  }));
}

describe("a stack with its layers", () => {
  it("has a row a layer, none over another, with a bar that grows with its bytes", () => {
    const { rows, kernel } = layOutLayers(layers(5), space);
    expect(rows).toHaveLength(5);
    for (const [at, row] of rows.entries())
      expect(row.box.y + row.box.height).toBeLessThan(rows[at + 1]?.box.y ?? kernel.y);
    const bars = rows.map((row) => (row.type === "layer" ? row.bar : 0));
    expect(bars).toEqual([...bars].sort((a, b) => a - b));
  });
  it("folds the middle of a long one, and loses none", () => {
    const { rows } = layOutLayers(layers(125), space);
    expect(rows).toHaveLength(MOST_LAYERS);
    const count = rows.reduce((sum, row) => sum + (row.type === "fold" ? row.count : 1), 0);
    expect(count).toBe(125);
  });
});

function stack(key: string, ids: readonly (readonly [id: string, owner: number | null])[]) {
  const made: ImageStack = {
    key,
    name: key,
    containers: [],
    layers: ids.map(([id, owner]) => ({ id, owner, label: id, bytes: 1 })),
  };
  return made;
}

describe("the stacks on one kernel", () => {
  const three = [
    stack("a", [
      ["a1", null],
      ["base", null],
    ]),
    stack("b", [
      ["b2", null],
      ["b1", null],
      ["a1", 0],
      ["base", 0],
    ]),
    stack("c", [["c", null]]),
  ];
  it("stand on it, each as tall as it has layers", () => {
    const { stacks, kernel } = layOutStacks(three, space);
    const tops = stacks.map(({ rows }) => rows[0]?.box.y ?? 0);
    expect(tops[1]).toBeLessThan(tops[0] ?? 0);
    expect(tops[0]).toBeLessThan(tops[2] ?? 0);
    for (const { rows } of stacks) {
      const last = rows.at(-1)?.box;
      expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThan(kernel.y);
    }
  });
  it("point from every borrowed slot to the row that is there", () => {
    const { loans, stacks } = layOutStacks(three, space);
    expect(loans.map(({ id }) => id)).toEqual(["a1", "base"]);
    const real = stacks[0]?.rows[1]?.box;
    const end = loans[1]?.way.split(",").slice(-2).map(Number);
    expect(end?.[0]).toBeCloseTo((real?.x ?? 0) + (real?.width ?? 0) + 3);
    expect(end?.[1]).toBeCloseTo((real?.y ?? 0) + (real?.height ?? 0) / 2);
  });
  it("are as many as there is room for, and a tall one is folded", () => {
    const tall = stack(
      "tall",
      Array.from({ length: 60 }, (_, at) => [`l${at}`, null] as const),
    );
    const narrow = layOutStacks([tall, ...three], { ...space, width: 390 });
    expect(narrow.stacks.length).toBeLessThan(4);
    expect(narrow.stacks[0]?.rows).toHaveLength(MOST_DRAWN);
    expect(narrow.stacks[0]?.folded).toBe(60 - MOST_DRAWN + 1);
  });
});
