import { TarWriter } from "../../drivers/tar-writer.ts";
import type { Stat } from "../../engine/call.ts";
import { type Content, contentLength } from "../../tree/content.ts";
import { sliceContent } from "../../tree/content-edit.ts";
import { decodeName } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import { wordsAt } from "../lab-words.ts";
import { textMatcher } from "../language/pattern.ts";
import type { Task } from "../task.ts";
import { command, errorLine, join, readFile } from "./command.ts";
import { modeText } from "./mode.ts";
import { nameSource } from "./names.ts";
import type { Options } from "./options.ts";
import { inDirectory, type Spot, typed } from "./spot.ts";
import { formatTime } from "./time.ts";

const SYNTAX = {
  short: "ctxrf:vC:zjJpPhkOT:X:m",
  long: {
    create: "c",
    list: "t",
    get: "x",
    extract: "x",
    "file=": "f",
    verbose: "v",
    "directory=": "C",
    gzip: "z",
    "preserve-permissions": "p",
    "same-owner": "same-owner",
    "no-same-owner": "no-same-owner",
    "exclude=": "exclude",
    "strip-components=": "strip",
    "to-stdout": "O",
    "numeric-owner": "numeric",
    xattrs: "xattrs",
    touch: "m",
  },
};

/** tar without compression: c, t and x. */
export const tar = (task: Task): Promise<number> =>
  withOptions({ ...task, args: withDash(task.args) });

const withOptions = command(SYNTAX, archive, (task, message) => misused(task, message, 64));

async function misused(task: Task, message: string, status: number): Promise<number> {
  await task.error(message);
  await errorLine(task, "Try 'tar --help' or 'tar --usage' for more information.\n");
  return status;
}

async function archive(task: Task, options: Options): Promise<number> {
  if (options.has("z", "j", "J")) {
    await task.error(wordsAt(task.process, 2).noCompression);
    return 2;
  }
  const mode = options.last("c", "t", "x");
  if (mode === undefined)
    return misused(
      task,
      "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options",
      2,
    );
  if (mode === "c") return create(task, options);
  const content = await readFile(task, options.value("f") ?? "-");
  if (content.errno !== null) {
    await task.error(`${options.value("f")}: Cannot open: ${errorText(content.errno)}`);
    await task.error("Error is not recoverable: exiting now");
    return 2;
  }
  return extract(task, options, content.value, mode === "t");
}

/** `tar cf a.tar d`: the first word may stand without its dash. */
function withDash(args: readonly string[]): string[] {
  const [first = "", ...rest] = args;
  if (first === "" || first.startsWith("-")) return [...args];
  const flags: string[] = [];
  for (const letter of first) {
    flags.push(`-${letter}`);
    if ("fCTX".includes(letter)) flags.push(rest.shift() ?? "");
  }
  return [...flags, ...rest];
}

interface Creation {
  readonly task: Task;
  readonly options: Options;
  readonly writer: TarWriter;
  /** The first name of each file with several. */
  readonly links: Map<string, string>;
  readonly base: string;
  readonly says: "out" | "error";
  failed: boolean;
}

async function create(task: Task, options: Options): Promise<number> {
  const file = options.value("f") ?? "-";
  if (options.operands.length === 0)
    return misused(task, "Cowardly refusing to create an empty archive", 2);
  const creation: Creation = {
    task,
    options,
    writer: new TarWriter(),
    links: new Map(),
    base: options.value("C") ?? "",
    says: file === "-" ? "error" : "out",
    failed: false,
  };
  let warned = false;
  for (const path of options.operands) {
    const stripped = options.has("P") ? path : path.replace(/^(\/|\.\.\/)+/, "");
    if (stripped !== path && !warned) {
      await task.error("Removing leading `/' from member names");
      warned = true;
    }
    const at = creation.base === "" || path.startsWith("/") ? path : join(creation.base, path);
    await addPath(creation, { ...typed(at), path }, stripped === "" ? "./" : stripped);
  }
  const done = await writeArchive(task, file, creation.writer.finish());
  if (!done) return 2;
  if (creation.failed) await task.error("Exiting with failure status due to previous errors");
  return creation.failed ? 2 : 0;
}

