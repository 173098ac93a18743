import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(resolve(import.meta.dirname, "tokens.css"), "utf8");

/** Words on grounds, as views use them, and how much they must stand out (WCAG 2.2: 4.5 for text, 3 for marks). */
const PAIRS: readonly (readonly [words: string, ground: string, atLeast: number])[] = [
  ["ink", "ground", 12],
  ["ink", "panel", 12],
  ["ink", "neutral", 10],
  ["ink", "ro-tint", 9],
  ["ink", "rw-tint", 9],
  ["ink", "gone-tint", 9],
  ["muted", "ground", 4.5],
  ["muted", "panel", 4.5],
  ["muted", "neutral", 4.5],
  ["muted", "ro-tint", 4.5],
  ["ro", "ground", 4.5],
  ["ro", "ro-tint", 4.5],
  ["rw", "ground", 4.5],
  ["gone", "ground", 4.5],
  ["gone-ink", "ground", 4.5],
  ["gone-ink", "gone-tint", 4.5],
  ["gone-ink", "ro-tint", 4.5],
  ["rw", "rw-tint", 3],
  ["control-line", "ground", 3],
];

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("%s", (_, theme) => {
  it.each(PAIRS)("%s on %s", (words, ground, atLeast) => {
    expect(contrast(colour(words, theme), colour(ground, theme))).toBeGreaterThanOrEqual(atLeast);
  });
});

/** A token's colour in the light (0) or the dark (1) theme. */
function colour(token: string, theme: 0 | 1): string {
  const pair = new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  const found = pair?.[theme + 1];
  if (!found) throw new Error(`no colour --${token}`);
  return found;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
