import type { Word, WordPart } from "./syntax.ts";

type BracePart = Extract<WordPart, { type: "BraceExpansion" }>;

const LIMIT = 10_000;

/** `a{1,2}b` to `a1b a2b`, left to right, before anything else is expanded. At most 10,000 words. */
export function expandBraces(word: Word): Word[] {
  let words: WordPart[][] = [[]];
  for (const part of word.parts) {
    const choices = part.type === "BraceExpansion" ? choicesOf(part) : [[part]];
    if (words.length * choices.length > LIMIT) return [word];
    words = words.flatMap((before) => choices.map((choice) => [...before, ...choice]));
  }
  return words.map((parts) => ({ type: "Word", parts }));
}

function choicesOf(part: BracePart): WordPart[][] {
  return part.items.flatMap((item) =>
    item.type === "Word"
      ? expandBraces(item.word).map((word) => word.parts)
      : rangeOf(item).map((text): WordPart[] => [{ type: "Literal", value: text }]),
  );
}

function rangeOf(range: Extract<BracePart["items"][number], { type: "Range" }>): string[] {
  const letters = typeof range.start === "string";
  const from = codeOf(range.start);
  const to = codeOf(range.end);
  const step = Math.max(1, Math.abs(range.step ?? 1)) * (from <= to ? 1 : -1);
  const padded = [range.startStr, range.endStr].some((text) => /^-?0\d/.test(text ?? ""));
  const width = padded ? Math.max(range.startStr?.length ?? 0, range.endStr?.length ?? 0) : 0;
  const texts: string[] = [];
  for (let at = from; step > 0 ? at <= to : at >= to; at += step) {
    if (texts.length > LIMIT) break;
    texts.push(letters ? String.fromCodePoint(at) : pad(at, width));
  }
  return texts;
}

function codeOf(value: string | number): number {
  return typeof value === "number" ? value : (value.codePointAt(0) ?? 0);
}

function pad(value: number, width: number): string {
  const digits = String(Math.abs(value)).padStart(value < 0 ? width - 1 : width, "0");
  return value < 0 ? `-${digits}` : digits;
}
