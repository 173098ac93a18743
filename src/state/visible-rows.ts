/** What the flattening needs of a tree: its rows breadth first, the children of one row next to each other. */
export interface TreeShape {
  readonly length: number;
  readonly parent: Int32Array;
  readonly childStart: Int32Array;
  readonly childCount: Int32Array;
}

/** The rows on the screen, top to bottom, without the root. */
export interface VisibleRows {
  readonly rows: Int32Array;
  /** How deep each lies; 1 is a child of the root. */
  readonly depth: Uint16Array;
  readonly length: number;
}

/**
 * Flattens a tree to the rows that are open. O(rows shown), no recursion, no objects.
 *
 * `isOpen` is asked for rows with children only. `keep` (1 = shown) leaves rows out together with what is below them;
 * `compare` orders the children of one directory, null keeps the tree's own order (names by bytes).
 */
export function flatten(
  tree: TreeShape,
  isOpen: (row: number) => boolean,
  keep: Uint8Array | null,
  compare: ((a: number, b: number) => number) | null,
): VisibleRows {
  let rows = new Int32Array(1024);
  let depth = new Uint16Array(1024);
  let length = 0;
  const stack: number[] = [];
  const stackDepth: number[] = [];
  const pushChildren = (of: number, level: number) => {
    const start = tree.childStart[of]!;
    const end = start + tree.childCount[of]!;
    if (!compare) {
      for (let row = end - 1; row >= start; row--) if (!keep || keep[row] === 1) push(row, level);
      return;
    }
    const children: number[] = [];
    for (let row = start; row < end; row++) if (!keep || keep[row] === 1) children.push(row);
    children.sort(compare);
    for (let i = children.length - 1; i >= 0; i--) push(children[i]!, level);
  };
  const push = (row: number, level: number) => {
    stack.push(row);
    stackDepth.push(level);
  };
  pushChildren(0, 1);
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    const level = stackDepth.pop() ?? 1;
    if (length === rows.length) {
      rows = grown(rows, new Int32Array(length * 2));
      depth = grown(depth, new Uint16Array(length * 2));
    }
    rows[length] = row;
    depth[length++] = level;
    if (tree.childCount[row]! > 0 && isOpen(row)) pushChildren(row, level + 1);
  }
  return { rows: rows.subarray(0, length), depth: depth.subarray(0, length), length };
}

/** The rows `wanted` accepts and all directories above them, as a column for `flatten`. O(rows). */
export function keepWithAncestors(tree: TreeShape, wanted: (row: number) => boolean): Uint8Array {
  const keep = new Uint8Array(tree.length);
  for (let row = tree.length - 1; row > 0; row--) {
    if (keep[row] === 0 && wanted(row)) keep[row] = 1;
    if (keep[row] === 1) keep[tree.parent[row]!] = 1;
  }
  return keep;
}

/** Each row's own figure plus those of everything below it. O(rows). */
export function subtreeSums(tree: TreeShape, own: (row: number) => number): Float64Array {
  const sums = new Float64Array(tree.length);
  for (let row = tree.length - 1; row > 0; row--) {
    sums[row]! += own(row);
    sums[tree.parent[row]!]! += sums[row]!;
  }
  return sums;
}

function grown<T extends { set(from: T): void }>(from: T, larger: T): T {
  larger.set(from);
  return larger;
}
