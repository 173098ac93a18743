import type { ColumnTree } from "../../tree/column-tree.ts";
import { hasMark, MARK_HIDDEN } from "./marks.ts";

/** Past the number of every entry. */
export const NO_ENTRY = 0x7fffffff;

/** By the marks that leave rows out, else by the tree. */
const known = new WeakMap<object, Int32Array>();

/** For each row the lowest entry number below it, those of hidden rows of `marks` left out. Worked out once a tree. */
export function firstEntriesBelow(tree: ColumnTree, marks: Uint8Array | null): Int32Array {
  const kept = known.get(marks ?? tree);
  if (kept) return kept;
  const first = new Int32Array(tree.length).fill(NO_ENTRY);
  for (let row = tree.length - 1; row > 0; row--) {
    const parent = tree.parent[row]!;
    const isLeftOut = tree.entry[row]! < 0 || hasMark(marks, row, MARK_HIDDEN);
    const own = isLeftOut ? NO_ENTRY : tree.entry[row]!;
    first[parent] = Math.min(first[parent]!, first[row]!, own);
  }
  known.set(marks ?? tree, first);
  return first;
}
