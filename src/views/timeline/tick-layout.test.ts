import { expect, it } from "vitest";
import { labelled, tickWindow, wordMiddle } from "./tick-layout.ts";

const PITCH = { least: 30, most: 64 };
const word = (width: number, isRepeated = false) => ({ width, isRepeated });

it("shows all ticks while they fit, and a window around the present one when they do not", () => {
  expect(tickWindow(9, 6, 600, PITCH)).toEqual({ first: 0, count: 9, pitch: 64 });
  expect(tickWindow(14, 6, 600, PITCH)).toEqual({ first: 0, count: 14, pitch: 600 / 14 });
  expect(tickWindow(100, 50, 600, PITCH)).toEqual({ first: 40, count: 20, pitch: 30 });
  expect(tickWindow(100, 0, 600, PITCH)).toMatchObject({ first: 0, count: 20 });
  expect(tickWindow(100, 100, 600, PITCH)).toMatchObject({ first: 80, count: 20 });
  expect(tickWindow(0, 0, 600, PITCH)).toMatchObject({ first: 0, count: 0 });
});

it("labels every tick that has room, and always the present one", () => {
  expect([...labelled(Array(14).fill(word(30)), 3, 43)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 14 }, (_, at) => at),
  );
  expect(labelled([word(80), word(80), word(80)], 1, 40)).toEqual(new Set([1]));
});

it("prefers a word that says something new to one that is said again", () => {
  const words = [word(44), word(44, true), word(44, true), word(44)];
  expect(labelled(words, 3, 36)).toEqual(new Set([3, 0]));
  expect(labelled(words, 0, 36)).toEqual(new Set([0, 3]));
});

it("keeps a word inside the row, at either end of it too", () => {
  expect([wordMiddle(15, 52, 300), wordMiddle(150, 52, 300), wordMiddle(285, 52, 300)]).toEqual([
    26, 150, 274,
  ]);
  const ends = [word(52), word(20), word(20), word(52)];
  expect(labelled(ends, 3, 30)).toEqual(new Set([3, 1]));
});
