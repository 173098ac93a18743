import { bracketAt } from "../language/pattern.ts";

/**
 * POSIX regular expressions, basic or extended with GNU's additions, as JavaScript ones. Alternatives are tried in order
 * and not by length; back-references work in both kinds.
 */
function regexSource(pattern: string, extended: boolean): string {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? "";
    if (char === "[") {
      const set = bracketAt(pattern, i);
      if (!set)
        throw new RegexFault(
          i === pattern.length - 1
            ? "Invalid regular expression"
            : "Unmatched [, [^, [:, [., or [=",
        );
      source += set.source;
      i = set.end;
    } else if (char === "\\") {
      const next = pattern[++i];
      if (next === undefined) throw new RegexFault("Trailing backslash");
      source += escapedSource(next, extended);
    } else if (extended) source += char === "/" ? "\\/" : char;
    else source += basicSource(pattern, i);
  }
  return source;
}

/** A pattern that is none; the text is what GNU says. */
export class RegexFault {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Compiles; throws `RegexFault`. */
export function compileRegex(pattern: string, extended: boolean, flags: string): RegExp {
  const source = regexSource(pattern, extended);
  try {
    return new RegExp(source, flags);
  } catch {
    throw new RegexFault(/\(/.test(pattern) ? "Unmatched ( or \\(" : "Invalid regular expression");
  }
}

function escapedSource(next: string, extended: boolean): string {
  if (/[1-9]/.test(next)) return `\\${next}`;
  if (/[wWsSbB]/.test(next)) return `\\${next}`;
  if (next === "<") return "\\b(?=\\w)";
  if (next === ">") return "\\b(?<=\\w)";
  if (next === "`") return "^";
  if (next === "'") return "$";
  if (next === "n" || next === "t") return `\\${next}`;
  if (!extended && /[(){}|+?]/.test(next)) return next;
  return /[\\^$.*+?()[\]{}|/-]/.test(next) ? `\\${next}` : next;
}

function basicSource(pattern: string, at: number): string {
  const char = pattern[at] ?? "";
  const before = pattern.slice(0, at);
  const start = before === "" || /\\\($|\\\|$|\n$/.test(before);
  if (/[+?(){}|/]/.test(char)) return `\\${char}`;
  if (char === "*" && (start || /(^|\\\()\^$/.test(before))) return "\\*";
  if (char === "^" && !start) return "\\^";
  const after = pattern.slice(at + 1);
  if (char === "$" && !(after === "" || /^\\\)|^\\\|/.test(after))) return "\\$";
  return char;
}
