import type { EntryKind } from "../../tree/column-tree.ts";
import { errorText } from "../error-text.ts";
import { textMatcher } from "../language/pattern.ts";
import type { Task } from "../task.ts";
import { command, errorLine, linesOf, readFile, usage } from "./command.ts";
import type { Options } from "./options.ts";
import { compileRegex, RegexFault } from "./regex.ts";
import { inDirectory, type Spot, typed } from "./spot.ts";

interface Search {
  readonly matches: (line: string) => boolean;
  /** For `-o`: each match of a line. */
  readonly all: (line: string) => string[];
  readonly titled: boolean;
  readonly options: Options;
}

export const grep = command(
  {
    short: "A:B:C:EFGPRHLZabce:f:hilm:noqrsvwxy",
    long: {
      "extended-regexp": "E",
      "fixed-strings": "F",
      "regexp=": "e",
      "file=": "f",
      "ignore-case": "i",
      "invert-match": "v",
      "word-regexp": "w",
      "line-regexp": "x",
      count: "c",
      "files-with-matches": "l",
      "files-without-match": "L",
      "max-count=": "m",
      "only-matching": "o",
      quiet: "q",
      silent: "q",
      "no-messages": "s",
      "line-number": "n",
      "with-filename": "H",
      "no-filename": "h",
      "after-context=": "A",
      "before-context=": "B",
      "context=": "C",
      recursive: "r",
      "include=": "include",
      "exclude=": "exclude",
      "color?=": "color",
      text: "a",
    },
  },
  async (task, options) => {
    const operands = [...options.operands];
    const patterns = options.list.filter(([key]) => key === "e").map(([, value]) => value);
    for (const [key, path] of options.list) {
      if (key !== "f") continue;
      const content = await readFile(task, path);
      if (content.errno !== null) {
        await task.error(`${path}: ${errorText(content.errno)}`);
        return 2;
      }
      patterns.push(...linesOf(await task.text(content.value)));
    }
    if (patterns.length === 0 && !options.has("e", "f")) {
      const first = operands.shift();
      if (first === undefined) {
        await errorLine(
          task,
          `Usage: ${task.name} [OPTION]... PATTERNS [FILE]...\nTry '${task.name} --help' for more information.\n`,
        );
        return 2;
      }
      patterns.push(...first.split("\n"));
    }
    const recursive = options.has("r", "R");
    const paths = operands.length > 0 ? operands : [recursive ? "." : "-"];
    let search: Search;
    try {
      const titled = !options.has("h") && (options.has("H") || recursive || paths.length > 1);
      search = { ...matcherOf(task.name, patterns, options), titled, options };
    } catch (fault) {
      if (!(fault instanceof RegexFault)) throw fault;
      await task.error(fault.text);
      return 2;
    }
    let found = false;
    let failed = false;
    for (const path of paths) {
      const result = await searchPath(task, search, typed(path), recursive, operands.length === 0);
      found ||= result.found;
      failed ||= result.failed;
      if (found && options.has("q")) return 0;
    }
    return failed ? 2 : found ? 0 : 1;
  },
  (task, message) => usage(task, message, 2),
);

export const egrep = (task: Task): Promise<number> =>
  grep({ ...task, name: "grep", args: ["-E", ...task.args] });
export const fgrep = (task: Task): Promise<number> =>
  grep({ ...task, name: "grep", args: ["-F", ...task.args] });

function matcherOf(
  name: string,
  patterns: readonly string[],
  options: Options,
): Pick<Search, "matches" | "all"> {
  const extended = options.last("E", "F", "G", "P") ?? (name === "egrep" ? "E" : "G");
  const flags = `s${options.has("i", "y") ? "i" : ""}u`;
  const sources = patterns.map((pattern) => {
    const inner =
      extended === "F"
        ? pattern.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
        : compileRegex(pattern, extended !== "G", flags).source;
    const plain = inner === "(?:)" ? "" : inner;
    if (options.has("x")) return `^(?:${plain})$`;
    return options.has("w") ? `(?<!\\w)(?:${plain})(?!\\w)` : plain;
  });
  const expression = new RegExp(sources.map((source) => `(?:${source})`).join("|"), flags);
  const every = new RegExp(expression.source, `g${flags}`);
  const none = patterns.length === 0;
  const invert = options.has("v");
  return {
    matches: (line) => (!none && expression.test(line)) !== invert,
    all: (line) =>
      invert || none
        ? []
        : [...line.matchAll(every)].map(([text]) => text).filter((text) => text !== ""),
  };
}

