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

/**
 * The rows of a directory, and of those that hold something what is in them, in the order of paths. What is in "a" comes
 * after "a" and all names that begin with "a" and go on with what sorts before a slash: it waits until they are passed,
 * and what waits inside what waits goes first.
 */
function tokensIn(tree: Walkable, dir: number): Token[] {
  const start = tree.childStart[dir]!;
  const tokens: Token[] = [];
  const waiting: number[] = [];
  for (let row = start; row < start + tree.childCount[dir]!; row++) {
    for (let last = waiting.at(-1); last !== undefined; last = waiting.at(-1)) {
      if (!isBefore(tree.nameBytes(last), tree.nameBytes(row))) break;
      tokens.push(last * 2 + 1);
      waiting.pop();
    }
    tokens.push(row * 2);
    if (tree.childCount[row] !== 0) waiting.push(row);
  }
  for (const row of waiting.reverse()) tokens.push(row * 2 + 1);
  return tokens;
}

/** Whether a name and a slash sort before another name, which comes after the name itself. */
function isBefore(name: Uint8Array, other: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (name[i] !== other[i]) return true;
  return (other[name.length] ?? 0) >= SLASH;
}
