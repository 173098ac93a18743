import { decodeName, encodeName } from "../tree/name.ts";

export interface Formatted {
  readonly text: string;
  /** Messages without the command's name; the status is then 1. */
  readonly errors: readonly string[];
  /** `\c` was met: nothing may follow. */
  readonly stop: boolean;
}

/** printf(1): the format is used again while words are left. */
export function formatPrintf(format: string, words: readonly string[]): Formatted {
  const errors: string[] = [];
  const queue = [...words];
  let text = "";
  for (let first = true; first || queue.length > 0; first = false) {
    const before = queue.length;
    const pass = formatOnce(format, queue, errors);
    text += pass.text;
    if (pass.stop) return { text, errors, stop: true };
    if (!first && queue.length === before) break;
    if (first && queue.length === before && before > 0) break;
  }
  return { text, errors, stop: false };
}

const DIRECTIVE = /%%|%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z])/y;

function formatOnce(
  format: string,
  queue: string[],
  errors: string[],
): { text: string; stop: boolean } {
  let text = "";
  for (let i = 0; i < format.length; ) {
    const char = format[i] ?? "";
    if (char === "\\") {
      const found = readEscape(format, i, false);
      if (found.stop) return { text, stop: true };
      text += found.text;
      i = found.next;
      continue;
    }
    if (char !== "%") {
      text += char;
      i++;
      continue;
    }
    DIRECTIVE.lastIndex = i;
    const match = DIRECTIVE.exec(format);
    if (!match) {
      errors.push(`\`${format.slice(i)}': missing format character`);
      return { text, stop: true };
    }
    i = DIRECTIVE.lastIndex;
    if (match[0] === "%%") {
      text += "%";
      continue;
    }
    const [, flags = "", widthText, precisionText, letter = ""] = match;
    const number = (given: string | undefined): number | undefined =>
      given === undefined ? undefined : Number(given === "*" ? (queue.shift() ?? 0) : given);
    let width = number(widthText) ?? 0;
    const precision = number(precisionText);
    const leftAligned = flags.includes("-") || width < 0;
    width = Math.abs(width);
    const converted = convert(letter, queue.shift(), flags, precision, errors);
    if (converted === null) return { text, stop: true };
    const zero = flags.includes("0") && !leftAligned && /[diouxXeEfFgG]/.test(letter);
    const isWhole = /[diouxX]/.test(letter);
    text += pad(converted.text, width, leftAligned, zero && !(isWhole && precision !== undefined));
    if (converted.stop) return { text, stop: true };
  }
  return { text, stop: false };
}

function pad(text: string, width: number, leftAligned: boolean, zero: boolean): string {
  const length = encodeName(text).length;
  if (length >= width) return text;
  const fill = width - length;
  if (leftAligned) return text + " ".repeat(fill);
  if (!zero) return " ".repeat(fill) + text;
  const sign = /^[-+ ]?(0[xX])?/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(fill) + text.slice(sign.length);
}

function convert(
  letter: string,
  word: string | undefined,
  flags: string,
  precision: number | undefined,
  errors: string[],
): { text: string; stop: boolean } | null {
  const plain = (text: string): { text: string; stop: boolean } => ({ text, stop: false });
  switch (letter) {
    case "s":
      return plain((word ?? "").slice(0, precision));
    case "q":
      return plain(quoteWord(word ?? ""));
    case "c":
      return plain([...(word ?? "")][0] ?? "");
    case "b": {
      const text = word ?? "";
      let out = "";
      for (let i = 0; i < text.length; ) {
        if (text[i] !== "\\") {
          out += text[i++];
          continue;
        }
        const found = readEscape(text, i, true);
        if (found.stop) return { text: out, stop: true };
        out += found.text;
        i = found.next;
      }
      return plain(out);
    }
    case "d":
    case "i":
    case "u":
    case "o":
    case "x":
    case "X":
      return plain(integerText(letter, integerOf(word, errors), flags, precision));
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return plain(floatText(letter, word, flags, precision, errors));
    default:
      errors.push(`\`${letter}': invalid format character`);
      return null;
  }
}

