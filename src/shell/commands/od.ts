import type { Content } from "../../tree/content.ts";
import { contentLength } from "../../tree/content.ts";
import { dropContent, takeContent } from "../process.ts";
import type { Task } from "../task.ts";
import { command, fileError, readFile } from "./command.ts";
import { quoteAlways } from "./quote.ts";
import { readSize } from "./size.ts";

/** How the bytes of a line are shown: so many at a time, each in a field of a width. */
interface Format {
  readonly size: number;
  readonly width: number;
  readonly text: (value: bigint) => string;
  /** The line's printable characters stand behind it (`z`). */
  readonly echoes: boolean;
}

const NAMED: Readonly<Record<number, string>> = {
  0: "\\0",
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};
const ASCII =
  "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split(
    " ",
  );
/** The types that single letters stand for. */
const LETTERS: Readonly<Record<string, string>> = {
  a: "a",
  b: "o1",
  c: "c",
  d: "u2",
  i: "d4",
  l: "d8",
  o: "o2",
  s: "d2",
  x: "x2",
};
const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8 };
const BASES = { o: 8, x: 16, u: 10, d: 10 } as const;
const NUMBERS = ["o", "x", "u", "d"] as const;

/** od(1): a file's bytes as numbers or characters, 16 a line; lines that repeat are a `*`. */
export const od = command(
  {
    short: "A:abcdij:lN:ost:vw::x",
    long: {
      "address-radix=": "A",
      "skip-bytes=": "j",
      "read-bytes=": "N",
      "format=": "t",
      "output-duplicates": "v",
      "width?=": "w",
    },
  },
  async (task, options) => {
    const formats: Format[] = [];
    for (const [key, value] of options.list) {
      const types = key === "t" ? value : LETTERS[key];
      if (types === undefined || (key !== "t" && value !== "")) continue;
      const read = readFormats(types);
      if (typeof read === "string") {
        await task.error(read);
        return 1;
      }
      formats.push(...read);
    }
    if (formats.length === 0) formats.push({ ...numberFormat("o", 2), echoes: false });
    const radix = options.value("A") ?? "o";
    if (!/^[doxn]$/.test(radix)) {
      await task.error(
        `invalid output address radix '${radix}'; it must be one character from [doxn]`,
      );
      return 1;
    }
    const skip = await sizeArgument(task, "j", options.value("j") ?? "0");
    if (skip === null) return 1;
    const length = await sizeArgument(task, "N", options.value("N") ?? "9007199254740991");
    if (length === null) return 1;
    const width = options.has("w") ? options.value("w") || "32" : "16";
    let perLine = await sizeArgument(task, "w", width);
    if (perLine === null) return 1;
    let status = 0;
    const pieces: Content[number][] = [];
    for (const path of options.operands.length > 0 ? options.operands : ["-"]) {
      const content = await readFile(task, path);
      if (content.errno === null) pieces.push(...content.value);
      else {
        await fileError(task, path, content.errno);
        status = 1;
      }
    }
    if (status !== 0 && pieces.length === 0) return status;
    if (skip > contentLength(pieces)) {
      await task.error("cannot skip past end of combined input");
      return 1;
    }
    const largest = Math.max(...formats.map(({ size }) => size));
    if (perLine === 0 || perLine % largest !== 0) {
      await task.error(`warning: invalid width ${perLine}; using ${largest} instead`);
      perLine = largest;
    }
    const bytes = await task.bytes(takeContent(dropContent(pieces, skip), length));
    await task.out(dump(bytes, skip, formats, radix, perLine, options.has("v")));
    return status;
  },
);

/** An option's argument that is a size; null, and said so, when it is none. */
async function sizeArgument(task: Task, key: string, text: string): Promise<number | null> {
  const size = readSize(text);
  if (size === null) await task.error(`invalid -${key} argument ${quoteAlways(text)}`);
  return size;
}

