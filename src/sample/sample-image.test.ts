import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { bytesSource } from "../image/byte-source.ts";
import { defaultImage, layerBlob, verificationOf } from "../image/image.ts";
import { openArchive } from "../image/open.ts";
import { changesOf } from "../image/union/changes.ts";
import { unionOf } from "../image/union/union.ts";
import { sampleImage } from "./sample-image.ts";

const kept = new Uint8Array(readFileSync(resolve(import.meta.dirname, "../../public/sample.tar")));

it("public/sample.tar is what the script writes (npm run sample)", () => {
  expect(Buffer.compare(sampleImage(), kept)).toBe(0);
  expect(kept.length).toBeLessThan(300_000);
});

it("it opens without a problem, every digest is right, and every layer has something to show", async () => {
  const opened = await openArchive([bytesSource("sample.tar", kept)]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const { reader } = opened;
  const { archive } = reader;
  expect(archive.problems).toEqual([]);
  const image = defaultImage(archive);
  expect(image?.refs).toEqual(["sample:latest"]);
  const trees = [];
  for (const layer of image?.layers ?? []) {
    const index = await reader.layer(layer.layer);
    expect(index.problems).toEqual([]);
    trees.push(index.tree);
    const digests = await reader.digests(layer.layer);
    expect(verificationOf(layer, layerBlob(archive, layer.layer), digests)).toBe("verified");
  }
  const union = unionOf(trees);
  const counts = trees.map((_, i) => changesOf(union, i + 1, "docker").counts);
  expect(
    counts.map(({ added, modified, removed, opaque }) => [added, modified, removed, opaque]),
  ).toEqual([
    [19, 0, 0, 0],
    [11, 1, 0, 0],
    [6, 0, 0, 0],
    [0, 1, 1, 0],
    [0, 1, 0, 0],
    [1, 1, 4, 1],
  ]);
});
