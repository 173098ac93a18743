import fc from "fast-check";
import { expect, it } from "vitest";
import { NO_ROW } from "../../tree/column-tree.ts";
import { type ChangeTree, changesOf } from "./changes.ts";
import { differencesOf } from "./differences.ts";
import { drawnLayers, drawnListing } from "./drawn-layers.ts";
import { mergeLayers } from "./merge.ts";
import { mergedKind, mergedPath, sourceOf } from "./merged-tree.ts";
import { resolveInUnion } from "./resolution.ts";
import { mergedTree, unionOf } from "./union.ts";

/** What stands at a path of a root directory that is written entry by entry. */
type Node =
  | { readonly kind: "dir" | "device" }
  | { readonly kind: "file"; readonly layer: number }
  | { readonly kind: "symlink"; readonly target: string };
type Root = Map<string, Node>;

interface Entry {
  readonly path: string;
  readonly sign: "/" | "=" | "->" | "!" | "!!";
  readonly target: string;
}

class Refused extends Error {}

const NAMES = ["a", "b", "c"];
const path = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .map((p) => p.join("/"));
const entry: fc.Arbitrary<Entry> = fc.record({
  path,
  sign: fc.constantFrom("/", "/", "=", "=", "->", "!", "!!") as fc.Arbitrary<Entry["sign"]>,
  target: fc.oneof(
    path,
    path.map((p) => `/${p}`),
    fc.constant(".."),
  ),
});
const entriesOnce = fc.array(entry, { maxLength: 6 }).map((entries) => sensible(entries, false));
/** Paths may come twice where there are no symlinks: what was written through one is not in a tree that replaced it. */
const entriesTwice = fc.array(entry, { maxLength: 8 }).map((entries) =>
  sensible(
    entries.filter(({ sign }) => sign !== "->"),
    true,
  ),
);
const layers = fc.oneof(
  fc.array(entriesOnce, { minLength: 1, maxLength: 4 }),
  fc.array(entriesTwice, { minLength: 1, maxLength: 3 }),
);

/** Leaves out entries that go through a file or symlink of their own layer, and names twice where a whiteout is one of them. */
function sensible(entries: readonly Entry[], allowsTwice: boolean): readonly Entry[] {
  const seen = new Map<string, string>();
  return entries.filter(({ path: at, sign }) => {
    const key = sign === "!!" ? `${at}/!!` : sign === "!" ? `${at}!` : at;
    const parents = sign === "!!" ? [at, ...parentsOf(at)] : parentsOf(at);
    const isMark = sign === "!" || sign === "!!";
    const below = [...seen.keys()].filter((name) => name.startsWith(`${at}/`));
    const replaces = !isMark && (seen.has(at) || (sign !== "/" && below.length > 0));
    if (isMark && seen.has(key)) return false;
    if (replaces && (!allowsTwice || below.some((name) => name.endsWith("!")))) return false;
    if (replaces && seen.has(`${at}!`)) return false;
    if (sign === "!" && seen.has(`${at} again`)) return false;
    if (parents.some((parent) => (seen.get(parent) ?? "/") !== "/")) return false;
    if (replaces) seen.set(`${at} again`, sign);
    if (replaces && sign !== "/") for (const name of below) seen.delete(name);
    seen.set(key, sign);
    return true;
  });
}

function parentsOf(at: string): string[] {
  const names = at.split("/");
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join("/"));
}

function draw(all: readonly (readonly Entry[])[]): string {
  const word = ({ path: at, sign, target }: Entry) =>
    sign === "!!" ? `${at}/!!` : sign === "->" ? `${at}->${target}` : `${at}${sign}`;
  return [...all]
    .reverse()
    .map((entries) => entries.map(word).join(" ") || "-")
    .join("\n");
}

/** umoci: every layer onto one root, in entry order; whiteouts spare what this layer has made. */
function umoci(all: readonly (readonly Entry[])[]): Root {
  const root: Root = new Map();
  all.forEach((entries, index) => {
    const upper = new Set<string>();
    for (const { path: at, sign, target } of entries) {
      const names = at.split("/");
      const name = sign === "!!" ? "" : (names.pop() ?? "");
      const dir = follow(root, names);
      const full = [...dir, ...(name === "" ? [] : [name])].join("/");
      if (sign === "!" || sign === "!!") {
        const inside = full === "" ? "" : `${full}/`;
        for (const below of [...root.keys()])
          if ((sign === "!" && below === full) || below.startsWith(inside))
            if (!upper.has(below)) root.delete(below);
        continue;
      }
      for (let i = 1; i <= dir.length; i++) {
        const parent = dir.slice(0, i).join("/");
        if ((root.get(parent)?.kind ?? "dir") !== "dir") throw new Refused();
        root.set(parent, { kind: "dir" });
        upper.add(parent);
      }
      if (!(sign === "/" && root.get(full)?.kind === "dir")) {
        remove(root, full);
        root.set(full, nodeFor(sign, target, index + 1));
      }
      upper.add(full);
    }
  });
  return root;
}

