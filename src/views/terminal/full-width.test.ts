import { expect, it } from "vitest";
import { fullWidthOf } from "./full-width.ts";

it("finds the signs of a Chinese input method that a shell takes for text, and says what was meant", () => {
  expect(fullWidthOf("echo x　＞＞ /f；ls ｜ cat")).toEqual({
    signs: "[　] ＞ ； ｜",
    narrow: "echo x >> /f;ls | cat",
  });
  expect(fullWidthOf("echo 你好，世界。 > /f")).toBe(null);
  expect(fullWidthOf("")).toBe(null);
});
