import { Volume } from "memfs";
import type { Call, Caller, CallType, SystemCalls } from "../engine/call.ts";
import { createMachine, type Machine } from "../engine/machine.ts";
import { step } from "../engine/step.ts";
import type { ColumnTree } from "../tree/column-tree.ts";
import { ColumnTreeBuilder } from "../tree/column-tree-builder.ts";
import { contentOfLatin1 } from "../tree/content-edit.ts";

/** The engine with its events on, measured; memfs and @zenfs/core beside it. */

const DEPTH = 4;
const FILES = 20;

class World {
  machine: Machine = createMachine({ sec: 1, nsec: 0 });
  #sec = 2;

  call<K extends CallType>(type: K, args: SystemCalls[K]["args"]): SystemCalls[K]["value"] {
    const caller: Caller = { pid: 1, time: { sec: this.#sec++, nsec: 0 } };
    const call: Call<K> = { type, ...args, ...caller };
    const { machine, errno, value } = step(this.machine, call);
    if (errno !== null) throw new Error(`${type} ${JSON.stringify(args)}: ${errno}`);
    this.machine = machine;
    return value;
  }
}

/** Microseconds a run of `work`, the best of five rounds. */
function measure(count: number, work: (i: number) => void): number {
  for (let i = 0; i < count / 4; i++) work(i);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < count; i++) work(i);
    best = Math.min(best, ((performance.now() - start) * 1000) / count);
  }
  return best;
}

function row(name: string, value: string, goal: string): void {
  console.log(`${name.padEnd(58)} ${value.padStart(24)}   ${goal}`);
}

function unionOf(type: "aufs" | "overlay", count: number): World {
  const world = new World();
  world.call("mkdir", { path: "/m" });
  world.call("mkdir", { path: "/w" });
  const paths = Array.from({ length: count }, (_, i) => `/${i}`);
  for (const [i, path] of paths.entries()) {
    world.call("mkdir", { path });
    for (const dir of ["/a", "/a/b", "/a/b/c"]) world.call("mkdir", { path: path + dir });
    for (let k = 0; k < FILES; k++)
      if (k % count === i) world.call("mknod", { path: `${path}/a/b/c/f${k}`, kind: "file" });
  }
  const [upper = "", ...lower] = paths;
  world.call("mount", {
    path: "/m",
    source:
      type === "overlay"
        ? { type, upper, lower, work: "/w" }
        : {
            type,
            branches: paths.map((path, i) => ({ path, permission: i === 0 ? "rw" : "ro+wh" })),
            options: ["dirperm1"],
          },
  });
  world.call("chdir", { target: "/m" });
  return world;
}

function lookups(): void {
  for (const type of ["aufs", "overlay"] as const)
    for (const count of [3, 32, 127]) {
      const world = unionOf(type, count);
      let visits = 0;
      const loops = Math.ceil(30_000 / count);
      const micros = measure(loops, (i) => {
        const path = `a/b/c/f${i % FILES}`;
        const done = step(world.machine, { type: "lstat", pid: 1, time: world.machine.time, path });
        for (const event of done.events) if (event.type === "visit") visits += 1;
      });
      const perVisit = (micros * loops * 6.25) / visits;
      const rate = Math.round((1e6 / micros) * DEPTH);
      row(
        `${type}, ${count} branches: lookups at depth ${DEPTH}, events on`,
        `${rate.toLocaleString("en")}/s`,
        `${micros.toFixed(2)} µs a path, ${perVisit.toFixed(3)} µs a visit${count === 3 ? "; goal 200,000/s" : ""}`,
      );
    }
}

/** One round of what programs do: make, write, read, stat, list, rename, remove. */
async function plainOperations(): Promise<void> {
  const data = contentOfLatin1("hello world");
  const bytes = Buffer.from("hello world");
  const world = new World();
  world.call("mkdir", { path: "/d" });
  const ours = measure(2000, (i) => {
    const path = `/d/f${i % 100}`;
    const fd = world.call("open", { path, flags: ["O_RDWR", "O_CREAT"], mode: 0o644 });
    world.call("write", { fd, data });
    world.call("pread", { fd, length: 20, offset: 0 });
    world.call("close", { fd });
    world.call("stat", { path });
    world.call("rename", { from: path, to: "/d/g" });
    world.call("readdir", { target: "/d" });
    world.call("unlink", { path: "/d/g" });
  });
  const volume = new Volume();
  volume.mkdirSync("/d");
  const memfs = measure(2000, (i) => nodeRound(volume, i, bytes));
  const zenfs = await zenfsRound(bytes);
  row("plain round of 8 calls: this engine", `${ours.toFixed(1)} µs`, "");
  row("plain round of 8 calls: memfs", `${memfs.toFixed(1)} µs`, "");
  row("plain round of 8 calls: @zenfs/core", `${zenfs.toFixed(1)} µs`, "");
  row("this engine to memfs", `${(ours / memfs).toFixed(2)} ×`, "goal 3 × at most");
}