/** containerd: the base onto an empty directory, each other layer into a directory of its own, over `below`, top first. */
function containerd(
  entries: readonly Entry[],
  index: number,
  below: readonly Root[],
): { root: Root; opaque: Set<string> } {
  const root: Root = new Map();
  const opaque = new Set<string>();
  const named = new Map<string, string>();
  // Not those that were replaced: a tree of what stands in the end cannot know of them.
  const gone = new Set<string>();
  const removeByMark = (at: string) => {
    for (const below of root.keys())
      if ((below === at || below.startsWith(`${at}/`)) && named.get(below) === "/") gone.add(below);
    remove(root, at);
  };
  for (const { path: at, sign, target } of entries) {
    const parents = sign === "!!" ? [...parentsOf(at), at] : parentsOf(at);
    for (const parent of parents) {
      if ((root.get(parent)?.kind ?? "dir") !== "dir") throw new Refused();
      if (!root.has(parent) && !canAskBelow(below, parent)) throw new Refused();
      root.set(parent, { kind: "dir" });
    }
    if (sign !== "!" && sign !== "!!") named.set(at, sign);
    if (sign === "!!" && index === 0) {
      for (const other of [...root.keys()])
        if (other.startsWith(`${at}/`) && !named.has(other)) removeByMark(other);
    } else if (sign === "!!") opaque.add(at);
    else if (sign === "!" && index === 0) removeByMark(at);
    else if (sign === "!") {
      if (root.has(at)) throw new Refused();
      root.set(at, { kind: "device" });
    } else if (!(sign === "/" && root.get(at)?.kind === "dir")) {
      remove(root, at);
      for (const known of sign === "/" ? [opaque] : [opaque, gone])
        for (const dir of [...known]) if (dir === at || dir.startsWith(`${at}/`)) known.delete(dir);
      root.set(at, nodeFor(sign, target, index + 1));
    }
  }
  for (const at of gone) if (!root.has(at)) throw new Refused();
  return { root, opaque };
}

/** Whether a directory that is made for what is in it can have the attributes of one below: not if there is no way to it. */
function canAskBelow(below: readonly Root[], path: string): boolean {
  for (const root of below) {
    const at = follow(root, path.split("/"));
    for (let i = 1; i < at.length; i++)
      if ((root.get(at.slice(0, i).join("/"))?.kind ?? "dir") !== "dir") return false;
    if (root.has(at.join("/")) || at.length === 0) return true;
  }
  return true;
}

function overlayfs(all: readonly (readonly Entry[])[]): Root {
  const branches: ReturnType<typeof containerd>[] = [];
  all.forEach((entries, index) => {
    const below = branches.map(({ root }) => root);
    branches.unshift(containerd(entries, index, below));
  });
  const merged: Root = new Map();
  const list = (dir: string, members: typeof branches) => {
    const names = new Set<string>();
    for (const { root } of members)
      for (const at of root.keys())
        if (at.slice(0, Math.max(0, at.lastIndexOf("/"))) === dir) names.add(at);
    for (const at of names) {
      const found: typeof branches = [];
      for (const branch of members) {
        const node = branch.root.get(at);
        if (!node) continue;
        if (node.kind !== "dir") {
          if (found.length === 0 && node.kind !== "device") merged.set(at, node);
          break;
        }
        found.push(branch);
        if (branch.opaque.has(at)) break;
      }
      if (found.length === 0) continue;
      merged.set(at, { kind: "dir" });
      list(at, found);
    }
  };
  list("", branches);
  return merged;
}

function nodeFor(sign: Entry["sign"], target: string, layer: number): Node {
  if (sign === "/") return { kind: "dir" };
  return sign === "->" ? { kind: "symlink", target } : { kind: "file", layer };
}

function remove(root: Root, at: string): void {
  for (const below of [...root.keys()])
    if (below === at || below.startsWith(`${at}/`)) root.delete(below);
}

function follow(root: Root, names: readonly string[], links = 0): string[] {
  const at: string[] = [];
  for (const [i, name] of names.entries()) {
    if (name === "..") at.pop();
    else if (name !== "") {
      const node = root.get([...at, name].join("/"));
      if (node?.kind === "symlink") {
        if (links > 40) throw new Refused();
        const start = node.target.startsWith("/") ? [] : at;
        return follow(
          root,
          [...start, ...node.target.split("/"), ...names.slice(i + 1)],
          links + 1,
        );
      }
      at.push(name);
    }
  }
  return at;
}

function listing(root: Root): string {
  const words = [...root].map(([at, node]) => {
    if (node.kind === "dir") return `${at}/`;
    return node.kind === "file"
      ? `${at}@${node.layer}`
      : `${at}->${"target" in node ? node.target : ""}`;
  });
  return words.sort().join(" ");
}

