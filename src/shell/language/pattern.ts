/**
 * Shell patterns: `*`, `?`, `[…]` and a backslash, as regular expressions over whole strings.
 *
 * A pattern is made of runs; a quoted run stands for itself.
 */
export interface Run {
  readonly text: string;
  readonly quoted: boolean;
}

/** Whether any run would be a pattern rather than plain text. */
export function isPattern(runs: readonly Run[]): boolean {
  return runs.some((run) => !run.quoted && /[*?[]/.test(run.text));
}

/** The text the runs stand for when nothing matches. */
export function patternText(runs: readonly Run[]): string {
  return runs.map((run) => run.text).join("");
}

/**
 * The source of a regular expression for the pattern, without anchors. `*` is greedy unless `lazy`.
 * A name's lone surrogates count as one character each.
 */
export function patternSource(runs: readonly Run[], lazy = false): string {
  let source = "";
  for (const run of runs)
    source += run.quoted ? quoteForRegex(run.text) : unquotedSource(run.text, lazy);
  return source;
}

/** A test for whole strings. */
export function patternMatcher(runs: readonly Run[]): (text: string) => boolean {
  const expression = new RegExp(`^(?:${patternSource(runs)})$`, "su");
  return (text) => expression.test(text);
}

/** A pattern given as plain text, as `find -name` and `case` in a variable take it. */
export function textMatcher(pattern: string, ignoreCase = false): (text: string) => boolean {
  const source = patternSource([{ text: pattern, quoted: false }]);
  const expression = new RegExp(`^(?:${source})$`, ignoreCase ? "siu" : "su");
  return (text) => expression.test(text);
}

function unquotedSource(text: string, lazy: boolean): string {
  let source = "";
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char === "*") source += lazy ? ".*?" : ".*";
    else if (char === "?") source += ".";
    else if (char === "\\" && i + 1 < text.length) source += quoteForRegex(text[++i] ?? "");
    else if (char === "[") {
      const set = bracketAt(text, i);
      if (set) {
        source += set.source;
        i = set.end;
      } else source += "\\[";
    } else source += quoteForRegex(char);
  }
  return source;
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  blank: " \\t",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\s",
  upper: "A-Z",
  word: "\\w",
  xdigit: "0-9A-Fa-f",
};

/** The bracket expression that starts at `at`, or null when it is not closed. Shared with regular expressions of grep. */
export function bracketAt(text: string, at: number): { source: string; end: number } | null {
  let i = at + 1;
  let source = "[";
  if (text[i] === "!" || text[i] === "^") {
    source += "^";
    i++;
  }
  for (let first = true; i < text.length; first = false) {
    const char = text[i] ?? "";
    if (char === "]" && !first) return { source: `${source}]`, end: i };
    const named = char === "[" && text[i + 1] === ":" ? /^\[:(\w+):\]/.exec(text.slice(i)) : null;
    if (named) {
      source += CLASSES[named[1] ?? ""] ?? "";
      i += named[0].length;
      continue;
    }
    source += char === "-" ? "-" : escapeInSet(char);
    i++;
  }
  return null;
}

function escapeInSet(char: string): string {
  return /[\\\][^]/.test(char) ? `\\${char}` : quoteForRegex(char).replace(/^\\-$/, "-");
}

function quoteForRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
