/** A tree whose rows can be walked in the byte order of their paths. */
export interface Walkable {
  readonly childStart: Int32Array;
  readonly childCount: Int32Array;
  /** The bytes of a row's name. */
  nameBytes(row: number): Uint8Array;
}

const SLASH = 0x2f;

/** A row to be given out (row * 2) or the rows below it (row * 2 + 1), in one number. */
type Token = number;

/** All rows, root first, as `LC_ALL=C sort` orders their whole paths: "a" < "a-b" < "a/c". */
export function* rowsInPathOrder(tree: Walkable): Generator<number> {
  yield 0;
  const ahead: Token[] = [1];
  for (let token = ahead.pop(); token !== undefined; token = ahead.pop()) {
    if (token % 2 === 0) {
      yield token / 2;
      continue;
    }
    const tokens = tokensIn(tree, (token - 1) / 2);
    for (let i = tokens.length - 1; i >= 0; i--) ahead.push(tokens[i]!);
  }
}

function tokensIn(tree: Walkable, dir: number): Token[] {
  const start = tree.childStart[dir]!;
  const tokens: Token[] = [];
  let hasDirectory = false;
  for (let row = start; row < start + tree.childCount[dir]!; row++) {
    tokens.push(row * 2);
    if (tree.childCount[row] === 0) continue;
    tokens.push(row * 2 + 1);
    hasDirectory = true;
  }
  return hasDirectory ? tokens.sort((a, b) => compare(tree, a, b)) : tokens;
}

function compare(tree: Walkable, a: Token, b: Token): number {
  const x = tree.nameBytes(Math.floor(a / 2));
  const y = tree.nameBytes(Math.floor(b / 2));
  const xLength = x.length + (a % 2);
  const yLength = y.length + (b % 2);
  const end = Math.min(xLength, yLength);
  for (let i = 0; i < end; i++) {
    const difference = (x[i] ?? SLASH) - (y[i] ?? SLASH);
    if (difference !== 0) return difference;
  }
  return xLength - yLength;
}
