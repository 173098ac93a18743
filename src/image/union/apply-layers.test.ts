import { describe, expect, it } from "vitest";
import { columnReader, LOOKUP_RULES } from "../../engine/lookup.ts";
import { resolvePath } from "../../engine/resolve.ts";
import { kindOf, ROOT_ROW } from "../../tree/column-tree.ts";
import { bytesSource } from "../byte-source.ts";
import { type DrawnEntry, drawnPax, drawnTar } from "../drawn-tar.ts";
import { openArchive } from "../open.ts";
import { drawnLayers, drawnListing } from "./drawn-layers.ts";
import { mergedTree, unionOf } from "./union.ts";

/** The cases of specs/aufs.md 10.8 that are about layers over layers; the reader's and the drivers' are with those. */

const BASE = `.baz=1 bar/ bar/bax=1 bar/bay/ baz=1 foo/ foo/.abc=1 foo/.bcd/ foo/.bcd/a=1
              foo/cde/ foo/cde/def=1 foo/cde/efg=1 foo/fgh=1 foobar=1`.replaceAll(/\s+/g, " ");
const STEP_2 = ".bay=2 .wh.baz= foo/ foo/.bce=2 foo/!! foo/cde/ foo/cde/efg=2";
const STEP_3 = ".bay=3 .wh..baz= .wh.foobar= foo/ foo/.abc=3 foo/.wh.cde= bar/";
const STEP_4 = ".abc=4 .wh..wh..opq= foobar=4";

function names(layersBaseFirst: readonly string[], semantics: "docker" | "oci" = "docker"): string {
  const drawing = [...layersBaseFirst].reverse().join("\n");
  const merged = mergedTree(unionOf(drawnLayers(drawing)), layersBaseFirst.length, semantics);
  return drawnListing(merged).replaceAll(/@\d/g, "");
}

describe("Docker's own layers (TestApplyLayerWhiteouts)", () => {
  it("[A-01] the base", () => {
    expect(names([BASE])).toBe(
      ".baz bar/ bar/bax bar/bay/ baz foo/ foo/.abc foo/.bcd/ foo/.bcd/a foo/cde/ foo/cde/def foo/cde/efg foo/fgh foobar",
    );
  });

  it("[A-02] a whiteout and an opaque mark after what it keeps", () => {
    expect(names([BASE, STEP_2])).toBe(
      ".bay .baz bar/ bar/bax bar/bay/ foo/ foo/.bce foo/cde/ foo/cde/efg foobar",
    );
  });

  it("[A-03] .wh..baz removes .baz", () => {
    expect(names([BASE, STEP_2, STEP_3])).toBe(".bay bar/ bar/bax bar/bay/ foo/ foo/.abc foo/.bce");
  });

  it("[A-04] an opaque root, as one root directory has it", () => {
    expect(names([BASE, STEP_2, STEP_3, STEP_4], "oci")).toBe(".abc foobar");
  });

  it("[A-05] the same as raw branches of aufs: an opaque root is nothing", () => {
    const trees = drawnLayers([STEP_4, STEP_3, STEP_2, BASE].join("\n")).toReversed();
    const branches = trees.map((tree) => ({ reader: columnReader(tree), honoursWhiteouts: true }));
    const roots = trees.map((_, branch) => ({ branch, node: ROOT_ROW }));
    const found = (path: string) =>
      resolvePath(LOOKUP_RULES.aufs, branches, roots, path).found.map(({ branch }) => branch);
    expect(found("/foobar")).toEqual([0]);
    expect(found("/.abc")).toEqual([0]);
    expect(found("/bar/bax")).toEqual([3]);
    expect(found("/foo")).toEqual([1, 2]);
    expect(found("/foo/.abc")).toEqual([1]);
    expect(found("/foo/.bce")).toEqual([2]);
    for (const gone of ["/.baz", "/baz", "/foo/cde", "/foo/fgh", "/foo/.bcd"])
      expect(found(gone)).toEqual([]);
  });
});

it("[A-11] the changes of a mutated tree, applied to the original, give the mutated tree", () => {
  const original = "d1/ d1/f=1 d2/ f1=1 f2=1 f3=1 l1->a l2->a";
  const mutated = "d2/@0700 dnew/ dnew/x=1 f2=22 f3=1@0600 fnew=1 l2->b lnew->a";
  const layer = changedWords(original.split(" "), mutated.split(" ")).join(" ");
  expect(layer).toBe("d1! f1! l1! d2/@0700 dnew/ dnew/x=1 f2=22 f3=1@0600 fnew=1 l2->b lnew->a");
  expect(names([original, layer])).toBe(names([mutated]));
});

/** A layer that makes one drawn tree of another: whiteouts first, then what is new or different. */
function changedWords(from: readonly string[], to: readonly string[]): string[] {
  const pathOf = (word: string) => /^[^=>@-]*[^=>@/-]/.exec(word)?.[0] ?? "";
  const paths = new Set(to.map(pathOf));
  const gone = from.map(pathOf).filter((path) => !paths.has(path));
  const top = gone.filter((path) => !gone.some((other) => path.startsWith(`${other}/`)));
  return [...top.map((path) => `${path}!`), ...to.filter((word) => !from.includes(word))];
}

