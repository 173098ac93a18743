import { expect, it } from "vitest";
import { ColumnTreeBuilder } from "../tree/column-tree-builder.ts";
import {
  type Chain,
  closeHolder,
  EMPTY_STORE,
  imagesOn,
  imagesWith,
  openImage,
  type StoredImage,
  sharedDepth,
} from "./layer-store.ts";

const treeOf = (diffId: string) => new ColumnTreeBuilder(diffId).finish();

/** An image whose chain ids spell out its layers: "a", "a b", … */
function image(id: string, ...diffIds: string[]): StoredImage {
  const chains = diffIds.map((diffId, i): Chain => {
    const name = diffIds.slice(0, i + 1).join(" ");
    const parent = i === 0 ? null : diffIds.slice(0, i).join(" ");
    return { id: name, parent, diffId };
  });
  return { id, chains };
}

it("two images share one tree of a common layer", () => {
  const one = openImage(EMPTY_STORE, image("x", "base", "app"), "x.tar", treeOf);
  const two = openImage(one, image("y", "base", "web"), "y.tar", treeOf);
  expect(two.layers.get("base")).toBe(one.layers.get("base"));
  expect([...two.layers.keys()]).toEqual(["base", "app", "web"]);
  expect(imagesWith(two, "base")).toEqual(["x", "y"]);
  expect(imagesOn(two, "base app")).toEqual(["x"]);
  expect(sharedDepth(two, "x", "y")).toBe(1);
});

it("the same layer on another base is another chain", () => {
  const one = openImage(EMPTY_STORE, image("x", "a", "c"), "x.tar", treeOf);
  const two = openImage(one, image("y", "b", "c"), "y.tar", treeOf);
  expect([...two.chains.keys()]).toEqual(["a", "a c", "b", "b c"]);
  expect(sharedDepth(two, "x", "y")).toBe(0);
  expect(imagesWith(two, "c")).toEqual(["x", "y"]);
});

it("closing frees what nobody needs, and only that", () => {
  let store = openImage(EMPTY_STORE, image("x", "base", "app"), "x.tar", treeOf);
  store = openImage(store, image("y", "base", "web"), "y.tar", treeOf);
  store = openImage(store, image("x", "base", "app"), "copy.tar", treeOf);
  store = closeHolder(store, "x.tar");
  expect([...store.layers.keys()].sort()).toEqual(["app", "base", "web"]);
  store = closeHolder(store, "copy.tar");
  expect([...store.layers.keys()]).toEqual(["base", "web"]);
  expect([...store.chains.keys()]).toEqual(["base", "base web"]);
  store = closeHolder(store, "y.tar");
  expect(store.layers.size + store.chains.size + store.images.size + store.holders.size).toBe(0);
});

it("an earlier store stays what it was", () => {
  const one = openImage(EMPTY_STORE, image("x", "a"), "x.tar", treeOf);
  closeHolder(one, "x.tar");
  expect(one.layers.has("a")).toBe(true);
  expect(EMPTY_STORE.layers.size).toBe(0);
});

it("a layer without a tree is a fault of the caller", () => {
  expect(() => openImage(EMPTY_STORE, image("x", "a"), "x.tar", () => undefined)).toThrow(
    RangeError,
  );
});
