import { describe, expect, it } from "vitest";
import { extraOf } from "../../tree/column-tree.ts";
import { bytesSource } from "../byte-source.ts";
import { type DrawnEntry, drawnTar } from "../drawn-tar.ts";
import { openArchive } from "../open.ts";
import { differencesOf } from "./differences.ts";
import { mergedPath, sourceOf } from "./merged-tree.ts";
import type { Semantics } from "./semantics.ts";
import { mergedTree, type Union, unionOf } from "./union.ts";

/**
 * What unpacking random images with containerd on overlayfs and with umoci found, each as small as it could be made.
 * A layer is a line of entries: `a=text` file, `a/` directory, `a->b` symlink, `a=>b` hard link, `a:c0` a device 0:0,
 * `a!b` an extended attribute (`a!b=` one without a value), a whiteout or an opaque mark under its own name; `@0700`
 * sets the mode (0755), `#9` the time (0), `%9` the group (0).
 */
interface Finding {
  readonly name: string;
  /** Base first. */
  readonly layers: readonly string[];
  /** Paths with kind, mode, time and attributes; the reason where Docker refuses. */
  readonly docker: string | { readonly refused: string };
  /** null: umoci refuses it. */
  readonly oci: string | null;
  /** Why the readings differ. */
  readonly because?: readonly string[];
}

