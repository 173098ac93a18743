import type { DeviceNumber } from "../../engine/call.ts";
import type { Time } from "../../tree/live-tree.ts";
import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { baseName, command, directoryName, errorLine, usage } from "./command.ts";
import { readMode } from "./mode.ts";
import type { Options } from "./options.ts";
import { quoteAlways } from "./quote.ts";
import { pairsOf } from "./targets.ts";
import { readStamp, readTime } from "./time.ts";

/** The process's mask, which only setting it tells. */
export function currentMask(task: Task): number {
  const old = task.call("umask", { mask: 0 });
  const mask = old.errno === null ? old.value : 0o22;
  task.call("umask", { mask });
  return mask;
}

export const mkdir = command(
  { short: "m:pv", long: { "mode=": "m", parents: "p", verbose: "v" } },
  async (task, options) => {
    if (options.operands.length === 0) return usage(task, "missing operand");
    const mode = options.value("m");
    const change = mode === undefined ? null : readMode(mode);
    if (mode !== undefined && !change) {
      await task.error(`invalid mode ${quoteAlways(mode)}`);
      return 1;
    }
    let status = 0;
    for (const path of options.operands) {
      const made = options.has("p")
        ? await makeParents(task, path, options)
        : await makeOne(task, path, options);
      if (!made) status = 1;
      else if (change && made === "made")
        task.call("chmod", { target: path, mode: change(0o777, true, currentMask(task)) });
    }
    return status;
  },
);

async function makeOne(task: Task, path: string, options: Options): Promise<"made" | false> {
  const made = task.call("mkdir", { path, mode: 0o777 });
  if (made.errno !== null) {
    await task.error(`cannot create directory ${quoteAlways(path)}: ${errorText(made.errno)}`);
    return false;
  }
  if (options.has("v")) await task.out(`mkdir: created directory ${quoteAlways(path)}\n`);
  return "made";
}

async function makeParents(
  task: Task,
  path: string,
  options: Options,
): Promise<"made" | "there" | false> {
  const names = path.split("/").filter((name) => name !== "");
  let at = path.startsWith("/") ? "/" : "";
  let last: "made" | "there" = "there";
  for (const [index, name] of names.entries()) {
    at += (at === "" || at === "/" ? "" : "/") + name;
    if (name === "." || name === "..") continue;
    const made = task.call("mkdir", { path: at, mode: 0o777 });
    last = made.errno === null ? "made" : "there";
    if (made.errno === null) {
      if (options.has("v")) await task.out(`mkdir: created directory ${quoteAlways(at)}\n`);
      continue;
    }
    const stat = task.call("stat", { path: at });
    if (stat.errno === null && stat.value.kind === "dir") continue;
    const errno = made.errno === "EEXIST" && index < names.length - 1 ? "ENOTDIR" : made.errno;
    await task.error(`cannot create directory ${quoteAlways(at)}: ${errorText(errno)}`);
    return false;
  }
  return last;
}

export const touch = command(
  {
    short: "acd:fhmr:t:",
    long: {
      "no-create": "c",
      "date=": "d",
      "no-dereference": "h",
      "reference=": "r",
      "time=": "time",
    },
  },
  async (task, options) => {
    if (options.operands.length === 0) return usage(task, "missing file operand");
    const time = await wantedTime(task, options);
    if (time === null) return 1;
    let status = 0;
    for (const path of options.operands) {
      const errno = touchOne(task, path, time, options);
      if (errno === null) continue;
      await task.error(`cannot touch ${quoteAlways(path)}: ${errorText(errno)}`);
      status = 1;
    }
    return status;
  },
);

async function wantedTime(task: Task, options: Options): Promise<Time | "now" | null> {
  const reference = options.value("r");
  if (reference !== undefined) {
    const stat = task.call("stat", { path: reference });
    if (stat.errno === null) return stat.value.mtime;
    await task.error(
      `failed to get attributes of ${quoteAlways(reference)}: ${errorText(stat.errno)}`,
    );
    return null;
  }
  const text = options.value("d") ?? options.value("t");
  if (text === undefined) return "now";
  const time = options.has("d") ? readTime(text, task.now()) : readStamp(text, task.now());
  if (time === null) await task.error(`invalid date format ${quoteAlways(text)}`);
  return time;
}

/** Opens for writing, creating, and sets the times by the descriptor, as coreutils do. */
function touchOne(
  task: Task,
  path: string,
  time: Time | "now",
  options: Options,
): Parameters<typeof errorText>[0] | null {
  const mtime = options.has("a") && !options.has("m") ? "omit" : time;
  if (!options.has("c", "h")) {
    const opened = task.call("open", {
      path,
      flags: ["O_WRONLY", "O_CREAT", "O_NONBLOCK"],
      mode: 0o666,
    });
    if (opened.errno === null) {
      const set = task.call("utimens", { target: opened.value, mtime });
      task.call("close", { fd: opened.value });
      return set.errno;
    }
    if (opened.errno !== "EISDIR" && opened.errno !== "ENXIO" && opened.errno !== "EACCES")
      return opened.errno;
    const set = task.call("utimens", { target: path, mtime });
    return set.errno === "ENOENT" ? opened.errno : set.errno;
  }
  const set = task.call("utimens", { target: path, mtime, noFollow: options.has("h") });
  return set.errno === "ENOENT" && options.has("c") ? null : set.errno;
}

