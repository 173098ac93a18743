/** A tree whose rows can be walked in the byte order of their paths. */
export interface Walkable {
  readonly childStart: Int32Array;
  readonly childCount: Int32Array;
  /** The bytes of a row's name. */
  nameBytes(row: number): Uint8Array;
}

const SLASH = 0x2f;

/** A row to be given out, or (`inside`) the rows below it: "a" < "a-b" < "a/c". */
interface Token {
  readonly row: number;
  readonly inside: boolean;
}

/** All rows, root first, as `LC_ALL=C sort` orders their whole paths. Holds one directory's children a level. */
export function* rowsInPathOrder(tree: Walkable): Generator<number> {
  yield 0;
  const ahead: Token[] = [{ row: 0, inside: true }];
  for (let token = ahead.pop(); token; token = ahead.pop()) {
    if (!token.inside) yield token.row;
    else for (const next of tokensIn(tree, token.row).reverse()) ahead.push(next);
  }
}

function tokensIn(tree: Walkable, dir: number): Token[] {
  const start = tree.childStart[dir]!;
  const tokens: Token[] = [];
  let hasDirectory = false;
  for (let row = start; row < start + tree.childCount[dir]!; row++) {
    tokens.push({ row, inside: false });
    if (tree.childCount[row] === 0) continue;
    tokens.push({ row, inside: true });
    hasDirectory = true;
  }
  return hasDirectory ? tokens.sort((a, b) => compare(tree, a, b)) : tokens;
}

function compare(tree: Walkable, a: Token, b: Token): number {
  const x = tree.nameBytes(a.row);
  const y = tree.nameBytes(b.row);
  const xLength = x.length + (a.inside ? 1 : 0);
  const yLength = y.length + (b.inside ? 1 : 0);
  const end = Math.min(xLength, yLength);
  for (let i = 0; i < end; i++) {
    const difference = (x[i] ?? SLASH) - (y[i] ?? SLASH);
    if (difference !== 0) return difference;
  }
  return xLength - yLength;
}
