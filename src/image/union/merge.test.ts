import { describe, expect, it } from "vitest";
import { drawnLayers, drawnListing } from "./drawn-layers.ts";
import { membersOf, mergedPath } from "./merged-tree.ts";
import type { Semantics } from "./semantics.ts";
import { mergedTree, unionOf } from "./union.ts";

function listing(drawing: string, semantics: Semantics = "docker", upto?: number): string {
  const layers = drawnLayers(drawing);
  return drawnListing(mergedTree(unionOf(layers), upto ?? layers.length, semantics));
}

/** Both readings, which must agree. */
function both(drawing: string): string {
  const docker = listing(drawing, "docker");
  expect(listing(drawing, "oci")).toBe(docker);
  return docker;
}

describe("layers merge", () => {
  it("a whiteout hides a file below and nothing of its own layer", () => {
    expect(both("d/a!\nd/ d/a=1 d/b=2")).toBe("d/ d/b@1");
    expect(both("d/a! d/a=new\nd/ d/a=1")).toBe("d/ d/a@2");
  });

  it("what is removed can come back in a later layer, without what it held", () => {
    expect(both("e/y=2\ne!\ne/ e/x=1")).toBe("e/ e/y@3");
  });

  it.each(["d/ d/!! d/n=2", "d/ d/n=2 d/!!", "d/!! d/n=2"])(
    "an opaque directory keeps its own names, wherever the mark stands: %s",
    (layer) => {
      expect(both(`${layer}\nd/ d/a=1 d/n=1 d/s/ d/s/t=1`)).toBe("d/ d/n@2");
    },
  );

  it("opaque directories inside opaque ones, over four layers", () => {
    expect(both("d/ d/back=1\nd/!!\nd/ d/s/ d/s/!! d/s/n=1\nd/ d/a=1 d/s/ d/s/t=1")).toBe(
      "d/ d/back@4",
    );
  });

  it("another type takes the place of a path with all it held", () => {
    expect(both("l=1\nd->f f/ f/in=1\nd/ d/in=1 f=1 l/ l/in=1")).toBe("d->f f/ f/in@2 l@3");
  });

  it("a directory that a layer does not name keeps its mode and owner", () => {
    const merged = mergedTree(unionOf(drawnLayers("opt/y=1\nopt/@0700 opt/x=1")), 2, "docker");
    expect(drawnListing(merged)).toBe("opt/ opt/x@1 opt/y@2");
    expect(merged.layer[1]).toBe(1);
  });

  it("hard links keep their inode when one name is replaced and one removed", () => {
    expect(both("b!\na=two\na=one b=>a c=>a")).toBe("a@2 c@1");
  });

  it("the first layers alone", () => {
    const drawing = "d!\nd/ d/b=2\nd/ d/a=1";
    expect([0, 1, 2, 3].map((upto) => listing(drawing, "docker", upto))).toEqual([
      "",
      "d/ d/a@1",
      "d/ d/a@1 d/b@2",
      "",
    ]);
  });

  it("metadata of AUFS is whiteouts, but what stands in .wh..wh.plnk is shown", () => {
    expect(
      both(".wh..wh.aufs= d/a! d/n=1\n.wh..wh.plnk/ .wh..wh.plnk/1.2=x .wh..wh.aufs= d/ d/a=1"),
    ).toBe(".wh..wh.plnk/ .wh..wh.plnk/1.2@1 d/ d/n@2");
  });

  it("a name below .wh.e makes a directory of that name, and an entry .wh.e/ removes e as well", () => {
    expect(both(".wh.d/in=1 .wh.e/ .wh.e/in=1\nd/ d/a=1 e/ e/x=1")).toBe(
      ".wh.d/ .wh.d/in@2 .wh.e/ .wh.e/in@2 d/ d/a@1",
    );
  });

  it("upper case is no whiteout, and .wh. alone is nothing", () => {
    expect(both("d/.WH.a=1\nd/ d/a=1")).toBe("d/ d/.WH.a@2 d/a@1");
    expect(listing("d/.wh.= .wh..=\nd/ d/a=1")).toBe("d/ d/a@1");
  });
});

