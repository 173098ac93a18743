import {
  type ColumnTree,
  childOf,
  ENTRY_KINDS,
  NO_ROW,
  nameOf,
  namesTo,
  pathOf,
  type ReplacedEntry,
  ROOT_ROW,
  type Row,
  rowAt,
} from "../../tree/column-tree.ts";
import { WHITEOUT_PREFIX } from "../whiteout-name.ts";
import { firstEntriesBelow } from "./first-entries.ts";
import { rowOnDisk } from "./layer-on-disk.ts";
import { directoryAt } from "./layer-reader.ts";
import {
  hasMark,
  MARK_HIDDEN,
  MARK_OPAQUE,
  MARK_RENEWED,
  MARK_WHITEOUT,
  OPAQUE_NAME,
  whiteoutOf,
} from "./marks.ts";
import type { AppliedLayer, LayerRow, Semantics } from "./semantics.ts";

const DIR = ENTRY_KINDS.indexOf("dir");
const SETGID = 0o2000;

/** Whether a layer has, or had, a directory that gives its group to what is made in it. */
export function hasSetgidDirectory({ kind, mode, replaced }: ColumnTree): boolean {
  for (let row = 0; row < kind.length; row++)
    if (kind[row] === DIR && mode[row]! & SETGID) return true;
  return replaced.some((each) => each.kind === "dir" && (each.mode & SETGID) !== 0);
}

/**
 * The layer with the groups of directories that no entry names: mkdir takes the group of a setgid directory, and its
 * setgid bit, which containerd takes away again. `below` are the layers below it as the same reading takes them.
 */
export function withInheritedGroups(
  layer: AppliedLayer,
  below: readonly AppliedLayer[],
  shows: Semantics,
): AppliedLayer {
  const { tree, marks } = layer;
  const isOneRoot = shows === "oci";
  const first = firstMade(tree, isOneRoot ? marks : null);
  const earlier = byPath(tree.replaced);
  const earlierDirectories = byPath(tree.replaced.filter(({ kind }) => kind === "dir"));
  const gid = tree.gid.slice();
  const mode = tree.mode.slice();
  /** What directories are before an entry names them. containerd does not write the root's own entry. */
  const made = { mode: new Uint16Array(tree.length), gid: new Uint32Array(tree.length) };
  const isNamed = (row: Row) => tree.entry[row]! >= 0 && !hasMark(marks, row, MARK_WHITEOUT);
  const isNamedBy = (row: Row, entry: number) =>
    isNamed(row) && tree.entry[row]! < entry && (isOneRoot || row !== ROOT_ROW);
  /** Mode and group of a directory before entry `entry`: as the last entry before it says, or as it was made. */
  const parentAt = (dir: Row, entry: number): readonly [mode: number, gid: number] => {
    if (isNamedBy(dir, entry)) return [tree.mode[dir]!, tree.gid[dir]!];
    const isWritten = earlierDirectories.size > 0 && (isOneRoot || dir !== ROOT_ROW);
    const entries = isWritten ? earlierDirectories.get(pathOf(tree, dir)) : undefined;
    const named = entries?.[countBefore(entries, entry) - 1];
    return named ? [named.mode, named.gid] : [made.mode[dir]!, made.gid[dir]!];
  };
  let isChanged = false;
  for (let row = isOneRoot ? ROOT_ROW : 1; row < tree.length; row++) {
    if (tree.kind[row] !== DIR || isNamedBy(row, first[row]!)) continue;
    if (hasMark(marks, row, MARK_HIDDEN)) continue;
    const isGone = isOneRoot && isRemoved(layer, earlier, row, first[row]!);
    const lower = isGone ? null : lowerDirectory(below, shows, namesTo(tree, row));
    if (lower) {
      const from = below[lower.layer - 1]!.tree;
      made.mode[row] = from.mode[lower.row]!;
      made.gid[row] = from.gid[lower.row]!;
      if (isNamed(row) || row === ROOT_ROW) continue;
      // It stays as it is, and a layer above may find no other row of it: this one may be opaque.
      gid[row] = made.gid[row]!;
      mode[row] = made.mode[row]!;
      isChanged = true;
      continue;
    }
    if (row === ROOT_ROW) continue;
    const parent = tree.parent[row]!;
    const [bits, group] = parentAt(parent, first[row]!);
    if ((bits & SETGID) === 0) continue;
    made.gid[row] = group;
    if (isOneRoot) made.mode[row] = SETGID;
    if (isNamed(row)) continue;
    gid[row] = made.gid[row]!;
    mode[row]! |= made.mode[row]!;
    isChanged = true;
  }
  return isChanged ? { ...layer, tree: { ...tree, mode, gid } } : layer;
}

/** Whether the layer has removed what a directory's path had below, before entry `entry`. */
function isRemoved(
  { tree, marks }: AppliedLayer,
  earlier: ReadonlyMap<string, readonly ReplacedEntry[]>,
  dir: Row,
  entry: number,
): boolean {
  const isEarlier = (mark: Row) =>
    mark !== NO_ROW &&
    (tree.entry[mark]! < entry || (earlier.get(pathOf(tree, mark))?.[0]?.entry ?? entry) < entry);
  for (let at = dir; at !== ROOT_ROW; at = tree.parent[at]!) {
    const up = tree.parent[at]!;
    if (hasMark(marks, at, MARK_RENEWED)) return true;
    if (isEarlier(whiteoutOf(tree, marks, up, nameOf(tree, at)))) return true;
    if (hasMark(marks, up, MARK_OPAQUE) && isEarlier(childOf(tree, up, OPAQUE_NAME))) return true;
  }
  return false;
}

/** Entries that came again later, by path, in the order of the archive. */
function byPath(replaced: readonly ReplacedEntry[]): ReadonlyMap<string, readonly ReplacedEntry[]> {
  const earlier = new Map<string, ReplacedEntry[]>();
  for (const each of replaced) {
    const known = earlier.get(each.path);
    if (known) known.push(each);
    else earlier.set(each.path, [each]);
  }
  return earlier;
}

/** How many entries come before `entry`. They are in the order of the archive. O(log entries). */
function countBefore(entries: readonly ReplacedEntry[], entry: number): number {
  let from = 0;
  let to = entries.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (entries[middle]!.entry < entry) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** For each directory the first entry that it was made for. Replaced entries count, and marks unless `marks` hides them. */
function firstMade(tree: ColumnTree, marks: Uint8Array | null): Int32Array {
  const first = firstEntriesBelow(tree, marks);
  for (const { path, entry } of tree.replaced) {
    if (marks && path.includes(`/${WHITEOUT_PREFIX}`)) continue;
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const row = rowAt(tree, path.slice(0, end));
      if (row !== NO_ROW) first[row] = Math.min(first[row]!, entry);
    }
  }
  return first;
}

/** The directory that a path has below, before the layer is unpacked. */
function lowerDirectory(
  below: readonly AppliedLayer[],
  shows: Semantics,
  names: readonly string[],
): LayerRow | null {
  if (shows === "oci") return directoryAt(below, below.length, "oci", names);
  for (let layer = below.length; layer >= 1; layer--) {
    const applied = below[layer - 1]!;
    const row = rowOnDisk(applied, layer, names);
    if (row === NO_ROW) continue;
    const isDirectory = typeof row === "number" && applied.tree.kind[row] === DIR;
    return isDirectory ? { layer, row } : null;
  }
  return null;
}
