import { expect, it } from "vitest";
import { CATALOGUES, en } from "./catalogue.ts";

/** Every text of a catalogue by its key: "lab.time.play". */
function textsOf(part: object, prefix = ""): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(part)) {
    if (typeof value === "string") texts.set(prefix + key, value);
    else if (typeof value === "object" && value !== null)
      for (const [below, text] of textsOf(value, `${prefix}${key}.`)) texts.set(below, text);
  }
  return texts;
}

const english = textsOf(en);
const chinese = textsOf(CATALOGUES["zh-Hans"]);
const pairs = [...english].map(([key, text]) => [key, text, chinese.get(key) ?? ""] as const);

it("has every text in both languages, none of them empty", () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  expect(pairs.filter(([, text, own]) => text.trim() === "" || own.trim() === "")).toEqual([]);
});

it("puts the same values into a text of either language", () => {
  const values = (text: string) =>
    [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name))].sort();
  const different = pairs.filter(([key, text, own]) => {
    // A number may be a word where there is one of a thing, and has no plural in Chinese.
    const isOne = key.endsWith("_one");
    const [one, other] = [values(text), values(own)];
    return isOne
      ? one.some((name) => !other.includes(name) && name !== "count")
      : one.join() !== other.join();
  });
  expect(different).toEqual([]);
});

it("has no Chinese text that was left in English, and none that is far longer or shorter", () => {
  const words = (text: string) => text.replace(/\{\{.*?\}\}|[`“"].*?[`”"]|[-/.\w]*\/[-/.\w]*/g, "");
  const isHan = (text: string) => /[\u4e00-\u9fff]/.test(text);
  const left = pairs.filter(([, , own]) => words(own).length > 20 && !isHan(own));
  expect(left).toEqual([]);
  const odd = pairs.filter(([, text, own]) => {
    const ratio = own.length / text.length;
    return text.length > 20 && isHan(own) && (ratio < 0.15 || ratio > 1.5);
  });
  expect(odd).toEqual([]);
});
