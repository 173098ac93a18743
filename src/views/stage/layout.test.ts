import { describe, expect, it } from "vitest";
import type { StageCell, StageState } from "../../state/lab-stage.ts";
import { cellBox, columnsThatFit, copyPath, layOutStage, MAX_ROWS } from "./layout.ts";
import { targetOf } from "./walk.ts";

function stage(
  branches: number,
  cells: readonly (readonly [branch: number, column: number])[],
  folded: number | null = null,
): StageState {
  const names = ["a", "b", "motd"];
  return {
    directory: "/",
    type: "aufs",
    isMounted: true,
    rows: Array.from({ length: branches }, (_, branch) => ({
      branch,
      path: `/b${branch}`,
      permission: branch === 0 ? "rw" : "ro+wh",
      isWritable: branch === 0,
      directory: "merged",
      isFolded: branch === folded,
    })),
    columns: names.map((name) => ({ name, kind: "file", providers: [], opaqueIn: null })),
    names: names.length,
    folded: [],
    first: 0,
    cells: cells.map(
      ([branch, column]): StageCell => ({
        key: `${branch}/${column}`,
        branch,
        column,
        name: names[column] ?? "",
        kind: "file",
        bytes: 1,
        state: "shown",
        hiddenBy: null,
        ofBytes: 0,
        inode: `${branch}/${column}`,
        links: 1,
      }),
    ),
    trail: null,
    copy: null,
    move: null,
    opaqueIn: null,
  };
}

const space = { width: 1080, height: 420, isLarge: false };

describe("the layout", () => {
  it("draws every branch of a short stack, the writable one thin, none over another", () => {
    const { rows } = layOutStage(stage(5, []), space);
    expect(rows.map(({ type }) => type)).toEqual(Array(5).fill("branch"));
    for (const [at, row] of rows.entries()) {
      const next = rows[at + 1];
      if (next) expect(row.box.y + row.box.height).toBeLessThan(next.box.y);
    }
    expect(rows[0]?.box.height).toBeLessThan(rows[1]?.box.height ?? 0);
  });

  it.each([42, 127])("folds a stack of %i and keeps every branch with something in it", (count) => {
    const state = stage(count, [
      [count - 1, 0],
      [20, 1],
    ]);
    const layout = layOutStage(state, space);
    expect(layout.rows.length).toBeLessThanOrEqual(MAX_ROWS);
    expect(layout.rowOf(20)?.type).toBe("branch");
    expect(layout.rowOf(count - 1)?.type).toBe("branch");
    expect(layout.rowOf(10)?.type).toBe("fold");
    const folded = layout.rows.reduce(
      (sum, row) => sum + (row.type === "fold" ? row.to - row.from + 1 : 1),
      0,
    );
    expect(folded).toBe(count);
  });

  it("puts a mark inside its row and its column, at any width", () => {
    for (const width of [1, 390, 700, 1080, 1920]) {
      const state = stage(4, [[2, 1]]);
      const layout = layOutStage(state, { ...space, width });
      const box = cellBox(layout, { branch: 2, column: 1 });
      const row = layout.rowOf(2)?.box;
      if (!box || !row) throw new Error("not placed");
      expect(box.y).toBeGreaterThanOrEqual(row.y);
      expect(box.y + box.height).toBeLessThanOrEqual(row.y + row.height);
      expect(row.width).toBeGreaterThan(0);
      expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
      expect(columnsThatFit({ ...space, width })).toBeGreaterThan(0);
    }
  });
});

describe("the arrows", () => {
  const state = stage(4, [
    [0, 2],
    [1, 0],
    [3, 0],
    [3, 2],
  ]);
  it("go to the nearest mark that way", () => {
    expect(targetOf(state, 0, 2, "ArrowDown")).toMatchObject({ branch: 3, column: 2 });
    expect(targetOf(state, 3, 2, "ArrowLeft")).toMatchObject({ branch: 3, column: 0 });
    expect(targetOf(state, 3, 0, "ArrowUp")).toMatchObject({ branch: 1, column: 0 });
    expect(targetOf(state, 0, 2, "ArrowRight")).toBe(null);
  });
  it("letters jump to a name", () => {
    expect(targetOf(state, 1, 0, "m")).toMatchObject({ column: 2 });
    expect(targetOf(state, 1, 0, "z")).toBe(null);
  });
});

describe("a copy's way", () => {
  const state = stage(4, [
    [0, 1],
    [3, 1],
    [3, 2],
  ]);
  it.each([390, 700, 1080, 1920])(
    "is one curve beside the names, in the picture, %i wide",
    (width) => {
      const layout = layOutStage(state, { ...space, width });
      for (const column of [0, 1, 2]) {
        const from = cellBox(layout, { branch: 3, column });
        const to = cellBox(layout, { branch: 0, column });
        if (!from || !to) throw new Error("not placed");
        const way = copyPath(layout, column, from, to);
        expect(way).toMatch(/^M[^C]+(C[^C]+){2}$/);
        const across = [...way.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x]) => Number(x));
        const next = layout.columns[column + 1];
        expect(Math.min(...across)).toBeGreaterThan(from.x + from.width);
        expect(Math.max(...across)).toBeLessThan(next ? next.x + 7 : width);
      }
    },
  );
});

describe("a folded branch", () => {
  it("is a strip with room for a disc, and the others get the room", () => {
    const open = layOutStage(stage(5, []), space);
    const { rows } = layOutStage(stage(5, [], 1), space);
    const strip = rows[1];
    expect(strip?.type === "branch" && strip.isStrip).toBe(true);
    expect(strip?.box.height).toBeGreaterThanOrEqual(15);
    expect(rows[2]?.box.height).toBeGreaterThan(open.rows[2]?.box.height ?? 0);
  });
});

it("gives a long name more room, and none of the others less than it asks for", () => {
  const names = ["a", "a-rather-long-name.conf", "motd"];
  const columns = names.map(
    (name) => ({ name, kind: "file", providers: [], opaqueIn: null }) as const,
  );
  const layout = layOutStage({ ...stage(4, []), columns }, space);
  const [short, long, other] = layout.columns;
  expect(long?.width).toBeGreaterThan(short?.width ?? 0);
  for (const [at, { name }] of columns.entries())
    expect(layout.columns[at]?.width).toBeGreaterThan(name.length * 7.9 + 14);
  expect((long?.x ?? 0) + (long?.width ?? 0)).toBeLessThan(other?.x ?? 0);
});
