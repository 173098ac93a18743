import { expect, it } from "vitest";
import { wrapped } from "./still.ts";

it("breaks at blanks, within a word that is too long, and between Chinese letters", () => {
  expect(wrapped("aufs copies all of it", 12)).toEqual(["aufs copies", "all of it"]);
  expect(wrapped("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  expect(wrapped("整份上拷到 c1 里", 6)).toEqual(["整份上", "拷到", "c1 里"]);
  expect(wrapped("", 10)).toEqual([]);
});
