import { compileRegex, RegexFault } from "./regex.ts";

/** A sed script as data. */
export type Address =
  | { readonly type: "line"; readonly line: number }
  | { readonly type: "last" }
  | { readonly type: "step"; readonly first: number; readonly step: number }
  /** null: the last regular expression used. */
  | { readonly type: "match"; readonly regex: RegExp | null }
  /** `addr1,+N` */
  | { readonly type: "count"; readonly lines: number };

export interface SedCommand {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  readonly name: string;
  /** a i c: text; r w: a file; b t T ::: a label; y: from and to. */
  readonly text: string;
  readonly substitution: Substitution | null;
  readonly translation: ReadonlyMap<string, string> | null;
  /** `{ … }` */
  readonly block: readonly SedCommand[];
}

export interface Substitution {
  readonly regex: RegExp | null;
  readonly replacement: string;
  readonly global: boolean;
  readonly occurrence: number;
  readonly print: boolean;
  readonly file: string | null;
}

/** What is wrong with a script, as `sed: -e expression #1, char N: …`. */
export class SedFault {
  readonly text: string;
  constructor(at: number, text: string) {
    this.text = `-e expression #1, char ${at}: ${text}`;
  }
}

interface Cursor {
  readonly text: string;
  at: number;
  readonly extended: boolean;
}

export function parseSed(text: string, extended: boolean): SedCommand[] {
  const cursor: Cursor = { text, at: 0, extended };
  const commands = parseBlock(cursor, false);
  return commands;
}

function parseBlock(cursor: Cursor, nested: boolean): SedCommand[] {
  const commands: SedCommand[] = [];
  for (;;) {
    skip(cursor, /[\s;]/);
    if (cursor.at >= cursor.text.length) {
      if (nested) throw new SedFault(0, "unmatched `{'");
      return commands;
    }
    if (peek(cursor) === "}") {
      cursor.at++;
      if (!nested) throw new SedFault(cursor.at, "unexpected `}'");
      return commands;
    }
    if (peek(cursor) === "#") {
      skip(cursor, /[^\n]/);
      continue;
    }
    commands.push(parseCommand(cursor));
  }
}

function peek(cursor: Cursor): string {
  return cursor.text[cursor.at] ?? "";
}

function skip(cursor: Cursor, set: RegExp): void {
  while (cursor.at < cursor.text.length && set.test(peek(cursor))) cursor.at++;
}

function parseAddress(cursor: Cursor): Address | null {
  const char = peek(cursor);
  const number = /^\d+/.exec(cursor.text.slice(cursor.at));
  if (number) {
    cursor.at += number[0].length;
    const step = /^~(\d+)/.exec(cursor.text.slice(cursor.at));
    if (!step) return { type: "line", line: Number(number[0]) };
    cursor.at += step[0].length;
    return { type: "step", first: Number(number[0]), step: Number(step[1]) };
  }
  if (char === "$") {
    cursor.at++;
    return { type: "last" };
  }
  if (char !== "/" && char !== "\\") return null;
  if (char === "\\") cursor.at++;
  const pattern = delimited(cursor, "unterminated address regex");
  const ignoreCase = peek(cursor) === "I";
  if (ignoreCase) cursor.at++;
  return { type: "match", regex: compile(cursor, pattern, ignoreCase ? "siu" : "su") };
}

function compile(cursor: Cursor, pattern: string, flags: string): RegExp | null {
  if (pattern === "") return null;
  try {
    return compileRegex(pattern, cursor.extended, flags);
  } catch (fault) {
    if (fault instanceof RegexFault) throw new SedFault(cursor.at, fault.text);
    throw fault;
  }
}

