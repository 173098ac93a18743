import type { Content } from "../../tree/content.ts";
import { contentOfLatin1 } from "../../tree/content-edit.ts";
import { compareNames } from "../../tree/name.ts";
import type {
  BranchPermission,
  Call,
  Caller,
  CallType,
  Credentials,
  Fd,
  OpenFlag,
  SystemCalls,
} from "../call.ts";
import type { EngineEvent } from "../event.ts";
import { createMachine, FIRST_PID, type Machine } from "../machine.ts";
import { type Step, step } from "../step.ts";
import { readPermission } from "./permission.ts";

const ROOT: Credentials = { uid: 0, gid: 0, groups: [] };
const MADE_AT = 1_000_000_000;
const STARTED_AT = 1_800_000_000;

/**
 * A union for tests, drawn as text: one branch a line, top first, its permission before its entries.
 *
 * Entries, each with its parents made as needed: `d/` a directory, `f=text`, `l->target`, `p|` a FIFO, `f!` a whiteout of
 * f, `d/!!` an opaque d, `g==/f` a hard link. `@1000` gives the owner and `:0700` the mode, in this order, at the end.
 * Everything is mounted at "/"; the branches lie under "/branch/0" and so on in another view.
 */
export class DrawnUnion {
  readonly events: EngineEvent[] = [];
  machine: Machine = createMachine({ sec: MADE_AT, nsec: 0 });
  #seconds = STARTED_AT;

  constructor(drawing: string, options: readonly string[] = ["dirperm1"]) {
    const lines = drawing.split("\n").map((line) => line.trim());
    const drawn = lines.filter((line) => line !== "").map((line) => line.split(/\s+/));
    this.must("umask", { mask: 0 });
    this.must("mkdir", { path: "/branch", mode: 0o755 });
    this.must("mkdir", { path: "/mnt", mode: 0o755 });
    for (const [index, [, ...entries]] of drawn.entries()) {
      this.must("mkdir", { path: `/branch/${index}`, mode: 0o755 });
      for (const entry of entries) this.#draw(`/branch/${index}`, entry);
      this.#setTimes(`/branch/${index}`);
    }
    const branches = drawn.map(([permission], index) => ({
      path: `/branch/${index}`,
      permission: permissionOf(permission ?? ""),
    }));
    this.must("mount", { source: { type: "aufs", branches, options }, path: "/mnt" });
    this.events.length = 0;
  }

  /** A call on the union: paths are inside it. The events of it are those in `events`. */
  call<K extends CallType>(type: K, args: SystemCalls[K]["args"], uid = 0): Step<K> {
    this.events.length = 0;
    const done = this.#step(type, inMount(args), { uid, gid: uid, groups: [] });
    this.events.push(...done.events);
    return done;
  }

  /** The errno of a call on the union, or its value. */
  try<K extends CallType>(type: K, args: SystemCalls[K]["args"], uid = 0): unknown {
    const { errno, value } = this.call(type, args, uid);
    return errno ?? value;
  }

  /** A call on the whole machine that cannot fail. */
  must<K extends CallType>(type: K, args: SystemCalls[K]["args"]): SystemCalls[K]["value"] {
    const done = this.#step(type, args, ROOT);
    if (done.errno !== null) throw new RangeError(`${type} ${JSON.stringify(args)}: ${done.errno}`);
    return done.value;
  }

  open(path: string, ...flags: OpenFlag[]): Fd {
    const { errno, value } = this.call("open", { path, flags, mode: 0o644 });
    if (errno !== null) throw new RangeError(`open ${path}: ${errno}`);
    return value;
  }

  write(path: string, text: string, ...flags: OpenFlag[]): void {
    const fd = this.open(path, "O_WRONLY", ...flags);
    this.call("write", { fd, data: contentOfLatin1(text) });
    const { events } = this;
    const kept = [...events];
    this.call("close", { fd });
    events.length = 0;
    events.push(...kept);
  }

  /** What a file holds in the union, or why it cannot be read. */
  read(path: string, uid = 0): string {
    const opened = this.call("open", { path, flags: ["O_RDONLY"] }, uid);
    if (opened.errno !== null) return opened.errno;
    const { errno, value } = this.call("read", { fd: opened.value, length: 1 << 20 });
    this.call("close", { fd: opened.value });
    return errno ?? text(value);
  }

  /** The names of a directory of the union, in the order of the kernel, or why it cannot be listed. */
  list(path: string, uid = 0): string {
    const { errno, value } = this.call("readdir", { target: path }, uid);
    return errno ?? value.map(({ name }) => name).join(" ");
  }

  /** What lies in a branch, drawn as it was; aufs's own files in the root are left out. */
  disk(branch: number): string {
    const rows: string[] = [];
    const walk = (dir: string) => {
      const names = this.must("readdir", { target: `/branch/${branch}${dir}` });
      for (const { name, kind } of [...names].sort((a, b) => compareNames(a.name, b.name))) {
        const path = `${dir}/${name}`;
        if (dir === "" && /^\.wh\.\.wh\.(aufs|plnk|orph)$/.test(name)) continue;
        if (name === ".wh..wh..opq") rows.push(`${dir.slice(1)}/!!`);
        else if (name.startsWith(".wh.")) rows.push(`${dir}/${name.slice(4)}!`.slice(1));
        else if (kind === "dir") rows.push(`${path.slice(1)}/`);
        else if (kind === "symlink")
          rows.push(
            `${path.slice(1)}->${this.must("readlink", { path: `/branch/${branch}${path}` })}`,
          );
        else if (kind === "file") rows.push(`${path.slice(1)}=${this.#content(branch, path)}`);
        else rows.push(`${path.slice(1)}|`);
        if (kind === "dir") walk(path);
      }
    };
    walk("");
    return rows.join(" ");
  }

