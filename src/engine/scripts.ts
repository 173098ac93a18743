import fc from "fast-check";
import type { Piece } from "../tree/content.ts";
import { contentOfLatin1 } from "../tree/content-edit.ts";
import type {
  Call,
  Caller,
  CallType,
  DirectoryEntry,
  Fd,
  OpenFlag,
  Result,
  SystemCalls,
} from "./call.ts";
import type { EngineEvent } from "./event.ts";
import { createMachine, FIRST_PID, type FsId, type Machine } from "./machine.ts";
import { step } from "./step.ts";

/** An entry of a branch, for random unions. Paths begin with "/"; parents come first. */
export type ScriptEntry =
  | { readonly kind: "dir"; readonly path: string; readonly opaque: boolean }
  | { readonly kind: "file"; readonly path: string; readonly data: string }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string }
  | { readonly kind: "whiteout"; readonly path: string };

/** A call of a random script. `slot` stands for a descriptor: what the last `open` into it gave. */
export type ScriptCall =
  | {
      readonly type: "open";
      readonly slot: number;
      readonly path: string;
      readonly flags: readonly OpenFlag[];
    }
  | { readonly type: "close" | "fstat"; readonly slot: number }
  | { readonly type: "write"; readonly slot: number; readonly text: string }
  | { readonly type: "pread"; readonly slot: number; readonly offset: number }
  | { readonly type: "ftruncate"; readonly slot: number; readonly length: number }
  | { readonly type: "fchmod"; readonly slot: number; readonly mode: number }
  | { readonly type: "mkdir" | "chmod"; readonly path: string; readonly mode: number }
  | { readonly type: "rmdir" | "unlink" | "lstat" | "readdir" | "readlink"; readonly path: string }
  | { readonly type: "rename" | "link"; readonly from: string; readonly to: string }
  | { readonly type: "symlink"; readonly target: string; readonly path: string }
  | { readonly type: "truncate"; readonly path: string; readonly length: number };

const SLOTS = 3;

const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);
const mode = fc.constantFrom(0o644, 0o755, 0o700, 0o600, 0o2755, 0o1777);
const slot = fc.nat(SLOTS - 1);
const text = fc.constantFrom("", "x", "yy", "zzzzzzzzzz");
const target = fc.constantFrom("a", "b/c", "../a", "nowhere");
const FLAGS: readonly (readonly OpenFlag[])[] = [
  ["O_RDONLY"],
  ["O_RDWR"],
  ["O_WRONLY", "O_APPEND"],
  ["O_WRONLY", "O_TRUNC"],
  ["O_RDWR", "O_CREAT"],
  ["O_WRONLY", "O_CREAT", "O_EXCL"],
  ["O_RDONLY", "O_DIRECTORY"],
];

/** One random branch: directories and files of few names, so that branches meet. */
export function branchArbitrary(marks: boolean): fc.Arbitrary<readonly ScriptEntry[]> {
  const kinds = marks
    ? (["dir", "dir", "file", "symlink", "whiteout"] as const)
    : (["dir", "dir", "file", "symlink"] as const);
  const entry = fc.record({
    path,
    kind: fc.constantFrom(...kinds),
    text,
    target,
    opaque: fc.boolean(),
  });
  return fc.array(entry, { maxLength: 8 }).map((drawn) => {
    const kindAt = new Map<string, string>([["", "dir"]]);
    const entries: ScriptEntry[] = [];
    for (const one of drawn) {
      const above = one.path.slice(0, one.path.lastIndexOf("/"));
      if (kindAt.get(above) !== "dir" || kindAt.has(one.path)) continue;
      kindAt.set(one.path, one.kind);
      if (one.kind === "dir")
        entries.push({ kind: "dir", path: one.path, opaque: marks && one.opaque });
      else if (one.kind === "file") entries.push({ kind: "file", path: one.path, data: one.text });
      else if (one.kind === "symlink")
        entries.push({ kind: "symlink", path: one.path, target: one.target });
      else entries.push({ kind: "whiteout", path: one.path });
    }
    return entries;
  });
}

