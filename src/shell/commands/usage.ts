import type { Stat } from "../../engine/call.ts";
import { compareNames } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import { textMatcher } from "../language/pattern.ts";
import type { Task } from "../task.ts";
import { command, join } from "./command.ts";
import { modeText } from "./mode.ts";
import { readMounts } from "./mounts.ts";
import type { Options } from "./options.ts";
import { quoteAlways } from "./quote.ts";
import { humanSize, readSize } from "./size.ts";
import { type Entry, inDirectory, type Spot, typed } from "./spot.ts";

export const du = command(
  {
    short: "0aB:bcd:DhHklLmPsSxX:",
    long: {
      all: "a",
      "apparent-size": "apparent",
      bytes: "b",
      total: "c",
      "max-depth=": "d",
      "human-readable": "h",
      "count-links": "l",
      summarize: "s",
      "separate-dirs": "S",
      "one-file-system": "x",
      "block-size=": "B",
      "exclude=": "X",
    },
  },
  async (task, options) => {
    const walk: DuWalk = { task, options, seen: new Set(), failed: false };
    let total = 0;
    for (const path of options.operands.length > 0 ? options.operands : ["."]) {
      const stat = task.call("lstat", { path });
      if (stat.errno !== null) {
        await task.error(`cannot access ${quoteAlways(path)}: ${errorText(stat.errno)}`);
        walk.failed = true;
        continue;
      }
      total += await sizeBelow(walk, typed(path), stat.value, 0, stat.value.dev);
    }
    if (options.has("c")) await task.out(`${shownSize(options, total)}\ttotal\n`);
    return walk.failed ? 1 : 0;
  },
);

interface DuWalk {
  readonly task: Task;
  readonly options: Options;
  /** Files with several names are counted once. */
  readonly seen: Set<string>;
  failed: boolean;
}

async function sizeBelow(
  walk: DuWalk,
  spot: Spot,
  stat: Stat,
  depth: number,
  device: number,
): Promise<number> {
  const { task, options, seen } = walk;
  const key = `${stat.dev}:${stat.ino}`;
  if (stat.kind !== "dir" && stat.nlink > 1 && !options.has("l")) {
    if (seen.has(key)) return 0;
    seen.add(key);
  }
  const apparent = options.has("b", "apparent");
  let size = apparent
    ? stat.kind === "file" || stat.kind === "symlink" || stat.kind === "dir"
      ? stat.size
      : 0
    : stat.blocks * 512;
  let shown = size;
  if (stat.kind === "dir") {
    const read = await inDirectory(task, spot, async (entries) => {
      for (const { name, kind, spot: inside } of entries) {
        if (options.list.some(([option, pattern]) => option === "X" && textMatcher(pattern)(name)))
          continue;
        const below = task.call("lstat", { at: inside.at, path: name });
        if (below.errno !== null || (options.has("x") && below.value.dev !== device)) continue;
        const inner = await sizeBelow(walk, inside, below.value, depth + 1, device);
        size += inner;
        if (!options.has("S") || kind !== "dir") shown += inner;
      }
    });
    if (read.errno !== null) {
      await task.error(`cannot read directory ${quoteAlways(spot.path)}: ${errorText(read.errno)}`);
      walk.failed = true;
    }
  }
  const limit = options.has("s") ? 0 : Number(options.value("d") ?? Number.POSITIVE_INFINITY);
  if ((stat.kind === "dir" || depth === 0 || options.has("a")) && depth <= limit)
    await task.out(`${shownSize(options, shown)}\t${spot.path}\n`);
  return size;
}

function shownSize(options: Options, bytes: number): string {
  if (options.has("h")) return humanSize(bytes);
  const unit = options.has("m")
    ? 1048576
    : options.has("b")
      ? 1
      : (readSize(options.value("B") ?? "1024") ?? readSize(`1${options.value("B")}`) ?? 1024);
  return String(Math.ceil(bytes / unit));
}

