import { describe, expect, it } from "vitest";
import { extraOf, kindOf, nameOf, pathOf, rowAt } from "../tree/column-tree.ts";
import { bytesSource } from "./byte-source.ts";
import { type DrawnEntry, drawnEntry, drawnPax, drawnTar, joined } from "./drawn-tar.ts";
import type { LayerIndex } from "./image.ts";
import { type LayerJob, readLayer } from "./layer-reader.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";

function jobOf(bytes: Uint8Array, limits: Limits = DEFAULT_LIMITS): LayerJob {
  return {
    key: "layer",
    blob: "layer",
    source: bytesSource("layer.tar", bytes),
    compression: "none",
    file: "layer.tar",
    member: "layer.tar",
    limits,
    signal: undefined,
  };
}

const read = (bytes: Uint8Array, limits?: Limits) => readLayer(jobOf(bytes, limits));

/** Reads a tar that comes in pieces of `length` bytes, as a decompressor gives them. */
function readInPieces(bytes: Uint8Array, length: number): Promise<LayerIndex> {
  const whole = bytesSource("layer.tar", bytes);
  const source = {
    ...whole,
    slice: (from: number, to: number) => whole.slice(from, Math.min(to, from + length)),
  };
  return readLayer({ ...jobOf(bytes), source, onBytes: () => undefined });
}

const layerOf = (...entries: readonly DrawnEntry[]) => read(drawnTar(...entries));
const paths = ({ tree }: LayerIndex) => Array.from(tree.parent.keys(), (row) => pathOf(tree, row));
const types = ({ problems }: LayerIndex) => problems.map(({ type }) => type);

describe("headers", () => {
  it("a PAX header counts for one entry, and its size holds", async () => {
    const long = `d/${"n".repeat(120)}`;
    const index = await layerOf(
      drawnPax({
        path: long,
        size: "3",
        mtime: "-1.25",
        uid: "3000000",
        "SCHILY.xattr.user.a": "é",
      }),
      { path: "short", data: "abc", size: 0 },
      { path: "next" },
    );
    const { tree } = index;
    const row = rowAt(tree, `/${long}`);
    expect(paths(index)).toEqual(["/", "/d", "/next", `/${long}`]);
    expect([tree.size[row], tree.uid[row], tree.mtime[row], tree.mtimeNsec?.[row]]).toEqual([
      3, 3_000_000, -2, 750_000_000,
    ]);
    expect(extraOf(tree, row).xattrs).toEqual([["user.a", new TextEncoder().encode("é")]]);
    expect(tree.mtime[rowAt(tree, "/next")]).toBe(0);
  });

  it("GNU long names and links, and one of both over a PAX path", async () => {
    const name = "g".repeat(300);
    const index = await layerOf(
      drawnPax({ path: "pax" }),
      { path: "././@LongLink", type: "L", data: `${name}\u0000` },
      { path: "././@LongLink", type: "K", data: `${name}-target\u0000` },
      { path: "cut", type: "2", link: "cut" },
    );
    expect(extraOf(index.tree, rowAt(index.tree, `/${name}`)).target).toBe(`${name}-target`);
  });

  it("names that are not UTF-8 stay bytes", async () => {
    const index = await layerOf({ path: "latin1-\u00e9" });
    expect(nameOf(index.tree, 1)).toBe("latin1-\udce9");
  });

  it("what is no number says so and counts as 0; a size must be one", async () => {
    const index = await layerOf({ path: "a", raw: [[108, "xyz\u0000"]] });
    expect(index.problems).toMatchObject([
      { type: "tar-number", field: "uid", value: "xyz", at: { entry: "a", offset: 0 } },
    ]);
    const broken = await layerOf({ path: "a" }, { path: "b", raw: [[124, "junk"]] });
    expect(broken.failure).toMatchObject({ type: "tar-number", field: "size" });
    expect(paths(broken)).toEqual(["/", "/a"]);
  });

  it("a header whose check sum is wrong ends the reading; entries before it stand", async () => {
    const index = await layerOf({ path: "a", data: "1" }, { path: "b", broken: true });
    expect(index.failure).toMatchObject({ type: "tar-checksum", at: { offset: 1024 } });
    expect(paths(index)).toEqual(["/", "/a"]);
  });

  it("a long extension is left out, and its entry keeps its own name", async () => {
    const data = new Uint8Array(2 ** 20 + 1).fill(0x78);
    const index = await layerOf({ path: "x", type: "L", data }, { path: "own" });
    expect(paths(index)).toEqual(["/", "/own"]);
    expect(types(index)).toEqual(["tar-long-header"]);
  });

  it("the entries' bound ends the reading", async () => {
    const bytes = drawnTar({ path: "a" }, { path: "b" }, { path: "c" });
    const index = await read(bytes, { ...DEFAULT_LIMITS, entries: 2 });
    expect(index.failure).toMatchObject({ type: "limit", limit: "entries", bound: 2 });
    expect(index.entries).toBe(2);
  });
});

