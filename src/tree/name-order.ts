import type { ColumnTree, Row } from "./column-tree.ts";

/** Orders the bytes [aFrom, aEnd) of `a` against [bFrom, bEnd) of `b`: by the first that differs, then by their number. */
export function compareBytes(
  a: Uint8Array,
  aFrom: number,
  aEnd: number,
  b: Uint8Array,
  bFrom: number,
  bEnd: number,
): number {
  let i = aFrom;
  let j = bFrom;
  for (; i < aEnd && j < bEnd; i++, j++) {
    const difference = a[i]! - b[j]!;
    if (difference !== 0) return difference;
  }
  return aEnd - i - (bEnd - j);
}

/** The names of rows, as a `ColumnTree` has them. */
export type NameColumns = Pick<ColumnTree, "name" | "nameStart" | "nameBytes">;

/** Orders two rows of (possibly) different trees by the bytes of their names, the first `skip` bytes of a name left out. */
export function compareRows(
  a: NameColumns,
  aRow: Row,
  aSkip: number,
  b: NameColumns,
  bRow: Row,
  bSkip: number,
): number {
  const aName = a.name[aRow]!;
  const bName = b.name[bRow]!;
  return compareBytes(
    a.nameBytes,
    a.nameStart[aName]! + aSkip,
    a.nameStart[aName + 1]!,
    b.nameBytes,
    b.nameStart[bName]! + bSkip,
    b.nameStart[bName + 1]!,
  );
}

/** Negative when `bytes` sorts before the name of `row`, 0 when they are equal. */
export function compareToRow(bytes: Uint8Array, tree: ColumnTree, row: Row): number {
  const name = tree.name[row]!;
  const { nameBytes, nameStart } = tree;
  return compareBytes(bytes, 0, bytes.length, nameBytes, nameStart[name]!, nameStart[name + 1]!);
}