export const df = command(
  {
    short: "ahHikTt:x:PlB:",
    long: {
      all: "a",
      "human-readable": "h",
      inodes: "i",
      "print-type": "T",
      "type=": "t",
      portability: "P",
      "exclude-type=": "x",
    },
  },
  async (task, options) => {
    const mounts = await readMounts(task);
    const rows: string[][] = [];
    let status = 0;
    const shown: { source: string; type: string; target: string }[] = [];
    if (options.operands.length === 0)
      shown.push(
        ...mounts.filter(
          ({ type }) =>
            options.has("a") || !["proc", "sysfs", "devpts", "cgroup", "mqueue"].includes(type),
        ),
      );
    for (const path of options.operands) {
      const stat = task.call("stat", { path });
      if (stat.errno !== null) {
        await task.error(`${path}: ${errorText(stat.errno)}`);
        status = 1;
        continue;
      }
      const cwd = task.call("getcwd", {});
      const full = path.startsWith("/") ? path : join(cwd.errno === null ? cwd.value : "/", path);
      const inside = (target: string): boolean =>
        target === "/" || full === target || full.startsWith(`${target}/`);
      const mount = mounts
        .filter(({ target }) => inside(target))
        .sort((a, b) => b.target.length - a.target.length)[0];
      shown.push(mount ?? { source: "rootfs", type: "rootfs", target: "/" });
    }
    for (const { source, type, target } of shown) {
      if (options.value("t") !== undefined && options.value("t") !== type) continue;
      if (options.value("x") === type) continue;
      const found = task.call("statfs", { path: target });
      if (found.errno !== null) continue;
      const { blocks, blocksFree, blockSize, files, filesFree } = found.value;
      const [all, free] = options.has("i")
        ? [files, filesFree]
        : [blocks * blockSize, blocksFree * blockSize];
      const used = all - free;
      const text = (value: number): string =>
        options.has("i")
          ? String(value)
          : options.has("h")
            ? humanSize(value)
            : String(Math.ceil(value / 1024));
      const percent = all === 0 ? "-" : `${Math.ceil((used / all) * 100)}%`;
      rows.push([
        source,
        ...(options.has("T") ? [type] : []),
        text(all),
        text(used),
        text(free),
        percent,
        target,
      ]);
    }
    if (rows.length === 0 && status !== 0) return status;
    const sizes = options.has("i")
      ? ["Inodes", "IUsed", "IFree", "IUse%"]
      : [
          options.has("h") ? "Size" : "1K-blocks",
          "Used",
          options.has("h") ? "Avail" : "Available",
          "Use%",
        ];
    rows.unshift(["Filesystem", ...(options.has("T") ? ["Type"] : []), ...sizes, "Mounted on"]);
    const least = (column: number, left: number): number =>
      column === 0 ? 14 : column < left ? 0 : column < left + 4 ? 5 : 0;
    const left = options.has("T") ? 2 : 1;
    const widths = rows[0]?.map((_, column) =>
      Math.max(least(column, left), ...rows.map((row) => row[column]?.length ?? 0)),
    );
    for (const row of rows)
      await task.out(
        `${row
          .map((cell, column) => {
            if (column === row.length - 1) return cell;
            const width = (widths?.[column] ?? 0) - (column === row.length - 2 ? 1 : 0);
            return column < left ? cell.padEnd(width) : cell.padStart(width);
          })
          .join(" ")}\n`,
      );
    return status;
  },
);

export const tree = command(
  {
    short: "adfhiL:pugsDFIP:r",
    long: { noreport: "noreport", dirsfirst: "dirsfirst" },
  },
  async (task, options) => {
    const count = { directories: 0, files: 0 };
    let status = 0;
    for (const path of options.operands.length > 0 ? options.operands : ["."]) {
      const stat = task.call("stat", { path });
      if (stat.errno !== null) {
        await task.out(`${path}  [error opening dir]\n`);
        status = 2;
        continue;
      }
      await task.out(`${path}\n`);
      count.directories++;
      await drawBelow(task, options, typed(path), "", 1, count);
    }
    if (options.has("noreport")) return status;
    const plural = (number: number, one: string, many: string): string =>
      `${number} ${number === 1 ? one : many}`;
    const files = options.has("d") ? "" : `, ${plural(count.files, "file", "files")}`;
    await task.out(`\n${plural(count.directories, "directory", "directories")}${files}\n`);
    return status;
  },
);

async function drawBelow(
  task: Task,
  options: Options,
  dir: Spot,
  indent: string,
  depth: number,
  count: { directories: number; files: number },
): Promise<void> {
  if (depth > Number(options.value("L") ?? Number.POSITIVE_INFINITY)) return;
  await inDirectory(task, dir, (entries) =>
    drawNames(task, options, entries, indent, depth, count),
  );
}

async function drawNames(
  task: Task,
  options: Options,
  all: readonly Entry[],
  indent: string,
  depth: number,
  count: { directories: number; files: number },
): Promise<void> {
  const entries = all
    .filter(({ name }) => options.has("a") || !name.startsWith("."))
    .filter(({ kind }) => !options.has("d") || kind === "dir")
    .toSorted((a, b) => compareNames(a.name, b.name));
  for (const [index, { name, kind, spot }] of entries.entries()) {
    const last = index === entries.length - 1;
    const { at } = spot;
    const link = kind === "symlink" ? task.call("readlink", { at, path: name }) : null;
    const target = link && link.errno === null ? ` -> ${link.value}` : "";
    const stat = options.has("p", "s", "h") ? task.call("lstat", { at, path: name }) : null;
    const notes: string[] = [];
    if (stat && stat.errno === null) {
      if (options.has("p")) notes.push(modeText(stat.value));
      if (options.has("s", "h"))
        notes.push(
          (options.has("h") ? humanSize(stat.value.size) : String(stat.value.size)).padStart(
            options.has("h") ? 4 : 11,
          ),
        );
    }
    const head = notes.length > 0 ? `[${notes.join(" ")}]  ` : "";
    const shown = options.has("f") ? spot.path : name;
    await task.out(
      `${indent}${options.has("i") ? "" : last ? "└── " : "├── "}${head}${shown}${target}\n`,
    );
    if (kind === "dir") {
      count.directories++;
      await drawBelow(
        task,
        options,
        spot,
        options.has("i") ? "" : indent + (last ? "    " : "│\u00a0\u00a0 "),
        depth + 1,
        count,
      );
    } else count.files++;
  }
}
