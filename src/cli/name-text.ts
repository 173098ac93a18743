import { encodeName } from "../tree/name.ts";

/** Characters that a terminal may act on or that turn the direction of text: C1 controls, bidi marks, separators. */
const UNSAFE = /[\u0080-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const UNSAFE_IN_JSON = new RegExp(`${UNSAFE.source}|\u007f`, "g");
const SHORT: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

/** A name with `\\`, `\t`, `\n`, `\r` for these, and `\xHH` for other control bytes and bytes that are not UTF-8. */
export function escapeName(name: string): string {
  if (!needsEscape(name)) return name;
  let text = "";
  for (const char of name) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) text += hex(code - 0xdc00);
    else if (code < 0x20 || code === 0x7f || char === "\\") text += SHORT[char] ?? hex(code);
    else text += char;
  }
  return text;
}

/** As `escapeName`, and nothing is left that a terminal could take for a command. */
export function terminalName(name: string): string {
  return escapeName(name).replace(UNSAFE, (char) =>
    Array.from(encodeName(char), (byte) => hex(byte)).join(""),
  );
}

/** JSON as text, two spaces deep, in which characters that a terminal may act on are written as \\u. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    UNSAFE_IN_JSON,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function needsEscape(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || code === 0x5c || code === 0x7f || code >= 0xdc80) return true;
  }
  return false;
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
