import { expect, it } from "vitest";
import { drawnLayers } from "../image/union/drawn-layers.ts";
import { mergedTree, unionOf } from "../image/union/union.ts";
import { wasteOf } from "../image/union/waste.ts";
import { tellingPath } from "./telling-path.ts";

it.each([
  ["the largest that is hidden", "f! g=1\nf=123 g=22", "/f"],
  ["the first file, depth first", "z=1 a/ a/b/ a/b/c=1 a/d=1", "/a/b/c"],
  ["links are no files", "a->z z=1", "/z"],
  ["nothing to tell", "a/ b->a", null],
])("%s", (_, drawing, path) => {
  const union = unionOf(drawnLayers(drawing));
  const top = mergedTree(union, union.stored.length, "docker");
  expect(tellingPath(wasteOf(union, "docker"), top)).toBe(path);
});