async function writeArchive(task: Task, file: string, content: Content): Promise<boolean> {
  if (file === "-") {
    await task.outContent(content);
    return true;
  }
  const opened = task.call("open", {
    path: file,
    flags: ["O_WRONLY", "O_CREAT", "O_TRUNC"],
    mode: 0o666,
  });
  if (opened.errno !== null) {
    await task.error(`${file}: Cannot open: ${errorText(opened.errno)}`);
    await task.error("Error is not recoverable: exiting now");
    return false;
  }
  const written = task.call("write", { fd: opened.value, data: content });
  task.call("close", { fd: opened.value });
  if (written.errno === null) return true;
  await task.error(`${file}: Cannot write: ${errorText(written.errno)}`);
  return false;
}

/** Adds what is at a spot, and all below it, under the member name `name`. */
async function addPath(creation: Creation, spot: Spot, name: string): Promise<void> {
  const { task, options, writer, links } = creation;
  const { at, path } = spot;
  if (options.list.some(([key, pattern]) => key === "exclude" && excludes(pattern, name))) return;
  const found = task.call(options.has("h") ? "stat" : "lstat", { at, path: spot.name });
  if (found.errno !== null) {
    await task.error(`${path}: Cannot stat: ${errorText(found.errno)}`);
    creation.failed = true;
    return;
  }
  const stat = found.value;
  if (stat.kind === "socket") {
    await task.error(`${path}: socket ignored`);
    return;
  }
  const shown = stat.kind === "dir" && !name.endsWith("/") ? `${name}/` : name;
  if (options.has("v"))
    await (creation.says === "out" ? task.out(`${shown}\n`) : errorLine(task, `${shown}\n`));
  const header = {
    path: shown,
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    mtime: stat.mtime.sec,
  };
  const key = `${stat.dev}:${stat.ino}`;
  const earlier = stat.kind === "dir" || stat.nlink < 2 ? undefined : links.get(key);
  if (earlier !== undefined) {
    writer.add({ ...header, type: "link", target: earlier });
    return;
  }
  if (stat.nlink > 1 && stat.kind !== "dir") links.set(key, shown);
  if (stat.kind === "file") {
    const content = await readFile(task, spot.name, at);
    if (content.errno !== null) {
      await task.error(`${path}: Cannot open: ${errorText(content.errno)}`);
      creation.failed = true;
      return;
    }
    writer.add({ ...header, type: "file", xattrs: xattrsOf(creation, spot) }, content.value);
  } else if (stat.kind === "symlink") {
    const link = task.call("readlink", { at, path: spot.name });
    writer.add({ ...header, type: "symlink", target: link.errno === null ? link.value : "" });
  } else if (stat.kind === "dir") {
    writer.add({ ...header, type: "dir" });
    const added = await inDirectory(task, spot, async (entries) => {
      for (const entry of entries) await addPath(creation, entry.spot, shown + entry.name);
    });
    if (added.errno !== null) {
      await task.error(`${path}: Cannot open: ${errorText(added.errno)}`);
      creation.failed = true;
    }
  } else writer.add({ ...header, type: stat.kind, rdev: stat.rdev });
}

function xattrsOf(
  { task, options }: Creation,
  { at, name: target }: Spot,
): readonly (readonly [string, Uint8Array])[] {
  if (!options.has("xattrs")) return [];
  const names = task.call("listxattr", { at, target });
  if (names.errno !== null) return [];
  return names.value.flatMap((name) => {
    const value = task.call("getxattr", { at, target, name });
    return value.errno === null ? [[name, value.value] as const] : [];
  });
}

function excludes(pattern: string, name: string): boolean {
  const matches = textMatcher(pattern);
  const plain = name.replace(/\/$/, "");
  return (
    matches(plain) || plain.split("/").some((_, i, parts) => matches(parts.slice(i).join("/")))
  );
}

interface Member {
  readonly name: string;
  readonly kind: Stat["kind"] | "link";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly target: string;
  readonly rdev: readonly [number, number];
  readonly content: Content;
}

