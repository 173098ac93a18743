import { describe, expect, it } from "vitest";
import { NO_ROW } from "../../tree/column-tree.ts";
import {
  CHANGES,
  type ChangeTree,
  changesOf,
  HIDDEN_BY,
  type SameContent,
  WHAT_CONTENT,
  WHAT_MODE,
  WHAT_NOT_COMPARED,
  WHAT_SIZE,
  WHAT_TARGET,
} from "./changes.ts";
import { drawnLayers } from "./drawn-layers.ts";
import { mergedPath } from "./merged-tree.ts";
import { unionOf } from "./union.ts";

const WHATS: readonly (readonly [number, string])[] = [
  [WHAT_CONTENT, "content"],
  [WHAT_SIZE, "size"],
  [WHAT_MODE, "mode"],
  [WHAT_TARGET, "target"],
  [WHAT_NOT_COMPARED, "?"],
];

function changes(drawing: string, compares = true): ChangeTree {
  const layers = drawnLayers(drawing);
  // Drawn files of equal text have equal content offsets.
  const same: SameContent = (a, b) =>
    compares ? layers[a.layer - 1]?.content[a.row] === layers[b.layer - 1]?.content[b.row] : null;
  return changesOf(unionOf(layers), layers.length, "docker", same);
}

/** "+/a" added, "~/a(mode)" modified, "-/a(by whiteout 3)" removed with the bytes that nobody sees any more, … */
function words(tree: ChangeTree): string[] {
  const signs = {
    added: "+",
    modified: "~",
    removed: "-",
    "type-changed": "!",
    opaque: "o",
    copied: "=",
  };
  const found: string[] = [];
  for (let row = 1; row < tree.length; row++) {
    const change = CHANGES[tree.change[row]!]!;
    if (change === "unchanged") continue;
    const path =
      tree.aboveRow[row] === NO_ROW
        ? mergedPath(tree.below, tree.belowRow[row]!)
        : mergedPath(tree.above, tree.aboveRow[row]!);
    const what = WHATS.filter(([bit]) => tree.what[row]! & bit).map(([, word]) => word);
    const by = HIDDEN_BY[tree.by[row]!]!;
    const bytes = tree.hiddenBytes[row]!;
    const rest = [...what, ...(bytes > 0 ? [`${by} ${bytes}`] : [])].join(", ");
    found.push(`${signs[change]}${path}${rest && `(${rest})`}`);
  }
  return found.sort();
}

