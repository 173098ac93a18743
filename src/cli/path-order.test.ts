import { expect, it } from "vitest";
import { rowsInPathOrder } from "./path-order.ts";

it("lists paths by their bytes, a directory's own after the names that go on before a slash, without sorting", () => {
  const names = ["", "a", "a!", "a!b", "a-", "a-b", "a.", "a0", "b", "b!"];
  // Each name of the root is a directory with one file, "f".
  const childStart = names.map((_, i) => (i === 0 ? 1 : names.length + i - 1));
  const childCount = names.map((_, i) => (i === 0 ? names.length - 1 : 1));
  const files = names.slice(1).map(() => "f");
  const all = [...names, ...files].map((name) => new TextEncoder().encode(name));
  let asked = 0;
  const rows = rowsInPathOrder({
    childStart: Int32Array.from([...childStart, ...files.map(() => 0)]),
    childCount: Int32Array.from([...childCount, ...files.map(() => 0)]),
    nameBytes: (row) => {
      asked += 1;
      return all[row] ?? new Uint8Array(0);
    },
  });
  const paths = [...rows].map((row) => {
    if (row < names.length) return names[row] ?? "";
    return `${names[row - names.length + 1]}/f`;
  });
  expect(paths).toEqual([...names, ...names.slice(1).map((name) => `${name}/f`)].sort());
  expect(asked).toBeLessThan(4 * names.length);
});
