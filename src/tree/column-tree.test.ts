import { expect, it } from "vitest";
import { childOf, kindOf, NO_ROW, nameOf, pathOf, rowAt } from "./column-tree.ts";
import { ColumnTreeBuilder, type EntryFacts } from "./column-tree-builder.ts";
import { compareNames, decodeName, encodeName } from "./name.ts";

const file = (entry: number): EntryFacts => ({
  kind: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 1,
  mtime: 5,
  entry,
});

it("rows are breadth-first, children sorted by bytes, implied parents flagged", () => {
  const builder = new ColumnTreeBuilder("layer");
  const etc = builder.addImplied(0, "etc");
  builder.add(etc, "é", file(0));
  builder.add(etc, "z", file(1));
  builder.add(etc, "a", file(2));
  builder.add(0, "bin", { ...file(3), kind: "dir", size: 0 });
  const tree = builder.finish();
  expect(Array.from({ length: tree.length }, (_, row) => pathOf(tree, row))).toEqual([
    "/",
    "/bin",
    "/etc",
    "/etc/a",
    "/etc/z",
    "/etc/é",
  ]);
  expect(kindOf(tree, rowAt(tree, "/bin"))).toBe("dir");
  expect(childOf(tree, rowAt(tree, "/etc"), "é")).toBe(5);
  expect(rowAt(tree, "/etc/q")).toBe(NO_ROW);
});

it("hard links share an inode, also when the first name is replaced", () => {
  const builder = new ColumnTreeBuilder("layer");
  const first = builder.add(0, "m", file(0));
  builder.addHardLink(0, "a", first, 1);
  builder.addHardLink(0, "z", first, 2);
  builder.remove(first);
  builder.add(0, "m", file(3));
  const tree = builder.finish();
  expect([...tree.inode]).toEqual([0, 1, 2, 1]);
  expect(nameOf(tree, 3)).toBe("z");
});

it("names that are not UTF-8 survive as bytes", () => {
  const bytes = Uint8Array.of(0x61, 0xff, 0xe4, 0xb8, 0xad, 0xed, 0xa0, 0x80);
  expect(decodeName(bytes)).toBe("a\udcff中\udced\udca0\udc80");
  expect([...encodeName(decodeName(bytes))]).toEqual([...bytes]);
  expect(compareNames("a\udcff", "a中")).toBeGreaterThan(0);
});
