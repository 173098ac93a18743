import { expect, it } from "vitest";
import { firstFitting, fitted } from "./fitted.ts";

it.each([
  ["short", 10, "short"],
  ["a-long-name.txt", 9, "a-lo….txt"],
  ["文件名.txt", 10, "文件名.txt"],
  ["文件名很长.txt", 10, "文件….txt"],
  ["a😀😀😀b", 6, "a😀…b"],
])("%j in the room of %i letters is %j", (name, room, shown) => {
  expect(fitted(name, room * 8, 8)).toBe(shown);
});

it("takes the first text that fits, wide letters counted twice", () => {
  expect(firstFitting(["数据库 100 MB", "数据库", "-"], 8 * 8, 8)).toBe("数据库");
});
