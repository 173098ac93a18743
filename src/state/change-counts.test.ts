import { expect, it } from "vitest";
import { contentHashes } from "../image/content-hashes.ts";
import type { LayerIndex } from "../image/image.ts";
import { drawnLayers } from "../image/union/drawn-layers.ts";
import { useAppState } from "./app-state.ts";

/** Counts the layers of a drawing; the layers whose files were asked for, and how many paths each layer changed. */
async function counted(drawing: string, hash: (layer: number) => number | null) {
  const layers = drawnLayers(drawing).map(
    (tree, i): LayerIndex => ({
      key: `${i + 1}`,
      tarBytes: 0,
      entries: tree.length - 1,
      fileBytes: 0,
      tree,
      shadowed: [],
      extras: [],
      failure: null,
      problems: [],
    }),
  );
  const asked: string[] = [];
  useAppState.setState({
    hashFiles: async (wanted) => void asked.push(...wanted.map(({ key }) => key)),
  });
  const hashes = layers.map(({ tree }, i) => {
    const byte = hash(i + 1);
    if (byte === null) return null;
    const index = new Int32Array(tree.length).fill(0);
    return contentHashes(index, new Uint8Array(32).fill(byte));
  });
  await useAppState.getState().countChanges(layers, hashes, "docker");
  const { changeCounts, isCounting } = useAppState.getState();
  expect(isCounting).toBe(false);
  return { asked, modified: changeCounts.map((each) => each?.modified) };
}

const DRAWING = `
  a/f=three c=other
  b=more
  a/f=seven b=b c=c`;

it("asks for the files of those layers alone that hold versions of one size", async () => {
  expect(await counted(DRAWING, () => null)).toMatchObject({ asked: ["1", "3"] });
  expect(await counted("b=2\na=1", () => null)).toMatchObject({ asked: [] });
});

it("asks no more when they are known, and counts by them", async () => {
  const alike = await counted(DRAWING, (layer) => (layer === 2 ? null : 7));
  expect(alike).toEqual({ asked: [], modified: [0, 1, 1] });
  const other = await counted(DRAWING, (layer) => (layer === 2 ? null : layer));
  expect(other).toEqual({ asked: [], modified: [0, 1, 2] });
});