const KINDS: Readonly<Record<string, Member["kind"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "link",
  "2": "symlink",
  "3": "char",
  "4": "block",
  "5": "dir",
  "6": "fifo",
};

/** The members of a tar, long names and PAX fields applied; null at something that is not a header. */
async function* membersOf(task: Task, archive: Content): AsyncGenerator<Member | null> {
  const total = contentLength(archive);
  let at = 0;
  let next = new Map<string, string>();
  while (at + 512 <= total) {
    const header = await task.bytes(sliceContent(archive, at, at + 512));
    at += 512;
    if (header.every((byte) => byte === 0)) return;
    const text = (from: number, length: number): string =>
      decodeName(header.subarray(from, from + length)).replace(/\0.*$/s, "");
    const number = (from: number, length: number): number =>
      (header[from] ?? 0) & 0x80
        ? header.subarray(from + 1, from + length).reduce((sum, byte) => sum * 256 + byte, 0)
        : Number.parseInt(text(from, length).trim() || "0", 8);
    const sum = header.reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 32 : byte), 0);
    if (sum !== number(148, 8)) {
      yield null;
      return;
    }
    const type = String.fromCharCode(header[156] ?? 0);
    const size = next.get("size") === undefined ? number(124, 12) : Number(next.get("size"));
    const stored = type === "1" || type === "2" ? 0 : size;
    const content = sliceContent(archive, at, at + stored);
    at += Math.ceil(stored / 512) * 512;
    if (type === "x" || type === "g") {
      if (type === "x") next = new Map([...next, ...paxFields(await task.text(content))]);
      continue;
    }
    if (type === "L" || type === "K") {
      const long = (await task.text(content)).replace(/\0.*$/s, "");
      next = new Map([...next, [type === "L" ? "path" : "linkpath", long]]);
      continue;
    }
    const prefix = text(257, 5) === "ustar" && header[262] === 0 ? text(345, 155) : "";
    const name = next.get("path") ?? (prefix === "" ? "" : `${prefix}/`) + text(0, 100);
    const kind = KINDS[type] ?? "file";
    yield {
      name,
      kind: kind === "file" && name.endsWith("/") ? "dir" : kind,
      mode: number(100, 8) & 0o7777,
      uid: Number(next.get("uid") ?? number(108, 8)),
      gid: Number(next.get("gid") ?? number(116, 8)),
      mtime: Math.floor(Number(next.get("mtime") ?? number(136, 12))),
      target: next.get("linkpath") ?? text(157, 100),
      rdev: [number(329, 8), number(337, 8)],
      content,
    };
    next = new Map();
  }
}

