import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapGet } from "../tree/persistent-map.ts";
import type { Call } from "./call.ts";
import { FIRST_PID, type Machine } from "./machine.ts";
import {
  branchArbitrary,
  listing,
  type ScriptCall,
  ScriptWorld,
  scriptArbitrary,
} from "./scripts.ts";
import { stateHash } from "./state-hash.ts";
import { step } from "./step.ts";

const RUNS = { numRuns: 150 };
const DIALECTS = ["overlay", "aufs"] as const;

/** Branches top first: the writable one without marks, some below with them. */
const branches = fc
  .tuple(branchArbitrary(false), fc.array(branchArbitrary(true), { minLength: 1, maxLength: 3 }))
  .map(([top, below]) => [top, ...below]);

describe.each(DIALECTS)("%s", (dialect) => {
  it("[P1] shows what a merge from scratch of its branches shows, after every script", () => {
    fc.assert(
      fc.property(branches, scriptArbitrary(25), (drawn, script) => {
        const world = new ScriptWorld(dialect, drawn);
        for (const call of script) world.run(call, "/mnt");
        // A name that is listed and cannot be opened is P4's.
        const seen = listing(world, "/mnt")
          .map(pathAndKind)
          .filter((line) => !/ E[A-Z]+$/.test(line));
        expect(seen).toEqual(mergedFromScratch(world, dialect, drawn.length));
      }),
      RUNS,
    );
  });

  it("[P2] never changes a lower branch", () => {
    fc.assert(
      fc.property(branches, scriptArbitrary(25), (drawn, script) => {
        const world = new ScriptWorld(dialect, drawn);
        const before = world.layers.map((fs) => treeOf(world.machine, fs));
        for (const call of script) world.run(call, "/mnt");
        const after = world.layers.map((fs) => treeOf(world.machine, fs));
        for (let i = 1; i < before.length; i++) expect(after[i]).toBe(before[i]);
      }),
      RUNS,
    );
  });

  it("[P3] n steps back and forward again give the same machine, and old machines stay as they were", () => {
    fc.assert(
      fc.property(branches, scriptArbitrary(20), fc.nat(20), (drawn, script, back) => {
        const world = new ScriptWorld(dialect, drawn);
        const calls: Call[] = [];
        const machines = [world.machine];
        const hashes = [stateHash(world.machine)];
        for (const [i, call] of script.entries()) {
          const made = asCall(call, i);
          if (made === null) continue;
          calls.push(made);
          machines.push(step(machines.at(-1)!, made).machine);
          hashes.push(stateHash(machines.at(-1)!));
        }
        let at = Math.max(0, machines.length - 1 - back);
        let machine = machines[at]!;
        for (; at < calls.length; at++) machine = step(machine, calls[at]!).machine;
        expect(stateHash(machine)).toBe(hashes.at(-1));
        expect(machines.map(stateHash)).toEqual(hashes);
      }),
      { numRuns: 60 },
    );
  });

  it("[P4] a name that is listed can be looked up, and what can be looked up is listed", () => {
    fc.assert(
      fc.property(branches, scriptArbitrary(25), (drawn, script) => {
        const world = new ScriptWorld(dialect, drawn);
        for (const call of script) world.run(call, "/mnt");
        checkNames(world, "/mnt", dialect);
      }),
      RUNS,
    );
  });

  it("[P5] no step throws, whatever is asked, and every machine can be frozen", () => {
    fc.assert(
      fc.property(
        branches,
        scriptArbitrary(10),
        fc.array(anyCall, { maxLength: 25 }),
        (drawn, script, calls) => {
          const world = new ScriptWorld(dialect, drawn);
          for (const call of script) world.run(call, "/mnt");
          let { machine } = world;
          for (const call of calls) {
            deepFreeze(machine, new Set());
            machine = step(machine, call).machine;
          }
        },
      ),
      RUNS,
    );
  });

  it("[P6] two machines stepped in turns are as if each were alone", () => {
    fc.assert(
      fc.property(
        branches,
        branches,
        scriptArbitrary(15),
        scriptArbitrary(15),
        (a, b, first, second) => {
          const alone = [new ScriptWorld(dialect, a), new ScriptWorld(dialect, b)];
          for (const call of first) alone[0]!.run(call, "/mnt");
          for (const call of second) alone[1]!.run(call, "/mnt");
          const turns = [new ScriptWorld(dialect, a), new ScriptWorld(dialect, b)];
          for (let i = 0; i < 15; i++) {
            if (first[i]) turns[0]!.run(first[i]!, "/mnt");
            if (second[i]) turns[1]!.run(second[i]!, "/mnt");
          }
          expect(turns.map(({ machine }) => stateHash(machine))).toEqual(
            alone.map(({ machine }) => stateHash(machine)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

it("[P7] overlayfs does what one plain file system does, but for EXDEV of directories", () => {
  const withoutLinks = scriptArbitrary(25).map((script) =>
    script.filter((call) => call.type !== "link" && call.type !== "fstat" && call.type !== "lstat"),
  );
  fc.assert(
    fc.property(
      fc.array(branchArbitrary(false), { minLength: 2, maxLength: 3 }),
      withoutLinks,
      (drawn, script) => {
        const world = new ScriptWorld("overlay", drawn);
        const plain = new ScriptWorld("overlay", [[], []]);
        plain.must("mkdir", { path: "/plain", mode: 0o755 });
        copy(world, "/mnt", plain, "/plain");
        for (const call of script) {
          const asUnion = world.run(call, "/mnt");
          if (asUnion === "EXDEV") continue;
          expect([call, plain.run(call, "/plain")]).toEqual([call, asUnion]);
        }
        expect(listing(plain, "/plain")).toEqual(listing(world, "/mnt"));
      },
    ),
    RUNS,
  );
});

function treeOf(machine: Machine, fs: number): unknown {
  const state = mapGet(machine.fileSystems, fs);
  return state?.type === "plain" ? state.tree : null;
}

function pathAndKind(line: string): string {
  return line.split(" ").slice(0, 2).join(" ");
}

/** The obvious union: whole directories read branch by branch, nothing remembered. */
function mergedFromScratch(world: ScriptWorld, dialect: string, count: number): string[] {
  const roots = Array.from({ length: count }, (_, i) => `/layers/${i}/fs`);
  const lines: string[] = [];
  const walk = (dirs: readonly string[], path: string): void => {
    const names = new Set<string>();
    for (const dir of dirs)
      for (const { name } of world.must("readdir", { target: dir }))
        if (!name.startsWith(".wh.")) names.add(name);
    for (const name of [...names].sort()) {
      const parts = partsOf(world, dialect, dirs, name);
      const first = parts[0];
      if (first === undefined) continue;
      const { kind } = world.must("lstat", { path: first });
      lines.push(`${path}/${name} ${kind}`);
      if (kind === "dir") walk(parts, `${path}/${name}`);
    }
  };
  walk(roots, "");
  return lines;
}

function partsOf(
  world: ScriptWorld,
  dialect: string,
  dirs: readonly string[],
  name: string,
): string[] {
  const has = (path: string) => world.call("lstat", { path }).errno === null;
  const parts: string[] = [];
  let opaque = -1;
  for (const dir of dirs) {
    const at = `${dir}/${name}`;
    if (dialect === "aufs" && has(`${dir}/.wh.${name}`)) break;
    const { errno, value } = world.call("lstat", { path: at });
    if (errno !== null) continue;
    if (value.kind === "char") break;
    if (value.kind !== "dir") {
      if (parts.length === 0) return [at];
      if (dialect === "overlay") break;
      continue;
    }
    parts.push(at);
    const isOpaque =
      dialect === "aufs"
        ? has(`${at}/.wh..wh..opq`)
        : world.call("getxattr", { target: at, name: "trusted.overlay.opaque" }).errno === null;
    if (!isOpaque) continue;
    opaque = parts.length - 1;
    // aufs: the lowest opaque directory is the last (L-05b), unless it was made opaque while mounted (L-22).
    if (dialect === "overlay" || dir.startsWith("/layers/0/")) break;
  }
  return opaque < 0 ? parts : parts.slice(0, opaque + 1);
}

function checkNames(world: ScriptWorld, dir: string, dialect: string): void {
  const listed = new Set(world.must("readdir", { target: dir }).map(({ name }) => name));
  for (const name of ["a", "b", "c"]) {
    const { errno, value } = world.call("lstat", { path: `${dir}/${name}` });
    // overlayfs lists the whiteouts of a directory that only one layer has; aufs does not use those of the last branch.
    if (listed.has(name) && errno !== null) expect(["ENOENT", "EIO"]).toContain(errno);
    else
      expect([dialect, dir, name, errno === null]).toEqual([dialect, dir, name, listed.has(name)]);
    if (errno === null && value.kind === "dir") checkNames(world, `${dir}/${name}`, dialect);
  }
}

/** A script's call as a system call of the union, with descriptor 3 for every slot. */
function asCall(call: ScriptCall, second: number): Call | null {
  const by = { pid: FIRST_PID, time: { sec: 1_900_000_000 + second, nsec: 0 } };
  switch (call.type) {
    case "open":
      return { type: "open", path: `/mnt${call.path}`, flags: call.flags, mode: 0o644, ...by };
    case "close":
      return { type: "close", fd: 3 + call.slot, ...by };
    case "ftruncate":
      return { type: "ftruncate", fd: 3 + call.slot, length: call.length, ...by };
    case "mkdir":
      return { type: "mkdir", path: `/mnt${call.path}`, mode: call.mode, ...by };
    case "unlink":
    case "rmdir":
      return { type: call.type, path: `/mnt${call.path}`, ...by };
    case "rename":
    case "link":
      return { type: call.type, from: `/mnt${call.from}`, to: `/mnt${call.to}`, ...by };
    default:
      return null;
  }
}

const anyPath = fc.oneof(
  fc
    .array(fc.constantFrom("a", "b", "..", ".", "mnt", "layers", "0", "", ".wh.a"), {
      maxLength: 5,
    })
    .map((parts) => `/${parts.join("/")}`),
  fc.string({ maxLength: 8 }),
  fc.constant("/mnt"),
  fc.constant(`/${"n".repeat(300)}`),
);
const anyFd = fc.integer({ min: -1, max: 8 });
const by = fc.constant({ pid: FIRST_PID, time: { sec: 2_000_000_000, nsec: 0 } });
const who = fc.option(
  fc.constantFrom({ uid: 1000, gid: 1000, groups: [] }, { uid: 0, gid: 0, groups: [] }),
  { nil: undefined },
);
const anyCall: fc.Arbitrary<Call> = fc
  .tuple(
    fc.oneof(
      fc.record({
        type: fc.constantFrom(
          "stat" as const,
          "lstat" as const,
          "rmdir" as const,
          "unlink" as const,
          "readlink" as const,
          "statfs" as const,
          "umount" as const,
          "chroot" as const,
          "exec" as const,
          "plinkFlush" as const,
        ),
        path: anyPath,
      }),
      fc.record({
        type: fc.constantFrom("rename" as const, "link" as const),
        from: anyPath,
        to: anyPath,
      }),
      fc.record({
        type: fc.constant("rename" as const),
        from: anyPath,
        to: anyPath,
        exchange: fc.boolean(),
      }),
      fc.record({
        type: fc.constant("open" as const),
        path: anyPath,
        flags: fc.constantFrom(
          ["O_RDWR" as const],
          ["O_RDWR" as const, "O_CREAT" as const],
          ["O_PATH" as const],
          ["O_TMPFILE" as const, "O_RDWR" as const],
        ),
        mode: fc.nat(0o7777),
      }),
      fc.record({
        type: fc.constantFrom("close" as const, "fstat" as const, "fsync" as const, "dup" as const),
        fd: anyFd,
      }),
      fc.record({
        type: fc.constant("pread" as const),
        fd: anyFd,
        length: fc.integer({ min: -1, max: 99 }),
        offset: fc.integer({ min: -1, max: 99 }),
      }),
      fc.record({
        type: fc.constant("fallocate" as const),
        fd: anyFd,
        length: fc.integer({ min: -1, max: 99 }),
        offset: fc.integer({ min: -1, max: 99 }),
      }),
      fc.record({
        type: fc.constant("mmap" as const),
        fd: anyFd,
        length: fc.integer({ min: -1, max: 99 }),
        offset: fc.constantFrom(0, 4096, 5),
        write: fc.boolean(),
        shared: fc.boolean(),
      }),
      fc.record({ type: fc.constant("mkdir" as const), path: anyPath, mode: fc.nat(0o7777) }),
      fc.record({ type: fc.constant("chdir" as const), target: fc.oneof(anyPath, anyFd) }),
      fc.record({
        type: fc.constant("chown" as const),
        target: fc.oneof(anyPath, anyFd),
        uid: fc.constantFrom(-1, 0, 7),
        gid: fc.constantFrom(-1, 0, 7),
      }),
      fc.record({
        type: fc.constant("setxattr" as const),
        target: fc.oneof(anyPath, anyFd),
        name: fc.constantFrom("user.a", "trusted.overlay.opaque", "x", ""),
        value: fc.uint8Array({ maxLength: 4 }),
      }),
      fc.record({ type: fc.constantFrom("getcwd" as const, "fork" as const, "exit" as const) }),
      fc.record({
        type: fc.constant("mount" as const),
        source: fc.constantFrom(
          { type: "tmpfs" as const },
          { type: "bind" as const, path: "/mnt" },
        ),
        path: anyPath,
      }),
    ),
    by,
    who,
  )
  .map(
    ([call, caller, as]) => ({ ...call, ...caller, ...(as === undefined ? {} : { as }) }) as Call,
  );

function copy(from: ScriptWorld, source: string, to: ScriptWorld, target: string): void {
  for (const { name, kind } of from.must("readdir", { target: source })) {
    const [a, b] = [`${source}/${name}`, `${target}/${name}`];
    if (kind === "symlink")
      to.must("symlink", { target: from.must("readlink", { path: a }), path: b });
    else if (kind === "dir") {
      to.must("mkdir", { path: b, mode: 0o755 });
      copy(from, a, to, b);
    } else {
      const fd = from.must("open", { path: a, flags: ["O_RDONLY"] });
      const data = from.must("read", { fd, length: 1 << 20 });
      from.must("close", { fd });
      const made = to.must("open", { path: b, flags: ["O_WRONLY", "O_CREAT"], mode: 0o644 });
      to.must("write", { fd: made, data });
      to.must("close", { fd: made });
    }
  }
}

function deepFreeze(value: unknown, seen: Set<unknown>): void {
  if (typeof value !== "object" || value === null || seen.has(value) || ArrayBuffer.isView(value))
    return;
  seen.add(value);
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner, seen);
}