/** What a type string like `x1zc` means; a text is the message of what is wrong. */
function readFormats(types: string): Format[] | string {
  const formats: Format[] = [];
  let rest = types;
  while (rest !== "") {
    const match = /^(?:([ac])|([doux])(\d+|[CSIL])?)(z?)/.exec(rest);
    if (!match)
      return `invalid character ${quoteAlways(rest[0] ?? "")} in type string ${quoteAlways(types)}`;
    const [all, characters, letter, given, echo] = match;
    rest = rest.slice(all.length);
    const echoes = echo === "z";
    if (characters !== undefined) formats.push({ ...characterFormat(characters), echoes });
    else {
      const size = given === undefined ? 4 : (SIZES[given] ?? Number(given));
      const number = NUMBERS.find((known) => known === letter) ?? "o";
      if (![1, 2, 4, 8].includes(size))
        return `invalid type string ${quoteAlways(types)};\nthis system doesn't provide a ${size}-byte integral type`;
      formats.push({ ...numberFormat(number, size), echoes });
    }
  }
  return formats;
}

function characterFormat(letter: string): Omit<Format, "echoes"> {
  return {
    size: 1,
    width: 3,
    text: (value) => {
      const byte = Number(letter === "a" ? value & 0x7fn : value);
      if (letter === "a") return byte === 127 ? "del" : (ASCII[byte] ?? String.fromCharCode(byte));
      if (byte >= 32 && byte < 127) return String.fromCharCode(byte);
      return NAMED[byte] ?? byte.toString(8).padStart(3, "0");
    },
  };
}

function numberFormat(letter: keyof typeof BASES, size: number): Omit<Format, "echoes"> {
  const base = BASES[letter];
  const most = (1n << BigInt(size * 8)) - 1n;
  const digits = most.toString(base).length;
  const signed = letter === "d";
  const width = signed ? (most >> 1n).toString().length + 1 : digits;
  return {
    size,
    width,
    text: (value) => {
      if (signed) return BigInt.asIntN(size * 8, value).toString();
      const text = value.toString(base);
      return base === 10 ? text : text.padStart(digits, "0");
    },
  };
}

function dump(
  bytes: Uint8Array,
  skipped: number,
  formats: readonly Format[],
  radix: string,
  perLine: number,
  repeats: boolean,
): string {
  const wide = Math.max(...formats.map(({ size, width }) => (perLine / size) * (width + 1)));
  const lines: string[] = [];
  let before: string | null = null;
  let isFolded = false;
  for (let at = 0; at < bytes.length; at += perLine) {
    const line = bytes.subarray(at, at + perLine);
    const body = formats.map((format) => lineText(format, line, perLine, wide));
    const isSame = !repeats && line.length === perLine && before === body.join("\n");
    before = body.join("\n");
    if (isSame) {
      if (!isFolded) lines.push("*");
      isFolded = true;
      continue;
    }
    isFolded = false;
    const address = addressText(skipped + at, radix);
    for (const [i, text] of body.entries())
      lines.push((i === 0 ? address : " ".repeat(address.length)) + text);
  }
  const end = addressText(skipped + bytes.length, radix);
  if (end !== "") lines.push(end);
  return lines.map((line) => `${line}\n`).join("");
}

function lineText(format: Format, line: Uint8Array, perLine: number, wide: number): string {
  const { size, width, echoes } = format;
  const fields = perLine / size;
  const field = Math.floor(wide / fields);
  let text = "";
  for (let at = 0; at < line.length; at += size) {
    let value = 0n;
    for (let i = Math.min(size, line.length - at) - 1; i >= 0; i--)
      value = (value << 8n) | BigInt(line[at + i] ?? 0);
    text += format.text(value).padStart(Math.max(field, width + 1));
  }
  if (!echoes) return text;
  const shown = [...line]
    .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."))
    .join("");
  return `${text.padEnd(field * fields)}  >${shown}<`;
}

function addressText(at: number, radix: string): string {
  if (radix === "n") return "";
  const text = at.toString(radix === "x" ? 16 : radix === "d" ? 10 : 8);
  return text.padStart(radix === "x" ? 6 : 7, "0");
}
