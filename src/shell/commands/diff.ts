import type { Stat } from "../../engine/call.ts";
import type { Time } from "../../tree/live-tree.ts";
import { compareNames } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { baseName, command, join, linesOf, readFile } from "./command.ts";
import { type Change, lineChanges, type Span } from "./line-changes.ts";
import { typeText } from "./mode.ts";
import type { Options } from "./options.ts";
import { quoteAlways } from "./quote.ts";
import { inDirectory, type Spot, typed } from "./spot.ts";
import { formatTime } from "./time.ts";

/** One of the two that are compared; without a stat it is not there, and counts as empty (`-N`). */
interface Side {
  readonly spot: Spot;
  readonly stat: Stat | null;
}

interface Comparison {
  readonly task: Task;
  readonly options: Options;
  /** The options as they were typed, for the line above each pair of files of two directories. */
  readonly words: string;
}

type Status = 0 | 1 | 2;

const SYNTAX = {
  short: "abBcC:dEeiL:nNpqrsTtuU:wyZx:",
  long: {
    text: "a",
    brief: "q",
    unified: "u",
    "unified=": "U",
    recursive: "r",
    "new-file": "N",
    "ignore-case": "i",
    "ignore-all-space": "w",
    "ignore-space-change": "b",
    "ignore-blank-lines": "B",
    "report-identical-files": "s",
    "label=": "L",
    "exclude=": "x",
    "side-by-side": "y",
    "context=": "C",
    "color?=": "color",
  },
  absent: ["B", "c", "C", "e", "E", "n", "p", "T", "t", "x", "y", "Z"],
};
/** Lines around a change in the unified form. */
const CONTEXT = 3;
const NO_TIME: Time = { sec: 0, nsec: 0 };

/** diff(1): what two files, or the files of two directories, have that is not the same. */
export const diff = command(SYNTAX, compare, misused);

async function compare(task: Task, options: Options): Promise<Status> {
  const [a, b, extra] = options.operands;
  if (a === undefined || b === undefined)
    return misused(task, `missing operand after ${quoteAlways(task.args.at(-1) ?? task.name)}`);
  if (extra !== undefined) return misused(task, `extra operand ${quoteAlways(extra)}`);
  const words = withoutOperands(task.args, options.operands).map((word) => `${word} `);
  return compareOperands({ task, options, words: words.join("") }, a, b);
}

async function misused(task: Task, message: string): Promise<Status> {
  await task.error(message);
  await task.error("Try 'diff --help' for more information.");
  return 2;
}

function withoutOperands(args: readonly string[], operands: readonly string[]): string[] {
  const left = [...operands];
  const words: string[] = [];
  for (const word of args.toReversed())
    if (word === left.at(-1)) left.pop();
    else words.push(word);
  return words.reverse();
}

async function compareOperands(comparison: Comparison, a: string, b: string): Promise<Status> {
  const { task, options } = comparison;
  const stats = [a, b].map((path) => (path === "-" ? null : task.call("stat", { path })));
  const kinds = stats.map((stat) => (stat?.errno === null ? stat.value.kind : null));
  // Of a file and a directory, the file in the directory that has its name is meant.
  const paths = [
    kinds[0] === "dir" && kinds[1] !== "dir" && b !== "-" ? join(a, baseName(b)) : a,
    kinds[1] === "dir" && kinds[0] !== "dir" && a !== "-" ? join(b, baseName(a)) : b,
  ];
  const sides: Side[] = [];
  let failed = false;
  const found = paths.map((path) => (path === "-" ? null : task.call("stat", { path })));
  const isThere = found.map((stat) => stat === null || stat.errno === null);
  for (const [i, path] of paths.entries()) {
    const stat = found[i];
    const isEmpty = stat?.errno === "ENOENT" && options.has("N") && isThere.includes(true);
    if (stat && stat.errno !== null && !isEmpty) {
      await task.error(`${path}: ${errorText(stat.errno)}`);
      failed = true;
    }
    sides.push({ spot: typed(path), stat: stat?.value ?? null });
  }
  const [left, right] = sides;
  if (failed || !left || !right) return 2;
  const isDirectory = left.stat?.kind === "dir" && right.stat?.kind === "dir";
  return isDirectory
    ? compareDirectories(comparison, left, right)
    : compareFiles(comparison, left, right, false);
}