/** What a model makes of the layers; null when it refuses them. */
function attempt(
  model: (all: readonly (readonly Entry[])[]) => Root,
  all: readonly (readonly Entry[])[],
) {
  try {
    return listing(model(all));
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** The rows that are not unchanged, in their order, with all that is said of them. */
function changedPaths({ counts, change, ...tree }: ChangeTree) {
  const rows = Array.from(change, (_, row) => row).filter((row) => change[row] !== 0);
  return {
    counts,
    rows: rows.map((row) => [
      change[row],
      tree.aboveRow[row],
      tree.belowRow[row],
      tree.what[row],
      tree.by[row],
      tree.hiddenBytes[row],
    ]),
  };
}

it("the merged trees are those of the two slow unions", () => {
  fc.assert(
    fc.property(layers, (all) => {
      const union = unionOf(drawnLayers(draw(all)));
      const oci = attempt(umoci, all);
      if (oci !== null) expect(drawnListing(mergedTree(union, all.length, "oci"))).toBe(oci);
      const docker = attempt(overlayfs, all);
      expect(union.refusals.length > 0).toBe(docker === null);
      const shown = docker ?? oci;
      if (shown !== null) expect(drawnListing(mergedTree(union, all.length, "docker"))).toBe(shown);
    }),
    { numRuns: 3000 },
  );
});

it("a merged tree that is gone on from is the one that is merged at once", () => {
  fc.assert(
    fc.property(layers, fc.constantFrom("docker", "oci"), fc.nat(4), (all, shows, from) => {
      const drawing = draw(all).replaceAll("b=", "b=>a").replaceAll("c=", "c:c0");
      const applied = unionOf(drawnLayers(drawing))[shows];
      const upto = all.length;
      const below = mergeLayers(applied, Math.min(from, upto - 1), shows, shows);
      expect(mergeLayers(applied, upto, shows, shows, below)).toEqual(
        mergeLayers(applied, upto, shows, shows),
      );
    }),
    { numRuns: 2000 },
  );
});

it("the engine's lookup finds what the merged trees show, and nothing else", () => {
  fc.assert(
    fc.property(layers, fc.constantFrom("docker", "oci"), path, (all, semantics, asked) => {
      const union = unionOf(drawnLayers(draw(all)));
      const merged = mergedTree(union, all.length, semantics);
      const rows = new Map<string, number>();
      for (let row = 1; row < merged.length; row++) rows.set(mergedPath(merged, row), row);
      for (const [at, row] of rows) {
        const { winner, resolution, versions } = resolveInUnion(
          union,
          at,
          all.length,
          semantics,
          false,
        );
        expect(resolution.path).toBe(at);
        expect(resolution.kind).toBe(mergedKind(merged, row));
        if (resolution.kind !== "dir") expect(winner).toEqual(sourceOf(merged, row));
        expect(versions.some(({ state }) => state === "winner")).toBe(true);
      }
      const { resolution } = resolveInUnion(union, `/${asked}`, all.length, semantics, false);
      const last = resolution.errno === null ? resolution.path : resolution.steps.at(-1)?.path;
      const isThere = resolution.errno === null || resolution.errno === "ENOTDIR";
      if (resolution.errno !== "ELOOP" && last !== "/") expect(rows.has(last ?? "")).toBe(isThere);
    }),
    { numRuns: 600 },
  );
});

it("bytes that layers bring are seen at the top or hidden by one layer", () => {
  fc.assert(
    fc.property(layers, (all) => {
      const union = unionOf(drawnLayers(draw(all).replaceAll("=", "=xy")));
      const last = mergedTree(union, all.length, "docker");
      let brought = 0;
      let hidden = 0;
      let seen = 0;
      for (let k = 1; k <= all.length; k++) {
        if (mergedTree(union, k, "docker").shows !== last.shows) return;
        const { counts } = changesOf(union, k, "docker");
        brought += counts.addedBytes;
        for (const bytes of Object.values(counts.hiddenBytes)) hidden += bytes;
      }
      for (let row = 1; row < last.length; row++) if (mergedKind(last, row) === "file") seen += 2;
      expect(brought - hidden).toBe(seen);
    }),
    { numRuns: 600 },
  );
});

it("the changed rows are those of all rows, without what stays as it is", () => {
  fc.assert(
    fc.property(layers, fc.constantFrom("docker", "oci"), (all, semantics) => {
      const union = unionOf(drawnLayers(draw(all)));
      const [some, every] = (["changed", "all"] as const).map((rows) =>
        changedPaths(changesOf(union, all.length, semantics, () => null, rows)),
      );
      expect(some).toEqual(every);
    }),
    { numRuns: 1000 },
  );
});

it("every difference of the readings has a cause", () => {
  fc.assert(
    fc.property(layers, (all) => {
      const union = unionOf(drawnLayers(draw(all)));
      if (attempt(umoci, all) === null) return;
      const { docker, oci, dockerDiffers, places } = differencesOf(union, all.length);
      for (const { because } of places) expect(because.type).not.toBe("other");
      const same = drawnListing(docker) === drawnListing(oci);
      if (same) expect(dockerDiffers.every((differs) => differs === 0)).toBe(true);
      else expect(places.length).toBeGreaterThan(0);
      expect(docker.parent[0]).toBe(NO_ROW);
    }),
    { numRuns: 600 },
  );
});