const FINDINGS: readonly Finding[] = [
  {
    name: "a whiteout that is a hard link, as AUFS wrote them, is a whiteout",
    layers: ["d/ d/a=1 d/b=1", "d/.wh..wh.aufs= d/.wh.a=>d/.wh..wh.aufs d/.wh.b=>.wh..wh.aufs"],
    docker: "d/",
    oci: "d/",
  },
  {
    name: "a hard-linked whiteout of nothing makes nothing",
    layers: ["d/ d/b=1", "d/.wh.a=>"],
    docker: "d/ d/b",
    oci: "d/ d/b",
  },
  {
    name: "a whiteout that is a device is no overlayfs whiteout of its own name",
    layers: ["d/ d/b=1", "d/.wh.b:c0"],
    docker: "d/",
    oci: "d/",
  },
  {
    name: "the header of a hard link counts for Docker",
    layers: ["a=1@0600#5 b=>a@0640#9"],
    docker: "a@640#9 b@640#9",
    oci: "a@600#5 b@600#5",
    because: ["second-header"],
  },
  {
    name: "a hard link takes a capability away, unless its own header has it",
    layers: ["a!security.capability b=>a c!security.capability d=>c!security.capability"],
    docker: "a b c!security.capability d!security.capability",
    oci: "a!security.capability b!security.capability c!security.capability d!security.capability",
    because: ["second-header"],
  },
  {
    name: "Docker leaves trusted attributes out",
    layers: ["a!trusted.x b!user.x"],
    docker: "a b!user.x",
    oci: "a!trusted.x b!user.x",
    because: ["trusted-xattr"],
  },
  {
    name: "an opaque mark in the base removes what nothing named",
    layers: ["d/ d/x/f=1 d/n/ d/n/f=1 d/.wh..wh..opq= d/y/f=1"],
    docker: "d/ d/n/ d/n/f d/y/ d/y/f",
    oci: "d/ d/n/ d/n/f d/x/ d/x/f d/y/ d/y/f",
    because: ["opaque-in-base"],
  },
  {
    name: "a device 0:0 in the base is hidden where it is listed alone",
    layers: ["d/ d/a:c0"],
    docker: "d/",
    oci: "d/ d/a",
    because: ["unopenable", "overlay-whiteout"],
  },
  {
    name: "a whiteout in the base leaves nothing that a layer above could trip over",
    layers: [".wh.b= a=1", "b/a/c=1"],
    docker: "a b/ b/a/ b/a/c",
    oci: "a b/ b/a/ b/a/c",
  },
  {
    name: "a whiteout in the base makes way for what a file was in the way of",
    layers: ["c/a=1 .wh.c= c/a/b=1"],
    docker: "c/ c/a/ c/a/b",
    oci: null,
  },
  {
    name: "an implied directory is a link's target in the layer below",
    layers: ["a->/b", "a/b/b=>a"],
    docker: { refused: "hard-link-to-lower" },
    oci: "a->/b b/ b/b/ b/b/b->/b",
  },
  {
    name: "attributes of an implied directory come from where they came from",
    layers: ["b/@1700#7", "c->. b/b=1", "c/b/d=1"],
    docker: "b/@1700#7 b/b c/ c/b/@1700#7 c/b/d",
    oci: "b/@1700#7 b/b b/d c->.",
    because: ["through-symlink"],
  },
  {
    name: "a directory for which nothing is named, below what is a file in a layer below",
    layers: ["a=1", "a/b/c=1"],
    docker: { refused: "parent-differs-below" },
    oci: null,
  },
  {
    name: "symlinks that go round in a layer below",
    layers: ["a->/a", "a/.wh..wh..opq="],
    docker: { refused: "parent-differs-below" },
    oci: null,
  },
  {
    name: "something below a file of its layer",
    layers: ["a=1 a/b=1"],
    docker: { refused: "parent-not-directory" },
    oci: null,
  },
  {
    name: "something below symlinks of its layer that go round",
    layers: ["a->b b->a a/c=1"],
    docker: { refused: "parent-loop" },
    oci: null,
  },
  {
    name: "a hard link to what comes later",
    layers: ["a=>b b=1"],
    docker: { refused: "hard-link-invalid" },
    oci: null,
  },
  {
    name: "a hard link to what is not there, replaced",
    layers: ["a=>b a=1"],
    docker: { refused: "hard-link-invalid" },
    oci: null,
  },
  {
    name: "a hard link in the place of the directory that its target is in",
    layers: ["b/b=1 b=>b/b"],
    docker: { refused: "hard-link-to-lower" },
    oci: null,
  },
  {
    name: "a device 0:0 in the root is hidden, not listed: the root is the container's too",
    layers: ["b:c0 c=1"],
    docker: "c",
    oci: "b c",
    because: ["overlay-whiteout"],
  },
  {
    name: "a hard link to itself beside a whiteout of it",
    layers: ["a=1", ".wh.a= a=>a"],
    docker: { refused: "hard-link-to-lower" },
    oci: null,
  },
  {
    name: "a directory that ends as a file, with another inside before",
    layers: ["a/b/ a=1"],
    docker: { refused: "directory-gone" },
    oci: "a",
  },
  {
    name: "a directory that ends as a file gives it its time",
    layers: ["a/#5 a=1#9"],
    docker: "a#5",
    oci: "a#9",
    because: ["second-header"],
  },
  {
    name: "a directory that a whiteout of the base removes",
    layers: ["a/ a/b=1 .wh.a="],
    docker: { refused: "directory-gone" },
    oci: "a/ a/b",
  },
  {
    name: "the same whiteout twice",
    layers: ["a=1", ".wh.a= .wh.a="],
    docker: { refused: "whiteout-after-entry" },
    oci: "",
  },
  {
    name: "a whiteout, something below it, and then the name itself",
    layers: ["d/ d/a=1", ".wh.d= d/b=1 d=1"],
    docker: { refused: "entry-below-whiteout" },
    oci: "d",
  },
  {
    name: "a whiteout through a lower symlink that the same layer then replaces",
    layers: ["a/ a/x=1 b/c->../a", "b/c/.wh.x= b/c=1"],
    docker: "a/ a/x b/ b/c",
    oci: "a/ b/ b/c",
    because: ["through-symlink"],
  },
  {
    name: "a file and its link through a lower symlink that the same layer then replaces",
    layers: ["a/ c->a", "c/f=1@0600 c/g=>c/f c=2"],
    docker: "a/ c",
    oci: "a/ a/f@600 a/g@600 c",
    because: ["through-symlink"],
  },
  {
    name: "a directory in the place of a lower symlink, named a second time",
    layers: ["a/ c->a", "c/ c/f=1 c/@0700"],
    docker: "a/ c/@700 c/f",
    oci: "a/ c/@700 c/f",
  },
  {
    name: "a hard link to a lower file whose name the same layer writes again",
    layers: ["d=1@0600", "b=>d d->c"],
    docker: { refused: "hard-link-invalid" },
    oci: "b@600 d->c",
  },
  {
    name: "a hard link to a lower symlink, replaced by a directory below what it leads to",
    layers: ["a/a->/a", "c=>a/a c/b->nowhere"],
    docker: { refused: "parent-not-directory" },
    oci: "a/ a/a->/a a/b->nowhere c->/a",
  },
  {
    name: "a second link to a lower file, by a name that goes",
    layers: ["b/b=1@0600", "a/b=>b/b b/b/ b=>a/b"],
    docker: { refused: "hard-link-to-lower" },
    oci: "a/ a/b@600 b@600",
  },
  {
    name: "a directory that the base removes and that is made again for what is in it has its own time",
    layers: ["a/#5 .wh.a= a/b=1"],
    docker: "a/#5 a/b",
    oci: "a/#5 a/b",
  },
  {
    name: "a directory that takes the place of the symlink it was named through",
    layers: ["a/a->. a/a/a/"],
    docker: { refused: "directory-gone" },
    oci: "a/ a/a/",
  },
  {
    name: "a replaced entry's directory is asked for in the layers below",
    layers: ["c=1", "c/c/.wh.a= c=2"],
    docker: { refused: "parent-differs-below" },
    oci: "c",
  },
  {
    name: "a hard link to a whiteout, and then its target's name again",
    layers: ["b/ b/a=1 a=1", "b/.wh.a= a=>b/a b/a=2"],
    docker: "b/ b/a",
    oci: null,
    because: ["link-to-whiteout"],
  },
  {
    name: "an attribute without a value is none for umoci",
    layers: ["a!user.x= b/!user.x= c!user.y"],
    docker: "a!user.x b/!user.x c!user.y",
    oci: "a b/ c!user.y",
    because: ["empty-xattr"],
  },
  {
    name: "an attribute without a value, of a file through a lower symlink that the same layer then replaces",
    layers: ["a/ c->a", "c/f!user.x= c/g!user.y c=2"],
    docker: "a/ c",
    oci: "a/ a/f a/g!user.y c",
    because: ["through-symlink"],
  },
  {
    name: "a directory that no entry names takes the group of a setgid one",
    layers: ["d/@2755%50 d/n/m/f=1"],
    docker: "d/@2755%50 d/n/%50 d/n/m/ d/n/m/f",
    oci: "d/@2755%50 d/n/@2755%50 d/n/m/@2755%50 d/n/m/f",
    because: ["setgid-parent"],
  },
  {
    name: "a directory that no entry names takes the group of a setgid one of a layer below",
    layers: ["d/@2755%50 d/k/", "d/n/f=1 d/k/f=1"],
    docker: "d/@2755%50 d/k/ d/k/f d/n/%50 d/n/f",
    oci: "d/@2755%50 d/k/ d/k/f d/n/@2755%50 d/n/f",
    because: ["setgid-parent"],
  },
  {
    name: "a directory that no entry names takes the group of a setgid root, which containerd does not write",
    layers: ["./@2755%50 d/f=1", "e/f=1"],
    docker: "d/ d/f e/ e/f",
    oci: "d/@2755%50 d/f e/@2755%50 e/f",
    because: ["setgid-parent"],
  },
  {
    name: "a directory that no entry names, made in a setgid root and emptied by an opaque mark of a layer above",
    layers: ["./@2755 a/a/", "a/.wh..wh..opq="],
    docker: "a/",
    oci: "a/@2755",
    because: ["setgid-parent"],
  },
  {
    name: "a directory that no entry names, made in a setgid root, emptied by an opaque mark and filled again",
    layers: ["./@2755 a/a/", "a/.wh..wh..opq=", "a/a/a=1"],
    docker: "a/ a/a/ a/a/a",
    oci: "a/@2755 a/a/@2755 a/a/a",
    because: ["setgid-parent"],
  },
  {
    name: "a directory in a setgid one that a layer between has emptied without naming it",
    layers: ["d/@2755%50 d/x=1", "d/.wh..wh..opq=", "d/n/f=1"],
    docker: "d/@2755%50 d/n/%50 d/n/f",
    oci: "d/@2755%50 d/n/@2755%50 d/n/f",
    because: ["setgid-parent"],
  },
  {
    name: "a directory that was there before the root was setgid",
    layers: ["d/f=1 ./@2755%50", "e/f=1"],
    docker: "d/ d/f e/ e/f",
    oci: "d/ d/f e/@2755%50 e/f",
    because: ["setgid-parent"],
  },
  {
    name: "a directory that was there before its parent was setgid",
    layers: ["c/n/f=1 c/@2755%50"],
    docker: "c/@2755%50 c/n/ c/n/f",
    oci: "c/@2755%50 c/n/ c/n/f",
  },
  {
    name: "a directory that was removed below and made again in a setgid root, and its whiteout comes a second time",
    layers: ["b/a=1", "./@2755 .wh.b= b/a/ .wh.b="],
    docker: { refused: "whiteout-after-entry" },
    oci: "b/@2755 b/a/",
  },
  {
    name: "a directory that was made between two entries of its setgid root",
    layers: ["./@2755 a/b=1 ./@0755"],
    docker: "a/ a/b",
    oci: "a/@2755 a/b",
    because: ["setgid-parent"],
  },
  {
    name: "a directory that was made after its setgid parent took the place of a file, and before the parent came again",
    layers: ["c/ c=1 c/@2755%50 c/n/x=1 c/"],
    docker: "c/ c/n/%50 c/n/x",
    oci: "c/ c/n/@2755%50 c/n/x",
    because: ["setgid-parent"],
  },
  {
    name: "a directory that its layer went through before a whiteout above it",
    layers: ["b/c/@0700#5", "b/c/a/ .wh.b="],
    docker: { refused: "whiteout-after-entry" },
    oci: "b/ b/c/@700#5 b/c/a/",
  },
  {
    name: "a directory that its layer went through before an opaque mark above it",
    layers: ["b/c/@0700#5 b/d/ b/c/x=1", "b/c/a/ b/.wh..wh..opq= b/d/f=1"],
    docker: "b/ b/c/@700#5 b/c/a/ b/d/ b/d/f",
    oci: "b/ b/c/@700#5 b/c/a/ b/d/ b/d/f",
  },
  {
    name: "a directory that was removed and made again, emptied by an opaque mark of a layer above that does not name it",
    layers: ["d/@0700 d/a=1", ".wh.d= d/f=1", "d/.wh..wh..opq= d/g=1"],
    docker: { refused: "entry-below-whiteout" },
    oci: "d/ d/g",
  },
  {
    name: "a directory that was made while its parent had the setgid bit of its own parent",
    layers: ["d/@2755%50 d/b/a/f=1 d/b/"],
    docker: "d/@2755%50 d/b/ d/b/a/ d/b/a/f",
    oci: "d/@2755%50 d/b/ d/b/a/@2755%50 d/b/a/f",
    because: ["setgid-parent"],
  },
  {
    name: "a directory in a setgid one that its layer has removed",
    layers: ["a/@2755%50", ".wh.a= a/b/c=1"],
    docker: { refused: "entry-below-whiteout" },
    oci: "a/ a/b/ a/b/c",
  },
  {
    name: "a directory that a replaced entry made before its parent was setgid",
    layers: ["c/n/x=1 c/@2755%50 c/n/x/"],
    docker: "c/@2755%50 c/n/ c/n/x/",
    oci: "c/@2755%50 c/n/ c/n/x/",
  },
  {
    name: "a mark makes no directory for umoci, before its parent was setgid",
    layers: ["c/b/.wh..wh..opq= c/@2755%50 c/b/f=1"],
    docker: "c/@2755%50 c/b/ c/b/f",
    oci: "c/@2755%50 c/b/@2755%50 c/b/f",
    because: ["setgid-parent"],
  },
  {
    name: "attributes of a directory's first entry stay for containerd",
    layers: ["d/!user.a d/!user.b d/"],
    docker: "d/!user.a!user.b",
    oci: "d/",
    because: ["earlier-xattrs"],
  },
  {
    name: "a mark of the base below a file that it removed makes the directory",
    layers: ["b=1 .wh.b= b/c/.wh.a="],
    docker: "b/ b/c/",
    oci: "b",
    because: ["whiteout-in-base"],
  },
  {
    name: "a hard link to what the base has removed",
    layers: ["a/c=1 .wh.a= a/a=>a/c"],
    docker: { refused: "hard-link-invalid" },
    oci: "a/ a/a a/c",
  },
  {
    name: "a directory of the base whose path leads through a symlink that it removes",
    layers: ["c->a c/d/ .wh.c="],
    docker: { refused: "directory-gone" },
    oci: "a/ a/d/ c->a",
  },
  {
    name: "a mark is nothing in the directory that a whiteout after it removes",
    layers: ["b/@0700 b/x=1", "b/.wh.x= .wh.b= b/a=1"],
    docker: { refused: "whiteout-after-entry" },
    oci: "b/ b/a",
  },
  {
    name: "a mark below what is a file in a layer below, and a hard link to that",
    layers: ["a=1", "a/.wh.b= c=>a"],
    docker: { refused: "hard-link-to-lower" },
    oci: "a c",
  },
  {
    name: "a symlink keeps no attributes of users from a hard link's header",
    layers: ["a->b c=>a!user.x"],
    docker: "a->b c->b",
    oci: "a->b c->b",
  },
  {
    name: "a directory that ends as a symlink gives its time to what that leads to",
    layers: ["c/#5 c->a a/.wh.x="],
    docker: "a/#5 c->a",
    oci: "c->a",
    because: ["whiteout-in-nothing"],
  },
];

