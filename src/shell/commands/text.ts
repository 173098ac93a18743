import { type Content, contentLength } from "../../tree/content.ts";
import { compareNames, encodeName } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import { asData, dropContent, takeContent } from "../process.ts";
import { BLOCK, type Task } from "../task.ts";
import { command, eachText, fileError, linesOf, readFile, usage } from "./command.ts";
import { quoteAlways, quoteIfNeeded } from "./quote.ts";

/** A count of head and tail: "+5", "-5", "5", with K, M, G. */
interface Count {
  readonly sign: "+" | "-" | "";
  readonly count: number;
}

function readCount(text: string): Count | null {
  const match = /^([-+]?)(\d+)(|b|[kKMG](?:iB|B)?)$/.exec(text);
  if (!match) return null;
  const unit = match[3] ?? "";
  const base = unit.endsWith("B") && !unit.endsWith("iB") ? 1000 : 1024;
  const power = unit === "" || unit === "b" ? 0 : "KMG".indexOf((unit[0] ?? "").toUpperCase()) + 1;
  const factor = unit === "b" ? 512 : base ** power;
  const sign = match[1] === "+" ? "+" : match[1] === "-" ? "-" : "";
  return { sign, count: Number(match[2]) * factor };
}

/** `head -5` is `head -n 5`. */
function withOldCount(args: readonly string[]): string[] {
  const [first = "", ...rest] = args;
  const old = /^-(\d+)$/.exec(first);
  return old ? ["-n", old[1] ?? "10", ...rest] : [...args];
}

const HEAD_TAIL = {
  short: "n:c:qvfF",
  long: { "lines=": "n", "bytes=": "c", quiet: "q", silent: "q", verbose: "v", follow: "f" },
};

const headOrTail = command(HEAD_TAIL, async (task, options) => {
  const key = options.last("n", "c") ?? "n";
  const text = options.value(key) ?? "10";
  const count = readCount(text);
  if (!count) {
    const what = key === "c" ? "bytes" : "lines";
    await task.error(`invalid number of ${what}: ${quoteAlways(text)}`);
    return 1;
  }
  const paths = options.operands.length > 0 ? options.operands : ["-"];
  const titled = options.has("v") || (paths.length > 1 && !options.has("q"));
  const cut = task.name === "head" ? cutHead : cutTail;
  let status = 0;
  let first = true;
  for (const path of paths) {
    const content = await readPart(task, path, count, key === "c");
    if (content.errno !== null) {
      status = 1;
      if (content.opened)
        await task.error(`error reading ${quoteAlways(path)}: ${errorText(content.errno)}`);
      else
        await task.error(
          `cannot open ${quoteAlways(path)} for reading: ${errorText(content.errno)}`,
        );
      continue;
    }
    if (titled)
      await task.out(`${first ? "" : "\n"}==> ${path === "-" ? "standard input" : path} <==\n`);
    first = false;
    await task.outContent(await cut(task, content.value, count, key === "c"));
  }
  return status;
});

export const head = (task: Task): Promise<number> =>
  headOrTail({ ...task, args: withOldCount(task.args) });
export const tail = head;

type Part =
  | { readonly errno: null; readonly value: Content }
  | { readonly errno: NonNullable<Parameters<typeof errorText>[0]>; readonly opened: boolean };

/** Reads a file; `head` stops as soon as it has enough. */
async function readPart(task: Task, path: string, count: Count, bytes: boolean): Promise<Part> {
  let fd = 0;
  if (path !== "-") {
    const opened = task.call("open", { path, flags: ["O_RDONLY"] });
    if (opened.errno !== null) return { errno: opened.errno, opened: false };
    fd = opened.value;
  }
  const pieces: Content[number][] = [];
  const enough = async (): Promise<boolean> => {
    if (task.name !== "head" || count.sign === "-") return false;
    if (bytes) return contentLength(pieces) >= count.count;
    const found = (await task.text(pieces)).split("\n").length - 1;
    return found >= count.count;
  };
  try {
    while (!(await enough())) {
      const block =
        path === "-" ? await task.read(0, BLOCK) : task.call("read", { fd, length: BLOCK });
      if (block.errno !== null) return { errno: block.errno, opened: true };
      if (contentLength(block.value) === 0) break;
      pieces.push(...block.value);
    }
  } finally {
    if (path !== "-") task.call("close", { fd });
  }
  return { errno: null, value: pieces };
}

