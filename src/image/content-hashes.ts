import { bytesToHex } from "@noble/hashes/utils.js";
import type { IHasher } from "hash-wasm";
import {
  type ColumnTree,
  type ContentColumns,
  contentOf,
  extraOf,
  kindOf,
  type Row,
} from "../tree/column-tree.ts";
import { type Content, type Piece, pieceLength } from "../tree/content.ts";
import { nodeCrypto } from "./digest.ts";
import { borrowHasher, returnHasher } from "./hashers.ts";

/** Zeros of holes that are hashed for one layer at most: more would take longer than anyone waits. */
const MOST_ZEROS = 2 ** 31;
const HASH = 32;
/** Bytes of a file for which Node's own hash is worth making, where there is one: a shorter one is hashed before that. */
const LONG = 2 ** 15;
const NONE = -1;

/** What hashing needs of a tree: all that is sent of one to another thread. */
export type HashedColumns = ContentColumns & Pick<ColumnTree, "length" | "kind" | "inode">;

export function hashedColumns(tree: HashedColumns): HashedColumns {
  const { length, blob, kind, inode, size, content, extra, extras } = tree;
  return { length, blob, kind, inode, size, content, extra, extras };
}

/** The buffers of a tree's columns, to be moved to another thread. */
export function movableBuffers(tree: ColumnTree): readonly ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const column of Object.values(tree))
    if (ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer)
      buffers.add(column.buffer);
  return [...buffers];
}

/** SHA-256 of file contents by row. `index` and `bytes` can be transferred; see `contentHashes`. */
export interface ContentHashes {
  /** For each row the number of its hash in `bytes`, or -1. */
  readonly index: Int32Array<ArrayBuffer>;
  /** 32 bytes a hash. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** 64 hex digits; null for rows that are no regular file, or whose bytes could not be read. */
  of(row: Row): string | null;
}

/** Hashes by row over columns that came from another thread. */
export function contentHashes(
  index: Int32Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): ContentHashes {
  /** The hash asked for last: that of the empty file is asked for again and again. */
  let last = { at: NONE, hex: "" };
  return {
    index,
    bytes,
    of(row) {
      const at = (index[row] ?? NONE) * HASH;
      if (at < 0) return null;
      if (at === last.at) return last.hex;
      const hex = bytesToHex(bytes.subarray(at, at + HASH));
      last = { at, hex };
      return hex;
    },
  };
}

/** The hash of one file. */
interface FileHash {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Hashes the files of a layer while its uncompressed tar goes by, in one pass. */
export class ContentHasher {
  readonly #tree: HashedColumns;
  readonly #hasher: IHasher;
  readonly #crypto = nodeCrypto();
  /** By `#hasher`. */
  readonly #shortHash: FileHash;
  /** Of the row that is being hashed. */
  #hash: FileHash;
  /** Rows with content, one for each inode, by where it starts. */
  readonly #rows: Row[];
  readonly #index: Int32Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #count = 0;
  #next = 0;
  /** What is left to hash of the row that is being hashed. */
  #pieces: Piece[] = [];
  #offset = 0;
  /** Zeros of holes that may still be hashed. */
  #zerosLeft = MOST_ZEROS;

  static async over(tree: HashedColumns): Promise<ContentHasher> {
    return new ContentHasher(tree, await borrowHasher("sha256"));
  }

  private constructor(tree: HashedColumns, hasher: IHasher) {
    this.#tree = tree;
    this.#hasher = hasher;
    this.#shortHash = {
      update: (bytes) => hasher.update(bytes),
      digest: () => hasher.digest("binary"),
    };
    this.#hash = this.#shortHash;
    this.#index = new Int32Array(tree.length).fill(NONE);
    const rows: Row[] = [];
    const empty: Row[] = [];
    for (let row = 0; row < tree.length; row++) {
      if (kindOf(tree, row) !== "file" || tree.inode[row] !== row) continue;
      if (tree.size[row] === 0) empty.push(row);
      else if (this.#isWanted(row)) rows.push(row);
    }
    this.#rows = rows.sort((a, b) => tree.content[a]! - tree.content[b]!);
    this.#bytes = new Uint8Array((rows.length + 1) * HASH);
    if (empty.length > 0) this.#endRows(empty);
    this.#begin();
  }