/** Reads up to the delimiter that stands at the cursor; `\` and the delimiter is the delimiter. */
function delimited(cursor: Cursor, fault: string, keepNewline = false): string {
  const delimiter = peek(cursor);
  let text = "";
  let inSet = false;
  for (cursor.at++; cursor.at < cursor.text.length; cursor.at++) {
    const char = peek(cursor);
    if (char === "\\") {
      const next = cursor.text[cursor.at + 1] ?? "";
      if (next === delimiter && !inSet)
        text += /[\w&]/.test(delimiter) ? `\\${delimiter}` : delimiter === "/" ? "/" : delimiter;
      else if (next === "\n" && !keepNewline) text += "\n";
      else text += char + next;
      cursor.at++;
      continue;
    }
    if (char === delimiter && !inSet) {
      cursor.at++;
      return text;
    }
    if (char === "[" && !keepNewline && !inSet) inSet = true;
    else if (char === "]" && inSet && !/\[\^?$/.test(text)) inSet = false;
    text += char;
  }
  throw new SedFault(cursor.at, fault);
}

const NO_ARGUMENT = "dDgGhHlnNpPqQxz=F";

function parseCommand(cursor: Cursor): SedCommand {
  const from = parseAddress(cursor);
  skip(cursor, /\s/);
  let to: Address | null = null;
  if (from && peek(cursor) === ",") {
    cursor.at++;
    skip(cursor, /\s/);
    const count = /^\+(\d+)/.exec(cursor.text.slice(cursor.at));
    if (count) {
      cursor.at += count[0].length;
      to = { type: "count", lines: Number(count[1]) };
    } else to = parseAddress(cursor);
    if (!to) throw new SedFault(cursor.at, "unexpected `,'");
    skip(cursor, /\s/);
  }
  let negated = false;
  while (peek(cursor) === "!") {
    negated = true;
    cursor.at++;
    skip(cursor, /\s/);
  }
  const name = peek(cursor);
  cursor.at++;
  const plain = {
    from,
    to,
    negated,
    name,
    text: "",
    substitution: null,
    translation: null,
    block: [],
  };
  if (name === "") throw new SedFault(cursor.at - 1, "missing command");
  if (name === "{") return { ...plain, block: parseBlock(cursor, true) };
  if (name === "s") return { ...plain, substitution: parseSubstitution(cursor) };
  if (name === "y") return { ...plain, translation: parseTranslation(cursor) };
  if ("aic".includes(name)) return { ...plain, text: parseText(cursor) };
  if (":btTrwR".includes(name)) {
    skip(cursor, / /);
    const word = (":btT".includes(name) ? /^[^\n;}]*/ : /^[^\n]*/).exec(
      cursor.text.slice(cursor.at),
    );
    cursor.at += word?.[0].length ?? 0;
    return { ...plain, text: (word?.[0] ?? "").trim() };
  }
  if (!NO_ARGUMENT.includes(name)) throw new SedFault(cursor.at, `unknown command: \`${name}'`);
  let text = "";
  if (name === "q" || name === "Q") {
    const code = /^\s*(\d+)/.exec(cursor.text.slice(cursor.at));
    cursor.at += code?.[0].length ?? 0;
    text = code?.[1] ?? "";
  }
  skip(cursor, / /);
  if (!/^($|[;\n}#])/.test(cursor.text.slice(cursor.at)))
    throw new SedFault(cursor.at + 1, "extra characters after command");
  return { ...plain, text };
}

function parseSubstitution(cursor: Cursor): Substitution {
  const start = cursor.at;
  const pattern = delimited(cursor, "unterminated `s' command");
  cursor.at--;
  const delimiterAt = cursor.at;
  if (cursor.text[delimiterAt] !== cursor.text[start])
    throw new SedFault(cursor.at, "unterminated `s' command");
  const replacement = delimited(cursor, "unterminated `s' command", true);
  let flags = "su";
  let global = false;
  let occurrence = 1;
  let print = false;
  let file: string | null = null;
  for (; ; cursor.at++) {
    const char = peek(cursor);
    if (char === "g") global = true;
    else if (char === "p") print = true;
    else if (char === "i" || char === "I") flags = "siu";
    else if (char === "m" || char === "M") flags += "m";
    else if (/\d/.test(char)) {
      const number = /^\d+/.exec(cursor.text.slice(cursor.at))?.[0] ?? "1";
      occurrence = Number(number);
      cursor.at += number.length - 1;
    } else if (char === "w") {
      const path = /^w\s*([^\n]*)/.exec(cursor.text.slice(cursor.at));
      file = path?.[1] ?? "";
      cursor.at += path?.[0].length ?? 0;
      break;
    } else break;
  }
  skip(cursor, / /);
  if (!/^($|[;\n}#])/.test(cursor.text.slice(cursor.at)))
    throw new SedFault(cursor.at + 1, "unknown option to `s'");
  return { regex: compile(cursor, pattern, flags), replacement, global, occurrence, print, file };
}

function parseTranslation(cursor: Cursor): ReadonlyMap<string, string> {
  const from = [...delimited(cursor, "unterminated `y' command")];
  cursor.at--;
  const to = [...delimited(cursor, "unterminated `y' command")];
  if (from.length !== to.length)
    throw new SedFault(cursor.at, "strings for `y' command are different lengths");
  return new Map(from.map((char, i) => [char, to[i] ?? char]));
}

/** The text of a, i and c: after a backslash and a newline, or on the same line. */
function parseText(cursor: Cursor): string {
  skip(cursor, /[ \t]/);
  if (peek(cursor) === "\\") {
    cursor.at++;
    skip(cursor, /[ \t]/);
    if (peek(cursor) === "\n") cursor.at++;
  }
  if (cursor.at >= cursor.text.length)
    throw new SedFault(cursor.at, "expected \\ after `a', `c' or `i'");
  let text = "";
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const char = peek(cursor);
    if (char === "\n") break;
    if (char === "\\" && cursor.at + 1 < cursor.text.length) text += cursor.text[++cursor.at];
    else text += char;
  }
  return `${text}\n`;
}