describe("where Docker's reading and umoci's part", () => {
  it("an opaque mark in the root", () => {
    const drawing = ".wh..wh..opq= only=1\nd/ d/a=1";
    expect(listing(drawing)).toBe("d/ d/a@1 only@2");
    expect(listing(drawing, "oci")).toBe("only@2");
  });

  it("a directory's whiteout and the directory: overlayfs merges, umoci starts anew", () => {
    const drawing = "d! d/ d/new=2\nd/ d/old=1";
    expect(listing(drawing)).toBe("d/ d/new@2 d/old@1");
    expect(listing(drawing, "oci")).toBe("d/ d/new@2");
  });

  it("something and then a directory of its name in one layer", () => {
    const drawing = "d=2 d/ d/new=2 d/\nd/ d/old=1";
    expect(listing(drawing)).toBe("d/ d/new@2 d/old@1");
    expect(listing(drawing, "oci")).toBe("d/ d/new@2");
  });

  it("a parent that is a symlink below", () => {
    const drawing = "bin/new=2\nusr/ usr/bin/ usr/bin/tool=1 bin->usr/bin";
    expect(listing(drawing)).toBe("bin/ bin/new@2 usr/ usr/bin/ usr/bin/tool@1");
    expect(listing(drawing, "oci")).toBe("bin->usr/bin usr/ usr/bin/ usr/bin/new@2 usr/bin/tool@1");
  });

  it("a symlink that leaves the root ends in the root, one that leads nowhere makes directories", () => {
    expect(listing("a/f=1\na->../../../b", "oci")).toBe("a->../../../b b/ b/f@2");
    expect(listing("a/f=1\na->/x/y", "oci")).toBe("a->/x/y x/ x/y/ x/y/f@2");
    expect(listing("a/f=1\na->b b->a", "oci")).toContain("f@2");
  });

  it("whiteouts and opaque marks go through the symlink too", () => {
    const drawing = "ln/!!\nln/a!\nreal/ real/a=1 real/b=1 ln->real";
    expect(listing(drawing)).toBe("ln/ real/ real/a@1 real/b@1");
    expect(listing(drawing, "oci", 2)).toBe("ln->real real/ real/b@1");
    expect(listing(drawing, "oci")).toBe("ln->real real/");
  });

  it.each([
    ["a whiteout in what is a file by then", "b/a=2 a/!!\nb->..", "a@2 b->.."],
    ["an opaque mark through a link to the root", "c/!!\na/!!\na->..\nc/a/", ""],
    ["a file and then a directory of its name", "c=2 a/c/\na->.. c/a/", "a->.. c/"],
    ["a directory in the place of the link's own parent", "b/a/b=2 b/\nb/a->..", "b/"],
  ])("found by chance, for umoci: %s", (_, drawing, shown) => {
    expect(listing(drawing, "oci")).toBe(shown);
  });

  it("whiteouts in a directory that is nowhere", () => {
    const drawing = "no/such/file!\na=1";
    const layers = drawnLayers(drawing);
    const merged = mergedTree(unionOf(layers), 2, "docker");
    expect(drawnListing(merged)).toBe("a@1 no/ no/such/");
    expect(merged.unopenable.map(({ dir, name }) => `${mergedPath(merged, dir)}/${name}`)).toEqual([
      "/no/such/file",
    ]);
    expect(listing(drawing, "oci")).toBe("a@1");
  });

  it("a whiteout below a file hides nothing for umoci; Docker makes a directory of the file", () => {
    const drawing = "f/x!\nf=1";
    expect(listing(drawing)).toBe("f/");
    expect(listing(drawing, "oci")).toBe("f@1");
  });

  it("a character device 0:0", () => {
    const drawing = "d/ d/a:c0\nd/ d/a=1 d/b=1";
    expect(listing(drawing)).toBe("d/ d/b@1");
    expect(listing(drawing, "oci")).toBe("d/ d/a@2 d/b@1");
  });

  it("in the base layer a whiteout removes what stands before it, for Docker", () => {
    expect(listing("a=1 b=1 a!")).toBe("b@1");
    expect(listing("a=1 b=1 a!", "oci")).toBe("a@1 b@1");
  });

  it("a hard link to a name that the layer has removed is a whiteout on overlayfs", () => {
    expect(listing("a! b=>a\na=1 b=1")).toBe("");
  });

  it("a hard link to a lower layer: umoci binds it to the inode, Docker refuses the layer", () => {
    const layers = drawnLayers("a! c=>b\na=one b=>a");
    const union = unionOf(layers);
    expect(union.refusals).toEqual([{ layer: 2, path: "/c", reason: "hard-link-to-lower" }]);
    const merged = mergedTree(union, 2, "docker");
    expect(merged.shows).toBe("oci");
    expect(drawnListing(merged)).toBe("b@1 c@1");
    expect(mergedTree(union, 1, "docker").shows).toBe("docker");
  });

  it.each([
    ["a=2 a!", "whiteout-after-entry", "a@2 d/ d/old@1"],
    ["d/n=2 d!", "whiteout-after-entry", "a@1 d/ d/n@2"],
    ["d/n=2 d! d/m=2", "whiteout-after-entry", "a@1 d/ d/m@2 d/n@2"],
    ["d! d/n=2", "entry-below-whiteout", "a@1 d/ d/n@2"],
    [".wh.=", "whiteout-invalid", "a@1 d/ d/old@1"],
  ])("Docker refuses %s: %s, and umoci's tree is shown", (layer, reason, shown) => {
    const union = unionOf(drawnLayers(`${layer}\na=1 d/ d/old=1`));
    expect(union.refusals[0]?.reason).toBe(reason);
    expect(drawnListing(mergedTree(union, 2, "docker"))).toBe(shown);
  });
});

it("says which layers a directory is merged from, down to an opaque one", () => {
  const union = unionOf(drawnLayers("d/ d/c=3\nk=1\nd/ d/!! d/b=2\nd/ d/a=1"));
  const from = (upto: number) => {
    const merged = mergedTree(union, upto, "docker");
    const row = Array.from({ length: merged.length }, (_, at) => at).find(
      (at) => mergedPath(merged, at) === "/d",
    );
    return membersOf(merged, row ?? 0);
  };
  expect([1, 2, 4].map(from)).toEqual([[1], [2], [2, 4]]);
});
