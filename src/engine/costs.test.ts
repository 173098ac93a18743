import { expect, it } from "vitest";
import { contentOfLatin1 } from "../tree/content-edit.ts";
import { addCosts, cachedBytes, NO_COSTS } from "./costs.ts";
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
    expect(first).toMatchObject({ copiedUp: 10_000, copyUps: 1, written: 1 });
    world.events.length = 0;
    world.must("write", { fd, data: contentOfLatin1("z") });
    const both = addCosts(first, world.events);
    expect(both).toMatchObject({ copiedUp: 10_000, copyUps: 1, written: 2 });
    const upper = Object.entries(both.disk).find(([key]) => key.endsWith(":0"));
    expect(upper?.[1]).toBe(12_288);
  },
);

it("[K2] a lookup asks each branch once: visits count branches, probes names on disk", () => {
  const world = new ScriptWorld("aufs", [[], [{ kind: "file", path: "/f", data: "" }]]);
  world.must("chdir", { target: "/mnt" });
  world.events.length = 0;
  world.must("lstat", { path: "f" });
  expect(addCosts(NO_COSTS, world.events)).toMatchObject({ visits: 2, probes: 4 });
});

it("[K3] two readers of one lower file fill its pages once", () => {
  const data = "x".repeat(9000);
  const world = new ScriptWorld("overlay", [[], [{ kind: "file", path: "/f", data }]]);
  world.events.length = 0;
  for (let i = 0; i < 2; i++) {
    const fd = world.must("open", { path: "/mnt/f", flags: ["O_RDONLY"] });
    world.must("read", { fd, length: 20_000 });
  }
  const { pageCache, read } = addCosts(NO_COSTS, world.events);
  expect(read).toBe(18_000);
  expect(Object.values(pageCache).map(cachedBytes)).toEqual([12_288]);
});