describe("the image specification's examples", () => {
  it("[A-14] explicit whiteouts", () => {
    expect(
      names(["file1=1 a/ a/file2=1 b/ c/ c/file3=1", ".wh.file1= a/.wh.file2= .wh.b= file4=2"]),
    ).toBe("a/ c/ c/file3 file4");
  });

  it("[A-15] an opaque directory", () => {
    expect(names(["bin/ bin/my-app-binary=1 bin/tools/ bin/tools/x=1", "bin/ bin/!!"])).toBe(
      "bin/",
    );
  });

  it("[A-16] wherever the opaque mark stands", () => {
    const base = "a/ a/b/ a/b/c/ a/b/c/bar=1";
    const first = names([base, "a/ a/!! a/b/ a/b/c/ a/b/c/foo=2"]);
    expect(first).toBe("a/ a/b/ a/b/c/ a/b/c/foo");
    expect(names([base, "a/ a/b/ a/b/c/ a/b/c/foo=2 a/!!"])).toBe(first);
  });

  it("[A-17] a directory made anew by a build, and a file in it later", () => {
    expect(names(["dir1/ dir1/f1=1", "dir1/ dir1/!! dir1/f2=2", "dir1/ dir1/f3=3"])).toBe(
      "dir1/ dir1/f2 dir1/f3",
    );
  });

  it("[A-18] .wh.x and x in one layer, by both readings and both orders", () => {
    for (const layer of ["x! x=2", "x=2 x!"])
      for (const reading of ["docker", "oci"] as const)
        expect(names(["x=1", layer], reading)).toBe("x");
    expect(unionOf(drawnLayers("x=2 x!\nx=1")).refusals).toHaveLength(1);
    expect(unionOf(drawnLayers("x! x=2\nx=1")).refusals).toHaveLength(0);
  });

  it("[A-22] hard-linked whiteouts remove both names", () => {
    expect(names(["a=1 b=1 c=1", ".wh.a= .wh.b=>.wh.a"])).toBe("c");
  });
});

describe("through the reader", () => {
  it("[A-21] a path twice in a layer: the last one is shown, with a warning", async () => {
    const { listing, problems } = await readTar(
      { path: "a", data: "first" },
      { path: "a", data: "second" },
    );
    expect(listing).toBe("a@1");
    expect(problems).toEqual(["duplicate"]);
  });

  it("[A-23] parents that no entry names are 0755 root", async () => {
    const { listing, modes } = await readTar({ path: "a/b/c", data: "1" });
    expect(listing).toBe("a/ a/b/ a/b/c@1");
    expect(modes.slice(1, 3)).toEqual(["755 0:0", "755 0:0"]);
  });

  it("[A-25] hard links share an inode, devices and fifos keep what they are", async () => {
    const { listing, inodes, kinds } = await readTar(
      { path: "a", data: "1" },
      { path: "b", type: "1", link: "a" },
      {
        path: "n",
        type: "3",
        raw: [
          [329, "0000001"],
          [337, "0000003"],
        ],
      },
      { path: "p", type: "6" },
    );
    expect(listing).toBe("a@1 b@1 n@1 p@1");
    expect(kinds).toEqual(["dir", "file", "file", "char", "fifo"]);
    expect(inodes[2]).toBe(inodes[1]);
  });

  it("[A-24] a global PAX header is no entry", async () => {
    const { listing } = await readTar(drawnPax({ comment: "of git archive" }, "g"), { path: "a" });
    expect(listing).toBe("a@1");
  });

  it("[A-26] the ustar prefix is part of a name, what GNU tar keeps there is not", async () => {
    const { listing } = await readTar(
      { path: "file", raw: [[345, "a/b"]] },
      {
        path: "gnu",
        raw: [
          [257, "ustar  \u0000"],
          [345, "14466600000"],
        ],
      },
    );
    expect(listing).toBe("a/ a/b/ a/b/file@1 gnu@1");
  });

  it("[A-06] nothing leaves the root", async () => {
    const { listing, problems } = await readTar(
      { path: "../victim/dotdot", data: "1" },
      { path: "/../victim/slash", data: "1" },
      { path: "in", type: "2", link: "../victim" },
      { path: "in/x", data: "1" },
    );
    expect(listing).toBe("in->../victim victim/ victim/dotdot@1 victim/slash@1 victim/x@1");
    expect(problems).toContain("path-clamped");
  });
});

async function readTar(...entries: readonly DrawnEntry[]) {
  const opened = await openArchive([bytesSource("layer.tar", drawnTar(...entries))]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const { tree, problems } = await opened.reader.layer(opened.reader.archive.layers[0]?.key ?? "");
  const rows = Array.from({ length: tree.length }, (_, row) => row);
  return {
    listing: drawnListing(mergedTree(unionOf([tree]), 1, "docker")),
    problems: problems.map(({ type }) => type),
    modes: rows.map((row) => `${tree.mode[row]?.toString(8)} ${tree.uid[row]}:${tree.gid[row]}`),
    inodes: [...tree.inode],
    kinds: rows.map((row) => kindOf(tree, row)),
  };
}