function paxFields(text: string): [string, string][] {
  return [...text.matchAll(/\d+ ([^=]+)=([^\n]*)\n/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
}

async function extract(
  task: Task,
  options: Options,
  archive: Content,
  listOnly: boolean,
): Promise<number> {
  const base = options.value("C") ?? "";
  if (base !== "" && !listOnly && task.call("stat", { path: base }).errno !== null) {
    await task.error(`${base}: Cannot open: No such file or directory`);
    await task.error("Error is not recoverable: exiting now");
    return 2;
  }
  const wanted = options.operands.map((word) => word.replace(/\/+$/, ""));
  const met = new Set<string>();
  const directories: { path: string; member: Member }[] = [];
  let failed = false;
  for await (const member of membersOf(task, archive)) {
    if (member === null) {
      await task.error("This does not look like a tar archive");
      await task.error("Exiting with failure status due to previous errors");
      return 2;
    }
    const plain = member.name.replace(/\/+$/, "");
    const hit = wanted.find((word) => plain === word || plain.startsWith(`${word}/`));
    if (wanted.length > 0 && hit === undefined) continue;
    if (hit !== undefined) met.add(hit);
    if (options.list.some(([key, pattern]) => key === "exclude" && excludes(pattern, plain)))
      continue;
    if (listOnly) {
      await task.out(`${options.has("v") ? await memberLine(task, member) : member.name}\n`);
      continue;
    }
    const strip = Number(options.value("strip") ?? 0);
    const name = member.name
      .replace(/^(\/|\.\.\/)+/, "")
      .split("/")
      .slice(strip)
      .join("/");
    if (name === "") continue;
    if (options.has("v")) await task.out(`${member.name}\n`);
    if (options.has("O")) {
      await task.outContent(member.content);
      continue;
    }
    const path = (base === "" ? name : join(base, name)).replace(/\/+$/, "");
    const fault = place(task, path, member, base);
    if (fault !== null) {
      const verb = member.kind === "dir" ? "mkdir" : "open";
      await task.error(`${plain}: Cannot ${verb}: ${errorText(fault)}`);
      failed = true;
    } else if (member.kind === "dir") directories.push({ path, member });
    else finish(task, options, path, member);
  }
  for (const { path, member } of directories.reverse()) finish(task, options, path, member);
  for (const word of wanted)
    if (!met.has(word)) {
      await task.error(`${word}: Not found in archive`);
      failed = true;
    }
  if (failed) await task.error("Exiting with failure status due to previous errors");
  return failed ? 2 : 0;
}

/** Makes one member; missing parents are made. An errno says why not. */
function place(
  task: Task,
  path: string,
  member: Member,
  base: string,
): Parameters<typeof errorText>[0] | null {
  const attempt = (): Parameters<typeof errorText>[0] | null => {
    switch (member.kind) {
      case "dir": {
        const made = task.call("mkdir", { path, mode: 0o700 });
        if (made.errno !== "EEXIST") return made.errno;
        const there = task.call("stat", { path });
        return there.errno === null && there.value.kind === "dir" ? null : made.errno;
      }
      case "symlink":
        return task.call("symlink", { target: member.target, path }).errno;
      case "link": {
        const from = base === "" ? member.target : join(base, member.target);
        return task.call("link", { from, to: path }).errno;
      }
      case "file": {
        const opened = task.call("open", {
          path,
          flags: ["O_WRONLY", "O_CREAT", "O_EXCL"],
          mode: member.mode & 0o700,
        });
        if (opened.errno !== null) return opened.errno;
        const written =
          contentLength(member.content) > 0
            ? task.call("write", { fd: opened.value, data: member.content }).errno
            : null;
        task.call("close", { fd: opened.value });
        return written;
      }
      case "socket":
        return null;
      default:
        return task.call("mknod", { path, kind: member.kind, mode: member.mode, rdev: member.rdev })
          .errno;
    }
  };
  const first = attempt();
  if (first === "EEXIST" && member.kind !== "dir") {
    task.call("unlink", { path });
    return attempt();
  }
  if (first !== "ENOENT") return first;
  let at = path.startsWith("/") ? "/" : "";
  for (const name of path
    .split("/")
    .filter((part) => part !== "")
    .slice(0, -1)) {
    at += (at === "" || at === "/" ? "" : "/") + name;
    task.call("mkdir", { path: at, mode: 0o755 });
  }
  return attempt();
}

function finish(task: Task, options: Options, path: string, member: Member): void {
  if (member.kind === "link") return;
  const noFollow = member.kind === "symlink";
  if (!options.has("no-same-owner"))
    task.call("chown", { target: path, uid: member.uid, gid: member.gid, noFollow });
  if (!noFollow) task.call("chmod", { target: path, mode: member.mode });
  if (!options.has("m"))
    task.call("utimens", { target: path, mtime: { sec: member.mtime, nsec: 0 }, noFollow });
}

async function memberLine(task: Task, member: Member): Promise<string> {
  const names = nameSource(task);
  const kind = member.kind === "link" ? "file" : member.kind;
  const letters = modeText({ kind, mode: member.mode });
  const mode = member.kind === "link" ? `h${letters.slice(1)}` : letters;
  const owner = `${await names.user(member.uid)}/${await names.group(member.gid)}`;
  const size = String(contentLength(member.content)).padStart(Math.max(1, 18 - owner.length));
  const time = formatTime({ sec: member.mtime, nsec: 0 }, "%Y-%m-%d %H:%M");
  const target =
    member.kind === "symlink"
      ? ` -> ${member.target}`
      : member.kind === "link"
        ? ` link to ${member.target}`
        : "";
  return `${mode} ${owner} ${size} ${time} ${member.name}${target}`;
}