async function compareDirectories(comparison: Comparison, a: Side, b: Side): Promise<Status> {
  const { task } = comparison;
  let status: Status = 0;
  const worse = (found: Status): void => {
    if (found > status) status = found;
  };
  const left = await inDirectory(task, a.spot, async (inA) => {
    const right = await inDirectory(task, b.spot, async (inB) => {
      const [spotsA, spotsB] = [inA, inB].map(
        (entries) => new Map(entries.map(({ name, spot }) => [name, spot])),
      );
      const names = [...new Set([...inA, ...inB].map(({ name }) => name))].sort(compareNames);
      for (const name of names)
        worse(await compareNamed(comparison, a, b, [spotsA?.get(name), spotsB?.get(name)], name));
    });
    if (right.errno !== null) await task.error(`${b.spot.path}: ${errorText(right.errno)}`);
    if (right.errno !== null) worse(2);
  });
  if (left.errno !== null) await task.error(`${a.spot.path}: ${errorText(left.errno)}`);
  return left.errno === null ? status : 2;
}

/** One name of two directories, which one of them may not have. */
async function compareNamed(
  comparison: Comparison,
  a: Side,
  b: Side,
  spots: readonly (Spot | undefined)[],
  name: string,
): Promise<Status> {
  const { task, options } = comparison;
  const sides = [a, b].map((dir, i): Side => {
    const spot = spots[i];
    const stat = spot && task.call("stat", { at: spot.at, path: spot.name });
    return { spot: spot ?? typed(join(dir.spot.path, name)), stat: stat?.value ?? null };
  });
  const [left, right] = sides;
  if (!left || !right) return 0;
  const only = left.stat === null ? right : left;
  if (left.stat === null || right.stat === null) {
    const isFile = only.stat?.kind !== "dir";
    if (options.has("N") && isFile) return compareFiles(comparison, left, right, true);
    const dir = left.stat === null ? b : a;
    await task.out(`Only in ${dir.spot.path}: ${name}\n`);
    return 1;
  }
  if (left.stat.kind === "dir" && right.stat.kind === "dir") {
    if (options.has("r")) return compareDirectories(comparison, left, right);
    await task.out(`Common subdirectories: ${left.spot.path} and ${right.spot.path}\n`);
    return 0;
  }
  return compareFiles(comparison, left, right, true);
}

/** Two files. `titled`: they are of two directories, so a line above says which. */
async function compareFiles(
  { task, options, words }: Comparison,
  a: Side,
  b: Side,
  titled: boolean,
): Promise<Status> {
  const [nameA, nameB] = [a.spot.path, b.spot.path];
  const isDirectory = [a, b].map(({ stat }) => stat?.kind === "dir");
  if (a.stat && b.stat && isDirectory[0] !== isDirectory[1]) {
    const [kindA, kindB] = [typeText(a.stat), typeText(b.stat)];
    await task.out(`File ${nameA} is a ${kindA} while file ${nameB} is a ${kindB}\n`);
    return 1;
  }
  const texts: string[] = [];
  for (const { spot, stat } of [a, b]) {
    const isAbsent = stat === null && spot.path !== "-";
    const content = isAbsent
      ? { errno: null, value: [] }
      : await readFile(task, spot.name, spot.at);
    if (content.errno !== null) {
      await task.error(`${spot.path}: ${errorText(content.errno)}`);
      return 2;
    }
    texts.push(await task.text(content.value));
  }
  const [textA = "", textB = ""] = texts;
  const isBinary = !options.has("a") && (textA.includes("\0") || textB.includes("\0"));
  const [linesA, linesB] = [wholeLines(textA), wholeLines(textB)];
  const changes =
    textA === textB
      ? []
      : isBinary
        ? null
        : lineChanges(keys(options, linesA), keys(options, linesB));
  if (changes?.length === 0) {
    if (options.has("s")) await task.out(`Files ${nameA} and ${nameB} are identical\n`);
    return 0;
  }
  if (options.has("q")) await task.out(`Files ${nameA} and ${nameB} differ\n`);
  else if (changes === null) await task.out(`Binary files ${nameA} and ${nameB} differ\n`);
  else {
    if (titled) await task.out(`diff ${words}${nameA} ${nameB}\n`);
    if (options.has("u", "U"))
      await task.out(unifiedText(task, options, [a, b], linesA, linesB, changes));
    else for (const change of changes) await task.out(plainText(change, linesA, linesB));
  }
  return 1;
}

