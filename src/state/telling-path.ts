import { type MergedTree, mergedKind, mergedPath } from "../image/union/merged-tree.ts";
import type { Waste } from "../image/union/waste.ts";
import { ROOT_ROW } from "../tree/column-tree.ts";

/** Longer ones no system call takes (PATH_MAX), and no person reads. */
const LONGEST = 4096;

/**
 * The path to begin with where none was asked for, unless it is very long: the largest that is stored and never seen, or else the first regular
 * file of the tree, read from top to bottom; null in a tree without files.
 */
export function tellingPath(waste: Waste, merged: MergedTree): string | null {
  const largest = waste.files.find(({ path }) => path.length < LONGEST);
  if (largest) return largest.path;
  const ahead: number[] = [ROOT_ROW];
  for (let row = ahead.pop(); row !== undefined; row = ahead.pop()) {
    if (mergedKind(merged, row) === "file") {
      const path = mergedPath(merged, row);
      return path.length < LONGEST ? path : null;
    }
    const start = merged.childStart[row]!;
    for (let child = start + merged.childCount[row]! - 1; child >= start; child--)
      ahead.push(child);
  }
  return null;
}