async function cutHead(
  task: Task,
  content: Content,
  count: Count,
  bytes: boolean,
): Promise<Content> {
  const all = contentLength(content);
  if (bytes)
    return takeContent(content, count.sign === "-" ? Math.max(0, all - count.count) : count.count);
  const ends = await lineEnds(task, content);
  const keep = count.sign === "-" ? ends.length - count.count : count.count;
  if (keep <= 0) return [];
  return takeContent(content, ends[keep - 1] ?? all);
}

async function cutTail(
  task: Task,
  content: Content,
  count: Count,
  bytes: boolean,
): Promise<Content> {
  const all = contentLength(content);
  if (bytes)
    return dropContent(
      content,
      count.sign === "+" ? Math.max(0, count.count - 1) : Math.max(0, all - count.count),
    );
  const ends = await lineEnds(task, content);
  const skip = count.sign === "+" ? Math.max(0, count.count - 1) : ends.length - count.count;
  if (skip <= 0) return content;
  return dropContent(content, ends[skip - 1] ?? all);
}

/** Where each line ends, its newline included. */
async function lineEnds(task: Task, content: Content): Promise<number[]> {
  const bytes = await task.bytes(content);
  const ends: number[] = [];
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) ends.push(i + 1);
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10) ends.push(bytes.length);
  return ends;
}

export const tee = command(
  { short: "ai", long: { append: "a", "ignore-interrupts": "i" } },
  async (task, options) => {
    let status = 0;
    const files: { path: string; fd: number }[] = [];
    for (const path of options.operands) {
      const flags = options.has("a")
        ? (["O_WRONLY", "O_CREAT", "O_APPEND"] as const)
        : (["O_WRONLY", "O_CREAT", "O_TRUNC"] as const);
      const opened = task.call("open", { path, flags, mode: 0o666 });
      if (opened.errno === null) files.push({ path, fd: opened.value });
      else {
        await fileError(task, path, opened.errno);
        status = 1;
      }
    }
    for (;;) {
      const block = await task.read(0, BLOCK);
      if (block.errno !== null || contentLength(block.value) === 0) break;
      await task.outContent(block.value);
      for (const { path, fd } of files) {
        const written = task.call("write", { fd, data: asData(block.value) });
        if (written.errno === null) continue;
        await fileError(task, path, written.errno);
        status = 1;
      }
    }
    for (const { fd } of files) task.call("close", { fd });
    return status;
  },
);

export const wc = command(
  {
    short: "lwcmL",
    long: { lines: "l", words: "w", bytes: "c", chars: "m", "max-line-length": "L" },
  },
  async (task, options) => {
    const all = !options.has("l", "w", "c", "m", "L");
    const rows: { counts: number[]; path: string }[] = [];
    const status = await eachText(task, options.operands, async (text, path) => {
      const lines = text.split("\n").length - 1;
      const words = text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "").length;
      const longest = Math.max(0, ...linesOf(text).map((line) => line.length));
      const counts = [
        ...(all || options.has("l") ? [lines] : []),
        ...(all || options.has("w") ? [words] : []),
        ...(options.has("m") ? [[...text].length] : []),
        ...(all || options.has("c") ? [encodeName(text).length] : []),
        ...(options.has("L") ? [longest] : []),
      ];
      rows.push({ counts, path: options.operands.length > 0 ? path : "" });
    });
    const width = await countWidth(task, options.operands, rows);
    if (options.operands.length > 1)
      rows.push({
        counts: rows.reduce<number[]>(
          (sums, row) => row.counts.map((count, i) => count + (sums[i] ?? 0)),
          [],
        ),
        path: "total",
      });
    for (const { counts, path } of rows)
      await task.out(
        `${counts.map((count) => String(count).padStart(width)).join(" ")}${path === "" ? "" : ` ${path}`}\n`,
      );
    return status;
  },
);

/** wc sizes its columns by the bytes of all files, or takes 7 where it cannot know them. */
async function countWidth(
  task: Task,
  paths: readonly string[],
  rows: readonly { counts: readonly number[] }[],
): Promise<number> {
  if (paths.length <= 1 && (rows[0]?.counts.length ?? 0) <= 1) return 1;
  let bytes = 0;
  for (const path of paths.length === 0 ? ["-"] : paths) {
    const stat = path === "-" ? task.call("fstat", { fd: 0 }) : task.call("stat", { path });
    if (path === "-" && stat.errno !== null) return 7;
    if (stat.errno === null && stat.value.kind !== "file") return 7;
    if (stat.errno === null) bytes += stat.value.size;
  }
  return String(bytes).length;
}