/** A random script. */
export function scriptArbitrary(maxLength: number): fc.Arbitrary<readonly ScriptCall[]> {
  const call: fc.Arbitrary<ScriptCall> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("open" as const),
        slot,
        path,
        flags: fc.constantFrom(...FLAGS),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constantFrom("close" as const, "fstat" as const), slot }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("write" as const), slot, text }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant("pread" as const), slot, offset: fc.nat(3) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant("ftruncate" as const), slot, length: fc.nat(12) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("fchmod" as const), slot, mode }) },
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constantFrom("mkdir" as const, "chmod" as const),
        path,
        mode,
      }),
    },
    {
      weight: 9,
      arbitrary: fc.record({
        type: fc.constantFrom(
          "rmdir" as const,
          "unlink" as const,
          "unlink" as const,
          "lstat" as const,
          "readdir" as const,
          "readlink" as const,
        ),
        path,
      }),
    },
    {
      weight: 7,
      arbitrary: fc.record({
        type: fc.constantFrom("rename" as const, "rename" as const, "link" as const),
        from: path,
        to: path,
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("symlink" as const), target, path }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant("truncate" as const), path, length: fc.nat(12) }),
    },
  );
  return fc.array(call, { minLength: 1, maxLength });
}

/** A machine with a union at /mnt whose branches are file systems of their own under /layers, and a clock. */
export class ScriptWorld {
  machine: Machine = createMachine({ sec: 1_000_000_000, nsec: 0 });
  readonly events: EngineEvent[] = [];
  #seconds = 1_800_000_000;
  readonly #slots: (Fd | null)[] = new Array<Fd | null>(SLOTS).fill(null);
  /** The file systems of the branches, top first. */
  readonly layers: readonly FsId[];

