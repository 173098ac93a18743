import type { TreeModel } from "./tree-model.ts";
import { subtreeSums } from "./visible-rows.ts";

/**
 * Bytes of each row and of everything below it. A directory counts an inode once, however many names it has in it; each
 * of the names says the whole of it. O(rows + names of hard links · depth).
 */
export function directorySizes(model: TreeModel): Float64Array {
  const { firstOf, repeats } = inodesIn(model);
  const sizes = subtreeSums(model, (row) => (firstOf[row] === 0 ? model.bytes(row) : 0));
  /** By directory: the inode that was counted in it last, as the first row that names it. */
  const countedIn = new Int32Array(model.length);
  let inode = 0;
  for (const row of repeats) {
    const first = firstOf[row]!;
    if (inode !== first) {
      inode = first;
      for (let at = model.parent[first]!; at > 0; at = model.parent[at]!) countedIn[at] = first;
    }
    const bytes = model.bytes(row);
    sizes[row] = bytes;
    for (let at = model.parent[row]!; at > 0 && countedIn[at] !== first; at = model.parent[at]!) {
      countedIn[at] = first;
      sizes[at]! += bytes;
    }
  }
  return sizes;
}

/** By row, the first row of the same inode (0: it is the first itself), and the rows that have one, inode by inode. */
function inodesIn(model: TreeModel): {
  readonly firstOf: Int32Array;
  readonly repeats: readonly number[];
} {
  const firstOf = new Int32Array(model.length);
  const repeats: number[] = [];
  /** By layer and inode there: the first row of the model that names it. */
  const named = new Map<number, Int32Array>();
  for (let row = 1; row < model.length; row++) {
    if (model.bytes(row) === 0) continue;
    const { tree, row: at, layer } = model.source(row);
    const rows = named.get(layer) ?? new Int32Array(tree.length);
    named.set(layer, rows);
    const inode = tree.inode[at]!;
    if (rows[inode] === 0) rows[inode] = row;
    else {
      firstOf[row] = rows[inode]!;
      repeats.push(row);
    }
  }
  repeats.sort((a, b) => firstOf[a]! - firstOf[b]! || a - b);
  return { firstOf, repeats };
}
