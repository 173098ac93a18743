import type { Stat } from "../../engine/call.ts";
import { errorText } from "../error-text.ts";
import { textMatcher } from "../language/pattern.ts";
import type { Task } from "../task.ts";
import { baseName } from "./command.ts";
import { formatVisit, type Visit } from "./find-printf.ts";
import { readMode } from "./mode.ts";
import { nameSource } from "./names.ts";
import { quoteAlways } from "./quote.ts";
import { inDirectory, type Spot, typed } from "./spot.ts";

type Test = (visit: Visit) => Promise<boolean>;

interface Plan {
  readonly test: Test;
  readonly minDepth: number;
  readonly maxDepth: number;
  readonly depthFirst: boolean;
  readonly sameFileSystem: boolean;
  /** `-exec … +`: run once at the end with all paths. */
  readonly batches: { readonly words: readonly string[]; readonly paths: string[] }[];
}

class FindFault {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export async function find(task: Task): Promise<number> {
  const args = [...task.args];
  let follow: "never" | "named" | "all" = "never";
  while (/^-[HLP]$/.test(args[0] ?? "")) {
    const flag = args.shift();
    follow = flag === "-L" ? "all" : flag === "-H" ? "named" : "never";
  }
  const starts: string[] = [];
  while (args.length > 0 && !/^[-(!),]/.test(args[0] ?? "")) starts.push(args.shift() ?? "");
  const state = { status: 0, stopped: false };
  let plan: Plan;
  try {
    plan = parsePlan(task, args, state);
  } catch (fault) {
    if (!(fault instanceof FindFault)) throw fault;
    await task.error(fault.text);
    return 1;
  }
  for (const start of starts.length > 0 ? starts : ["."]) {
    const type = follow === "never" ? "lstat" : "stat";
    const stat = task.call(type, { path: start });
    if (stat.errno !== null) {
      await task.error(`${quoteAlways(start)}: ${errorText(stat.errno)}`);
      state.status = 1;
      continue;
    }
    const walk: Walk = { task, plan, state, follow, start, device: stat.value.dev };
    await visitPath(walk, typed(start), 0, stat.value.kind, stat.value);
    if (state.stopped) break;
  }
  for (const { words, paths } of plan.batches)
    if (paths.length > 0 && (await task.run([...words, ...paths])) !== 0) state.status = 1;
  return state.status;
}

interface Walk {
  readonly task: Task;
  readonly plan: Plan;
  readonly state: { status: number; stopped: boolean };
  readonly follow: "never" | "named" | "all";
  readonly start: string;
  readonly device: number;
}

async function visitPath(
  walk: Walk,
  spot: Spot,
  depth: number,
  kind: Stat["kind"],
  known: Stat | null,
): Promise<void> {
  const { task, plan, state } = walk;
  if (state.stopped) return;
  let stat: Stat | null = known;
  const look = walk.follow === "all" ? "stat" : "lstat";
  const visit: Visit = {
    spot,
    path: spot.path,
    start: walk.start,
    depth,
    kind,
    prune: false,
    stat: () => {
      if (stat) return stat;
      const result = task.call(look, { at: spot.at, path: spot.name });
      stat = result.errno === null ? result.value : null;
      return stat;
    },
  };
  const check = async (): Promise<void> => {
    if (depth >= plan.minDepth) await plan.test(visit);
  };
  if (!plan.depthFirst) await check();
  if (kind === "dir" && depth < plan.maxDepth && !visit.prune && !state.stopped) {
    const read = await inDirectory(task, spot, async (entries) => {
      for (const entry of entries) {
        let below: Stat | null = null;
        if (walk.follow === "all" || (plan.sameFileSystem && entry.kind === "dir")) {
          const result = task.call(look, { at: entry.spot.at, path: entry.name });
          if (result.errno === null) below = result.value;
        }
        if (plan.sameFileSystem && below && below.dev !== walk.device) continue;
        await visitPath(walk, entry.spot, depth + 1, below?.kind ?? entry.kind, below);
      }
    });
    if (read.errno !== null) {
      await task.error(`${quoteAlways(spot.path)}: ${errorText(read.errno)}`);
      state.status = 1;
    }
  }
  if (plan.depthFirst) await check();
}

interface Parser {
  readonly task: Task;
  readonly words: readonly string[];
  at: number;
  minDepth: number;
  maxDepth: number;
  depthFirst: boolean;
  sameFileSystem: boolean;
  acts: boolean;
  readonly batches: { readonly words: readonly string[]; readonly paths: string[] }[];
  readonly state: { status: number; stopped: boolean };
}

function parsePlan(
  task: Task,
  words: readonly string[],
  state: { status: number; stopped: boolean },
): Plan {
  const parser: Parser = {
    task,
    words,
    at: 0,
    minDepth: 0,
    maxDepth: Number.POSITIVE_INFINITY,
    depthFirst: false,
    sameFileSystem: false,
    acts: false,
    batches: [],
    state,
  };
  const parsed: Test = words.length > 0 ? parseOr(parser) : async () => true;
  const extra = words[parser.at];
  if (extra !== undefined)
    throw new FindFault(
      extra === ")"
        ? "invalid expression; you have too many ')'"
        : `paths must precede expression: \`${extra}'`,
    );
  const test: Test = parser.acts
    ? parsed
    : async (visit) => {
        if (await parsed(visit)) await task.out(`${visit.path}\n`);
        return true;
      };
  return { ...parser, test };
}

function parseOr(parser: Parser): Test {
  let left = parseAnd(parser);
  while (/^-(o|or)$/.test(parser.words[parser.at] ?? "")) {
    parser.at++;
    const [first, second] = [left, parseAnd(parser)];
    left = async (visit) => (await first(visit)) || second(visit);
  }
  return left;
}

function parseAnd(parser: Parser): Test {
  let left = parseNot(parser);
  for (;;) {
    const word = parser.words[parser.at];
    if (word === undefined || word === ")" || /^-(o|or)$/.test(word)) return left;
    if (/^-(a|and)$/.test(word)) parser.at++;
    const [first, second] = [left, parseNot(parser)];
    left = async (visit) => (await first(visit)) && second(visit);
  }
}

function parseNot(parser: Parser): Test {
  const word = parser.words[parser.at];
  if (word === "!" || word === "-not") {
    parser.at++;
    const test = parseNot(parser);
    return async (visit) => !(await test(visit));
  }
  if (word === "(") {
    parser.at++;
    const test = parseOr(parser);
    if (parser.words[parser.at] !== ")")
      throw new FindFault(
        "invalid expression; I was expecting to find a ')' somewhere but did not see one.",
      );
    parser.at++;
    return test;
  }
  return parsePrimary(parser);
}

function argument(parser: Parser, name: string): string {
  const word = parser.words[parser.at++];
  if (word === undefined) throw new FindFault(`missing argument to \`${name}'`);
  return word;
}

function parsePrimary(parser: Parser): Test {
  const name = parser.words[parser.at++];
  const { task } = parser;
  const next = (): string => argument(parser, name ?? "");
  const always: Test = async () => true;
  switch (name) {
    case "-name":
    case "-iname": {
      const matches = textMatcher(next(), name === "-iname");
      return async ({ path }) => matches(baseName(path));
    }
    case "-path":
    case "-wholename":
    case "-ipath": {
      const matches = textMatcher(next(), name === "-ipath");
      return async ({ path }) => matches(path);
    }
    case "-type": {
      const letters = next().split(",");
      const kinds: Readonly<Record<string, Stat["kind"]>> = {
        f: "file",
        d: "dir",
        l: "symlink",
        c: "char",
        b: "block",
        p: "fifo",
        s: "socket",
      };
      const bad = letters.find((letter) => !(letter in kinds));
      if (bad !== undefined) throw new FindFault(`Unknown argument to -type: ${bad}`);
      return async ({ kind }) => letters.some((letter) => kinds[letter] === kind);
    }
    case "-maxdepth":
      parser.maxDepth = Number(next());
      return always;
    case "-mindepth":
      parser.minDepth = Number(next());
      return always;
    case "-depth":
      parser.depthFirst = true;
      return always;
    case "-xdev":
    case "-mount":
      parser.sameFileSystem = true;
      return always;
    case "-empty":
      return async ({ spot, kind, stat }) => {
        if (kind === "file") return stat()?.size === 0;
        if (kind !== "dir") return false;
        const isEmpty = await inDirectory(task, spot, async (entries) => entries.length === 0);
        return isEmpty.errno === null && isEmpty.value;
      };
    case "-size":
      return sizeTest(next());
    case "-links":
      return numberTest(next(), ({ stat }) => stat()?.nlink);
    case "-inum":
      return numberTest(next(), ({ stat }) => stat()?.ino);
    case "-uid":
      return numberTest(next(), ({ stat }) => stat()?.uid);
    case "-gid":
      return numberTest(next(), ({ stat }) => stat()?.gid);
    case "-user":
    case "-group": {
      const word = next();
      return async ({ stat }) => {
        const names = nameSource(task);
        const found = stat();
        if (!found) return false;
        const id = name === "-user" ? found.uid : found.gid;
        const text = name === "-user" ? await names.user(id) : await names.group(id);
        return text === word || String(id) === word;
      };
    }
    case "-mtime":
    case "-mmin": {
      const unit = name === "-mtime" ? 86400 : 60;
      return numberTest(next(), ({ stat }) => {
        const found = stat();
        return found ? Math.floor((task.now().sec - found.mtime.sec) / unit) : undefined;
      });
    }
    case "-newer": {
      const path = next();
      const reference = task.call("stat", { path });
      if (reference.errno !== null)
        throw new FindFault(`${quoteAlways(path)}: ${errorText(reference.errno)}`);
      const { mtime } = reference.value;
      return async ({ stat }) => {
        const found = stat()?.mtime;
        return found !== undefined && (found.sec - mtime.sec || found.nsec - mtime.nsec) > 0;
      };
    }
    case "-perm":
      return permissionTest(next());
    case "-samefile": {
      const reference = task.call("stat", { path: next() });
      return async ({ stat }) =>
        reference.errno === null &&
        stat()?.ino === reference.value.ino &&
        stat()?.dev === reference.value.dev;
    }
    case "-true":
      return always;
    case "-false":
      return async () => false;
    case "-prune":
      return async (visit) => {
        visit.prune = true;
        return true;
      };
    case "-print":
    case "-print0":
      parser.acts = true;
      return async ({ path }) => {
        await task.out(path + (name === "-print" ? "\n" : "\0"));
        return true;
      };
    case "-printf": {
      parser.acts = true;
      const format = next();
      return async (visit) => {
        await task.out(await formatVisit(task, visit, format));
        return true;
      };
    }
    case "-ls":
      parser.acts = true;
      return async (visit) => {
        await task.out(
          await formatVisit(task, visit, "%9i %6k %M %3n %-8u %-8g %8s %Tb %Te %TH:%TM %p\n"),
        );
        return true;
      };
    case "-quit":
      parser.acts = true;
      return async () => {
        parser.state.stopped = true;
        return true;
      };
    case "-delete":
      parser.acts = true;
      parser.depthFirst = true;
      return async ({ spot: { at, name: last, path }, kind }) => {
        if (path === ".") return true;
        const removed = task.call(kind === "dir" ? "rmdir" : "unlink", { at, path: last });
        if (removed.errno === null) return true;
        await task.error(`cannot delete ${quoteAlways(path)}: ${errorText(removed.errno)}`);
        parser.state.status = 1;
        return false;
      };
    case "-exec":
    case "-execdir":
    case "-ok":
      return parseExec(parser, name);
    default:
      if (name === undefined) throw new FindFault("expected an expression");
      if (name.startsWith("-")) throw new FindFault(`unknown predicate \`${name}'`);
      throw new FindFault(`paths must precede expression: \`${name}'`);
  }
}

function parseExec(parser: Parser, name: string): Test {
  parser.acts = true;
  const words: string[] = [];
  for (;;) {
    const word = argument(parser, name);
    if (word === ";") break;
    if (word === "+" && words.at(-1) === "{}") {
      const batch = { words: words.slice(0, -1), paths: [] as string[] };
      parser.batches.push(batch);
      return async ({ path }) => {
        batch.paths.push(path);
        return true;
      };
    }
    words.push(word);
  }
  return async ({ path }) =>
    (await parser.task.run(words.map((word) => word.replaceAll("{}", path)))) === 0;
}

function compare(text: string): (value: number) => boolean {
  const number = Number(text.replace(/^[-+]/, ""));
  if (Number.isNaN(number)) throw new FindFault(`non-numeric argument \`${text}'`);
  if (text.startsWith("+")) return (value) => value > number;
  if (text.startsWith("-")) return (value) => value < number;
  return (value) => value === number;
}

function numberTest(text: string, value: (visit: Visit) => number | undefined): Test {
  const holds = compare(text);
  return async (visit) => {
    const found = value(visit);
    return found !== undefined && holds(found);
  };
}

function sizeTest(text: string): Test {
  const units: Readonly<Record<string, number>> = {
    c: 1,
    w: 2,
    b: 512,
    k: 1024,
    M: 1048576,
    G: 1073741824,
  };
  const letter = /[cwbkMG]$/.exec(text)?.[0];
  const unit = units[letter ?? "b"] ?? 512;
  return numberTest(text.replace(/[cwbkMG]$/, ""), ({ stat }) => {
    const found = stat();
    return found ? Math.ceil(found.size / unit) : undefined;
  });
}

function permissionTest(text: string): Test {
  const kind = /^[-/]/.exec(text)?.[0] ?? "";
  const mode = readMode(text.slice(kind.length));
  if (!mode) throw new FindFault(`invalid mode \`${text}'`);
  const wanted = mode(0, false, 0);
  return async ({ stat }) => {
    const found = stat();
    if (!found) return false;
    if (kind === "-") return (found.mode & wanted) === wanted;
    if (kind === "/") return wanted === 0 || (found.mode & wanted) !== 0;
    return found.mode === wanted;
  };
}
