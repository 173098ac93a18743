import type { Stat, StatFs } from "../../engine/call.ts";
import type { Time } from "../../tree/live-tree.ts";
import { errorText } from "../error-text.ts";
import { formatPrintf } from "../printf.ts";
import type { Task } from "../task.ts";
import { command, directoryName, join, usage } from "./command.ts";
import { modeText, typeText } from "./mode.ts";
import { type NameSource, nameSource } from "./names.ts";
import { quoteAlways, quoteIfNeeded } from "./quote.ts";
import { formatTime } from "./time.ts";

/** There are no access times here; where one is asked for, it is the time of the last change of the content. */
export const stat = command(
  {
    short: "c:fLt",
    long: { "format=": "c", "printf=": "printf", dereference: "L", "file-system": "f", terse: "t" },
  },
  async (task, options) => {
    if (options.operands.length === 0) return usage(task, "missing operand");
    const names = nameSource(task);
    let status = 0;
    for (const path of options.operands) {
      const printf = options.value("printf");
      const format = printf ?? options.value("c");
      if (options.has("f")) {
        const found = task.call("statfs", { path });
        if (found.errno !== null) {
          await task.error(
            `cannot read file system information for ${quoteAlways(path)}: ${errorText(found.errno)}`,
          );
          status = 1;
        } else await task.out(fileSystemText(path, found.value, format));
        continue;
      }
      const found = task.call(options.has("L") ? "stat" : "lstat", { path });
      if (found.errno !== null) {
        await task.error(`cannot statx ${quoteAlways(path)}: ${errorText(found.errno)}`);
        status = 1;
        continue;
      }
      const chosen = format ?? (options.has("t") ? TERSE : defaultFormat(found.value));
      const text = await formatStat(task, path, found.value, chosen, names);
      await task.out(
        printf === undefined ? `${text}\n` : formatPrintf(text.replaceAll("%", "%%"), []).text,
      );
    }
    return status;
  },
);

const TERSE = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o";

function defaultFormat(stat: Stat): string {
  const device = stat.kind === "char" || stat.kind === "block";
  return [
    "  File: %N",
    "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F",
    `Device: %Hd,%Ld\tInode: %-10i  Links: ${device ? "%-5h Device type: %Hr,%Lr" : "%h"}`,
    "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)",
    "Access: %x",
    "Modify: %y",
    "Change: %z",
    " Birth: %w",
  ].join("\n");
}