/** Lines with their newlines: a last one without it is another line. */
function wholeLines(text: string): string[] {
  const lines = linesOf(text).map((line) => `${line}\n`);
  const last = lines.pop();
  if (last !== undefined) lines.push(text.endsWith("\n") ? last : last.slice(0, -1));
  return lines;
}

/** What of each line counts. */
function keys(options: Options, lines: readonly string[]): readonly string[] {
  if (!options.has("i", "w", "b")) return lines;
  return lines.map((line) => {
    let key = options.has("i") ? line.toLowerCase() : line;
    if (options.has("w")) key = key.replace(/\s+/g, "");
    else if (options.has("b")) key = key.replace(/\s+$/, "").replace(/\s+/g, " ");
    return key;
  });
}

function marked(mark: string, lines: readonly string[], { from, to }: Span): string {
  return lines
    .slice(from, to)
    .map((line) =>
      line.endsWith("\n") ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`,
    )
    .join("");
}

function plainText({ a, b }: Change, linesA: readonly string[], linesB: readonly string[]): string {
  const range = ({ from, to }: Span): string => (to - from === 1 ? `${to}` : `${from + 1},${to}`);
  const [old, made] = [marked("< ", linesA, a), marked("> ", linesB, b)];
  if (a.from === a.to) return `${a.from}a${range(b)}\n${made}`;
  if (b.from === b.to) return `${range(a)}d${b.from}\n${old}`;
  return `${range(a)}c${range(b)}\n${old}---\n${made}`;
}

function unifiedText(
  task: Task,
  options: Options,
  sides: readonly Side[],
  linesA: readonly string[],
  linesB: readonly string[],
  changes: readonly Change[],
): string {
  const labels = options.list.filter(([key]) => key === "L").map(([, value]) => value);
  const heads = sides.map(({ spot, stat }, i) => {
    const time = spot.path === "-" ? task.now() : (stat?.mtime ?? NO_TIME);
    return labels[i] ?? `${spot.path}\t${formatTime(time, "%F %T.%N %z")}`;
  });
  const context = Number(options.value("U") ?? CONTEXT);
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last && change.a.from - last.a.to <= 2 * context) hunks.at(-1)?.push(change);
    else hunks.push([change]);
  }
  const bodies = hunks.map((hunk) => hunkText(hunk, context, linesA, linesB));
  return `--- ${heads[0]}\n+++ ${heads[1]}\n${bodies.join("")}`;
}

function hunkText(
  hunk: readonly Change[],
  context: number,
  linesA: readonly string[],
  linesB: readonly string[],
): string {
  const [first, last] = [hunk[0], hunk.at(-1)];
  if (!first || !last) return "";
  const before = Math.min(context, first.a.from);
  const after = Math.min(context, linesA.length - last.a.to);
  const range = (from: number, to: number): string => {
    const count = to - from;
    return count === 1 ? `${to}` : `${count === 0 ? from : from + 1},${count}`;
  };
  const [a, b] = [
    range(first.a.from - before, last.a.to + after),
    range(first.b.from - before, last.b.to + after),
  ];
  let text = `@@ -${a} +${b} @@\n`;
  let at = first.a.from - before;
  for (const change of hunk) {
    text += marked(" ", linesA, { from: at, to: change.a.from });
    text += marked("-", linesA, change.a) + marked("+", linesB, change.b);
    at = change.a.to;
  }
  return text + marked(" ", linesA, { from: at, to: at + after });
}
