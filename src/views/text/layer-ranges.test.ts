import { expect, it } from "vitest";
import { layerRanges } from "./layer-ranges.ts";

it("makes one range of three or more neighbours, rising or falling", () => {
  expect(layerRanges([])).toEqual([]);
  expect(layerRanges([7])).toEqual(["7"]);
  expect(layerRanges([1, 2])).toEqual(["1", "2"]);
  expect(layerRanges([1, 3, 4, 5])).toEqual(["1", "3–5"]);
  expect(layerRanges([2, 3, 4, 8, 9, 11, 12, 13])).toEqual(["2–4", "8", "9", "11–13"]);
  expect(layerRanges([9, 8, 7, 2])).toEqual(["9–7", "2"]);
});
