import { expect, it } from "vitest";
import { resolveInUnion } from "../../image/union/resolution.ts";
import { unionOf } from "../../image/union/union.ts";
import { ColumnTreeBuilder } from "../../tree/column-tree-builder.ts";
import { type GridLine, lookupGrid } from "./lookup-grid.ts";

/** Layers base first, each a list of paths. */
function grid(layers: readonly (readonly string[])[], path: string) {
  const trees = layers.map((paths, k) => {
    const builder = new ColumnTreeBuilder(`layer ${k}`);
    paths.forEach((each, entry) => {
      const names = each.split("/");
      const name = names.pop() ?? "";
      let dir = 0;
      for (const part of names) {
        const there = builder.child(dir, part);
        dir = there >= 0 ? there : builder.addImplied(dir, part);
      }
      const facts = { mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 0, entry };
      builder.add(dir, name, { kind: "file", ...facts });
    });
    return builder.finish();
  });
  return lookupGrid(resolveInUnion(unionOf(trees), path, layers.length, "docker", false));
}

const drawn = ({ from, to, cells }: GridLine) =>
  `${from}${from === to ? "" : `-${to}`}: ${cells
    .map((cell) =>
      cell.type === "absent"
        ? cell.why
        : `${cell.first}${cell.first === cell.last ? "" : `-${cell.last}`} ${cell.outcome}`,
    )
    .join(", ")}`;

it("numbers the visits over the whole path, top branch first", () => {
  const { lines, visits } = grid([["a/b"], ["a/c"]], "/a/b");
  expect(lines.map(drawn)).toEqual(["2: 1 found, 3 missing", "1: 2 found, 4 found"]);
  expect(visits).toBe(4);
});

it("tells a branch that lacks the parent from one that was cut off by an opaque directory", () => {
  const { lines } = grid([["a/b/x"], ["z"], ["a/b/.wh..wh..opq"]], "/a/b/x");
  expect(lines.map(drawn)).toEqual([
    "3: 1 found, 4 opaque, 5 missing",
    "2: 2 missing, no-parent, no-parent",
    "1: 3 found, opaque-above, cut-off",
  ]);
});

it("folds neighbours that have nothing, with the range of their visits", () => {
  const { lines } = grid([["f"], ["x"], ["y"], ["z"]], "/f");
  expect(lines.map(drawn)).toEqual(["4-2: 1-3 missing", "1: 4 found"]);
});

it("folds alike neighbours of a deep stack whatever they have", () => {
  const layers = Array.from({ length: 20 }, (_, k) => [`d/f${k}`]);
  expect(grid(layers, "/d/f19").lines.map(drawn)).toEqual([
    "20: 1 found, 21 found",
    "19-1: 2-20 found, covered",
  ]);
});
