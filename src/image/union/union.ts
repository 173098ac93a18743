import {
  type ColumnTree,
  childOf,
  ENTRY_KINDS,
  kindOf,
  NO_ROW,
  nameOf,
  pathOf,
  ROOT_ROW,
  ROW_IMPLIED,
  type Row,
  rowAt,
} from "../../tree/column-tree.ts";
import { namedByWhiteouts } from "../whiteout-name.ts";
import { asContainerdWrites, asUmociWrites } from "./attributes.ts";
import { firstEntriesBelow, NO_ENTRY } from "./first-entries.ts";
import { hasSetgidDirectory, withInheritedGroups } from "./inherited-group.ts";
import { rowOnDisk } from "./layer-on-disk.ts";
import { directoryAt } from "./layer-reader.ts";
import {
  hasMark,
  MARK_HIDDEN,
  MARK_OPAQUE,
  MARK_PHANTOM,
  MARK_RENEWED,
  MARK_WHITEOUT,
  marksOf,
  OPAQUE_NAME,
  whiteoutOf,
} from "./marks.ts";
import { mergeLayers } from "./merge.ts";
import type { MergedTree } from "./merged-tree.ts";
import { hasLinks, isLinkToWhiteout, type Refusal, refusalsOf } from "./refusal.ts";
import { type Replayed, replayForDocker, replayForOci } from "./replay.ts";
import type { AppliedLayer, LayerNumber, LayerRow, Semantics } from "./semantics.ts";

/** An image's layers, base first, with what both readings make of each. */
export interface Union {
  /** As the archive holds them. A layer that could not be read is an empty tree. */
  readonly stored: readonly ColumnTree[];
  /** The `MARK_…` bits of the stored trees' rows; null where a layer has none. */
  readonly marks: readonly (Uint8Array | null)[];
  readonly docker: readonly AppliedLayer[];
  readonly oci: readonly AppliedLayer[];
  /** What Docker refuses, base first: the first `MOST_REFUSALS` places. */
  readonly refusals: readonly Refusal[];
}

/** Places that are listed; one is enough for an image to be refused. */
export const MOST_REFUSALS = 1000;
const NO_LINKS: ReadonlyMap<Row, LayerRow> = new Map();
const DIR = ENTRY_KINDS.indexOf("dir");

/**
 * Readies an image's layers, base first, for merging. Each reading, and what Docker refuses, is worked out when it is asked
 * for. O(rows), and no copies but for layers that need one. `lower`, when it is of the first of these layers, is gone on
 * from: O(rows of the others).
 */
