import { describe, expect, it } from "vitest";
import type { CallType, SystemCalls } from "../engine/call.ts";
import type { EngineEvent } from "../engine/event.ts";
import { createMachine, type Machine } from "../engine/machine.ts";
import { step } from "../engine/step.ts";
import { type StageState, stageOf } from "./lab-stage.ts";
import { mountedUnions, unionOf } from "./lab-union.ts";

const time = { sec: 1_700_000_000, nsec: 0 };

/** A machine under test: files are made by system calls, the last call is what the stage shows. */
class World {
  machine: Machine = createMachine(time);
  before: Machine = this.machine;
  events: readonly EngineEvent[] = [];

  call<K extends CallType>(type: K, args: SystemCalls[K]["args"]): SystemCalls[K]["value"] {
    const done = this.attempt(type, args);
    if (done !== null) throw new Error(`${type}: ${done}`);
    return this.value as SystemCalls[K]["value"];
  }

  value: unknown = null;

  attempt<K extends CallType>(type: K, args: SystemCalls[K]["args"]): string | null {
    this.before = this.machine;
    const done = step(this.machine, { type, pid: 1, time, ...args } as never);
    this.machine = done.machine;
    this.events = done.events;
    this.value = done.value;
    return done.errno;
  }

  file(path: string, text: string): void {
    const fd = this.call("open", { path, flags: ["O_WRONLY", "O_CREAT"], mode: 0o644 });
    this.call("write", { fd, data: [{ type: "bytes", bytes: new TextEncoder().encode(text) }] });
    this.call("close", { fd });
  }

  /** Branches top first, each a list of files ("etc/motd") and directories ("etc/"). */
  mount(branches: readonly (readonly string[])[]): void {
    for (const [index, names] of branches.entries()) {
      this.call("mkdir", { path: `/b${index}` });
      for (const name of names)
        if (name.endsWith("/")) this.call("mkdir", { path: `/b${index}/${name.slice(0, -1)}` });
        else this.file(`/b${index}/${name}`, `${name} of ${index}`);
    }
    this.call("mkdir", { path: "/mnt" });
    this.call("mount", {
      path: "/mnt",
      source: {
        type: "aufs",
        branches: branches.map((_, index) => ({
          path: `/b${index}`,
          permission: index === 0 ? "rw" : "ro+wh",
        })),
      },
    });
  }

  /** The stage when so many events of the last call have happened; all of them without a number. */
  stage(directory: string, events = this.events.length, folded: number | null = null): StageState {
    const isDone = events === this.events.length;
    const machine = isDone ? this.machine : this.before;
    const { fs } = mountedUnions(machine)[0] ?? { fs: -1 };
    const union = unionOf(machine, fs);
    if (!union) throw new Error("no union");
    return stageOf({
      union,
      directory,
      after: this.machine,
      events: this.events.slice(0, events),
      lookup: this.events.slice(0, events),
      recent: this.events.slice(0, events),
      isDone,
      maxColumns: 12,
      first: null,
      selected: null,
      folded,
    });
  }

  /** The number of events up to and with the first of this type. */
  upTo(type: EngineEvent["type"]): number {
    return this.events.findIndex((event) => event.type === type) + 1;
  }
}

/** The stage as lines: a branch a line, `-` hidden, `!` whiteout, `…` copying, `^` ghost. */
function drawn(stage: StageState): readonly string[] {
  const signs = { shown: "", hidden: "-", whiteout: "!", copying: "…", ghost: "^" } as const;
  return stage.rows.map(({ branch }) =>
    stage.cells
      .filter((cell) => cell.branch === branch)
      .map((cell) => `${signs[cell.state]}${stage.columns[cell.column]?.name}`)
      .join(" "),
  );
}

function kv(): World {
  const world = new World();
  world.mount([[], ["app.conf"], ["app/"], ["kv.db", "motd", "etc/", "etc/hosts"]]);
  return world;
}

