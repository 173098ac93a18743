/** How coreutils writes names in messages and `ls` writes them on a terminal (gnulib's shell-escape style, C locale). */

/** In quotes always: `'a'`. */
export function quoteAlways(name: string): string {
  return needsQuotes(name) ? quoteShell(name) : `'${name}'`;
}

/** In quotes only where a shell would need them. */
export function quoteIfNeeded(name: string): string {
  return needsQuotes(name) ? quoteShell(name) : name;
}

function needsQuotes(name: string): boolean {
  return (
    name === "" ||
    name === "{" ||
    name === "}" ||
    /^[~#]/.test(name) ||
    /[\s!"$&'()*;<=>?[\\^`|\p{Cc}\udc80-\udcff]/u.test(name)
  );
}

function quoteShell(name: string): string {
  const odd = /[^\x20-\x7e]/;
  if (!odd.test(name) && name.includes("'") && !/["$`\\!]/.test(name)) return `"${name}"`;
  let text = "";
  let open: "none" | "plain" | "escaped" = "none";
  const toggle = (to: typeof open): void => {
    if (open === to) return;
    if (open !== "none") text += "'";
    if (to === "plain") text += "'";
    if (to === "escaped") text += text === "" ? "''$'" : "$'";
    open = to;
  };
  for (const byte of escapedCharacters(name)) {
    if (byte.length > 1 && byte !== "\\'") {
      toggle("escaped");
      text += byte;
    } else if (byte === "\\'") {
      toggle("none");
      text += text === "" ? "''\\'" : "\\'";
      toggle("plain");
    } else {
      toggle("plain");
      text += byte;
    }
  }
  toggle("none");
  return text;
}

const NAMED: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "'": "\\'",
};

function* escapedCharacters(name: string): Generator<string> {
  for (const char of name) {
    const code = char.codePointAt(0) ?? 0;
    const named = NAMED[char];
    if (named) yield named;
    else if (code >= 0xdc80 && code <= 0xdcff) yield octal(code - 0xdc00);
    else if (code < 0x20 || code === 0x7f) yield octal(code);
    else yield char;
  }
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, "0")}`;
}