describe("pieces", () => {
  const tar = drawnTar(
    drawnPax({ path: "p".repeat(150) }),
    { path: "cut", data: "abc" },
    { path: "././@LongLink", type: "L", data: `${"g".repeat(600)}\u0000` },
    { path: "cut", data: "d".repeat(700) },
    { path: "last" },
  );

  it.each([1, 7, 100, 511, 513, 1000])(
    "of %i bytes, which end in headers, names and padding, make the same tree",
    async (length) => {
      const [whole, inPieces] = [await read(tar), await readInPieces(tar, length)];
      expect(inPieces.failure).toBeNull();
      expect(paths(inPieces)).toEqual(paths(whole));
      expect(inPieces.tree.size).toEqual(whole.tree.size);
      expect(paths(inPieces)).toContain(`/${"g".repeat(600)}`);
    },
  );
});

describe("ends", () => {
  it("no end blocks, no padding: said, and read", async () => {
    const file = drawnEntry({ path: "a", data: "12345" });
    expect(types(await read(file))).toEqual(["tar-no-end"]);
    const short = await read(file.subarray(0, 512 + 5));
    expect([types(short), short.failure]).toEqual([["tar-padding-missing"], null]);
  });

  it("a cut in the data counts what is missing", async () => {
    const index = await read(drawnEntry({ path: "a", data: "12345" }).subarray(0, 512 + 2));
    expect(index.failure).toMatchObject({ type: "tar-truncated", missing: 3, at: { offset: 514 } });
    expect(paths(index)).toEqual(["/", "/a"]);
  });

  it("what follows the end is not listed; an eStargz table is no rubbish", async () => {
    const one = drawnTar({ path: "a" });
    const two = await read(joined(one, drawnTar({ path: "b" })));
    expect([paths(two), types(two)]).toEqual([["/", "/a"], ["bytes-after-end"]]);
    const toc = drawnTar({ path: "stargz.index.json", data: "{}" });
    const estargz = await read(joined(one, toc));
    expect(estargz.extras).toEqual([{ what: "estargz-toc", bytes: 2 }]);
    expect([paths(estargz), types(estargz)]).toEqual([["/", "/a"], []]);
  });

  it("an empty layer has no problem, a text has one", async () => {
    expect((await read(new Uint8Array(1024))).problems).toEqual([]);
    expect((await read(new Uint8Array(0))).problems).toEqual([]);
    const text = await read(new TextEncoder().encode("no tar at all"));
    expect(text.failure?.type).toBe("layer-not-tar");
  });
});

describe("paths", () => {
  it("./, / and // are cleaned, .. is clamped and flagged", async () => {
    const index = await layerOf(
      { path: "./" },
      { path: "./a/./b//c" },
      { path: "/abs" },
      { path: "x/../y" },
      { path: "../../up" },
    );
    expect(paths(index)).toEqual(["/", "/a", "/abs", "/up", "/y", "/a/b", "/a/b/c"]);
    expect(index.problems).toMatchObject([
      { type: "path-clamped", path: "/up", at: { entry: "../../up" } },
    ]);
  });

  it("a directory called as the file before it but for the last letter is no root", async () => {
    const index = await layerOf({ path: "bin2" }, { path: "bin/sh" }, { path: "bin/ls" });
    expect(paths(index)).toEqual(["/", "/bin", "/bin2", "/bin/ls", "/bin/sh"]);
  });

  it("a directory's entry after its files gives it its mode", async () => {
    const { tree } = await layerOf({ path: "a/b" }, { path: "a/", mode: 0o700 });
    expect(tree.mode[rowAt(tree, "/a")]).toBe(0o700);
    expect(tree.flags[rowAt(tree, "/a")]).toBe(0);
  });

  it("the later entry of a path holds, and the earlier is listed", async () => {
    const index = await layerOf(
      { path: "a", data: "1" },
      { path: "d/f", data: "22" },
      { path: "a", data: "333" },
      { path: "d", data: "4444" },
    );
    expect(paths(index)).toEqual(["/", "/a", "/d"]);
    expect(index.shadowed).toEqual([
      { path: "/a", kind: "file", size: 1, entry: 0, by: 2 },
      { path: "/d/f", kind: "file", size: 2, entry: 1, by: 3 },
    ]);
  });

  it("a symlink of the layer is followed inside the layer", async () => {
    const index = await layerOf(
      { path: "real/" },
      { path: "l", type: "2", link: "../../real" },
      { path: "l/f" },
      { path: "loop", type: "2", link: "loop" },
      { path: "loop/f" },
    );
    expect(paths(index)).toEqual(["/", "/l", "/loop", "/real", "/real/f"]);
    expect(types(index)).toEqual(["through-symlink", "symlink-loop"]);
  });

  it("a file in the way gives way to a directory", async () => {
    const index = await layerOf({ path: "a", data: "1" }, { path: "a/b" });
    expect(paths(index)).toEqual(["/", "/a", "/a/b"]);
    expect(types(index)).toEqual(["through-file", "duplicate"]);
  });

  it("a root that is no directory is left out", async () => {
    const index = await layerOf({ path: "./", mode: 0o711 }, { path: "/", type: "2", link: "x" });
    expect(index.tree.mode[0]).toBe(0o711);
    expect(types(index)).toEqual(["root-not-directory"]);
  });

  it("ten thousand parents are no recursion", async () => {
    const index = await layerOf(drawnPax({ path: "d/".repeat(10_000) }), { path: "x", type: "5" });
    expect(index.tree.length).toBe(10_001);
  });
});

