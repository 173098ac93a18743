import { expect, it } from "vitest";
import { mostLines } from "./line-count.ts";

it("says how many lines words take, and breaks between them only", () => {
  expect(mostLines("", 10)).toBe(1);
  expect(mostLines("one two", 10)).toBe(1);
  expect(mostLines("one two three four five six", 10)).toBe(2);
  expect(mostLines("a wholeWordOf20letters a", 13.5)).toBe(3);
});

it("breaks a word that no line holds, and Chinese between any two signs", () => {
  expect(mostLines("x".repeat(100), 31)).toBeGreaterThanOrEqual(3);
  expect(mostLines("层".repeat(40), 20)).toBe(2);
  expect(mostLines("层".repeat(41), 20)).toBe(3);
});
