import { expect, it } from "vitest";
import { remember } from "./remember.ts";

it("works once for the same arguments, arrays by their members", () => {
  let worked = 0;
  const sum = remember(2, (numbers: readonly number[], plus: number) => {
    worked++;
    return numbers.reduce((a, b) => a + b, plus);
  });
  expect([sum([1, 2], 3), sum([1, 2], 3), worked]).toEqual([6, 6, 1]);
  sum([1], 0);
  sum([2], 0);
  expect(worked).toBe(3);
  sum([1, 2], 3);
  expect(worked).toBe(4);
});
