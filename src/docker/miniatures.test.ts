import { createSHA256 } from "hash-wasm";
import { expect, it } from "vitest";
import { rowAt } from "../tree/column-tree.ts";
import { miniatures } from "./miniatures.ts";

it("the built-in layers have the diffIDs they say", async () => {
  const hash = await createSHA256();
  for (const { references, layersBaseFirst } of miniatures())
    for (const [index, { diffId, tar }] of layersBaseFirst.entries()) {
      if (diffId === null) continue;
      hash.init();
      for (const piece of tar) {
        if (piece.type !== "bytes") throw new Error("a built-in layer is bytes");
        hash.update(piece.bytes);
      }
      expect([references, index, diffId]).toEqual([references, index, `sha256:${hash.digest()}`]);
    }
});

it("each is small but for the one that is meant to be large, and says what it is", () => {
  for (const { references, layersBaseFirst } of miniatures()) {
    const note = layersBaseFirst.some(({ tree }) => rowAt(tree, "/README.unionscope") > 0);
    expect([references, note]).toEqual([references, true]);
  }
});