describe("the matrix", () => {
  it("has a row for each branch, a column for each name, and no mark of aufs's own", () => {
    const stage = kv().stage("/");
    expect(stage.columns.map(({ name }) => name)).toEqual([
      "app",
      "app.conf",
      "etc",
      "kv.db",
      "motd",
    ]);
    expect(drawn(stage)).toEqual(["", "app.conf", "app", "etc kv.db motd"]);
    expect(stage.isMounted).toBe(true);
  });

  it("shows misses and the hit of a lookup, numbered from the top", () => {
    const world = kv();
    world.call("stat", { path: "/mnt/kv.db" });
    const { trail } = world.stage("/");
    expect(
      trail?.visits.map(({ number, branch, outcome }) => `${number} ${branch} ${outcome}`),
    ).toEqual(["1 0 missing", "2 1 missing", "3 2 missing", "4 3 found"]);
  });

  it("hides a lower file of the same name and says by whom", () => {
    const world = new World();
    world.mount([["a"], ["a"], ["a"]]);
    const { cells } = world.stage("/");
    expect(cells.map(({ branch, state, hiddenBy }) => [branch, state, hiddenBy])).toEqual([
      [0, "shown", null],
      [1, "hidden", 0],
      [2, "hidden", 1],
    ]);
  });

  it("brackets directories that merge", () => {
    const world = new World();
    world.mount([[], ["d/"], ["d/"]]);
    expect(world.stage("/").columns[0]?.providers).toEqual([1, 2]);
  });
});

describe("copy-up, event by event", () => {
  const world = kv();
  const fd = world.call("open", { path: "/mnt/kv.db", flags: ["O_WRONLY", "O_APPEND"] });
  world.call("write", { fd, data: [{ type: "bytes", bytes: Uint8Array.of(107) }] });

  it("has no copy before it begins", () => {
    expect(world.stage("/", world.upTo("copy-up-begin") - 1).copy).toBe(null);
  });
  it("grows a duplicate while the original is still shown", () => {
    const stage = world.stage("/", world.upTo("copy-up-data"));
    expect(drawn(stage)[0]).toBe("…kv.db");
    expect(drawn(stage)[3]).toBe("etc kv.db motd");
    expect(stage.copy).toMatchObject({ from: 3, to: 0, bytes: 10, ofBytes: 10, isDone: false });
  });
  it("shows what was copied until something is written into the copy", () => {
    const size = (events?: number) =>
      world.stage("/", events).cells.find(({ branch, state }) => branch === 0 && state === "shown")
        ?.bytes;
    expect(size(world.upTo("copy-up-end"))).toBe(10);
    expect(size()).toBeGreaterThan(10);
  });
  it("ends with the copy shown and the original hidden, and the copy is one mark all along", () => {
    const done = world.stage("/");
    expect(drawn(done)).toEqual(["kv.db", "app.conf", "app", "etc -kv.db motd"]);
    const copy = (stage: StageState) => stage.cells.find(({ branch }) => branch === 0)?.key;
    expect(copy(world.stage("/", world.upTo("copy-up-data")))).toBe(copy(done));
  });
  it("begins with the machine before and ends with the machine after", () => {
    expect(drawn(world.stage("/", world.events.length - 1))).toEqual(drawn(world.stage("/")));
  });
});

it("makes missing parents first", () => {
  const world = kv();
  world.call("chmod", { target: "/mnt/etc/hosts", mode: 0o600 });
  expect(drawn(world.stage("/", world.upTo("copy-up-temp") + 1))[0]).toBe("^etc");
  expect(drawn(world.stage("/etc"))).toEqual(["hosts", "", "", "-hosts"]);
});

it("puts a whiteout where a lower name must be hidden", () => {
  const world = kv();
  world.call("unlink", { path: "/mnt/motd" });
  const stage = world.stage("/");
  expect(drawn(stage)).toEqual(["!motd", "app.conf", "app", "etc kv.db -motd"]);
  expect(stage.columns.find(({ name }) => name === "motd")?.kind).toBe(null);
  expect(stage.cells.find(({ branch, name }) => branch === 3 && name === "motd")?.hiddenBy).toBe(0);
});

it("draws the curtain below a directory that was made again", () => {
  const world = kv();
  world.call("unlink", { path: "/mnt/etc/hosts" });
  world.call("rmdir", { path: "/mnt/etc" });
  world.call("mkdir", { path: "/mnt/etc" });
  const stage = world.stage("/");
  expect(stage.columns.find(({ name }) => name === "etc")?.opaqueIn).toBe(0);
  expect(drawn(stage)[3]).toBe("-etc kv.db motd");
  const inside = world.stage("/etc");
  expect(inside.opaqueIn).toBe(0);
  expect(inside.rows[3]?.directory).toBe("hidden");
  expect(drawn(inside)).toEqual(["", "", "", "-hosts"]);
});

