/** A piece of a name: text as it is, or one character that must not be drawn, as an escape. */
export interface NamePart {
  readonly text: string;
  readonly isEscape: boolean;
}

/**
 * What could make a name pass for another: control and format characters (bidi overrides, zero widths, tags), line
 * separators, odd spaces, and bytes that are not UTF-8 (lone surrogates, see tree/name.ts).
 */
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\ud800-\udfff\u00a0\u115f\u1160\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]|^ | $/gu;

/** Nearly all names: printable ASCII, and no space at an end. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

/** Splits a name into what can be drawn and escapes for what cannot. Most names are one part. */
export function visibleParts(name: string): readonly NamePart[] {
  const parts: NamePart[] = [];
  let at = 0;
  for (const match of name.matchAll(UNSAFE)) {
    if (match.index > at) parts.push({ text: name.slice(at, match.index), isEscape: false });
    parts.push({ text: escapeOf(match[0]), isEscape: true });
    at = match.index + match[0].length;
  }
  if (at < name.length || parts.length === 0) parts.push({ text: name.slice(at), isEscape: false });
  return parts;
}

/** The name as plain text with the escapes in it. */
export function visibleText(name: string): string {
  if (PLAIN.test(name)) return name;
  return visibleParts(name)
    .map(({ text }) => text)
    .join("");
}

/** The same for a sentence: of what is very long the middle is left out, or one name of 64 KB would be all there is. */
export function shortText(text: string): string {
  const shown = visibleText(text.length > 4 * LONG ? cut(text, 2 * LONG) : text);
  return shown.length > LONG ? cut(shown, LONG) : shown;
}

/** Characters of a sentence with names in it that are read as one. */
const LONG = 400;

function cut(text: string, to: number): string {
  const tail = Math.floor(to / 3);
  return `${text.slice(0, to - tail)} … ${text.slice(-tail)}`;
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  if (char === "\n") return "\\n";
  if (char === "\t") return "\\t";
  if (char === "\r") return "\\r";
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\u{${hex(code, 5)}}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
