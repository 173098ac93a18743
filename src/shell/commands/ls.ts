import type { Fd, Stat } from "../../engine/call.ts";
import type { Errno } from "../../engine/errno.ts";
import { compareNames } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { command, usage } from "./command.ts";
import { modeText } from "./mode.ts";
import { type NameSource, nameSource } from "./names.ts";
import type { Options } from "./options.ts";
import { quoteAlways, quoteIfNeeded } from "./quote.ts";
import { humanSize } from "./size.ts";
import { below, type Entry, inDirectory, type Spot, typed, wholePath } from "./spot.ts";
import { formatTime } from "./time.ts";

/** One line of a listing. `stat` is there when the format or the order needs it. */
interface Item {
  readonly name: string;
  readonly spot: Spot;
  readonly kind: Stat["kind"];
  readonly ino: number;
  readonly stat: Stat | null;
  readonly target: string | null;
}

interface Format {
  readonly long: boolean;
  readonly columns: boolean;
  readonly quoted: boolean;
  readonly options: Options;
  readonly names: NameSource;
}

/** What a listing of several directories has come to. */
interface Progress {
  /** Each begins with its directory's name. */
  readonly titled: boolean;
  isFirst: boolean;
  status: number;
}

export const ls = command(
  {
    short: "1aAbBcCdfFgGhHiI:klLmnNopqQrRsStT:uUvw:xXZ",
    long: {
      all: "a",
      "almost-all": "A",
      directory: "d",
      "human-readable": "h",
      inode: "i",
      "numeric-uid-gid": "n",
      recursive: "R",
      reverse: "r",
      size: "s",
      "color?=": "color",
      "full-time": "full-time",
      "time-style=": "time-style",
      classify: "F",
      "group-directories-first": "gdf",
      dereference: "L",
      "no-group": "G",
    },
  },
  async (task, options) => {
    const longKeys = ["l", "n", "g", "o", "full-time"];
    const shape = options.last(...longKeys, "1", "C", "x", "m");
    const long = options.has(...longKeys) && shape !== "C" && shape !== "x" && shape !== "m";
    const columns =
      !long && (shape === "C" || shape === "x" || (shape === undefined && task.isTerminal(1)));
    const operands = options.operands.length > 0 ? options.operands : ["."];
    const format: Format = {
      long,
      columns,
      quoted: task.isTerminal(1) && !options.has("N"),
      options,
      names: nameSource(task),
    };
    let status = 0;
    const files: Item[] = [];
    const directories: string[] = [];
    const measured: Item[] = [];
    for (const path of operands) {
      const follow = !options.has("d") && !(format.long && !options.has("H", "L"));
      const spot = typed(path);
      const stat = statArgument(task, spot, follow || options.has("L"));
      if (stat.errno !== null) {
        await task.error(`cannot access ${quoteAlways(path)}: ${errorText(stat.errno)}`);
        status = 2;
      } else if (stat.value.kind === "dir" && !options.has("d")) {
        directories.push(path);
        measured.push(itemOf(task, format, path, spot, "dir", stat.value.ino, stat.value));
      } else
        files.push(itemOf(task, format, path, spot, stat.value.kind, stat.value.ino, stat.value));
    }
    await print(task, format, sortItems(files, options), measured);
    const titled = files.length > 0 || operands.length > 1 || options.has("R");
    const progress: Progress = { titled, isFirst: files.length === 0, status };
    const ordered = options.has("U", "f") ? directories : directories.toSorted(compareNames);
    for (const path of ordered) await listDirectory(task, format, typed(path), progress, 2);
    return progress.status;
  },
  (task, message) => usage(task, message, 2),
);

function statArgument(
  task: Task,
  { at, name: path }: Spot,
  follow: boolean,
): { errno: null; value: Stat } | { errno: Errno; value: null } {
  if (!follow) return task.call("lstat", { at, path });
  const stat = task.call("stat", { at, path });
  if (stat.errno === null) return stat;
  const link = task.call("lstat", { at, path });
  return link.errno === null ? link : stat;
}

/** Lists a directory and, with `-R`, all below it. `refused`: the status when it cannot be opened. */
async function listDirectory(
  task: Task,
  format: Format,
  dir: Spot,
  progress: Progress,
  refused: number,
): Promise<void> {
  const { options } = format;
  const listed = await inDirectory(task, dir, async (entries, fd) => {
    if (progress.titled)
      await task.out(`${progress.isFirst ? "" : "\n"}${title(format, dir.path)}:\n`);
    progress.isFirst = false;
    const items = await itemsOf(task, format, dir, entries, fd, progress);
    const sorted = sortItems(items, options);
    await print(task, format, sorted, null);
    if (!options.has("R")) return;
    for (const { kind, name, spot } of sorted)
      if (kind === "dir" && name !== "." && name !== "..")
        await listDirectory(task, format, spot, progress, 1);
  });
  if (listed.errno === null) return;
  await task.error(`cannot open directory ${quoteAlways(dir.path)}: ${errorText(listed.errno)}`);
  progress.status = Math.max(progress.status, refused);
}

