import { expect, it } from "vitest";
import { isSame, shared, sharedList } from "./lab-sharing.ts";

it("knows plain data that says the same, and what does not", () => {
  expect(isSame({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  for (const [a, b] of [
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, { b: undefined }],
    [[1], { 0: 1 }],
    [[1, 2], [1]],
    [null, {}],
  ])
    expect(isSame(a, b)).toBe(false);
});

it("keeps the objects of the step before where nothing changed", () => {
  const before = [{ n: 1 }, { n: 2 }];
  const after = sharedList(before, [{ n: 1 }, { n: 3 }, { n: 4 }]);
  expect(after).toEqual([{ n: 1 }, { n: 3 }, { n: 4 }]);
  expect(after[0]).toBe(before[0]);
  expect(sharedList(before, [{ n: 1 }, { n: 2 }])).toBe(before);
  expect(sharedList(before, [{ n: 1 }])).toHaveLength(1);
  expect(shared(before, [{ n: 1 }, { n: 2 }])).toBe(before);
});
