import { compareRows, type NameColumns } from "./name-order.ts";

/** Rows up to this many are compared one with another. */
const FEW = 24;
/** Bytes of a name that are sorted at once, and what a byte or the end of the name counts for. */
const DIGITS = 3;
const BASE = 257;

/**
 * Sorts rows in place by the bytes of their names: by three bytes at a time, what they have in common left out, and then
 * those that are still equal by the next three. O(bytes of the names + rows log rows).
 */
export function sortByName(rows: Int32Array, names: NameColumns): void {
  /** From, to and the bytes that are known to be equal. */
  const ahead: [from: number, to: number, skip: number][] = [[0, rows.length, 0]];
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const [from, to, known] = next;
    const part = rows.subarray(from, to);
    if (part.length <= FEW) {
      part.sort((a, b) => compareRows(names, a, known, names, b, known));
      continue;
    }
    const skip = known + commonBytes(part, names, known);
    const count = part.length;
    const keys = new Float64Array(count);
    for (let i = 0; i < count; i++) keys[i] = digitsOf(names, part[i]!, skip) * count + i;
    keys.sort();
    const before = part.slice();
    let start = 0;
    for (let i = 0; i < count; i++) {
      part[i] = before[keys[i]! % count]!;
      const isLast = i + 1 === count || !isSameKey(keys[i]!, keys[i + 1]!, count);
      if (!isLast) continue;
      // Names that end within these bytes are all the same one.
      if (i > start && Math.floor(keys[i]! / count) % BASE !== 0)
        ahead.push([from + start, from + i + 1, skip + DIGITS]);
      start = i + 1;
    }
  }
}

/** Bytes that the names have in common after the first `known`. */
function commonBytes(
  rows: Int32Array,
  { nameBytes, nameStart, name }: NameColumns,
  known: number,
): number {
  const first = name[rows[0]!]!;
  const start = nameStart[first]! + known;
  let common = nameStart[first + 1]! - start;
  for (let i = 1; i < rows.length && common > 0; i++) {
    const other = name[rows[i]!]!;
    const from = nameStart[other]! + known;
    const end = Math.min(common, nameStart[other + 1]! - from);
    let same = 0;
    while (same < end && nameBytes[start + same] === nameBytes[from + same]) same++;
    common = same;
  }
  return common;
}

/** The bytes of a name from `skip` on as one number: 0 stands for its end. */
function digitsOf({ nameBytes, nameStart, name }: NameColumns, row: number, skip: number): number {
  const end = nameStart[name[row]! + 1]!;
  let value = 0;
  let at = nameStart[name[row]!]! + skip;
  for (let i = 0; i < DIGITS; i++, at++) value = value * BASE + (at < end ? nameBytes[at]! + 1 : 0);
  return value;
}

function isSameKey(a: number, b: number, count: number): boolean {
  return Math.floor(a / count) === Math.floor(b / count);
}