export const ln = command(
  {
    short: "bfinrsPLt:Tv",
    long: {
      force: "f",
      symbolic: "s",
      "no-dereference": "n",
      "target-directory=": "t",
      "no-target-directory": "T",
      verbose: "v",
      relative: "r",
      physical: "P",
      logical: "L",
    },
  },
  async (task, options) => {
    const single = options.operands.length === 1 && options.value("t") === undefined;
    const pairs = single
      ? [{ from: options.operands[0] ?? "", to: baseName(options.operands[0] ?? "") }]
      : await pairsOf(task, await withoutLinkTarget(task, options), {
          none: "missing file operand",
          one: "missing destination file operand after",
        });
    if ("status" in pairs) return pairs.status;
    let status = 0;
    for (const { from, to } of pairs) if (!(await linkOne(task, from, to, options))) status = 1;
    return status;
  },
);

/** `-n`: a destination that is a symlink to a directory is a name, not a directory to link into. */
async function withoutLinkTarget(task: Task, options: Options): Promise<Options> {
  const last = options.operands.at(-1) ?? "";
  if (!options.has("n") || options.operands.length !== 2) return options;
  const stat = task.call("lstat", { path: last });
  if (stat.errno !== null || stat.value.kind !== "symlink") return options;
  return { ...options, has: (...keys) => keys.includes("T") || options.has(...keys) };
}

async function linkOne(task: Task, from: string, to: string, options: Options): Promise<boolean> {
  const symbolic = options.has("s");
  if (!symbolic) {
    const source = task.call(options.has("L") ? "stat" : "lstat", { path: from });
    if (source.errno !== null) {
      await task.error(`failed to access ${quoteAlways(from)}: ${errorText(source.errno)}`);
      return false;
    }
    if (source.value.kind === "dir") {
      await task.error(`${from}: hard link not allowed for directory`);
      return false;
    }
  }
  const target = symbolic && options.has("r") ? relativeTo(from, directoryName(to)) : from;
  const make = (path: string) =>
    symbolic
      ? task.call("symlink", { target, path })
      : task.call("link", { from, to: path, follow: options.has("L") });
  let made = make(to);
  if (made.errno === "EEXIST" && options.has("f")) {
    const temporary = `${directoryName(to)}/Cu${String(task.process.pid).padStart(6, "0")}`;
    made = make(temporary);
    if (made.errno === null) {
      made = task.call("rename", { from: temporary, to });
      if (made.errno !== null) task.call("unlink", { path: temporary });
    }
  }
  if (made.errno === null) {
    if (options.has("v"))
      await task.out(`${quoteAlways(to)} ${symbolic ? "->" : "=>"} ${quoteAlways(target)}\n`);
    return true;
  }
  const short = ["EEXIST", "ENOSPC", "EROFS"].includes(made.errno);
  await task.error(
    symbolic
      ? `failed to create symbolic link ${quoteAlways(to)}: ${errorText(made.errno)}`
      : short
        ? `failed to create hard link ${quoteAlways(to)}: ${errorText(made.errno)}`
        : `failed to create hard link ${quoteAlways(to)} => ${quoteAlways(from)}: ${errorText(made.errno)}`,
  );
  return false;
}

function relativeTo(path: string, directory: string): string {
  const from = directory.split("/").filter((name) => name !== "" && name !== ".");
  const to = path.split("/").filter((name) => name !== "" && name !== ".");
  let same = 0;
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same++;
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}

export const mkfifo = command({ short: "m:", long: { "mode=": "m" } }, async (task, options) => {
  if (options.operands.length === 0) return usage(task, "missing operand");
  let status = 0;
  for (const path of options.operands) {
    const made = task.call("mknod", { path, kind: "fifo", mode: modeOf(options) ?? 0o666 });
    if (made.errno === null) continue;
    await task.error(`cannot create fifo ${quoteAlways(path)}: ${errorText(made.errno)}`);
    status = 1;
  }
  return status;
});

function modeOf(options: Options): number | null {
  const text = options.value("m");
  return text === undefined ? null : (readMode(text)?.(0o666, false, 0) ?? null);
}

export const mknod = command({ short: "m:", long: { "mode=": "m" } }, async (task, options) => {
  const [path, type, major, minor] = options.operands;
  if (path === undefined || type === undefined)
    return usage(
      task,
      path === undefined ? "missing operand" : `missing operand after ${quoteAlways(path)}`,
    );
  const device = type === "b" || type === "c" || type === "u";
  if (type !== "p" && (major === undefined || minor === undefined)) {
    await task.error(`missing operand after ${quoteAlways(options.operands.at(-1) ?? "")}`);
    await errorLine(task, "Special files require major and minor device numbers.\n");
    await errorLine(task, `Try '${task.name} --help' for more information.\n`);
    return 1;
  }
  if (!device && type !== "p") return usage(task, `invalid device type ${quoteAlways(type)}`);
  const rdev: DeviceNumber = [Number(major ?? 0), Number(minor ?? 0)];
  const made = task.call("mknod", {
    path,
    kind: type === "p" ? "fifo" : type === "b" ? "block" : "char",
    mode: modeOf(options) ?? 0o666,
    ...(device ? { rdev } : {}),
  });
  if (made.errno === null) return 0;
  await task.error(`${path}: ${errorText(made.errno)}`);
  return 1;
});