export function unionOf(stored: readonly ColumnTree[], lower: Union | null = null): Union {
  const known = lower?.stored.every((tree, i) => stored[i] === tree) ? lower : null;
  const marks = stored.map((tree, i) =>
    known && i in known.stored ? known.marks[i]! : marksOf(tree),
  );
  const docker = once(() => readLayers(stored, marks, known, "docker"));
  const oci = once(() => readLayers(stored, marks, known, "oci"));
  const refusals = once(() => refusalsIn(stored, marks, known, docker));
  return {
    stored,
    marks,
    get docker() {
      return docker();
    },
    get oci() {
      return oci();
    },
    get refusals() {
      return refusals();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

type Marks = readonly (Uint8Array | null)[];

/** The layers as one reading takes them, those of `known` as they are there. */
function readLayers(
  stored: readonly ColumnTree[],
  markings: Marks,
  known: Union | null,
  shows: Semantics,
): readonly AppliedLayer[] {
  const layers = [...(known?.[shows] ?? [])];
  let below: MergedTree | undefined;
  let hasSetgid = known?.stored.some(hasSetgidDirectory) ?? false;
  stored.forEach((tree, index) => {
    if (known && index in known.stored) return;
    hasSetgid ||= hasSetgidDirectory(tree);
    const marks = markings[index] ?? null;
    const applied =
      shows === "docker"
        ? appliedByDocker(tree, marks, index === 0)
        : appliedByOci(tree, marks, layers, () => {
            below = mergeLayers(layers, layers.length, "oci", "oci", below);
            return below;
          });
    layers.push(hasSetgid ? withInheritedGroups(applied, layers, shows) : applied);
  });
  return layers;
}

function refusalsIn(
  stored: readonly ColumnTree[],
  markings: Marks,
  known: Union | null,
  docker: () => readonly AppliedLayer[],
): readonly Refusal[] {
  const refusals = [...(known?.refusals ?? [])];
  const note = (refused: Iterable<Refusal>) => {
    for (const refusal of refused) {
      if (refusals.length === MOST_REFUSALS) return;
      refusals.push(refusal);
    }
  };
  stored.forEach((tree, index) => {
    if (known && index in known.stored) return;
    const marks = markings[index] ?? null;
    const layer = index + 1;
    note(refusalsOf(tree, marks, layer));
    note(parentRefusals(tree, marks, docker, layer));
    if (index === 0) note(directoriesGone(tree, marks, docker));
  });
  return refusals;
}

/** The reading that is shown for the first `upto` layers: `oci` also where Docker refuses one of them. */
export function shownSemantics(union: Union, upto: LayerNumber, semantics: Semantics): Semantics {
  return union.refusals.some((refusal) => refusal.layer <= upto) ? "oci" : semantics;
}

/** The merged tree of the first `upto` layers. `upto` 0 is an empty root. */
export function mergedTree(union: Union, upto: LayerNumber, semantics: Semantics): MergedTree {
  const shows = shownSemantics(union, upto, semantics);
  return mergeLayers(union[shows], upto, semantics, shows);
}

function appliedByDocker(
  tree: ColumnTree,
  marks: Uint8Array | null,
  isBase: boolean,
): AppliedLayer {
  const needsReplay = isBase
    ? removesItsOwn(tree, marks)
    : hasLinks(tree) && tree.entry.some((_, row) => isLinkToWhiteout(tree, marks, row));
  const plain = asContainerdWrites(tree);
  return needsReplay ? replayed(replayForDocker(plain, marks, isBase)) : asStored(plain, marks);
}

/** Whether a base layer has marks that remove something of its own: there is no overlay yet. */
function removesItsOwn(tree: ColumnTree, marks: Uint8Array | null): boolean {
  if (!marks) return false;
  const named = namedByWhiteouts(tree);
  return marks.some(
    (bits, row) => bits & MARK_OPAQUE || (bits & MARK_WHITEOUT && named[row] !== NO_ROW),
  );
}

/** Directories that the base layer names and that its own whiteouts remove: their times cannot be set in the end. */
function* directoriesGone(
  tree: ColumnTree,
  marks: Uint8Array | null,
  docker: () => readonly AppliedLayer[],
): Generator<Refusal> {
  if (!removesItsOwn(tree, marks)) return;
  for (let row = 1; row < tree.length; row++) {
    if (tree.kind[row] !== DIR || isUnnamed(tree, marks, row)) continue;
    const path = pathOf(tree, row);
    const applied = docker()[0];
    if (applied && rowAt(applied.tree, path) === NO_ROW)
      yield { layer: 1, path, reason: "directory-gone" };
  }
}

/** Directories that containerd makes for what is in them, and for which it asks the layers below in vain. */
function* parentRefusals(
  tree: ColumnTree,
  marks: Uint8Array | null,
  docker: () => readonly AppliedLayer[],
  layer: LayerNumber,
): Generator<Refusal> {
  if (layer === 1) return;
  for (const path of pathsMadeEarly(tree, marks)) {
    const names = path.slice(1).split("/");
    let found: ReturnType<typeof rowOnDisk> = NO_ROW;
    for (let lower = layer - 1; lower >= 1 && found === NO_ROW; lower--)
      found = rowOnDisk(docker()[lower - 1]!, lower, names);
    if (found === "no-way") yield { layer, path, reason: "parent-differs-below" };
  }
}

/** The paths of directories that had no entry when something was put into them, replaced ones too. */
function* pathsMadeEarly(tree: ColumnTree, marks: Uint8Array | null): Generator<string> {
  for (const row of directoriesMadeEarly(tree, marks)) yield pathOf(tree, row);
  if (tree.replaced.length === 0) return;
  const named = new Map<string, number>();
  const note = (path: string, entry: number) =>
    named.set(path, Math.min(entry, named.get(path) ?? entry));
  for (const { path, kind, entry } of tree.replaced) if (kind === "dir") note(path, entry);
  for (let row = 1; row < tree.length; row++)
    if (tree.kind[row] === DIR && !isUnnamed(tree, marks, row))
      note(pathOf(tree, row), tree.entry[row]!);
  for (const { path, entry } of tree.replaced) {
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (parent !== "" && (named.get(parent) ?? NO_ENTRY) > entry) yield parent;
  }
}

/** Directories with something in them that came before an entry of their own, or that have none. */
function* directoriesMadeEarly(tree: ColumnTree, marks: Uint8Array | null): Generator<Row> {
  const first = firstEntriesBelow(tree, null);
  for (let row = 1; row < tree.length; row++) {
    if (tree.kind[row] !== DIR || tree.childCount[row] === 0) continue;
    if (isUnnamed(tree, marks, row) || first[row]! < tree.entry[row]!) yield row;
  }
}

/** Whether no entry describes a directory. */
function isUnnamed(tree: ColumnTree, marks: Uint8Array | null, row: Row): boolean {
  return tree.entry[row]! < 0 || hasMark(marks, row, MARK_WHITEOUT);
}

function appliedByOci(
  stored: ColumnTree,
  marks: Uint8Array | null,
  below: readonly AppliedLayer[],
  mergedBelow: () => MergedTree,
): AppliedLayer {
  const tree = asUmociWrites(stored);
  const links = hasLinks(tree) || (below.length > 0 && tree.forwardLinks.length > 0);
  const isPlain = !links && (below.length === 0 || !hasLateMark(tree, marks));
  if (isPlain && !goesThroughSymlinks(tree, marks, below))
    return withoutPhantoms(asStored(tree, marks), below);
  const merged = below.length === 0 ? null : mergedBelow();
  return withoutPhantoms(replayed(replayForOci(tree, marks, merged)), below);
}

/** Whether a mark comes after something that it would remove: what is in the layer by then keeps its directories. */
function hasLateMark(tree: ColumnTree, marks: Uint8Array | null): boolean {
  if (tree.faults.some(({ reason }) => reason === "whiteout-late")) return true;
  if (!marks?.some((bits) => bits & MARK_OPAQUE)) return false;
  const first = firstEntriesBelow(tree, marks);
  for (let row = 0; row < tree.length; row++) {
    if (!hasMark(marks, row, MARK_OPAQUE)) continue;
    const mark = childOf(tree, row, OPAQUE_NAME);
    if (mark !== NO_ROW && first[row]! < tree.entry[mark]!) return true;
  }
  return false;
}

/**
 * Hides directories that hold nothing but whiteouts and are nowhere below: umoci makes none for a whiteout's sake. Where
 * a directory is below they stay, to remove names from it.
 */
function withoutPhantoms(layer: AppliedLayer, below: readonly AppliedLayer[]): AppliedLayer {
  const { tree } = layer;
  if (!layer.marks?.some((bits) => bits & MARK_PHANTOM)) return layer;
  const marks = layer.marks.slice();
  for (let row = 1; row < tree.length; row++) {
    if (!hasMark(marks, row, MARK_PHANTOM)) continue;
    const names = pathOf(tree, row).slice(1).split("/");
    if (isCutOff(tree, marks, row) || !directoryAt(below, below.length, "oci", names))
      marks[row]! |= MARK_HIDDEN;
  }
  return { ...layer, marks };
}

/** Whether the layer itself removes what is below a directory's path: by a whiteout of it or an opaque parent. */
function isCutOff(tree: ColumnTree, marks: Uint8Array, row: Row): boolean {
  for (let at = row; at !== ROOT_ROW; at = tree.parent[at]!) {
    const dir = tree.parent[at]!;
    if (hasMark(marks, dir, MARK_OPAQUE | MARK_RENEWED)) return true;
    if (whiteoutOf(tree, marks, dir, nameOf(tree, at)) !== NO_ROW) return true;
  }
  return false;
}

function asStored(tree: ColumnTree, marks: Uint8Array | null): AppliedLayer {
  return { tree: withImpliedAttributes(tree, marks), storedRow: null, marks, links: NO_LINKS };
}

function replayed({ tree, storedRow, links }: Replayed): AppliedLayer {
  const marks = marksOf(tree);
  return { tree: withImpliedAttributes(tree, marks), storedRow, marks, links };
}

/** Whether an entry has a parent that the layer had not named by then and that is a symlink in a layer below. */
function goesThroughSymlinks(
  tree: ColumnTree,
  marks: Uint8Array | null,
  below: readonly AppliedLayer[],
): boolean {
  if (below.length === 0) return false;
  const isSymlink = (path: string) =>
    below.some((layer) => {
      const there = rowAt(layer.tree, path);
      return there !== NO_ROW && kindOf(layer.tree, there) === "symlink";
    });
  for (const row of directoriesMadeEarly(tree, marks))
    if (isSymlink(pathOf(tree, row))) return true;
  return tree.replaced.some(({ path }) => {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
      if (isSymlink(path.slice(0, end))) return true;
    return false;
  });
}

/** A whiteout entry with children is a directory that no entry describes: the header was the whiteout's. */
function withImpliedAttributes(tree: ColumnTree, marks: Uint8Array | null): ColumnTree {
  if (!marks) return tree;
  const rows: Row[] = [];
  for (let row = 1; row < tree.length; row++)
    if (hasMark(marks, row, MARK_WHITEOUT) && !hasMark(marks, row, MARK_HIDDEN)) rows.push(row);
  if (rows.length === 0) return tree;
  const mode = tree.mode.slice();
  const uid = tree.uid.slice();
  const gid = tree.gid.slice();
  const mtime = tree.mtime.slice();
  const flags = tree.flags.slice();
  const extra = tree.extra.slice();
  for (const row of rows) {
    mode[row] = 0o755;
    uid[row] = 0;
    gid[row] = 0;
    mtime[row] = 0;
    flags[row]! |= ROW_IMPLIED;
    extra[row] = -1;
  }
  return { ...tree, mode, uid, gid, mtime, flags, extra };
}
