import { describe, expect, it } from "vitest";
import { flatten, keepWithAncestors, subtreeSums } from "./visible-rows.ts";

// 0 root: 1 a/ (3 x, 4 y), 2 b/ (5 z/ (6 q))
const tree = {
  length: 7,
  parent: Int32Array.of(-1, 0, 0, 1, 1, 2, 5),
  childStart: Int32Array.of(1, 3, 5, 0, 0, 6, 0),
  childCount: Int32Array.of(2, 2, 1, 0, 0, 1, 0),
};

describe("flatten", () => {
  it("shows closed directories as one row each", () => {
    expect([...flatten(tree, () => false, null, null).rows]).toEqual([1, 2]);
  });
  it("walks open directories depth first and tells the depth", () => {
    const shown = flatten(tree, (row) => row !== 1, null, null);
    expect([...shown.rows]).toEqual([1, 2, 5, 6]);
    expect([...shown.depth]).toEqual([1, 1, 2, 3]);
  });
  it("orders the children of one directory, not the whole", () => {
    const shown = flatten(
      tree,
      () => true,
      null,
      (a, b) => b - a,
    );
    expect([...shown.rows]).toEqual([2, 5, 6, 1, 4, 3]);
  });
  it("leaves out what is not kept", () => {
    const keep = keepWithAncestors(tree, (row) => row === 6);
    expect([...flatten(tree, () => true, keep, null).rows]).toEqual([2, 5, 6]);
  });
  it("grows past its first size", () => {
    const wide = 5000;
    const flat = {
      length: wide + 1,
      parent: new Int32Array(wide + 1),
      childStart: Int32Array.from({ length: wide + 1 }, (_, i) => (i === 0 ? 1 : 0)),
      childCount: Int32Array.from({ length: wide + 1 }, (_, i) => (i === 0 ? wide : 0)),
    };
    expect(flatten(flat, () => true, null, null).length).toBe(wide);
  });
});

describe("subtreeSums", () => {
  it("adds what lies below", () => {
    expect([...subtreeSums(tree, (row) => row)]).toEqual([21, 8, 13, 3, 4, 11, 6]);
  });
});
