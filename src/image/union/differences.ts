import {
  type ColumnTree,
  ENTRY_KINDS,
  extraOf,
  kindOf,
  NO_ROW,
  pathOf,
  ROOT_ROW,
  type Row,
  rowAt,
  type SecondHeader,
} from "../../tree/column-tree.ts";
import { namedByWhiteouts } from "../whiteout-name.ts";
import { hasEmptyXattr, hasTrustedXattr } from "./attributes.ts";
import {
  hasMark,
  MARK_DEVICE,
  MARK_HIDDEN,
  MARK_OPAQUE,
  MARK_PHANTOM,
  MARK_RENEWED,
  MARK_WHITEOUT,
} from "./marks.ts";
import { mergeLayers } from "./merge.ts";
import type { MergedBy } from "./merged-in-turn.ts";
import { type MergedTree, mergedPath, sourceOf } from "./merged-tree.ts";
import { pairUp } from "./pairs.ts";
import { isLinkToWhiteout, type RefusalReason } from "./refusal.ts";
import { type AppliedLayer, type LayerNumber, storedRowOf } from "./semantics.ts";
import type { Union } from "./union.ts";

/** Why Docker's reading and umoci's differ at a place. */
export type DifferenceReason =
  /** Docker refuses the layer, and with it the image; what umoci makes of it is shown. */
  | { readonly type: "refused"; readonly reason: RefusalReason }
  /** overlayfs lists the name and cannot open it; it is not shown. */
  | { readonly type: "unopenable" }
  /** An opaque mark in the root: umoci empties it, overlayfs takes no notice. */
  | { readonly type: "root-opaque" }
  /** The parent is a symlink below: umoci writes through it, Docker makes a directory of that name. */
  | { readonly type: "through-symlink"; readonly target: string }
  /** A whiteout and a directory of one name: for umoci only the new content is left, overlayfs merges it with the old. */
  | { readonly type: "whiteout-and-directory" }
  /** Something and then a directory of its name: for umoci only the new content is left, overlayfs merges it with the old. */
  | { readonly type: "renewed-directory" }
  /** Whiteouts in a directory that is nowhere: Docker makes the directory, umoci does not. */
  | { readonly type: "whiteout-in-nothing" }
  /** A character device 0:0: a whiteout for overlayfs, a device for umoci. */
  | { readonly type: "overlay-whiteout" }
  /** In the base layer, a name and then its whiteout: Docker removes it, umoci keeps it. */
  | { readonly type: "whiteout-in-base" }
  /** A hard link to a name that the layer has whited out: on overlayfs a whiteout itself. */
  | { readonly type: "link-to-whiteout" }
  /** In the base layer, an opaque mark: Docker removes the directories beside it that nothing had named, umoci keeps them. */
  | { readonly type: "opaque-in-base" }
  /** A hard link's header, or that of a directory replaced by the file, is not what the file's is: containerd takes it. */
  | { readonly type: "second-header" }
  /** An extended attribute `trusted.*`: containerd leaves it out, umoci sets it. */
  | { readonly type: "trusted-xattr" }
  /** An extended attribute without a value: containerd sets it, umoci does not. */
  | { readonly type: "empty-xattr" }
  /** Extended attributes of an earlier entry of a directory: containerd leaves them, umoci takes them away. */
  | { readonly type: "earlier-xattrs" }
  /** A directory that no entry names, in a setgid one: umoci leaves it setgid, containerd only its group. */
  | { readonly type: "setgid-parent" }
  /** They differ, and none of these is the cause. */
  | { readonly type: "other" };

/** A place where the two readings of an image differ, or would. Plain data; src/i18n says who does what. */
export interface Difference {
  /** The layer that has the cause; 0 when it is not known. */
  readonly layer: LayerNumber;
  /** "/a/b", as the layer has it. */
  readonly path: string;
  readonly because: DifferenceReason;
}