async function searchPath(
  task: Task,
  search: Search,
  spot: Spot,
  recursive: boolean,
  implied: boolean,
): Promise<{ found: boolean; failed: boolean }> {
  const { at, name, path } = spot;
  if (path !== "-" && recursive) {
    const stat = task.call("stat", { at, path: name });
    if (stat.errno === null && stat.value.kind === "dir") {
      const searched = await inDirectory(task, spot, async (entries) => {
        let found = false;
        let failed = false;
        for (const entry of entries) {
          if (entry.kind === "symlink" ? !search.options.has("R") : !isSearched(entry.kind))
            continue;
          if (entry.kind !== "dir" && !chosen(search.options, entry.name)) continue;
          const shown = implied && path === "." ? { ...entry.spot, path: entry.name } : entry.spot;
          const below = await searchPath(task, search, shown, true, false);
          found ||= below.found;
          failed ||= below.failed;
        }
        return { found, failed };
      });
      return searched.errno === null
        ? searched.value
        : sayFault(task, search, path, searched.errno);
    }
  }
  const content = await readFile(task, name, at);
  if (content.errno !== null) return sayFault(task, search, path, content.errno);
  const text = await task.text(content.value);
  return { found: await searchText(task, search, path, text), failed: false };
}

/** Devices, pipes and sockets that are met in a directory are passed over. */
function isSearched(kind: EntryKind): boolean {
  return kind === "file" || kind === "dir";
}

function chosen(options: Options, name: string): boolean {
  const include = options.list.filter(([key]) => key === "include");
  const exclude = options.list.filter(([key]) => key === "exclude");
  if (exclude.some(([, pattern]) => textMatcher(pattern)(name))) return false;
  return include.length === 0 || include.some(([, pattern]) => textMatcher(pattern)(name));
}

async function sayFault(
  task: Task,
  search: Search,
  path: string,
  errno: Parameters<typeof errorText>[0],
): Promise<{ found: boolean; failed: boolean }> {
  if (!search.options.has("s")) await task.error(`${path}: ${errorText(errno)}`);
  return { found: false, failed: errno !== "EISDIR" };
}

async function searchText(
  task: Task,
  search: Search,
  path: string,
  text: string,
): Promise<boolean> {
  const { options } = search;
  const lines = linesOf(text);
  const title = path === "-" ? "(standard input)" : path;
  const limit = Number(options.value("m") ?? Number.POSITIVE_INFINITY);
  const hits: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (hits.length >= limit) break;
    if (search.matches(line)) hits.push(index);
  }
  const found = hits.length > 0;
  if (options.has("q")) return found;
  if (options.has("l", "L")) {
    if (found === options.has("l")) await task.out(`${title}\n`);
    return options.has("L") ? !found : found;
  }
  const prefix = search.titled ? `${title}:` : "";
  if (options.has("c")) {
    await task.out(`${prefix}${hits.length}\n`);
    return found;
  }
  if (found && /\0/.test(text) && !options.has("a")) {
    await task.out(`${task.name}: ${title}: binary file matches\n`);
    return true;
  }
  await printHits(task, search, title, lines, hits);
  return found;
}

async function printHits(
  task: Task,
  search: Search,
  title: string,
  lines: readonly string[],
  hits: readonly number[],
): Promise<void> {
  const { options } = search;
  const context = Number(options.value("C") ?? 0);
  const after = Number(options.value("A") ?? context);
  const before = Number(options.value("B") ?? context);
  const hit = new Set(hits);
  let last = -1;
  for (const index of hits) {
    for (
      let at = Math.max(last + 1, index - before);
      at <= Math.min(lines.length - 1, index + after);
      at++
    ) {
      if (last >= 0 && at > last + 1 && (before > 0 || after > 0)) await task.out("--\n");
      last = at;
      const mark = hit.has(at) ? ":" : "-";
      const head = `${search.titled ? title + mark : ""}${options.has("n") ? `${at + 1}${mark}` : ""}`;
      const line = lines[at] ?? "";
      if (!options.has("o")) await task.out(`${head}${line}\n`);
      else if (hit.has(at)) for (const text of search.all(line)) await task.out(`${head}${text}\n`);
    }
  }
}
