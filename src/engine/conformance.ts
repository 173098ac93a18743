import type { Content } from "../tree/content.ts";
import { contentOfLatin1 } from "../tree/content-edit.ts";
import { compareNames } from "../tree/name.ts";
import type {
  BranchPermission,
  Call,
  Caller,
  CallType,
  Credentials,
  DirectoryEntry,
  Fd,
  MountSource,
  OpenFlag,
  Pid,
  Result,
  Stat,
  SystemCalls,
  Target,
} from "./call.ts";
import type {
  CaseAfter,
  CaseBranch,
  CaseEntry,
  CaseRow,
  CaseStat,
  CaseStep,
  CaseValue,
  ConformanceCase,
} from "./conformance-case.ts";
import { Failure, fail, unreachable } from "./errno.ts";
import { createMachine, FIRST_PID, type Machine } from "./machine.ts";
import { step } from "./step.ts";

/** Entries of a case without an mtime have this one. */
const RECORDED_MTIME = 1_000_000_000;
/** An mtime from here on is the recorder's own clock and is not listed. */
const CLOCK_BEGINS = 1_600_000_000;
/** The clock while a case runs; one second a call. */
const REPLAY_BEGINS = 1_800_000_000;

/** Nothing a case's symlinks may lead to ("../a") lies beside the mount. */
const MOUNT = "/mnt";
const LAYERS = "/layers";
const WORK = "/work";
const ROOT: Credentials = { uid: 0, gid: 0, groups: [] };
/** What aufs is mounted with where a case says nothing. */
const AUFS_OPTIONS: readonly string[] = ["dio", "dirperm1"];
const AUFS_OWN_NAMES: readonly string[] = [".wh..wh.aufs", ".wh..wh.plnk", ".wh..wh.orph"];
const PLINK_DIRECTORY = "/.wh..wh.plnk";
const OVERLAY_XATTR = "trusted.overlay.";
/** More than any file of a case holds. */
const WHOLE_FILE = 1 << 30;

/**
 * Replays a case: the same case with `ret`, `errno` and `after` as this engine gives them.
 *
 * Everything goes through system calls, as in the recorder: the branches are laid out on one plain file system, mounted,
 * and the steps run by one process in the mount.
 */
export function replay(recorded: ConformanceCase): ConformanceCase {
  const session = new Session();
  const branches = recorded.branches.map((_, index) => `${LAYERS}/${index}`);
  session.must("mkdir", { path: LAYERS, mode: 0o755 });
  session.must("umask", { mask: 0 });
  for (const [index, branch] of recorded.branches.entries())
    layOut(session, `${LAYERS}/${index}`, branch, recorded.fs);
  session.must("mkdir", { path: MOUNT, mode: 0o755 });
  session.must("mkdir", { path: WORK, mode: 0o755 });
  session.must("mount", { source: unionOf(recorded, branches), path: MOUNT });
  const run = new Run(session);
  const steps = recorded.steps.map((one) => run.step(one));
  run.end();
  return { ...recorded, steps, after: listAfter(session, recorded, branches) };
}

/** A machine with a clock. */
class Session {
  #machine: Machine = createMachine({ sec: RECORDED_MTIME, nsec: 0 });
  #seconds = REPLAY_BEGINS;

