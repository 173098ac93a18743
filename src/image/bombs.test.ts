import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { extraOf, NO_ROW, nameOf, rowAt } from "../tree/column-tree.ts";
import { ColumnTreeBuilder, type EntryFacts } from "../tree/column-tree-builder.ts";
import { type ByteSource, bytesSource } from "./byte-source.ts";
import { drawnPax, drawnTar } from "./drawn-tar.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { openArchive } from "./open.ts";
import type { ReadOptions } from "./read-options.ts";
import { differencesOf } from "./union/differences.ts";
import { drawnLayers } from "./union/drawn-layers.ts";
import { MOST_REFUSALS, unionOf } from "./union/union.ts";
import { namedByWhiteouts } from "./whiteout-name.ts";

/** Layers of many entries of one kind: what they cost goes with their number, and what is listed has an end. */

const MANY = 50_000;
const FILE: EntryFacts = { kind: "file", mode: 0, uid: 0, gid: 0, size: 0, mtime: 0, entry: 0 };

describe("many entries", () => {
  it("of one name: each takes the place of the one before", () => {
    const builder = new ColumnTreeBuilder("layer");
    for (let entry = 0; entry < MANY; entry++) {
      const there = builder.child(0, "same");
      if (there !== NO_ROW) builder.remove(there);
      builder.add(0, "same", { ...FILE, entry });
    }
    expect([...builder.removedRows()]).toHaveLength(MANY - 1);
    const tree = builder.finish();
    expect([...tree.entry]).toEqual([-1, MANY - 1]);
  });

  it("that Docker refuses: the first are listed", () => {
    const builder = new ColumnTreeBuilder("layer");
    for (let entry = 0; entry < MANY; entry++)
      builder.add(0, `f${entry}`, { ...FILE, entry, extra: { link: "/nowhere" } });
    const { refusals } = unionOf([builder.finish()]);
    expect(refusals).toHaveLength(MOST_REFUSALS);
    expect(refusals[0]).toEqual({ layer: 1, path: "/f0", reason: "hard-link-to-lower" });
  });

  it("that one reading alone must write again: the other is not worked out until it is asked for", () => {
    const builder = new ColumnTreeBuilder("layer");
    for (let entry = 0; entry < 100; entry++)
      builder.add(0, `f${entry}`, { ...FILE, entry, extra: { link: "/nowhere" } });
    const tree = builder.finish();
    let asked = 0;
    const counted = {
      ...tree,
      get replaced() {
        asked += 1;
        return tree.replaced;
      },
    };
    const union = unionOf([counted]);
    expect(union.refusals).toHaveLength(100);
    expect(union.docker[0]?.storedRow).toBeNull();
    expect(asked).toBe(1); // for setgid directories, which both readings must know of
    expect(union.oci[0]?.tree.length).toBe(1);
    expect(asked).toBeGreaterThan(1);
  });

  it("that link to one name: what they have in common is kept once", async () => {
    const links = Array.from({ length: 2000 }, (_, i) => ({
      path: `l${i}`,
      type: "1",
      link: "no",
    }));
    const { tree, problems } = await layerOf(drawnTar(...links), "layer.tar");
    expect(tree.extras).toEqual([{ link: "/no" }]);
    expect(extraOf(tree, 2000)).toEqual({ link: "/no" });
    const missing = problems.filter(({ type }) => type === "hardlink-missing");
    expect(missing.map(({ at }) => at.entry)).toEqual(links.slice(0, 100).map(({ path }) => path));
    expect(problems.at(-1)).toMatchObject({ type: "more", of: "hardlink-missing", count: 1900 });
  });

  it("and their whiteouts: each finds its name without a search", async () => {
    const names = Array.from({ length: 3000 }, (_, i) => [
      { path: `f${i}` },
      { path: `.wh.f${i}` },
    ]);
    const { tree, problems } = await layerOf(drawnTar(...names.flat()), "layer.tar");
    let reads = 0;
    const nameBytes = new Proxy(tree.nameBytes, {
      get: (target, key) => {
        reads += 1;
        return Reflect.get(target, key);
      },
    });
    // Another parent column: nothing is known of its names yet.
    const named = namedByWhiteouts({ ...tree, parent: tree.parent.slice(), nameBytes });
    const pairs = [...named].flatMap((row, at) => (row === NO_ROW ? [] : [[row, at] as const]));
    expect(pairs).toHaveLength(3000);
    for (const [row, at] of pairs) expect(nameOf(tree, at)).toBe(`.wh.${nameOf(tree, row)}`);
    expect(reads).toBeLessThan(4 * tree.nameBytes.length);
    expect(problems.at(-1)).toMatchObject({ type: "more", of: "whiteout-and-entry", count: 2900 });
  });

  it("that the readings take differently: all are marked, the first are explained", () => {
    const names = Array.from({ length: 3000 }, (_, i) => `f${i}`);
    const union = unionOf(drawnLayers(names.map((name) => `${name}= ${name}!`).join(" ")));
    const { places, ociDiffers } = differencesOf(union, 1);
    expect(ociDiffers.reduce((sum, bit) => sum + bit, 0)).toBe(names.length);
    expect(places).toHaveLength(1000);
    expect(new Set(places.map(({ because }) => because.type))).toEqual(
      new Set(["whiteout-in-base"]),
    );
  });

  it("behind as many symlinks as are followed: the way is found once", async () => {
    const links = Array.from({ length: 200 }, (_, i) => ({
      path: `l${i}`,
      type: "2",
      link: `l${i + 1}`,
    }));
    const files = Array.from({ length: MANY }, (_, i) => ({ path: `l0/${i % 7}/f${i}` }));
    const { tree, problems } = await layerOf(
      drawnTar(...links, { path: "l200/" }, ...files),
      "layer.tar",
    );
    expect(rowAt(tree, `/l200/6/f${MANY - (MANY % 7) - 1}`)).not.toBe(NO_ROW);
    const listed = problems.filter(({ type }) => type === "through-symlink");
    expect(listed).toHaveLength(100);
    expect(problems.at(-1)).toMatchObject({ type: "more", count: MANY - 100 });
  });

  it("of one directory, each with another attribute: the attributes are kept once", async () => {
    const entries = Array.from({ length: 5000 }, (_, i) => [
      drawnPax({ [`SCHILY.xattr.user.${i}`]: "x" }),
      { path: "d/" },
    ]);
    const { tree } = await layerOf(drawnTar(...entries.flat()), "layer.tar");
    const [header] = tree.secondHeaders;
    expect(tree.secondHeaders).toHaveLength(1);
    expect(header?.xattrs).toHaveLength(4999);
    const union = unionOf([tree]);
    const counts = [...union.docker, ...union.oci].map(
      (layer) => extraOf(layer.tree, 1).xattrs?.length,
    );
    expect(counts).toEqual([5000, 1]);
  });

  it("of one file's names, each with another attribute: the attributes are kept once", async () => {
    const links = Array.from({ length: 5000 }, (_, i) => [
      drawnPax({ [`SCHILY.xattr.user.${i}`]: "x" }),
      { path: `l${i}`, type: "1", link: "a", mtime: i },
    ]);
    const tar = drawnTar({ path: "a", data: "1" }, ...links.flat());
    const { tree } = await layerOf(tar, "layer.tar");
    const [applied] = unionOf([tree]).docker;
    if (!applied) throw new RangeError("no layer");
    const { extras, mtime } = applied.tree;
    expect(extras.reduce((sum, { xattrs = [] }) => sum + xattrs.length, 0)).toBe(5000);
    expect(new Set(mtime.subarray(1))).toEqual(new Set([4999]));
  });

  it("of long names: reading stops where they would fill the memory", async () => {
    const limits = { ...DEFAULT_LIMITS, textBytes: 10_000 };
    const attribute = "SCHILY.xattr.user.a";
    for (const long of [
      (i: number) => [{ path: `${"n".repeat(90)}${i}` }],
      (i: number) => [{ path: `l${i}`, type: "2", link: "t".repeat(90) }],
      (i: number) => [drawnPax({ [attribute]: "v".repeat(90) }), { path: `x${i}` }],
    ]) {
      const entries = Array.from({ length: 1000 }, (_, i) => long(i)).flat();
      const { tree, failure } = await layerOf(drawnTar(...entries), "layer.tar", { limits });
      expect(failure).toMatchObject({ type: "limit", limit: "textBytes", bound: 10_000 });
      expect(tree.length).toBeGreaterThan(80);
      expect(tree.length).toBeLessThan(120);
    }
  });

  it("below directories that no entry is of: reading stops at as many, and what was read is shown", async () => {
    const limits = { ...DEFAULT_LIMITS, impliedDirectories: 1000 };
    const deep = (i: number) => ({ path: `${i}/${"d/".repeat(40)}f` });
    const entries = Array.from({ length: 40 }, (_, i) => deep(i));
    const { tree, failure } = await layerOf(drawnTar(...entries), "layer.tar", { limits });
    expect(failure).toMatchObject({ type: "limit", limit: "impliedDirectories", bound: 1000 });
    expect(rowAt(tree, `/24/${"d/".repeat(40)}f`)).not.toBe(NO_ROW);
    expect(rowAt(tree, "/26")).toBe(NO_ROW);
    const own = Array.from({ length: 2000 }, (_, i) => ({ path: `${i}/` }));
    expect((await layerOf(drawnTar(...own), "layer.tar", { limits })).failure).toBeNull();
  });

  it("without content: their hashes are known without inflating the layer again", async () => {
    const names = Array.from({ length: 5000 }, (_, i) => ({ path: `d/${i}` }));
    const bytes = Uint8Array.from(gzipSync(drawnTar(...names)));
    const source = bytesSource("layer.tar.gz", bytes);
    let reads = 0;
    const slice: typeof source.slice = (from, to) => {
      reads += 1;
      return source.slice(from, to);
    };
    const { reader, key } = await readerOf({ ...source, slice });
    const { tree } = await reader.layer(key);
    const before = reads;
    const hashes = await reader.contentHashes(key);
    expect(reads).toBe(before);
    expect(hashes.of(tree.length - 1)).toMatch(/^e3b0c44298fc1c14/);
  });
});

async function readerOf(source: ByteSource) {
  const opened = await openArchive([source]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const { reader } = opened;
  return { reader, key: reader.archive.layers[0]?.key ?? "" };
}

async function layerOf(bytes: Uint8Array, name: string, options: ReadOptions = {}) {
  const { reader, key } = await readerOf(bytesSource(name, bytes));
  return await reader.layer(key, options);
}
