import { expect, it } from "vitest";
import { shortText, visibleParts, visibleText } from "./visible-name.ts";

it("leaves ordinary names alone, in any script", () => {
  for (const name of ["usr", "a b", "größe", "文件", "ملف", "🐳"])
    expect(visibleParts(name)).toEqual([{ text: name, isEscape: false }]);
});

it("shows what would reorder, hide or break a line", () => {
  expect(visibleText("a\u202etxt.exe")).toBe("a\\u202etxt.exe");
  expect(visibleText("a\u200bb\ufeff")).toBe("a\\u200bb\\ufeff");
  expect(visibleText("a\nb\u0007\u001b[31m")).toBe("a\\nb\\x07\\x1b[31m");
  expect(visibleText(" x ")).toBe("\\x20x\\x20");
});

it("shows bytes that are not UTF-8", () => {
  expect(visibleText("caf\udce9")).toBe("caf\\xe9");
});

it("leaves out the middle of what is very long, after its escapes", () => {
  expect(shortText("short\u202e")).toBe("short\\u202e");
  const name = `/start${"\u202e".repeat(65_536)}end`;
  expect(shortText(name)).toHaveLength(403);
  expect(shortText(name)).toMatch(/^\/start(\\u202e)+.* … .*end$/);
});
