import { expect, it } from "vitest";
import { changesOf } from "../image/union/changes.ts";
import { drawnLayers } from "../image/union/drawn-layers.ts";
import { mergedTree, unionOf } from "../image/union/union.ts";
import { directorySizes } from "./directory-sizes.ts";
import { changesModel, layerModel, mergedModel, modelRowAt, type TreeModel } from "./tree-model.ts";

/** Four names in one directory, one in another, an ordinary file beside them. */
const TREE =
  "bin/ bin/a=12345 bin/b=>bin/a bin/c=>bin/a bin/d=>bin/a bin/sh=12 sbin/ sbin/a=>bin/a";
const trees = drawnLayers(TREE);
const [base] = trees;
if (!base) throw new Error("no layer was drawn");
const union = unionOf(trees);

it.each<readonly [string, TreeModel]>([
  ["layer", layerModel(base, 1)],
  ["merged", mergedModel(mergedTree(union, 1, "docker"))],
  ["changes", changesModel(changesOf(union, 1, "docker"))],
])("a directory counts an inode once: %s", (_, model) => {
  const sizes = directorySizes(model);
  const size = (path: string) => sizes[modelRowAt(model, path)];
  expect(["/bin", "/sbin", "/"].map(size)).toEqual([7, 5, 7]);
  expect(["/bin/a", "/bin/d", "/bin/sh", "/sbin/a"].map(size)).toEqual([5, 5, 2, 5]);
});