  call<K extends CallType>(
    type: K,
    args: SystemCalls[K]["args"],
    pid: Pid = FIRST_PID,
    as: Credentials = ROOT,
  ): Result<K> {
    this.#seconds += 1;
    const time = { sec: this.#seconds, nsec: 0 };
    const caller: { readonly type: K } & Caller = { type, pid, time, as };
    const call: Call<K> = { ...args, ...caller };
    const done = step(this.#machine, call);
    this.#machine = done.machine;
    return done;
  }

  /** A call that cannot fail. */
  must<K extends CallType>(
    type: K,
    args: SystemCalls[K]["args"],
    pid: Pid = FIRST_PID,
  ): SystemCalls[K]["value"] {
    const done = this.call(type, args, pid);
    if (done.errno !== null) throw new RangeError(`${type} ${JSON.stringify(args)}: ${done.errno}`);
    return done.value;
  }
}

/** Makes what lies in a branch before the mount. */
function layOut(
  session: Session,
  root: string,
  branch: CaseBranch,
  fs: ConformanceCase["fs"],
): void {
  session.must("mkdir", { path: root, mode: 0o755 });
  const made: [path: string, mtime: number][] = [[root, RECORDED_MTIME]];
  for (const entry of branch.entries) {
    const path = entry.path === "/" ? root : root + entry.path;
    const marked = placeOfMark(entry, path, fs);
    makeEntry(session, root, entry, marked, fs);
    made.push([marked, entry.mtime ?? RECORDED_MTIME]);
    if (entry.type !== "hardlink" && entry.type !== "opaque") setOwner(session, entry, marked);
  }
  for (const [target, sec] of made.reverse())
    session.must("utimens", { target, mtime: { sec, nsec: 0 }, noFollow: true });
}

/** Where an entry lies: aufs's marks are files of their own. */
function placeOfMark(entry: CaseEntry, path: string, fs: ConformanceCase["fs"]): string {
  if (fs !== "aufs") return path;
  if (entry.type === "opaque") return `${path}/.wh..wh..opq`;
  if (entry.type !== "whiteout") return path;
  const slash = path.lastIndexOf("/") + 1;
  return `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
}

function makeEntry(
  session: Session,
  root: string,
  entry: CaseEntry,
  path: string,
  fs: ConformanceCase["fs"],
): void {
  switch (entry.type) {
    case "dir":
      session.must("mkdir", { path, mode: 0o755 });
      break;
    case "file":
      makeFile(session, path, 0o644, entry.data ?? "");
      break;
    case "symlink":
      session.must("symlink", { target: entry.target ?? "", path });
      break;
    case "hardlink":
      session.must("link", { from: root + (entry.target ?? ""), to: path });
      break;
    case "fifo":
      session.must("mknod", { path, kind: "fifo", mode: 0o644 });
      break;
    case "char":
      session.must("mknod", { path, kind: "char", mode: 0o644, rdev: entry.dev ?? [0, 0] });
      break;
    case "whiteout":
      if (fs === "aufs") makeFile(session, path, 0o444, "");
      else session.must("mknod", { path, kind: "char", mode: 0, rdev: [0, 0] });
      break;
    case "opaque":
      if (fs === "aufs") makeFile(session, path, 0o444, "");
      else
        session.must("setxattr", {
          target: path,
          name: `${OVERLAY_XATTR}opaque`,
          value: Uint8Array.of("y".charCodeAt(0)),
        });
      break;
    default:
      unreachable(entry.type);
  }
}

function makeFile(session: Session, path: string, mode: number, data: string): void {
  const flags: readonly OpenFlag[] = ["O_WRONLY", "O_CREAT", "O_EXCL"];
  const fd = session.must("open", { path, flags, mode });
  if (data !== "") session.must("write", { fd, data: contentOfLatin1(data) });
  session.must("close", { fd });
}

/** Says the defaults too: in a setgid directory the kernel would give others. */
function setOwner(session: Session, entry: CaseEntry, path: string): void {
  const { uid = 0, gid = 0, type } = entry;
  session.must("chown", { target: path, uid, gid, noFollow: true });
  if (type === "symlink" || type === "whiteout") return;
  const mode = entry.mode ?? (type === "dir" ? "0755" : "0644");
  session.must("chmod", { target: path, mode: Number.parseInt(mode, 8) });
}

function unionOf(recorded: ConformanceCase, branches: readonly string[]): MountSource {
  const { options } = recorded;
  if (recorded.fs === "overlay") {
    const [upper = "", ...lower] = branches;
    return { type: "overlay", upper, lower, work: WORK, options: options ?? [] };
  }
  return {
    type: "aufs",
    branches: branches.map((path, index) => ({
      path,
      permission: permissionOf(recorded.branches[index]?.perm ?? "ro"),
    })),
    options: options ?? AUFS_OPTIONS,
  };
}

const PERMISSIONS: readonly BranchPermission[] = ["rw", "rw+nolwh", "ro", "ro+wh", "rr", "rr+wh"];

function permissionOf(text: string): BranchPermission {
  const permission = PERMISSIONS.find((one) => one === text);
  if (permission === undefined) throw new RangeError(`no branch permission ${text}`);
  return permission;
}

/** The process that runs a case's steps, and the names of its descriptors. */
class Run {
  readonly #session: Session;
  readonly #pid: Pid;
  readonly #descriptors = new Map<string, Fd>();

  constructor(session: Session) {
    this.#session = session;
    this.#pid = session.must("fork", {});
    session.must("umask", { mask: 0o022 }, this.#pid);
  }

  step(recorded: CaseStep): CaseStep {
    const { call, as, bind } = recorded;
    const asked = { call, ...(as ? { as } : {}), ...(bind === undefined ? {} : { bind }) };
    try {
      return { ...asked, ret: this.#run(recorded) };
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      return { ...asked, errno: failure.errno };
    }
  }

  /** Ends the process: its descriptors are closed. */
  end(): void {
    this.#session.must("exit", {}, this.#pid);
  }

  #run({ call, as, bind }: CaseStep): CaseValue {
    const [name, first, second, third] = call;
    const who: Credentials = as ? { uid: as[0], gid: as[1], groups: [] } : ROOT;
    const path = inMount(first);
    switch (name) {
      case "open": {
        const flags = [...readFlags(String(second)), "O_NONBLOCK" as const];
        const fd = this.#call("open", { path, flags, mode: octal(third) }, who);
        if (bind !== undefined) this.#descriptors.set(bind, fd);
        return bind ?? fd;
      }
      case "close": {
        const fd = this.#fd(first);
        this.#descriptors.delete(String(first));
        return this.#done("close", { fd }, who);
      }
      case "read":
        return textOf(this.#call("read", { fd: this.#fd(first), length: Number(second) }, who));
      case "pread": {
        const at = { length: Number(second), offset: Number(third) };
        return textOf(this.#call("pread", { fd: this.#fd(first), ...at }, who));
      }
      case "write":
        return this.#call(
          "write",
          { fd: this.#fd(first), data: contentOfLatin1(String(second)) },
          who,
        );
      case "pwrite": {
        const data = contentOfLatin1(String(second));
        return this.#call("pwrite", { fd: this.#fd(first), data, offset: Number(third) }, who);
      }
      case "lseek": {
        const whence = readWhence(String(third));
        return this.#call("lseek", { fd: this.#fd(first), offset: Number(second), whence }, who);
      }
      case "ftruncate":
        return this.#done("ftruncate", { fd: this.#fd(first), length: Number(second) }, who);
      case "fstat":
        return statRow(this.#call("fstat", { fd: this.#fd(first) }, who));
      case "fchmod":
        return this.#done("chmod", { target: this.#fd(first), mode: octal(second) }, who);
      case "truncate":
        return this.#done("truncate", { path, length: Number(second) }, who);
      case "stat":
      case "lstat":
        return statRow(this.#call(name, { path }, who));
      case "readdir":
        return namesOf(this.#call("readdir", { target: this.#target(first) }, who));
      case "mkdir":
        return this.#done("mkdir", { path, mode: octal(second) }, who);
      case "rmdir":
      case "unlink":
        return this.#done(name, { path }, who);
      case "rename":
        return this.#done("rename", { from: path, to: inMount(second) }, who);
      case "link":
      case "linkfollow": {
        const follow = name === "linkfollow";
        return this.#done("link", { from: path, to: inMount(second), follow }, who);
      }
      case "symlink":
        return this.#done("symlink", { target: String(first), path: inMount(second) }, who);
      case "readlink":
        return this.#call("readlink", { path }, who);
      case "chmod":
        return this.#done("chmod", { target: path, mode: octal(second) }, who);
      case "chown":
      case "lchown": {
        const owner = { uid: Number(second), gid: Number(third) };
        const noFollow = name === "lchown";
        return this.#done("chown", { target: path, ...owner, noFollow }, who);
      }
      case "utimens": {
        const atime = { sec: Number(second), nsec: 0 };
        const mtime = { sec: Number(third), nsec: 0 };
        return this.#done("utimens", { target: path, atime, mtime }, who);
      }
      case "mknod":
        return this.#done("mknod", { path, kind: "fifo", mode: octal(third) }, who);
      default:
        throw new RangeError(`no call ${name}`);
    }
  }

  #call<K extends CallType>(
    type: K,
    args: SystemCalls[K]["args"],
    who: Credentials,
  ): SystemCalls[K]["value"] {
    const done = this.#session.call(type, args, this.#pid, who);
    if (done.errno !== null) fail(done.errno);
    return done.value;
  }

  #done<K extends CallType>(type: K, args: SystemCalls[K]["args"], who: Credentials): number {
    this.#call(type, args, who);
    return 0;
  }

  #fd(name: string | number | undefined): Fd {
    return this.#descriptors.get(String(name)) ?? fail("EBADF");
  }

  #target(name: string | number | undefined): Target {
    return String(name).startsWith("/") ? inMount(name) : this.#fd(name);
  }
}

/** A case's path, which is inside the mount. */
function inMount(path: string | number | undefined): string {
  return path === "/" ? MOUNT : MOUNT + String(path);
}

const OPEN_FLAGS: readonly OpenFlag[] = [
  "O_RDONLY",
  "O_WRONLY",
  "O_RDWR",
  "O_APPEND",
  "O_CREAT",
  "O_DIRECTORY",
  "O_EXCL",
  "O_NOFOLLOW",
  "O_NONBLOCK",
  "O_PATH",
  "O_TMPFILE",
  "O_TRUNC",
];

function readFlags(text: string): OpenFlag[] {
  return text.split("|").map((word) => {
    const flag = OPEN_FLAGS.find((one) => one === word);
    if (flag === undefined) throw new RangeError(`no open flag ${word}`);
    return flag;
  });
}

function readWhence(text: string): "SEEK_SET" | "SEEK_CUR" | "SEEK_END" {
  return text === "SEEK_SET" || text === "SEEK_CUR" ? text : "SEEK_END";
}

function octal(text: string | number | undefined): number {
  return Number.parseInt(String(text ?? "0"), 8);
}

function octalText(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function statRow({ kind, mode, uid, gid, size, nlink }: Stat): CaseStat {
  const row = { type: kind, mode: octalText(mode), uid, gid };
  return kind === "file" ? { ...row, size, nlink } : row;
}

function namesOf(entries: readonly DirectoryEntry[]): readonly string[] {
  return entries.map(({ name }) => name).sort(compareNames);
}

/** Latin-1 text of content that was written here. */
function textOf(content: Content): string {
  let text = "";
  for (const piece of content)
    if (piece.type === "zeros") text += "\0".repeat(piece.length);
    else if (piece.type === "bytes")
      for (const byte of piece.bytes) text += String.fromCharCode(byte);
    else throw new RangeError("a case has no blobs");
  return text;
}

/** The merged view first (reading it may change the first branch), then the branches as they lie. */
function listAfter(
  session: Session,
  recorded: ConformanceCase,
  branches: readonly string[],
): CaseAfter {
  const merged = listTree(session, MOUNT, "merged");
  const how = recorded.fs;
  const [rw = "", ...others] = branches;
  const writable = recorded.branches.filter(({ perm }) => perm.startsWith("rw")).length;
  const after = { rw: listTree(session, rw, how), merged };
  if (how === "overlay" || writable < 2) return after;
  return { ...after, lower: others.map((path) => listTree(session, path, how)) };
}

function listTree(
  session: Session,
  root: string,
  how: "merged" | ConformanceCase["fs"],
): readonly CaseRow[] {
  const rows: CaseRow[] = [];
  const walk = (path: string) => {
    const at = path === "/" ? root : root + path;
    const found = session.call("lstat", { path: at });
    if (found.errno !== null) return;
    const { kind } = found.value;
    rows.push(rowOf(session, at, path, found.value, how));
    if (kind !== "dir") return;
    for (const name of namesOf(session.must("readdir", { target: at }))) {
      const child = path === "/" ? `/${name}` : `${path}/${name}`;
      if (how === "aufs" && path === "/" && AUFS_OWN_NAMES.includes(name)) {
        if (child === PLINK_DIRECTORY) rows.push(...plinkRow(session, root + child));
      } else walk(child);
    }
  };
  walk("/");
  return rows;
}

function plinkRow(session: Session, path: string): readonly CaseRow[] {
  const links = session.must("readdir", { target: path }).length;
  return links === 0 ? [] : [{ path: PLINK_DIRECTORY, type: "plink-dir", links }];
}

function rowOf(
  session: Session,
  at: string,
  path: string,
  stat: Stat,
  how: "merged" | ConformanceCase["fs"],
): CaseRow {
  const { kind, uid, gid, size, nlink, rdev } = stat;
  const mode = octalText(stat.mode);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (how === "aufs" && kind === "file" && name.startsWith(".wh."))
    return { path, type: "file", mode, whiteout: true };
  if (how === "overlay" && kind === "char" && rdev[0] === 0 && rdev[1] === 0)
    return { path, type: "whiteout" };
  const mtime = stat.mtime.sec < CLOCK_BEGINS ? { mtime: stat.mtime.sec } : {};
  const common = { path, type: kind, uid, gid, ...mtime };
  if (kind === "symlink") return { ...common, target: session.must("readlink", { path: at }) };
  if (kind === "char" || kind === "block") return { ...common, mode, dev: rdev };
  const marks = how === "overlay" ? marksOf(session, at) : {};
  if (kind !== "file") return { ...common, mode, ...marks };
  const file = { ...common, mode, size, nlink, ...marks };
  return "metacopy" in marks ? file : { ...file, data: readAll(session, at) };
}

/** Opens and reads, as the recorder does: on aufs the reading of a pseudo-linked name makes a link. */
function readAll(session: Session, path: string): string {
  const opened = session.call("open", { path, flags: ["O_RDONLY", "O_NONBLOCK"] });
  if (opened.errno !== null) return `<${opened.errno}>`;
  const fd = opened.value;
  const data = session.call("read", { fd, length: WHOLE_FILE });
  session.must("close", { fd });
  return data.errno === null ? textOf(data.value) : `<${data.errno}>`;
}

function marksOf(
  session: Session,
  target: string,
): Pick<CaseRow, "opaque" | "redirect" | "metacopy"> {
  const xattr = (name: string): string | null => {
    const found = session.call("getxattr", { target, name: OVERLAY_XATTR + name, noFollow: true });
    return found.errno === null ? String.fromCharCode(...found.value) : null;
  };
  const redirect = xattr("redirect");
  return {
    ...(xattr("opaque") === "y" ? { opaque: true } : {}),
    ...(redirect === null ? {} : { redirect }),
    ...(xattr("metacopy") === null ? {} : { metacopy: true }),
  };
}
