/** Signs that an input method of Chinese types in place of those a shell reads. */
const NARROW: ReadonlyMap<string, string> = new Map([
  ["；", ";"],
  ["＞", ">"],
  ["＜", "<"],
  ["｜", "|"],
  ["＆", "&"],
  ["　", " "],
]);

/** A line with full-width signs, and what it would be with those of a shell. */
export interface FullWidth {
  /** Each sign once, in the order of the line; a blank in brackets, to be seen. */
  readonly signs: string;
  readonly narrow: string;
}

/** What of a line looks like an operator or a blank and is none; null when nothing does. Quoted text counts too. */
export function fullWidthOf(line: string): FullWidth | null {
  const found = [...new Set(line)].filter((letter) => NARROW.has(letter));
  if (found.length === 0) return null;
  const signs = found.map((letter) => (letter === "　" ? "[　]" : letter)).join(" ");
  const narrow = [...line].map((letter) => NARROW.get(letter) ?? letter).join("");
  return { signs, narrow };
}