function quoteWord(word: string): string {
  if (word === "") return "''";
  return word.replace(/[^\w@%+=:,./-]/g, "\\$&");
}

function integerOf(word: string | undefined, errors: string[]): bigint {
  if (word === undefined || word === "") return 0n;
  if (/^["']/.test(word)) return BigInt(word.codePointAt(1) ?? 0);
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(word);
  if (!match || match[0].length < word.length) errors.push(`${word}: invalid number`);
  if (!match) return 0n;
  const digits = match[2] ?? "0";
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return match[1] === "-" ? -value : value;
}

function integerText(
  letter: string,
  value: bigint,
  flags: string,
  precision: number | undefined,
): string {
  const signed = letter === "d" || letter === "i";
  const magnitude = value < 0n && signed ? -value : BigInt.asUintN(64, value);
  const base = letter === "o" ? 8 : letter === "x" || letter === "X" ? 16 : 10;
  let digits = magnitude.toString(base).padStart(precision ?? 0, "0");
  if (letter === "X") digits = digits.toUpperCase();
  if (flags.includes("#") && base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
  if (flags.includes("#") && base === 16 && value !== 0n) digits = `0${letter}${digits}`;
  const sign =
    value < 0n && signed
      ? "-"
      : signed && flags.includes("+")
        ? "+"
        : signed && flags.includes(" ")
          ? " "
          : "";
  return sign + digits;
}

function floatText(
  letter: string,
  word: string | undefined,
  flags: string,
  precision: number | undefined,
  errors: string[],
): string {
  const value = Number(word ?? 0);
  if (Number.isNaN(value)) errors.push(`${word}: invalid number`);
  const number = Number.isNaN(value) ? 0 : value;
  const digits = precision ?? 6;
  const lower = letter.toLowerCase();
  let text: string;
  if (lower === "f") text = number.toFixed(digits);
  else if (lower === "e") text = exponent(number.toExponential(digits));
  else {
    const power = number === 0 ? 0 : Math.floor(Math.log10(Math.abs(number)));
    const significant = Math.max(1, digits);
    text =
      power < -4 || power >= significant
        ? exponent(number.toExponential(significant - 1).replace(/\.?0+e/, "e"))
        : number
            .toPrecision(significant)
            .replace(/(\.\d*?)0+$/, "$1")
            .replace(/\.$/, "");
  }
  if (number >= 0 && flags.includes("+")) text = `+${text}`;
  return letter === lower ? text : text.toUpperCase();
}

function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** The escape that starts at `at`; in `%b` an octal number needs a leading 0. Bytes above 127 are lone surrogates. */
function readEscape(
  text: string,
  at: number,
  inArgument: boolean,
): { text: string; next: number; stop: boolean } {
  const rest = text.slice(at + 1);
  if (rest.startsWith("c") && inArgument) return { text: "", next: text.length, stop: true };
  const octal = (inArgument ? /^0?([0-7]{1,3})/ : /^([0-7]{1,3})/).exec(rest);
  if (octal && !(inArgument && !rest.startsWith("0") && !octal[1]))
    return byteAt(Number.parseInt(octal[1] ?? "0", 8), at + 1 + octal[0].length);
  if (inArgument && rest.startsWith("0")) return byteAt(0, at + 2);
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
  if (hex) return byteAt(Number.parseInt(hex[1] ?? "0", 16), at + 1 + hex[0].length);
  const unicode = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest);
  if (unicode) {
    const code = Number.parseInt(unicode[1] ?? unicode[2] ?? "0", 16);
    return { text: String.fromCodePoint(code), next: at + 1 + unicode[0].length, stop: false };
  }
  const plain = ESCAPES[rest[0] ?? ""];
  if (plain !== undefined && !(inArgument && /["']/.test(rest[0] ?? "")))
    return { text: plain, next: at + 2, stop: false };
  return { text: "\\", next: at + 1, stop: false };
}

function byteAt(byte: number, next: number): { text: string; next: number; stop: boolean } {
  return { text: decodeName(Uint8Array.of(byte & 255)), next, stop: false };
}