  /** `options`: the mount's; without them aufs has dirperm1, overlayfs its defaults. */
  constructor(
    dialect: "overlay" | "aufs",
    branches: readonly (readonly ScriptEntry[])[],
    options: readonly string[] = dialect === "aufs" ? ["dirperm1"] : [],
  ) {
    this.must("umask", { mask: 0 });
    this.must("mkdir", { path: "/layers", mode: 0o755 });
    this.must("mkdir", { path: "/mnt", mode: 0o755 });
    this.layers = branches.map((entries, index) => this.#layOut(dialect, entries, index));
    const paths = branches.map((_, index) => `/layers/${index}/fs`);
    const [upper = "", ...lower] = paths;
    this.must("mount", {
      path: "/mnt",
      source:
        dialect === "overlay"
          ? { type: "overlay", upper, lower, work: "/layers/0/work", options }
          : {
              type: "aufs",
              branches: paths.map((at, i) => ({ path: at, permission: i === 0 ? "rw" : "ro+wh" })),
              options,
            },
    });
    this.must("umask", { mask: 0o022 });
  }

  /** A system call by root, one second after the last. */
  call<K extends CallType>(type: K, args: SystemCalls[K]["args"]): Result<K> {
    const caller: Caller = { pid: FIRST_PID, time: { sec: this.#seconds, nsec: 0 } };
    this.#seconds += 1;
    const call: Call<K> = { type, ...args, ...caller };
    const done = step(this.machine, call);
    this.machine = done.machine;
    this.events.push(...done.events);
    return done;
  }

  must<K extends CallType>(type: K, args: SystemCalls[K]["args"]): SystemCalls[K]["value"] {
    const { errno, value } = this.call(type, args);
    if (errno !== null) throw new RangeError(`${type} ${JSON.stringify(args)}: ${errno}`);
    return value;
  }

  /** Runs a script's call under `root` ("/mnt" for the union). Gives its errno, or its value as plain data. */
  run(call: ScriptCall, root: string): unknown {
    if ("slot" in call && call.type !== "open" && this.#slots[call.slot] === null) return "EBADF";
    const fd = "slot" in call ? (this.#slots[call.slot] ?? -1) : -1;
    const result = this.#call(call, root, fd);
    if (call.type === "open") {
      if (result.errno === null && typeof result.value === "number") {
        if (fd >= 0) this.must("close", { fd });
        this.#slots[call.slot] = result.value;
      }
      return result.errno ?? 0;
    }
    if (call.type === "close") this.#slots[call.slot] = null;
    return result.errno ?? plainly(result.value);
  }

  #call(call: ScriptCall, root: string, fd: Fd): Result {
    switch (call.type) {
      case "open":
        return this.call("open", { path: root + call.path, flags: call.flags, mode: 0o644 });
      case "write":
        return this.call("write", { fd, data: contentOfLatin1(call.text) });
      case "pread":
        return this.call("pread", { fd, length: 20, offset: call.offset });
      case "close":
      case "fstat":
        return this.call(call.type, { fd });
      case "ftruncate":
        return this.call("ftruncate", { fd, length: call.length });
      case "fchmod":
        return this.call("chmod", { target: fd, mode: call.mode });
      case "mkdir":
        return this.call("mkdir", { path: root + call.path, mode: call.mode });
      case "chmod":
        return this.call("chmod", { target: root + call.path, mode: call.mode });
      case "readdir":
        return this.call("readdir", { target: root + call.path });
      case "rename":
      case "link":
        return this.call(call.type, { from: root + call.from, to: root + call.to });
      case "symlink":
        return this.call("symlink", { target: call.target, path: root + call.path });
      case "truncate":
        return this.call("truncate", { path: root + call.path, length: call.length });
      default:
        return this.call(call.type, { path: root + call.path });
    }
  }

  #layOut(dialect: string, entries: readonly ScriptEntry[], index: number): FsId {
    const top = `/layers/${index}`;
    this.must("mkdir", { path: top, mode: 0o755 });
    const fs = this.must("mount", { source: { type: "tmpfs", mode: 0o755 }, path: top });
    this.must("mkdir", { path: `${top}/fs`, mode: 0o755 });
    this.must("mkdir", { path: `${top}/work`, mode: 0o755 });
    for (const entry of entries) this.#make(dialect, `${top}/fs`, entry);
    return fs;
  }

  #make(dialect: string, root: string, entry: ScriptEntry): void {
    const at = root + entry.path;
    if (entry.kind === "dir") {
      this.must("mkdir", { path: at, mode: 0o755 });
      if (!entry.opaque) return;
      if (dialect === "aufs") this.#file(`${at}/.wh..wh..opq`, "");
      else
        this.must("setxattr", {
          target: at,
          name: "trusted.overlay.opaque",
          value: Uint8Array.of("y".charCodeAt(0)),
        });
    } else if (entry.kind === "file") this.#file(at, entry.data);
    else if (entry.kind === "symlink") this.must("symlink", { target: entry.target, path: at });
    else if (dialect === "overlay")
      this.must("mknod", { path: at, kind: "char", mode: 0, rdev: [0, 0] });
    else {
      const slash = at.lastIndexOf("/") + 1;
      this.#file(`${at.slice(0, slash)}.wh.${at.slice(slash)}`, "");
    }
  }

  #file(at: string, data: string): void {
    const fd = this.must("open", { path: at, flags: ["O_WRONLY", "O_CREAT"], mode: 0o644 });
    this.must("write", { fd, data: contentOfLatin1(data) });
    this.must("close", { fd });
  }
}

/** What is compared of a value: text of contents, sorted names, and of attributes what does not depend on the clock. */
export function plainly(value: SystemCalls[CallType]["value"]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("nlink" in value) {
    const { kind, mode: bits, uid, gid, size, nlink } = value;
    return kind === "file" ? { kind, bits, uid, gid, size, nlink } : { kind, bits, uid, gid };
  }
  if (!Array.isArray(value)) return null;
  const items: readonly (DirectoryEntry | Piece | string)[] = value;
  const names = items.flatMap((item) =>
    typeof item === "object" && "name" in item ? [item.name] : [],
  );
  if (names.length > 0) return names.sort();
  return items
    .map((item) => (typeof item === "object" && "type" in item ? textOf(item) : ""))
    .join("");
}

function textOf(piece: Piece): string {
  if (piece.type === "bytes") return String.fromCharCode(...piece.bytes);
  return "\0".repeat(piece.length);
}

/** The names in a directory, sorted. */
function namesIn(world: ScriptWorld, target: string): string[] {
  return world
    .must("readdir", { target })
    .map((entry) => entry.name)
    .sort();
}

/** Everything that can be seen below a directory: one line a name, in order. */
export function listing(world: ScriptWorld, root: string, path = ""): string[] {
  const lines: string[] = [];
  for (const one of namesIn(world, root + path)) {
    const at = `${path}/${one}`;
    const { errno, value } = world.call("lstat", { path: root + at });
    if (errno !== null) {
      lines.push(`${at} ${errno}`);
      continue;
    }
    lines.push(
      `${at} ${value.kind} ${value.mode.toString(8)} ${detail(world, root + at, value.kind)}`,
    );
    if (value.kind === "dir") lines.push(...listing(world, root, at));
  }
  return lines;
}

function detail(world: ScriptWorld, at: string, kind: string): string {
  if (kind === "symlink") return world.must("readlink", { path: at });
  if (kind !== "file") return "";
  const fd = world.must("open", { path: at, flags: ["O_RDONLY"] });
  const text = String(plainly(world.must("pread", { fd, length: 1 << 20, offset: 0 })));
  world.must("close", { fd });
  return JSON.stringify(text);
}