interface NodeLike {
  openSync(path: string, flags: string): number;
  writeSync(fd: number, data: Uint8Array): number;
  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, at: number): number;
  closeSync(fd: number): void;
  statSync(path: string): unknown;
  renameSync(from: string, to: string): void;
  readdirSync(path: string): unknown;
  unlinkSync(path: string): void;
}

function nodeRound(fs: NodeLike, i: number, bytes: Uint8Array): void {
  const path = `/d/f${i % 100}`;
  const fd = fs.openSync(path, "w+");
  fs.writeSync(fd, bytes);
  fs.readSync(fd, Buffer.alloc(20), 0, 20, 0);
  fs.closeSync(fd);
  fs.statSync(path);
  fs.renameSync(path, "/d/g");
  fs.readdirSync("/d");
  fs.unlinkSync("/d/g");
}

async function zenfsRound(bytes: Uint8Array): Promise<number> {
  const { configure, fs, InMemory } = await import("@zenfs/core");
  await configure({ mounts: { "/": InMemory } });
  fs.mkdirSync("/d");
  return measure(500, (i) => nodeRound(fs, i, bytes));
}

function layerOf(entries: number): ColumnTree {
  const builder = new ColumnTreeBuilder(`layer-${entries}`);
  const base = { mode: 0o755, uid: 0, gid: 0, mtime: 1 };
  let entry = 0;
  const top = builder.add(0, "a", { kind: "dir", size: 0, entry: entry++, ...base });
  while (entry < entries) {
    const dir = builder.add(top, `d${entry}`, { kind: "dir", size: 0, entry: entry++, ...base });
    for (let i = 0; i < 99 && entry < entries; i++)
      builder.add(dir, `f${i}`, {
        kind: "file",
        size: 10,
        content: entry * 512,
        entry: entry++,
        ...base,
      });
  }
  return builder.finish();
}

function largeLayers(): void {
  for (const entries of [1000, 1_000_000]) {
    const world = new World();
    for (const path of ["/l", "/u", "/u/u", "/u/w", "/m"]) world.call("mkdir", { path });
    world.call("mount", {
      path: "/l",
      source: { type: "tree", tree: layerOf(entries), marks: "overlay" },
    });
    world.call("mount", {
      path: "/m",
      source: { type: "overlay", lower: ["/l"], upper: "/u/u", work: "/u/w" },
    });
    const start = world.machine;
    const micros = measure(500, (i) => {
      if (i % 9 === 0) world.machine = start;
      const path = `/m/a/d1/f${i % 9}`;
      const fd = world.call("open", { path, flags: ["O_WRONLY", "O_APPEND"] });
      world.call("write", { fd, data: contentOfLatin1("x") });
      world.call("close", { fd });
      world.call("unlink", { path });
    });
    row(
      `open, write, close, unlink over ${entries.toLocaleString("en")} entries`,
      `${micros.toFixed(1)} µs`,
      entries > 1000 ? "goal: as over 1,000" : "",
    );
  }
}

/** A file made, written, looked at, read back and given a mode: eight calls, and the machine after each is kept. */
function memory(): void {
  for (const type of ["overlay", "aufs"] as const) {
    const world = unionOf(type, 3);
    const kept: Machine[] = [];
    const keep = <V>(value: V): V => {
      kept.push(world.machine);
      return value;
    };
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1250; i++) {
      const path = `a/b/n${i % 250}`;
      const flags = ["O_WRONLY", "O_CREAT"] as const;
      const made = keep(world.call("open", { path, flags, mode: 0o644 }));
      keep(world.call("write", { fd: made, data: contentOfLatin1("0123456789") }));
      keep(world.call("close", { fd: made }));
      keep(world.call("stat", { path }));
      const fd = keep(world.call("open", { path, flags: ["O_RDONLY"] }));
      keep(world.call("pread", { fd, length: 10, offset: 0 }));
      keep(world.call("close", { fd }));
      keep(world.call("chmod", { target: path, mode: 0o600 }));
    }
    globalThis.gc?.();
    const held = (process.memoryUsage().heapUsed - before) / (kept.length / 1000);
    const size = `${(held / 1e6).toFixed(2)} MB`;
    row(`${type}: memory of 1,000 steps, every machine kept`, size, "goal 2 MB");
  }
}

lookups();
await plainOperations();
largeLayers();
memory();