/** Both readings of the first layers of an image, and where they differ. */
export interface Differences {
  readonly docker: MergedTree;
  readonly oci: MergedTree;
  /** By row of `docker` and of `oci`: 1 where the other has no such path, or another version of it. */
  readonly dockerDiffers: Uint8Array;
  readonly ociDiffers: Uint8Array;
  /** Base layer first. Of 1,000 places that differ at most, and as many that cannot be opened or are refused. */
  readonly places: readonly Difference[];
}

/** Topmost differing paths that are explained: a person reads fifty, and an image may have a million. */
const MOST_PATHS = 1000;

const DIR = ENTRY_KINDS.indexOf("dir");

/** Where the readings of the first `upto` layers differ; of an image that Docker refuses, where it does. O(rows). */
export function differencesOf(
  union: Union,
  upto: LayerNumber,
  merged: MergedBy = (most, shows) => mergeLayers(union[shows], most, shows, shows),
): Differences {
  const isAlike = areReadAlike(union, upto);
  const oci = merged(upto, isAlike ? "docker" : "oci");
  const refused: Difference[] = union.refusals
    .filter((refusal) => refusal.layer <= upto)
    .map(({ layer, path, reason }) => ({ layer, path, because: { type: "refused", reason } }));
  if (refused.length > 0 || isAlike) {
    const same = new Uint8Array(oci.length);
    return { docker: oci, oci, dockerDiffers: same, ociDiffers: same, places: refused };
  }
  const docker = merged(upto, "docker");
  const unopenable: Difference[] = docker.unopenable.map(({ dir, name, layer }) => ({
    layer,
    path: `${dir === ROOT_ROW ? "" : mergedPath(docker, dir)}/${name}`,
    because: { type: "unopenable" },
  }));
  const { dockerDiffers, ociDiffers, paths } = comparePaths(docker, oci);
  const causes = paths.length > 0 ? explain(paths, causesIn(union, upto)) : [];
  const places = [...unopenable, ...causes].sort((a, b) => a.layer - b.layer);
  return { docker, oci, dockerDiffers, ociDiffers, places };
}

/** Whether the readings cannot part: no row has a mark, every directory has its entry, and both take the same trees. */
function areReadAlike(union: Union, upto: LayerNumber): boolean {
  if (union.refusals.length > 0) return false;
  return union.docker.slice(0, upto).every((docker, i) => {
    const oci = union.oci[i];
    return (
      docker.tree === oci?.tree &&
      docker.marks === null &&
      oci.marks === null &&
      docker.links.size === 0 &&
      oci.links.size === 0 &&
      (upto === 1 || docker.tree.entry.indexOf(-1, ROOT_ROW + 1) < 0)
    );
  });
}

/** Marks the rows that differ, and lists the topmost paths. */
function comparePaths(docker: MergedTree, oci: MergedTree) {
  const dockerDiffers = new Uint8Array(docker.length);
  const ociDiffers = new Uint8Array(oci.length);
  const pairs = pairUp(docker, oci);
  const differs = new Uint8Array(pairs.length);
  const paths: string[] = [];
  for (let at = 1; at < pairs.length; at++) {
    const x = pairs.below[at]!;
    const y = pairs.above[at]!;
    if (x !== NO_ROW && y !== NO_ROW && isSameVersion(docker, x, oci, y)) continue;
    differs[at] = 1;
    if (x !== NO_ROW) dockerDiffers[x] = 1;
    if (y !== NO_ROW) ociDiffers[y] = 1;
    if (differs[pairs.parent[at]!] || paths.length === MOST_PATHS) continue;
    paths.push(x === NO_ROW ? mergedPath(oci, y) : mergedPath(docker, x));
  }
  return { dockerDiffers, ociDiffers, paths };
}

function isSameVersion(docker: MergedTree, x: Row, oci: MergedTree, y: Row): boolean {
  const a = sourceOf(docker, x);
  const b = sourceOf(oci, y);
  const left = docker.layers[a.layer - 1]!;
  const right = oci.layers[b.layer - 1]!;
  if (hasTrustedXattr(right.tree, b.row) || hasEmptyXattr(left.tree, a.row)) return false;
  if (left.tree.kind[a.row] === DIR && right.tree.kind[b.row] === DIR)
    return hasSameAttributes(left.tree, a.row, right.tree, b.row);
  return (
    a.layer === b.layer &&
    storedRowOf(left, a.row) === storedRowOf(right, b.row) &&
    hasSameAttributes(left.tree, a.row, right.tree, b.row)
  );
}