describe("hard links", () => {
  it("names of one inode, whichever comes first", async () => {
    const { tree, problems } = await layerOf(
      { path: "m", data: "1" },
      { path: "a", type: "1", link: "m" },
      { path: "z", type: "1", link: "./a" },
      { path: "m", data: "22" },
    );
    const rows = ["/a", "/z", "/m"].map((path) => rowAt(tree, path));
    expect(rows.map((row) => tree.inode[row])).toEqual([rows[0], rows[0], rows[2]]);
    expect(tree.size[rows[1]!]).toBe(1);
    expect(problems.map(({ type }) => type)).toEqual(["duplicate"]);
  });

  it("forward, missing, to itself, to a directory: each is said", async () => {
    const index = await layerOf(
      { path: "forward", type: "1", link: "later" },
      { path: "missing", type: "1", link: "/not/here" },
      { path: "later", data: "abc" },
      { path: "later", type: "1", link: "later" },
      { path: "d/" },
      { path: "dir", type: "1", link: "d" },
    );
    const { tree } = index;
    expect(types(index)).toEqual([
      "hardlink-self",
      "hardlink-directory",
      "hardlink-forward",
      "hardlink-missing",
    ]);
    expect(tree.size[rowAt(tree, "/forward")]).toBe(3);
    expect(extraOf(tree, rowAt(tree, "/missing")).link).toBe("/not/here");
    expect(rowAt(tree, "/dir")).toBe(-1);
  });

  it("a link to a symlink is that symlink", async () => {
    const { tree } = await layerOf(
      { path: "s", type: "2", link: "x" },
      { path: "h", type: "1", link: "s" },
    );
    expect(kindOf(tree, rowAt(tree, "/h"))).toBe("symlink");
    expect(extraOf(tree, rowAt(tree, "/h")).target).toBe("x");
  });
});

describe("whiteouts", () => {
  it("are rows like any other; only impossible ones are problems", async () => {
    const index = await layerOf(
      { path: ".wh.gone" },
      { path: ".wh..wh..opq" },
      { path: ".wh..wh.plnk/1.2" },
      { path: "d/.wh." },
      { path: "d/.wh..." },
    );
    expect(types(index)).toEqual(["whiteout-invalid", "whiteout-invalid"]);
    expect(index.problems[0]?.at.entry).toBe("d/.wh.");
    expect(rowAt(index.tree, "/.wh..wh..opq")).toBeGreaterThan(0);
  });

  it("with a real entry of the name: the order is told", async () => {
    const before = await layerOf({ path: ".wh.a" }, { path: "a" });
    const after = await layerOf({ path: "a" }, { path: ".wh.a" });
    expect(before.problems).toMatchObject([{ type: "whiteout-and-entry", whiteoutFirst: true }]);
    expect(after.problems).toMatchObject([{ type: "whiteout-and-entry", whiteoutFirst: false }]);
  });
});

it("of many problems of one kind a hundred are listed, the rest counted", async () => {
  const links = Array.from({ length: 250 }, (_, i) => ({ path: `l${i}`, type: "1", link: "no" }));
  const { problems } = await layerOf(...links);
  expect(problems).toHaveLength(101);
  expect(problems[100]).toMatchObject({ type: "more", of: "hardlink-missing", count: 150 });
});
