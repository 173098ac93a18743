import {
  type ColumnTree,
  childOf,
  ENTRY_KINDS,
  NO_ROW,
  nameOf,
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

/** Whether a layer has a directory that gives its group to what is made in it. */
export function hasSetgidDirectory({ kind, mode }: ColumnTree): boolean {
  for (let row = 1; row < kind.length; row++)
    if (kind[row] === DIR && mode[row]! & SETGID) return true;
  return false;
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
  const first = firstMade(tree, shows === "oci" ? marks : null);
  const gid = tree.gid.slice();
  const mode = tree.mode.slice();
  const isNamed = (row: Row) => tree.entry[row]! >= 0 && !hasMark(marks, row, MARK_WHITEOUT);
  let isChanged = false;
  for (let row = 1; row < tree.length; row++) {
    const parent = tree.parent[row]!;
    if (tree.kind[row] !== DIR || isNamed(row) || hasMark(marks, row, MARK_HIDDEN)) continue;
    // containerd does not write the root's own entry.
    if (parent === ROOT_ROW && (shows === "docker" || !isNamed(parent))) continue;
    const isThere =
      shows === "oci" &&
      !isRemoved(layer, row, first[row]!) &&
      lowerDirectory(below, shows, namesTo(tree, row));
    if (isThere) continue;
    let from: Pick<ColumnTree, "mode" | "gid"> = { ...tree, mode, gid };
    let at = parent;
    if (!isNamed(parent) || tree.entry[parent]! > first[row]!) {
      const isGone = shows === "oci" && isRemoved(layer, parent, first[row]!);
      const lower = isGone ? null : lowerDirectory(below, shows, namesTo(tree, parent));
      if (!lower && isNamed(parent)) continue;
      if (lower) {
        from = below[lower.layer - 1]!.tree;
        at = lower.row;
      }
    }
    if ((from.mode[at]! & SETGID) === 0) continue;
    gid[row] = from.gid[at]!;
    if (shows === "oci") mode[row]! |= SETGID;
    isChanged = true;
  }
  return isChanged ? { ...layer, tree: { ...tree, mode, gid } } : layer;
}

/** Whether the layer has removed what a directory's path had below, before entry `entry`. */
function isRemoved({ tree, marks }: AppliedLayer, dir: Row, entry: number): boolean {
  const isEarlier = (mark: Row) => mark !== NO_ROW && tree.entry[mark]! < entry;
  for (let at = dir; at !== ROOT_ROW; at = tree.parent[at]!) {
    const up = tree.parent[at]!;
    if (hasMark(marks, at, MARK_RENEWED)) return true;
    if (isEarlier(whiteoutOf(tree, marks, up, nameOf(tree, at)))) return true;
    if (hasMark(marks, up, MARK_OPAQUE) && isEarlier(childOf(tree, up, OPAQUE_NAME))) return true;
  }
  return false;
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

function namesTo(tree: ColumnTree, row: Row): string[] {
  const names: string[] = [];
  for (let at = row; at !== ROOT_ROW; at = tree.parent[at]!) names.push(nameOf(tree, at));
  return names.reverse();
}