async function formatStat(
  task: Task,
  path: string,
  stat: Stat,
  format: string,
  names: NameSource,
): Promise<string> {
  let text = "";
  let from = 0;
  for (const match of format.matchAll(/%([-#+ 0]*)(\d*)(?:\.(\d+))?([HL]?[a-zA-Z%])/g)) {
    const [all, flags = "", width = "", precision, letter = ""] = match;
    text += format.slice(from, match.index);
    from = match.index + all.length;
    const value = await directive(task, path, stat, letter, names);
    const cut = precision === undefined ? value : value.slice(0, Number(precision));
    const size = Number(width || 0);
    if (flags.includes("-")) text += cut.padEnd(size);
    else text += cut.padStart(size, flags.includes("0") ? "0" : " ");
  }
  return text + format.slice(from);
}

async function directive(
  task: Task,
  path: string,
  stat: Stat,
  letter: string,
  names: NameSource,
): Promise<string> {
  switch (letter) {
    case "%":
      return "%";
    case "a":
      return stat.mode.toString(8);
    case "A":
      return modeText(stat);
    case "b":
      return String(stat.blocks);
    case "B":
      return "512";
    case "d":
      return String(stat.dev);
    case "D":
      return stat.dev.toString(16);
    case "Hd":
      return "0";
    case "Ld":
      return String(stat.dev);
    case "f":
      return (typeBits(stat) | stat.mode).toString(16);
    case "F":
      return typeText(stat);
    case "g":
      return String(stat.gid);
    case "G":
      return names.group(stat.gid);
    case "h":
      return String(stat.nlink);
    case "i":
      return String(stat.ino);
    case "m":
      return mountPoint(task, path, stat.dev);
    case "n":
      return path;
    case "N": {
      if (stat.kind !== "symlink") return quoteIfNeeded(path);
      const link = task.call("readlink", { path });
      return `${quoteAlways(path)} -> ${quoteAlways(link.errno === null ? link.value : "")}`;
    }
    case "o":
      return "4096";
    case "s":
      return String(stat.size);
    case "t":
      return stat.rdev[0].toString(16);
    case "T":
      return stat.rdev[1].toString(16);
    case "r":
      return String(stat.rdev[0] * 256 + stat.rdev[1]);
    case "Hr":
      return String(stat.rdev[0]);
    case "Lr":
      return String(stat.rdev[1]);
    case "u":
      return String(stat.uid);
    case "U":
      return names.user(stat.uid);
    case "w":
      return "-";
    case "W":
      return "0";
    case "x":
    case "y":
      return longTime(stat.mtime);
    case "z":
      return longTime(stat.ctime);
    case "X":
    case "Y":
      return String(stat.mtime.sec);
    case "Z":
      return String(stat.ctime.sec);
    default:
      return `?${letter}`;
  }
}

function longTime(time: Time): string {
  return formatTime(time, "%F %T.%N %z");
}

function typeBits({ kind }: Stat): number {
  const bits: Readonly<Record<Stat["kind"], number>> = {
    file: 0o100000,
    dir: 0o040000,
    symlink: 0o120000,
    char: 0o020000,
    block: 0o060000,
    fifo: 0o010000,
    socket: 0o140000,
  };
  return bits[kind];
}

function mountPoint(task: Task, path: string, dev: number): string {
  let at = path.startsWith("/") ? path : path;
  for (;;) {
    const parent = directoryName(at);
    if (parent === at || parent === ".") return at === "" ? "/" : at;
    const above = task.call("stat", { path: parent });
    if (above.errno !== null || above.value.dev !== dev) return at;
    at = parent;
  }
}

function fileSystemText(path: string, found: StatFs, format: string | undefined): string {
  const values: Readonly<Record<string, string>> = {
    n: path,
    T: typeName(found),
    t: found.magic.toString(16),
    s: String(found.blockSize),
    S: String(found.blockSize),
    b: String(found.blocks),
    f: String(found.blocksFree),
    a: String(found.blocksFree),
    c: String(found.files),
    d: String(found.filesFree),
    l: String(found.nameLength),
    i: "0",
  };
  if (format !== undefined)
    return `${format.replace(/%([a-zA-Z])/g, (_, letter: string) => values[letter] ?? "?")}\n`;
  return [
    `  File: ${quoteIfNeeded(path).replace(/^(?!")(.*)$/, '"$1"')}`,
    `    ID: 0        Namelen: ${String(found.nameLength).padEnd(7)} Type: ${typeName(found)}`,
    `Block size: ${String(found.blockSize).padEnd(10)} Fundamental block size: ${found.blockSize}`,
    `Blocks: Total: ${String(found.blocks).padEnd(10)} Free: ${String(found.blocksFree).padEnd(10)} Available: ${found.blocksFree}`,
    `Inodes: Total: ${String(found.files).padEnd(10)} Free: ${found.filesFree}\n`,
  ].join("\n");
}

function typeName(found: StatFs): string {
  return found.type === "overlay" ? "overlayfs" : found.type;
}

export const readlink = command(
  {
    short: "femnqsvz",
    long: {
      canonicalize: "f",
      "canonicalize-existing": "e",
      "canonicalize-missing": "m",
      "no-newline": "n",
    },
  },
  async (task, options) => {
    if (options.operands.length === 0) return usage(task, "missing operand");
    let status = 0;
    for (const path of options.operands) {
      const need = options.has("e") ? "all" : options.has("m") ? "none" : "parent";
      const found = options.has("f", "e", "m")
        ? realPath(task, path, need)
        : linkTarget(task, path);
      if (found === null) status = 1;
      else await task.out(`${found}${options.has("n") ? "" : "\n"}`);
    }
    return status;
  },
);

function linkTarget(task: Task, path: string): string | null {
  const link = task.call("readlink", { path });
  return link.errno === null ? link.value : null;
}

export const realpath = command(
  { short: "emsqz", long: { "canonicalize-existing": "e", "canonicalize-missing": "m" } },
  async (task, options) => {
    if (options.operands.length === 0) return usage(task, "missing operand");
    let status = 0;
    for (const path of options.operands) {
      const need = options.has("e") ? "all" : options.has("m") ? "none" : "parent";
      const found = realPath(task, path, need);
      if (found !== null) await task.out(`${found}\n`);
      else {
        await task.error(`${quoteIfNeeded(path)}: No such file or directory`);
        status = 1;
      }
    }
    return status;
  },
);

/** The path without symlinks, `.` and `..`; null when a part that must be there is not. */
export function realPath(task: Task, path: string, need: "all" | "parent" | "none"): string | null {
  const cwd = task.call("getcwd", {});
  const names = `${path.startsWith("/") ? "" : `${cwd.errno === null ? cwd.value : "/"}/`}${path}`
    .split("/")
    .filter((name) => name !== "" && name !== ".");
  let at = "/";
  let followed = 0;
  while (names.length > 0) {
    const name = names.shift() ?? "";
    if (name === "..") {
      at = directoryName(at);
      continue;
    }
    const next = join(at, name);
    const stat = task.call("lstat", { path: next });
    if (stat.errno !== null) {
      if (need === "all" || (need === "parent" && names.length > 0)) return null;
    } else if (stat.value.kind === "symlink") {
      const link = task.call("readlink", { path: next });
      if (link.errno !== null || ++followed > 40) return null;
      names.unshift(...link.value.split("/").filter((part) => part !== "" && part !== "."));
      if (link.value.startsWith("/")) at = "/";
      continue;
    }
    at = next;
  }
  return at;
}