export const sort = command(
  {
    short: "bdfhik:nru t:o:c",
    long: {
      reverse: "r",
      "numeric-sort": "n",
      unique: "u",
      "key=": "k",
      "field-separator=": "t",
      "output=": "o",
    },
  },
  async (task, options) => {
    const lines: string[] = [];
    for (const path of options.operands.length > 0 ? options.operands : ["-"]) {
      const content = await readFile(task, path);
      if (content.errno !== null) {
        await task.error(`cannot read: ${quoteIfNeeded(path)}: ${errorText(content.errno)}`);
        return 2;
      }
      lines.push(...linesOf(await task.text(content.value)));
    }
    const keys = options.list.filter(([key]) => key === "k").map(([, value]) => value);
    const compare = lineOrder({
      numeric: options.has("n"),
      human: options.has("h"),
      fold: options.has("f"),
      reverse: options.has("r"),
      keys,
      separator: options.value("t"),
      stable: options.has("u"),
    });
    let sorted = lines.toSorted(compare);
    if (options.has("u"))
      sorted = sorted.filter((line, i) => i === 0 || compare(sorted[i - 1] ?? "", line) !== 0);
    const text = sorted.map((line) => `${line}\n`).join("");
    const output = options.value("o");
    if (output !== undefined) return writeWhole(task, output, text);
    await task.out(text);
    return 0;
  },
  (task, message) => usage(task, message, 2),
);

async function writeWhole(task: Task, path: string, text: string): Promise<number> {
  const opened = task.call("open", {
    path,
    flags: ["O_WRONLY", "O_CREAT", "O_TRUNC"],
    mode: 0o666,
  });
  if (opened.errno !== null) {
    await task.error(`open failed: ${path}: ${errorText(opened.errno)}`);
    return 2;
  }
  task.call("write", { fd: opened.value, data: [{ type: "bytes", bytes: encodeName(text) }] });
  task.call("close", { fd: opened.value });
  return 0;
}

interface LineOrder {
  readonly numeric: boolean;
  readonly human: boolean;
  readonly fold: boolean;
  readonly reverse: boolean;
  readonly keys: readonly string[];
  readonly separator: string | undefined;
  readonly stable: boolean;
}

function lineOrder(order: LineOrder): (a: string, b: string) => number {
  const keys =
    order.keys.length > 0 ? order.keys.map((key) => keyOf(key, order)) : [keyOf("", order)];
  return (a, b) => {
    for (const key of keys) {
      const result = key.compare(key.extract(a), key.extract(b)) * (key.reverse ? -1 : 1);
      if (result !== 0) return result;
    }
    return order.stable ? 0 : compareNames(a, b) * (order.reverse ? -1 : 1);
  };
}

function keyOf(
  text: string,
  order: LineOrder,
): {
  extract: (line: string) => string;
  compare: (a: string, b: string) => number;
  reverse: boolean;
} {
  const match = /^(\d+)(?:\.(\d+))?([bdfhinr]*)(?:,(\d+)(?:\.(\d+))?([bdfhinr]*))?$/.exec(text);
  const flags = (match?.[3] ?? "") + (match?.[6] ?? "");
  const own = /[dfhinr]/.test(flags);
  const numeric = own ? flags.includes("n") : order.numeric;
  const human = own ? flags.includes("h") : order.human;
  const fold = own ? flags.includes("f") : order.fold;
  const compare = (a: string, b: string): number =>
    numeric || human
      ? numberOf(a, human) - numberOf(b, human)
      : fold
        ? compareNames(a.toUpperCase(), b.toUpperCase())
        : compareNames(a, b);
  const extract = (line: string): string => {
    if (!match) return line;
    const separator = order.separator;
    const fields = separator !== undefined ? line.split(separator) : (line.match(/\s*\S+/g) ?? []);
    const from = Number(match[1]) - 1;
    const to = match[4] === undefined ? fields.length : Number(match[4]);
    const piece = fields.slice(from, to).join(separator ?? "");
    const start = match[2] === undefined ? piece : piece.slice(Number(match[2]) - 1);
    return flags.includes("b") || numeric ? start.trimStart() : start;
  };
  return { extract, compare, reverse: own ? flags.includes("r") : order.reverse };
}

function numberOf(text: string, human: boolean): number {
  const match = /^\s*(-?\d*\.?\d*)([KMGTPE]?)/.exec(text);
  const value = Number.parseFloat(match?.[1] ?? "") || 0;
  return human ? value * 1024 ** " KMGTPE".indexOf(match?.[2] || " ") : value;
}

