import { type ColumnTree, nameBytesOf, type Row } from "../../tree/column-tree.ts";

/** Orders two rows of (possibly) different trees by the bytes of their names, the first `skip` bytes of a name left out. */
export function compareRows(
  a: ColumnTree,
  aRow: Row,
  aSkip: number,
  b: ColumnTree,
  bRow: Row,
  bSkip: number,
): number {
  const aName = a.name[aRow]!;
  const bName = b.name[bRow]!;
  let i = a.nameStart[aName]! + aSkip;
  let j = b.nameStart[bName]! + bSkip;
  const aEnd = a.nameStart[aName + 1]!;
  const bEnd = b.nameStart[bName + 1]!;
  for (; i < aEnd && j < bEnd; i++, j++) {
    const difference = a.nameBytes[i]! - b.nameBytes[j]!;
    if (difference !== 0) return difference;
  }
  return aEnd - i - (bEnd - j);
}

/** Negative when `bytes` sorts before the name of `row`, 0 when they are equal. */
export function compareToRow(bytes: Uint8Array, tree: ColumnTree, row: Row): number {
  const name = nameBytesOf(tree, row);
  const end = Math.min(bytes.length, name.length);
  for (let i = 0; i < end; i++) {
    const difference = bytes[i]! - name[i]!;
    if (difference !== 0) return difference;
  }
  return bytes.length - name.length;
}
