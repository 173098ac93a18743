import { describe, expect, it } from "vitest";
import { guessedOrder, numbered, orderTo } from "./bare-layers.ts";

const ordered = (...names: string[]) => guessedOrder(names)?.map((at) => names[at]) ?? null;

describe("the order of bare layers", () => {
  it("is what the numbers in their names say, counted and not spelled", () => {
    expect(ordered("layer-10.tar", "layer-2.tar", "layer-1.tar")).toEqual([
      "layer-1.tar",
      "layer-2.tar",
      "layer-10.tar",
    ]);
    expect(ordered("02.tar.gz", "01.tar.gz")).toEqual(["01.tar.gz", "02.tar.gz"]);
    expect(ordered("2-app.tar", "1-base.tar")).toEqual(["1-base.tar", "2-app.tar"]);
    expect(ordered("x/b/2.tar", "x/a/1.tar")).toEqual(["x/a/1.tar", "x/b/2.tar"]);
  });

  it.each([
    ["names without a number", ["base.tar", "app.tar"]],
    ["one without a number", ["1.tar", "app.tar"]],
    ["versions of different things", ["app-2.1.tar", "base-1.0.tar"]],
    ["the same number twice", ["1.tar", "01.tar"]],
    ["digests", ["9f3c0a.tar", "1b22ee.tar"]],
    ["one layer", ["1.tar"]],
  ])("is not said by %s", (_, names) => {
    expect(guessedOrder(names)).toBeNull();
  });

  it("leads to another that names some of the layers, and to no other", () => {
    expect(orderTo(["a", "b", "c"], ["c", "a", "b"])).toEqual([2, 0, 1]);
    expect(orderTo(["a", "a", "b"], ["b", "a", "a"])).toEqual([2, 0, 1]);
    expect(orderTo(["a", "b"], ["a", "c"])).toBeNull();
    expect(orderTo(["a", "b"], ["b"])).toEqual([1]);
    expect(orderTo(["a", "b"], ["a", "a"])).toBeNull();
  });
});

it("layers of one name get numbers", () => {
  const blob = new Blob();
  const files = ["layer.tar", "layer.tar", "x.tar"].map((name) => ({ name, blob }));
  expect(numbered(files, ["x.tar"]).map(({ name }) => name)).toEqual([
    "layer.tar",
    "layer.tar (2)",
    "x.tar (2)",
  ]);
});