/** Whether what may differ between the headers of one inode is the same. */
function hasSameAttributes(a: ColumnTree, x: Row, b: ColumnTree, y: Row): boolean {
  return (
    a.mode[x] === b.mode[y] &&
    a.uid[x] === b.uid[y] &&
    a.gid[x] === b.gid[y] &&
    (a.kind[x] === DIR || a.mtime[x] === b.mtime[y]) &&
    extraOf(a, x).xattrs?.length === extraOf(b, y).xattrs?.length
  );
}

/** The causes of differing paths: for each one at it, else inside it, else the nearest above it. */
function explain(paths: readonly string[], causes: Iterable<Cause>): readonly Difference[] {
  const wanted = new Set(paths);
  const above = new Set(paths.flatMap((path) => [...pathsAbove(path)]));
  const byPlace = new Map<string, Difference>();
  const inside = new Map<string, Difference>();
  // A chain of symlinks may end anywhere; only its first step is known as a place.
  let viaLinks: Difference | null = null;
  for (const { difference, at } of causes) {
    if (difference.because.type === "through-symlink") viaLinks ??= difference;
    for (const place of at) {
      const isWanted = wanted.has(place) || above.has(place);
      if (isWanted && !byPlace.has(place)) byPlace.set(place, difference);
      for (const parent of pathsAbove(place))
        if (wanted.has(parent) && !inside.has(parent)) inside.set(parent, difference);
    }
  }
  const found = new Set<Difference>();
  for (const path of paths) {
    let cause = byPlace.get(path) ?? inside.get(path);
    for (const place of cause ? [] : pathsAbove(path)) {
      cause = byPlace.get(place);
      if (cause) break;
    }
    found.add(cause ?? viaLinks ?? { layer: 0, path, because: { type: "other" } });
  }
  return [...found];
}

/** The directories of a path, the nearest first, the root last. */
function* pathsAbove(path: string): Generator<string> {
  for (let place = path; place !== "/"; ) {
    place = place.slice(0, place.lastIndexOf("/")) || "/";
    yield place;
  }
}

interface Cause {
  readonly difference: Difference;
  /** The paths at or below which it can be seen. */
  readonly at: readonly string[];
}

/** What the layers hold that the readings take differently. */
function* causesIn(union: Union, upto: LayerNumber): Generator<Cause> {
  for (let layer = 1; layer <= upto; layer++) {
    const tree = union.stored[layer - 1]!;
    const marks = union.marks[layer - 1] ?? null;
    if (union.oci[layer - 1]!.storedRow) yield* symlinkedParents(union, layer);
    yield* attributeCauses(tree, layer);
    yield* setgidCauses(union.oci[layer - 1]!, layer);
    if (!marks) continue;
    const isReplayed = union.docker[layer - 1]!.storedRow !== null;
    for (let row = 0; row < tree.length; row++)
      for (const [at, because] of markCauses(tree, marks, row, layer, isReplayed))
        yield causeAt(layer, pathOf(tree, at), because);
  }
}

/** What a row's marks are the cause of, and the row where it can be seen. */
function* markCauses(
  tree: ColumnTree,
  marks: Uint8Array,
  row: Row,
  layer: LayerNumber,
  isReplayed: boolean,
): Generator<readonly [Row, DifferenceReason]> {
  if (isReplayed && isLinkToWhiteout(tree, marks, row)) yield [row, { type: "link-to-whiteout" }];
  if (marks[row] === 0) return;
  if (layer === 1 && hasMark(marks, row, MARK_OPAQUE)) yield [row, { type: "opaque-in-base" }];
  else if (row === ROOT_ROW && hasMark(marks, row, MARK_OPAQUE))
    yield [ROOT_ROW, { type: "root-opaque" }];
  if (hasMark(marks, row, MARK_RENEWED)) yield [row, { type: "renewed-directory" }];
  if (hasMark(marks, row, MARK_DEVICE)) yield [row, { type: "overlay-whiteout" }];
  if (hasMark(marks, row, MARK_PHANTOM)) yield [row, { type: "whiteout-in-nothing" }];
  if (!hasMark(marks, row, MARK_WHITEOUT)) return;
  const real = namedByWhiteouts(tree)[row]!;
  if (real === NO_ROW || hasMark(marks, real, MARK_HIDDEN)) return;
  if (layer === 1) yield [real, { type: "whiteout-in-base" }];
  else if (kindOf(tree, real) === "dir") yield [real, { type: "whiteout-and-directory" }];
}