export const uniq = command(
  { short: "cdui", long: { count: "c", repeated: "d", unique: "u", "ignore-case": "i" } },
  async (task, options) => {
    const [input = "-"] = options.operands;
    const content = await readFile(task, input);
    if (content.errno !== null) {
      await fileError(task, input, content.errno);
      return 1;
    }
    const same = (text: string): string => (options.has("i") ? text.toLowerCase() : text);
    const groups: { line: string; count: number }[] = [];
    for (const line of linesOf(await task.text(content.value))) {
      const last = groups.at(-1);
      if (last && same(last.line) === same(line)) last.count++;
      else groups.push({ line, count: 1 });
    }
    for (const { line, count } of groups) {
      if (options.has("d") && count === 1) continue;
      if (options.has("u") && count > 1) continue;
      await task.out(`${options.has("c") ? `${String(count).padStart(7)} ` : ""}${line}\n`);
    }
    return 0;
  },
);

export const cut = command(
  {
    short: "b:c:d:f:s",
    long: {
      "delimiter=": "d",
      "fields=": "f",
      "characters=": "c",
      "bytes=": "b",
      "only-delimited": "s",
    },
  },
  async (task, options) => {
    const list = options.value("f") ?? options.value("c") ?? options.value("b");
    if (list === undefined)
      return usage(task, "you must specify a list of bytes, characters, or fields");
    const wanted = rangesOf(list);
    const delimiter = options.value("d") ?? "\t";
    return eachText(task, options.operands, async (text) => {
      for (const line of linesOf(text)) {
        if (options.value("f") === undefined) {
          await task.out(`${[...line].filter((_, i) => wanted(i + 1)).join("")}\n`);
          continue;
        }
        if (!line.includes(delimiter)) {
          if (!options.has("s")) await task.out(`${line}\n`);
          continue;
        }
        const fields = line.split(delimiter).filter((_, i) => wanted(i + 1));
        await task.out(`${fields.join(delimiter)}\n`);
      }
    });
  },
);

function rangesOf(list: string): (position: number) => boolean {
  const ranges = list.split(",").map((part) => {
    const [from = "", to] = part.split("-");
    return {
      from: Number(from || 1),
      to: to === undefined ? Number(from) : to === "" ? Number.POSITIVE_INFINITY : Number(to),
    };
  });
  return (position) => ranges.some(({ from, to }) => position >= from && position <= to);
}

export const tr = command(
  { short: "cdsC", long: { complement: "c", delete: "d", "squeeze-repeats": "s" } },
  async (task, options) => {
    const [first, second] = options.operands;
    if (first === undefined) return usage(task, "missing operand");
    if (second === undefined && !options.has("d", "s"))
      return usage(task, `missing operand after ${quoteAlways(first)}`);
    const content = await task.readAll(0);
    if (content.errno !== null) return 1;
    const from = characterSet(first);
    const to = characterSet(second ?? "");
    const inSet = (char: string): boolean => from.includes(char) !== options.has("c", "C");
    let out = "";
    for (const char of await task.text(content.value)) {
      let next = char;
      if (inSet(char)) {
        if (options.has("d")) continue;
        if (to.length > 0) {
          const at = options.has("c", "C") ? to.length - 1 : from.indexOf(char);
          next = to[Math.min(at, to.length - 1)] ?? char;
        }
      }
      const squeezed = options.has("s") && (to.length > 0 ? to : from).includes(next);
      if (!(squeezed && out.endsWith(next))) out += next;
    }
    await task.out(out);
    return 0;
  },
);

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";

const NAMED_SETS: ReadonlyMap<string, string> = new Map([
  ["lower", LOWER],
  ["upper", UPPER],
  ["digit", DIGITS],
  ["alpha", UPPER + LOWER],
  ["alnum", UPPER + LOWER + DIGITS],
  ["space", " \t\n\v\f\r"],
  ["blank", " \t"],
]);

function characterSet(text: string): string[] {
  const set: string[] = [];
  const plain = text.replace(
    /\\([ntr\\])/g,
    (_, letter: string) => ({ n: "\n", t: "\t", r: "\r", "\\": "\\" })[letter] ?? letter,
  );
  const pattern = /\[:(\w+):\]|(.)-(.)|(.)/gsu;
  for (const [, name, from, to, single] of plain.matchAll(pattern)) {
    if (name !== undefined) set.push(...(NAMED_SETS.get(name) ?? ""));
    else if (from !== undefined && to !== undefined)
      for (let code = from.codePointAt(0) ?? 0; code <= (to.codePointAt(0) ?? 0); code++)
        set.push(String.fromCodePoint(code));
    else if (single !== undefined) set.push(single);
  }
  return set;
}