describe("changes of a layer", () => {
  it("all rows: what stays as it is stands beside what changed and what went, and the counts are the same", () => {
    const layers = drawnLayers("d/new=1 d/gone!\nd/ d/gone=four d/kept=1 e/ e/kept=2");
    const [some, all] = (["changed", "all"] as const).map((rows) =>
      changesOf(unionOf(layers), layers.length, "docker", () => null, rows),
    );
    if (!some || !all) throw new RangeError("two trees");
    expect(words(all)).toEqual(words(some));
    expect(all.counts).toEqual(some.counts);
    const kept = Array.from(all.aboveRow).filter((row) => row !== NO_ROW);
    expect(kept.map((row) => mergedPath(all.above, row)).sort()).toEqual(
      Array.from({ length: all.above.length }, (_, row) => mergedPath(all.above, row)).sort(),
    );
    expect(all.length).toBe(all.above.length + 1);
    expect(some.length).toBeLessThan(all.length);
  });

  it("the base layer adds everything", () => {
    const tree = changes("d/ d/a=one");
    expect(words(tree)).toEqual(["+/d", "+/d/a"]);
    expect(tree.counts).toMatchObject({ added: 2, modified: 0, removed: 0, addedBytes: 3 });
  });

  it("added, modified in content, removed", () => {
    const tree = changes("d/new=1 d/mod=longer d/gone!\nd/ d/mod=one d/gone=four d/kept=1");
    expect(words(tree)).toEqual([
      "+/d/new",
      "-/d/gone(whiteout 4)",
      "~/d/mod(content, size, overwritten 3)",
    ]);
    expect(tree.counts).toMatchObject({ added: 1, modified: 1, removed: 1, addedBytes: 7 });
  });

  it("same size: other content, the same content, nobody knows", () => {
    const drawing = "a=two b=one\na=one b=one";
    expect(words(changes(drawing))).toEqual(["=/b(copied 3)", "~/a(content, overwritten 3)"]);
    expect(words(changes(drawing, false))).toEqual([
      "=/a(?, overwritten 3)",
      "=/b(?, overwritten 3)",
    ]);
  });

  it("a chmod stores the whole file again", () => {
    const tree = changes("a=data@0755\na=data");
    expect(words(tree)).toEqual(["~/a(mode, metadata 4)"]);
    expect(tree.counts.hiddenBytes.metadata).toBe(4);
  });

  it("another target, another type", () => {
    expect(words(changes("l->b f/ f/x=1\nl->a f=four"))).toEqual([
      "!/f(type 4)",
      "+/f/x",
      "~/l(target)",
    ]);
    expect(words(changes("d=1\nd/ d/a=one d/s/ d/s/b=two"))).toEqual([
      "!/d",
      "-/d/a(type 3)",
      "-/d/s",
      "-/d/s/b(type 3)",
    ]);
  });

  it("an opaque directory removes what was in it, and what it brings again is new", () => {
    const tree = changes("d/ d/!! d/s/ d/s/n=1\nd/ d/a=one d/s/ d/s/b=two");
    expect(words(tree)).toEqual([
      "+/d/s/n",
      "-/d/a(opaque 3)",
      "-/d/s/b(opaque 3)",
      "=/d/s",
      "o/d",
    ]);
    expect(tree.counts.opaque).toBe(1);
  });

  it("removing a directory hides every byte below it", () => {
    const tree = changes("a!\na/ a/f=123456 a/g=1\nb=1");
    expect(tree.counts).toMatchObject({ removed: 3 });
    expect(tree.counts.hiddenBytes.whiteout).toBe(7);
  });

  it("bytes of an inode are hidden with its last name", () => {
    expect(words(changes("a!\na=four b=>a"))).toEqual(["-/a"]);
    expect(words(changes("a! b!\na=four b=>a"))).toEqual(["-/a(whiteout 4)", "-/b"]);
  });

  it("[A-07] a file rewritten, one removed, one added in a directory below", () => {
    const drawing = `d/ d/.wh.2= d/1=xx d/s/ d/s/new=1
                     d/ d/1=x d/2=x d/s/ d/s/old=1`;
    expect(words(changes(drawing)).filter((word) => !word.startsWith("="))).toEqual([
      "+/d/s/new",
      "-/d/2(whiteout 1)",
      "~/d/1(content, size, overwritten 1)",
    ]);
  });

  it("[A-08] an empty layer changes nothing", () => {
    const tree = changes("-\nd/ d/a=1");
    expect(words(tree)).toEqual([]);
    expect(tree.length).toBe(1);
  });

  it("[A-09] copied directories with one file replaced", () => {
    expect(words(changes("a/ a/b/ a/b/c/ a/b/c/f! a/b/c/g=1\na/ a/b/ a/b/c/ a/b/c/f=1"))).toEqual([
      "+/a/b/c/g",
      "-/a/b/c/f(whiteout 1)",
      "=/a",
      "=/a/b",
      "=/a/b/c",
    ]);
  });

  it("[A-10] everything at once; a directory of which only the time differs is not modified", () => {
    const drawing = `dir1! dir2/@0700 dirnew/ file1! file2=222 file3=x@0600 new=1 l1! l2->b lnew->a
                     dir1/ dir1/f=1 dir2/ file1=1 file2=2 file3=x l1->a l2->a`;
    expect(words(changes(drawing))).toEqual([
      "+/dirnew",
      "+/lnew",
      "+/new",
      "-/dir1",
      "-/dir1/f(whiteout 1)",
      "-/file1(whiteout 1)",
      "-/l1",
      "~/dir2(mode)",
      "~/file2(content, size, overwritten 1)",
      "~/file3(mode, metadata 1)",
      "~/l2(target)",
    ]);
  });

  it("[A-12] an inode of two names counts once, removals count nothing", () => {
    expect(changes("gone! a=123 b=>a c=456\ngone=1").counts).toMatchObject({
      added: 3,
      removed: 1,
      addedBytes: 6,
    });
  });

  it("[A-19] removed and made again is a new file, whatever AUFS's driver calls it", () => {
    expect(words(changes("f=2\nf!\nf=1"))).toEqual(["+/f"]);
  });
});