describe("plumbing", () => {
  const world = new World();
  world.mount([
    [],
    [".dockerenv", "dev/", "dev/console", "etc/", "etc/hosts", "proc/"],
    ["app/"],
    ["dev/", "etc/", "etc/passwd", "etc/hosts", "tmp/", "motd"],
  ]);
  const shown = (directory: string) => {
    const stage = world.stage(directory, world.events.length, 1);
    return [stage.columns.map(({ name }) => name), stage.folded];
  };

  it("is what only the -init layer and empty directories for mounts put there", () => {
    expect(shown("/")).toEqual([
      ["app", "etc", "motd"],
      [".dockerenv", "dev", "proc", "tmp"],
    ]);
    expect(shown("/etc")).toEqual([["passwd"], ["hosts"]]);
    expect(world.stage("/", world.events.length, 1).rows[1]?.isFolded).toBe(true);
  });
  it("is shown where there is nothing else, and where nobody wants it folded", () => {
    expect(shown("/dev")).toEqual([["console"], []]);
    expect(world.stage("/").folded).toEqual([]);
  });
  it("is none any more when it is asked for or written to", () => {
    world.call("stat", { path: "/mnt/dev" });
    expect(shown("/")[1]).toEqual([".dockerenv", "proc", "tmp"]);
    world.file("/mnt/tmp/x", "x");
    world.call("stat", { path: "/mnt/motd" });
    expect(shown("/")[1]).toEqual([".dockerenv", "dev", "proc"]);
  });
});

describe("renames and links", () => {
  function moved(from: string, to: string): World {
    const world = new World();
    world.mount([
      ["up/", "up/own"],
      ["a/", "b/", "a/x", "motd"],
    ]);
    world.call("rename", { from: `/mnt/${from}`, to: `/mnt/${to}` });
    return world;
  }
  const at = (stage: StageState, name: string) =>
    stage.cells.find((cell) => cell.branch === 0 && cell.name === name)?.key;

  it("to another directory is one mark: it leaves the one and comes into the other", () => {
    const world = moved("a/x", "b/y");
    expect(world.stage("/a").move).toEqual({ branch: 0, column: 0, isOut: true, other: "/b/y" });
    const inB = world.stage("/b");
    expect(inB.move).toEqual({ branch: 0, column: 0, isOut: false, other: "/a/x" });
    const before = world.stage("/a", world.events.length - 1);
    expect(at(before, "x")).toBeDefined();
    expect(at(inB, "y")).toBe(at(before, "x"));
    expect(world.stage("/").move).toBe(null);
  });
  it("keeps the column of a name that left nothing behind", () => {
    const stage = moved("up/own", "a/own").stage("/up");
    expect(stage.columns.map(({ name, kind }) => [name, kind])).toEqual([["own", null]]);
    expect(stage.move?.isOut).toBe(true);
  });
  it("within a directory is the same mark at another place", () => {
    const world = moved("motd", "news");
    expect(world.stage("/").move).toBe(null);
    const before = world.stage("/", world.events.length - 1);
    expect(at(world.stage("/"), "news")).toBe(at(before, "motd"));
  });
  it("two names of one file are one inode, a pseudo-link over two branches too", () => {
    const world = new World();
    world.mount([["own"], ["a"]]);
    world.call("link", { from: "/mnt/own", to: "/mnt/other" });
    world.call("link", { from: "/mnt/a", to: "/mnt/b" });
    const cells = world.stage("/").cells;
    const inodes = ["own", "other", "a", "b"].map(
      (each) => cells.find(({ name }) => name === each)?.inode,
    );
    expect(inodes[0]).toBe(inodes[1]);
    expect(inodes[2]).toBe(inodes[3]);
    expect(inodes[0]).not.toBe(inodes[2]);
    expect(cells.map(({ links }) => links)).toEqual([2, 2, 2, 2]);
    expect(new Set(cells.map(({ key }) => key)).size).toBe(4);
  });
});