describe("what random images found", () => {
  it.each(FINDINGS)("$name", async ({ layers, docker, oci, because = [] }) => {
    const union = await unionOfLayers(layers);
    const reasons = new Set(union.refusals.map(({ reason }) => reason));
    if (oci !== null) expect(listing(union, "oci")).toBe(oci);
    if (typeof docker !== "string") {
      expect(reasons).toContain(docker.refused);
      return;
    }
    expect([...reasons]).toEqual([]);
    expect(listing(union, "docker")).toBe(docker);
    const { places } = differencesOf(union, layers.length);
    expect([...new Set(places.map((place) => place.because.type))]).toEqual(because);
  });
});

async function unionOfLayers(layers: readonly string[]): Promise<Union> {
  const opened = await openArchive(
    layers.map((layer, i) =>
      bytesSource(`${i + 1}.tar`, drawnTar(...layer.split(" ").map(entryOf))),
    ),
  );
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const { reader } = opened;
  const trees = [];
  for (const { layer } of reader.archive.images[0]?.layers ?? [])
    trees.push((await reader.layer(layer)).tree);
  return unionOf(trees);
}

function entryOf(word: string): DrawnEntry {
  const [, path = "", sign = "", rest = "", xattr = "", mode = "", mtime = "", gid = ""] =
    /^([^=@#%!:-]*)(=>|->|=|:c0)?([^!@#%]*)(?:!([^@#%]*))?(?:@(\d+))?(?:#(\d+))?(?:%(\d+))?$/.exec(
      word,
    ) ?? [];
  const isPlain = sign === "";
  const types: Readonly<Record<string, string>> = { "=>": "1", "->": "2", ":c0": "3" };
  const pax = { [`SCHILY.xattr.${xattr.replace("=", "")}`]: xattr.endsWith("=") ? "" : "x" };
  return {
    path,
    mode: Number.parseInt(mode || "755", 8),
    gid: Number(gid),
    mtime: Number(mtime),
    ...(xattr === "" ? {} : { pax }),
    ...(sign === "=" ? { data: rest } : isPlain ? {} : { type: types[sign] ?? "0", link: rest }),
  };
}

/** Modes, times and groups that are not 0755 and 0, and attributes, are told. */
function listing(union: Union, semantics: Semantics): string {
  const merged = mergedTree(union, union.stored.length, semantics);
  const words: string[] = [];
  for (let at = 1; at < merged.length; at++) {
    const { layer, row } = sourceOf(merged, at);
    const tree = merged.layers[layer - 1]?.tree;
    if (!tree) throw new RangeError(`no layer ${layer}`);
    const { target, xattrs } = extraOf(tree, row);
    const [mode = 0, mtime = 0, gid = 0] = [tree.mode[row], tree.mtime[row], tree.gid[row]];
    let word = mergedPath(merged, at).slice(1) + (tree.kind[row] === 1 ? "/" : "");
    if (target !== undefined) word += `->${target}`;
    else if (mode !== 0o755) word += `@${mode.toString(8)}`;
    if (mtime !== 0) word += `#${mtime}`;
    if (gid !== 0) word += `%${gid}`;
    words.push(word + (xattrs ?? []).map(([name]) => `!${name}`).join(""));
  }
  return words.sort().join(" ");
}