  /** How many hard links the plink directory of a branch holds. */
  plinks(branch: number): number {
    return this.must("readdir", { target: `/branch/${branch}/.wh..wh.plnk` }).length;
  }

  /** The events of the last call in one word each, with what they are about. */
  trace(...types: EngineEvent["type"][]): string[] {
    const wanted = this.events.filter(({ type }) => types.length === 0 || types.includes(type));
    return wanted.map((event) => {
      if (event.type === "visit") return `visit b${event.branch} ${event.path} ${event.outcome}`;
      if (event.type === "branch-write")
        return event.to === undefined
          ? `${event.operation} ${event.path}`
          : `${event.operation} ${event.path} ${event.to}`;
      if (event.type === "copy-up-data") return `copy-up-data ${event.bytes}`;
      return "path" in event ? `${event.type} ${event.path}` : event.type;
    });
  }

  #content(branch: number, path: string): string {
    const fd = this.must("open", { path: `/branch/${branch}${path}`, flags: ["O_RDONLY"] });
    const content = this.must("read", { fd, length: 1 << 20 });
    this.must("close", { fd });
    return text(content);
  }

  #draw(root: string, drawn: string): void {
    const [, entry = "", uid, mode] = /^(.*?)(?:@(\d+))?(?::(\d+))?$/.exec(drawn) ?? [];
    const [, name = "", kind = "", rest = ""] = /^(.+?)(!!|!|\||==|=|->|$)(.*)$/.exec(entry) ?? [];
    const path = `${root}/${name.replace(/\/$/, "")}`;
    const isDir = kind === "" || kind === "!!";
    this.#makeParents(path, root);
    if (isDir && this.#step("lstat", { path }, ROOT).errno !== null)
      this.must("mkdir", { path, mode: 0o755 });
    if (kind === "!!") this.#makeFile(`${path}/.wh..wh..opq`, 0o444, "");
    else if (kind === "!") this.#makeFile(path.replace(/([^/]+)$/, ".wh.$1"), 0o444, "");
    else if (kind === "|") this.must("mknod", { path, kind: "fifo", mode: 0o644 });
    else if (kind === "==") this.must("link", { from: root + rest, to: path });
    else if (kind === "->") this.must("symlink", { target: rest, path });
    else if (kind === "=") this.#makeFile(path, 0o644, rest);
    if (uid !== undefined)
      this.must("chown", { target: path, uid: Number(uid), gid: Number(uid), noFollow: true });
    if (mode !== undefined) this.must("chmod", { target: path, mode: Number.parseInt(mode, 8) });
  }

  #makeParents(path: string, root: string): void {
    const parts = path.slice(root.length + 1).split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const dir = `${root}/${parts.slice(0, depth).join("/")}`;
      if (this.#step("lstat", { path: dir }, ROOT).errno !== null)
        this.must("mkdir", { path: dir, mode: 0o755 });
    }
  }

  #makeFile(path: string, mode: number, data: string): void {
    const fd = this.must("open", { path, flags: ["O_WRONLY", "O_CREAT", "O_EXCL"], mode });
    this.must("write", { fd, data: contentOfLatin1(data) });
    this.must("close", { fd });
  }

  #setTimes(path: string): void {
    for (const { name, kind } of this.must("readdir", { target: path }))
      if (kind === "dir") this.#setTimes(`${path}/${name}`);
      else this.#setTime(`${path}/${name}`);
    this.#setTime(path);
  }

  #setTime(target: string): void {
    this.must("utimens", { target, mtime: { sec: MADE_AT, nsec: 0 }, noFollow: true });
  }

  #step<K extends CallType>(type: K, args: SystemCalls[K]["args"], as: Credentials): Step<K> {
    this.#seconds += 1;
    const time = { sec: this.#seconds, nsec: 0 };
    const caller: { readonly type: K } & Caller = { type, pid: FIRST_PID, time, as };
    const call: Call<K> = { ...args, ...caller };
    const done = step(this.machine, call);
    this.machine = done.machine;
    return done;
  }
}

/** Arguments with the mount before every path; a symlink's target is none. */
function inMount<A extends object>(args: A): A {
  const moved = Object.entries(args).map(([key, value]): [string, unknown] => {
    const isPath = ["path", "from", "to"].includes(key) || (key === "target" && !("path" in args));
    if (!isPath || typeof value !== "string") return [key, value];
    return [key, value === "/" ? "/mnt" : `/mnt/${value.replace(/^\//, "")}`];
  });
  return { ...args, ...Object.fromEntries(moved) };
}

function permissionOf(word: string): BranchPermission {
  const permission = readPermission(word);
  if (permission !== word) throw new RangeError(`no permission ${word}`);
  return permission;
}

function text(content: Content): string {
  let result = "";
  for (const piece of content)
    if (piece.type === "zeros") result += "0".repeat(piece.length);
    else if (piece.type === "bytes")
      for (const byte of piece.bytes) result += String.fromCharCode(byte);
  return result;
}