function title({ quoted }: Format, path: string): string {
  return quoted ? quoteIfNeeded(path).replace(/^([^'"]*:[^'"]*)$/, "'$1'") : path;
}

async function itemsOf(
  task: Task,
  format: Format,
  dir: Spot,
  entries: readonly Entry[],
  fd: Fd,
  progress: Progress,
): Promise<Item[]> {
  const { options } = format;
  const items: Item[] = [];
  for (const name of options.has("a", "f") ? [".", ".."] : []) {
    const spot = below(fd, dir.path, name);
    const stat = task.call("lstat", { at: fd, path: name });
    if (stat.errno === null)
      items.push(itemOf(task, format, name, spot, "dir", stat.value.ino, stat.value));
  }
  for (const entry of entries) {
    if (entry.name.startsWith(".") && !options.has("a", "A", "f")) continue;
    const spot = wholePath(entry.spot);
    let stat: Stat | null = null;
    if (needsStat(format)) {
      const result = statArgument(task, spot, options.has("L"));
      if (result.errno === null) stat = result.value;
      else {
        await task.error(`cannot access ${quoteAlways(spot.path)}: ${errorText(result.errno)}`);
        progress.status = Math.max(progress.status, 1);
      }
    }
    items.push(itemOf(task, format, entry.name, spot, entry.kind, entry.ino, stat));
  }
  return items;
}

function needsStat({ long, options }: Format): boolean {
  return long || options.has("s", "t", "S", "F");
}

function itemOf(
  task: Task,
  format: Format,
  name: string,
  spot: Spot,
  kind: Stat["kind"],
  ino: number,
  stat: Stat | null,
): Item {
  let target: string | null = null;
  if (format.long && kind === "symlink") {
    const link = task.call("readlink", { at: spot.at, path: spot.name });
    if (link.errno === null) target = link.value;
  }
  return { name, spot, kind, ino, stat, target };
}

function sortItems(items: readonly Item[], options: Options): Item[] {
  if (options.has("U", "f")) return [...items];
  const key = options.last("t", "S", "X");
  const order = (a: Item, b: Item): number => {
    if (key === "S")
      return (b.stat?.size ?? 0) - (a.stat?.size ?? 0) || compareNames(a.name, b.name);
    if (key === "t") {
      const [x, y] = [a.stat?.mtime, b.stat?.mtime];
      const later = (y?.sec ?? 0) - (x?.sec ?? 0) || (y?.nsec ?? 0) - (x?.nsec ?? 0);
      return later || compareNames(a.name, b.name);
    }
    return compareNames(a.name, b.name);
  };
  const sorted = items.toSorted(order);
  return options.has("r") ? sorted.reverse() : sorted;
}

async function print(
  task: Task,
  format: Format,
  items: readonly Item[],
  /** The directories that are listed after these files, whose widths count too; null inside a directory. */
  measured: readonly Item[] | null,
): Promise<void> {
  const { options } = format;
  const blocks = items.reduce((sum, { stat }) => sum + (stat?.blocks ?? 0), 0);
  if (measured === null && (format.long || options.has("s")))
    await task.out(`total ${options.has("h") ? humanSize(blocks * 512) : Math.ceil(blocks / 2)}\n`);
  if (items.length === 0) return;
  const texts = nameTexts(format, items);
  const inodes = items.map(({ ino }) => (options.has("i") ? String(ino) : ""));
  const sizes = items.map(({ stat }) => (options.has("s") ? blockText(options, stat) : ""));
  const inodeWidth = Math.max(...inodes.map((text) => text.length));
  const sizeWidth = Math.max(...sizes.map((text) => text.length));
  const prefixes = items.map((_, i) =>
    [
      ...(inodeWidth > 0 ? [(inodes[i] ?? "").padStart(inodeWidth)] : []),
      ...(sizeWidth > 0 ? [(sizes[i] ?? "").padStart(sizeWidth)] : []),
      "",
    ].join(" "),
  );
  if (format.long) {
    const rows = await longRows(task, format, [...items, ...(measured ?? [])]);
    for (const [i, text] of texts.entries()) await task.out(`${prefixes[i]}${rows[i]}${text}\n`);
    return;
  }
  const words = texts.map((text, i) => `${prefixes[i]}${text}`);
  const width = Number(options.value("w") ?? task.environment.get("COLUMNS") ?? 80);
  if (options.has("m")) await task.out(withCommas(words, width));
  else if (format.columns) await task.out(inColumns(words, width, options.last("C", "x") === "x"));
  else for (const word of words) await task.out(`${word}\n`);
}

function blockText(options: Options, stat: Stat | null): string {
  const blocks = stat?.blocks ?? 0;
  return options.has("h") ? humanSize(blocks * 512) : String(Math.ceil(blocks / 2));
}

/** Names as shown: quoted on a terminal, the unquoted ones then moved by a space; with `-F` a mark, with `-l` a target. */
function nameTexts(format: Format, items: readonly Item[]): string[] {
  const quote = (name: string): string => (format.quoted ? quoteIfNeeded(name) : name);
  const shift = format.quoted && items.some(({ name }) => quote(name) !== name);
  return items.map((item) => {
    const text = quote(item.name);
    const moved =
      shift && text === item.name && (format.long || format.columns) ? ` ${text}` : text;
    const target = item.target === null ? "" : ` -> ${quote(item.target)}`;
    return moved + mark(format.options, item) + target;
  });
}

function mark(options: Options, { kind, stat, target }: Item): string {
  if (kind === "dir" && options.has("F", "p")) return "/";
  if (!options.has("F") || target !== null) return "";
  if (kind === "symlink") return "@";
  if (kind === "fifo") return "|";
  if (kind === "socket") return "=";
  return kind === "file" && stat && stat.mode & 0o111 ? "*" : "";
}

async function longRows(task: Task, format: Format, items: readonly Item[]): Promise<string[]> {
  const { options, names } = format;
  const numeric = options.has("n");
  const owners: string[] = [];
  const groups: string[] = [];
  for (const { stat } of items) {
    owners.push(stat ? (numeric ? `${stat.uid}` : await names.user(stat.uid)) : "?");
    groups.push(stat ? (numeric ? `${stat.gid}` : await names.group(stat.gid)) : "?");
  }
  const links = items.map(({ stat }) => (stat ? String(stat.nlink) : "?"));
  const devices = items.map(
    ({ stat }) => stat !== null && (stat.kind === "char" || stat.kind === "block"),
  );
  const majors = items.map(({ stat }, i) => (devices[i] ? String(stat?.rdev[0]) : ""));
  const minors = items.map(({ stat }, i) => (devices[i] ? String(stat?.rdev[1]) : ""));
  const majorWidth = Math.max(...majors.map((text) => text.length));
  const minorWidth = Math.max(...minors.map((text) => text.length));
  const plain = items.map(({ stat }, i) => {
    if (devices[i])
      return `${(majors[i] ?? "").padStart(majorWidth)}, ${(minors[i] ?? "").padStart(minorWidth)}`;
    if (!stat) return "?";
    return options.has("h") ? humanSize(stat.size) : String(stat.size);
  });
  const width = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const [linkWidth, ownerWidth, groupWidth, sizeWidth] = [
    width(links),
    width(owners),
    width(groups),
    width(plain),
  ];
  const side = (text: string, to: number): string =>
    numeric ? text.padStart(to) : text.padEnd(to);
  const now = task.now();
  return items.map(({ stat, kind }, i) =>
    [
      stat ? modeText(stat) : modeText({ kind, mode: 0 }).replaceAll("-", "?"),
      (links[i] ?? "").padStart(linkWidth),
      ...(options.has("g") ? [] : [side(owners[i] ?? "", ownerWidth)]),
      ...(options.has("o", "G") ? [] : [side(groups[i] ?? "", groupWidth)]),
      (plain[i] ?? "").padStart(sizeWidth),
      stat ? timeText(options, stat, now.sec) : "           ?",
      "",
    ].join(" "),
  );
}

function timeText(options: Options, stat: Stat, now: number): string {
  const style = options.value("time-style");
  const time = options.has("c") ? stat.ctime : stat.mtime;
  if (options.has("full-time") || style === "full-iso") return formatTime(time, "%F %T.%N %z");
  if (style === "long-iso") return formatTime(time, "%F %R");
  if (style?.startsWith("+")) return formatTime(time, style.slice(1));
  const recent = time.sec > now - 15_778_476 && time.sec <= now + 1;
  return formatTime(time, recent ? "%b %e %H:%M" : "%b %e  %Y");
}

/** Words with commas between, in lines that fit. */
function withCommas(words: readonly string[], width: number): string {
  let text = "";
  let at = 0;
  for (const [index, word] of words.entries()) {
    const length = [...word].length;
    if (index > 0) {
      const fits = at + length + 2 < width;
      text += fits ? ", " : ",\n";
      at = fits ? at + 2 : 0;
    }
    text += word;
    at += length;
  }
  return `${text}\n`;
}

/** As many columns as fit, filled downwards (`-x`: across), two spaces between them. */
function inColumns(words: readonly string[], width: number, across = false): string {
  const count = words.length;
  let best = 1;
  let widths: number[] = [];
  for (let columns = 1; columns <= Math.min(count, Math.max(1, Math.floor(width / 3))); columns++) {
    const rows = Math.ceil(count / columns);
    const found = new Array<number>(columns).fill(3);
    for (const [i, word] of words.entries()) {
      const column = across ? i % columns : Math.floor(i / rows);
      const length = [...word].length + (column === columns - 1 ? 0 : 2);
      found[column] = Math.max(found[column] ?? 0, length);
    }
    if (columns > 1 && found.reduce((sum, each) => sum + each, 0) >= width) continue;
    best = columns;
    widths = found;
  }
  const rows = Math.ceil(count / best);
  let text = "";
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let column = 0; column < best; column++) {
      const at = across ? row * best + column : column * rows + row;
      const next = across ? at + 1 : at + rows;
      const word = words[at];
      if (word === undefined) continue;
      const last = column === best - 1 || next >= count;
      line += last
        ? word
        : word + " ".repeat(Math.max(0, (widths[column] ?? 0) - [...word].length));
    }
    text += `${line}\n`;
  }
  return text;
}