  /** Whether no byte that comes can matter any more. */
  get isDone(): boolean {
    return this.#next === this.#rows.length;
  }

  /** The next bytes of the tar. */
  push(chunk: Uint8Array): void {
    const end = this.#offset + chunk.length;
    let at = this.#offset;
    while (this.#next < this.#rows.length) {
      const piece = this.#pieces[0];
      if (piece?.type !== "blob" || piece.offset >= end) break;
      const from = Math.max(at, piece.offset);
      const to = Math.min(end, piece.offset + piece.length);
      if (to > from) this.#hash.update(chunk.subarray(from - this.#offset, to - this.#offset));
      at = to;
      if (to < piece.offset + piece.length) {
        this.#pieces[0] = { ...piece, offset: to, length: piece.offset + piece.length - to };
        break;
      }
      this.#pieces.shift();
      this.#takeHoles();
    }
    this.#offset = end;
  }

  /** The hashes of all files whose bytes came whole. */
  finish(): ContentHashes {
    const tree = this.#tree;
    returnHasher("sha256", this.#hasher);
    for (let row = 0; row < tree.length; row++)
      if (kindOf(tree, row) === "file") this.#index[row] = this.#index[tree.inode[row]!]!;
    return contentHashes(this.#index, this.#bytes);
  }

  /** Whether a row has content, and not too many holes after those of the rows before it. */
  #isWanted(row: Row): boolean {
    const hasBytes = this.#tree.content[row]! >= 0;
    if (hasBytes && !extraOf(this.#tree, row).sparse) return true;
    const pieces = contentOf(this.#tree, row);
    if (!hasBytes && !pieces.every(isHole)) return false;
    const zeros = pieces.reduce((sum, piece) => sum + (isHole(piece) ? pieceLength(piece) : 0), 0);
    if (zeros > this.#zerosLeft) return false;
    this.#zerosLeft -= zeros;
    return true;
  }

  #begin(): void {
    const row = this.#rows[this.#next];
    if (row === undefined) return;
    this.#beginRow(row);
    this.#takeHoles();
  }

  #beginRow(row: Row): void {
    const long = this.#tree.size[row]! < LONG ? undefined : this.#crypto?.createHash("sha256");
    if (!long) this.#hasher.init();
    this.#hash = long ?? this.#shortHash;
    this.#pieces = [...contentOf(this.#tree, row)];
  }

  /** Gives rows the hash of what was hashed. */
  #endRows(rows: readonly Row[]): void {
    this.#bytes.set(this.#hash.digest(), this.#count * HASH);
    for (const row of rows) this.#index[row] = this.#count;
    this.#count += 1;
  }

  /** Hashes holes up to the next data, and ends the rows that are done. */
  #takeHoles(): void {
    for (;;) {
      const piece = this.#pieces[0];
      if (piece?.type === "blob") return;
      if (piece) {
        hashZeros(this.#hash, piece);
        this.#pieces.shift();
        continue;
      }
      const row = this.#rows[this.#next];
      if (row === undefined) return;
      this.#endRows([row]);
      this.#next += 1;
      const following = this.#rows[this.#next];
      if (following === undefined) return;
      this.#beginRow(following);
    }
  }
}

function isHole(piece: Content[number]): boolean {
  return piece.type === "zeros";
}

const ZEROS = new Uint8Array(2 ** 16);

function hashZeros(hash: FileHash, piece: Piece): void {
  if (piece.type !== "zeros") return;
  for (let left = piece.length; left > 0; left -= ZEROS.length)
    hash.update(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
}
