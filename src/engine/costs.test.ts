import { expect, it } from "vitest";
import { contentOfLatin1 } from "../tree/content-edit.ts";
import { addCosts, NO_COSTS } from "./costs.ts";
import { cachedBytes, cachedFiles } from "./page-cache.ts";
import { ScriptWorld } from "./scripts.ts";

it.each(["overlay", "aufs"] as const)(
  "[K1] %s: the first byte written copies the whole file, the second none",
  (dialect) => {
    const data = "x".repeat(10_000);
    const world = new ScriptWorld(dialect, [[], [{ kind: "file", path: "/f", data }]]);
    world.events.length = 0;
    const fd = world.must("open", { path: "/mnt/f", flags: ["O_WRONLY", "O_APPEND"] });
    world.must("write", { fd, data: contentOfLatin1("y") });
    const first = addCosts(NO_COSTS, world.events);
    expect(first).toMatchObject({ copied: 10_000, copyUps: 1, written: 1 });
    world.events.length = 0;
    world.must("write", { fd, data: contentOfLatin1("z") });
    const both = addCosts(first, world.events);
    expect(both).toMatchObject({ copied: 10_000, copyUps: 1, written: 2, disk: 12_288 });
  },
);

it("[K2] a lookup asks each branch once: visits count branches, probes names on disk", () => {
  const world = new ScriptWorld("aufs", [[], [{ kind: "file", path: "/f", data: "" }]]);
  world.must("chdir", { target: "/mnt" });
  world.events.length = 0;
  world.must("lstat", { path: "f" });
  expect(addCosts(NO_COSTS, world.events)).toMatchObject({ visits: 2, probes: 4 });
});

it("[K3] two readers of one lower file fill its pages once, and the second reads from memory", () => {
  const data = "x".repeat(9000);
  const world = new ScriptWorld("overlay", [[], [{ kind: "file", path: "/f", data }]]);
  world.events.length = 0;
  for (let i = 0; i < 2; i++) {
    const fd = world.must("open", { path: "/mnt/f", flags: ["O_RDONLY"] });
    world.must("read", { fd, length: 20_000 });
  }
  const { pageCache, read, readFromCache } = addCosts(NO_COSTS, world.events);
  expect([read, readFromCache]).toEqual([18_000, 9000]);
  const [file, ...others] = cachedFiles(pageCache);
  expect(others).toEqual([]);
  expect(file).toMatchObject({ path: "/f", order: 0, reads: 2, pages: [[0, 3]] });
  expect(file && cachedBytes(file)).toBe(12_288);
});

it("[K4] a whiteout and its removal are counted, and leave no inode behind on balance", () => {
  const world = new ScriptWorld("aufs", [[], [{ kind: "file", path: "/f", data: "a" }]]);
  world.events.length = 0;
  world.must("unlink", { path: "/mnt/f" });
  const gone = addCosts(NO_COSTS, world.events);
  expect(gone).toMatchObject({ whiteoutsMade: 1, whiteoutsRemoved: 0, written: 0 });
  world.events.length = 0;
  world.must("open", { path: "/mnt/f", flags: ["O_WRONLY", "O_CREAT"], mode: 0o644 });
  expect(addCosts(gone, world.events)).toMatchObject({ whiteoutsMade: 1, whiteoutsRemoved: 1 });
});
