import type { ColumnTree } from "../tree/column-tree.ts";

/** The buffers of a tree's columns: what moves to another thread without a copy. The tree here is empty afterwards. */
export function buffersOf(tree: ColumnTree): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const column of Object.values(tree))
    if (ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer)
      buffers.add(column.buffer);
  return [...buffers];
}