function causeAt(layer: LayerNumber, path: string, because: DifferenceReason): Cause {
  return { difference: { layer, path, because }, at: [path] };
}

/** Names whose attributes the readings take differently. */
function* attributeCauses(tree: ColumnTree, layer: LayerNumber): Generator<Cause> {
  const isEarlier = ({ owner, xattrs }: SecondHeader) => !owner && xattrs.length > 0;
  const entriesOf = (headers: readonly SecondHeader[]) =>
    new Set(headers.flatMap((header) => header.entries));
  const entries = entriesOf(tree.secondHeaders);
  const earlier = entriesOf(tree.secondHeaders.filter(isEarlier));
  if (entries.size === 0 && !tree.extras.some(({ xattrs }) => xattrs)) return;
  const inodes = new Set<Row>();
  for (let row = 0; row < tree.length; row++)
    if (entries.has(tree.entry[row]!)) inodes.add(tree.inode[row]!);
  for (let row = 0; row < tree.length; row++) {
    let type: "trusted-xattr" | "empty-xattr" | "earlier-xattrs" | "second-header";
    if (hasTrustedXattr(tree, row)) type = "trusted-xattr";
    else if (hasEmptyXattr(tree, row)) type = "empty-xattr";
    else if (earlier.has(tree.entry[row]!)) type = "earlier-xattrs";
    else if (row > 0 && inodes.has(tree.inode[row]!)) type = "second-header";
    else continue;
    yield causeAt(layer, pathOf(tree, row), { type });
  }
}

/** Directories that umoci makes setgid though no entry says so. */
function* setgidCauses({ tree }: AppliedLayer, layer: LayerNumber): Generator<Cause> {
  for (let row = 1; row < tree.length; row++)
    if (tree.entry[row]! < 0 && (tree.mode[row]! & 0o2000) !== 0)
      yield causeAt(layer, pathOf(tree, row), { type: "setgid-parent" });
}

/** The directories of a layer that are symlinks in a layer below. */
function* symlinkedParents(union: Union, layer: LayerNumber): Generator<Cause> {
  const tree = union.stored[layer - 1]!;
  for (const path of parentsIn(tree)) {
    for (let below = layer - 1; below >= 1; below--) {
      const lower = union.oci[below - 1]!.tree;
      const there = rowAt(lower, path);
      if (there === NO_ROW) continue;
      if (kindOf(lower, there) === "symlink") yield symlinkCause(layer, path, lower, there);
      break;
    }
  }
}

/** The directories that entries of a layer are in, or were in before something replaced them. */
function parentsIn(tree: ColumnTree): ReadonlySet<string> {
  const paths = new Set<string>();
  for (let row = 1; row < tree.length; row++)
    if (tree.kind[row] === DIR && tree.childCount[row] !== 0) paths.add(pathOf(tree, row));
  for (const { path } of tree.replaced)
    for (const parent of pathsAbove(path)) if (parent !== "/") paths.add(parent);
  return paths;
}

function symlinkCause(layer: LayerNumber, path: string, lower: ColumnTree, link: Row): Cause {
  const target = extraOf(lower, link).target ?? "";
  const names = target.startsWith("/") ? [] : path.split("/").slice(1, -1);
  for (const name of target.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  const because: DifferenceReason = { type: "through-symlink", target };
  return { difference: { layer, path, because }, at: [path, `/${names.join("/")}`] };
}
