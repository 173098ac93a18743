import type { Content } from "./content.ts";
import { decodeName, encodeName } from "./name.ts";
import { compareToRow } from "./name-order.ts";

/** A row of a `ColumnTree`. */
export type Row = number;

/** No row: the parent of the root, or a name that is not there. */
export const NO_ROW: Row = -1;

/** The row of the tree's own root directory. */
export const ROOT_ROW: Row = 0;

/** The kinds of entry, as they stand in the `kind` column: an index into this list. */
export const ENTRY_KINDS = ["file", "dir", "symlink", "char", "block", "fifo", "socket"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Bits of the `flags` column. */
export const ROW_IMPLIED = 1; // a directory that no entry names: something inside it does
export const ROW_FLAGGED = 2; // something about this entry stands in the layer's problems
export const ROW_RENEWED = 4; // a directory in the place of something else that this layer had there

/** What few rows have, kept beside the columns; `extra` holds the index, or -1. */
export interface Extra {
  /** A symlink's target, as a name string (see name.ts). */
  readonly target?: string;
  /** A device's [major, minor]. */
  readonly rdev?: readonly [number, number];
  /** Extended attributes by full name ("user.note"), sorted by name; values are raw bytes. */
  readonly xattrs?: readonly (readonly [name: string, value: Uint8Array])[];
  /** The data of a sparse file as [offset in the file, length] runs; their bytes lie one after the other at `content`. */
  readonly sparse?: readonly (readonly [offset: number, length: number])[];
  /** The row is a hard link, and this its target ("/a/b"), which no entry of the same layer had made by then. */
  readonly link?: string;
}

/** Why an unpacker that makes the entries one by one, in an empty directory, stops at one. */
export type FaultReason =
  /** A parent is something else than a directory. */
  | "parent-not-directory"
  /** The parents' symlinks go round. */
  | "parent-loop"
  /** A hard link to itself, to a directory, or to what comes later. */
  | "link-target"
  /** The name after `.wh.` is none. */
  | "whiteout-name"
  /** A whiteout of what the layer had made by then, or a second one. */
  | "whiteout-late"
  /** A parent that the layer has whited out by then. */
  | "parent-whited-out"
  /** A directory that was replaced by the end, when its time is to be set. */
  | "directory-gone";

export interface EntryFault {
  /** "/a/b" */
  readonly path: string;
  readonly reason: FaultReason;
}

/**
 * What an entry says of the inode of another entry's row, and the row does not: some unpackers give a file what the
 * header of a hard link to it says, others do not.
 */
export interface SecondHeader {
  /** The entries of rows with that inode: one of them may have been replaced. */
  readonly entries: readonly number[];
  /** null: only the time. */
  readonly owner: { readonly mode: number; readonly uid: number; readonly gid: number } | null;
  readonly mtime: number;
  readonly mtimeNsec: number;
  /** Added to those that are there. */
  readonly xattrs: readonly (readonly [name: string, value: Uint8Array])[];
}

/** An entry of which no row tells, or not all: a later one replaced it, or gave its directory other attributes. */
export interface ReplacedEntry {
  /** Where it stood. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly mtimeNsec: number;
  readonly content: number;
  readonly entry: number;
  readonly flags: number;
  readonly extra?: Extra;
  /** The entry of the first row with its inode, its own when there is none. */
  readonly inode: number;
}

/** A hard link to what came later in its layer: at its place in the tar it may have meant a file of a lower layer. */
export interface ForwardLink {
  readonly entry: number;
  /** "/a/b" */
  readonly target: string;
}

/**
 * A frozen directory tree as columns: one row an entry, one array a property (DESIGN, decision 4).
 *
 * Row 0 is the root. Rows stand in breadth-first order, so parents come before their children, the children of one
 * directory are the rows `childStart .. childStart + childCount - 1`, and these are sorted by the bytes of their
 * names, each name once. All columns can be transferred to another thread; `extras` is small.
 *
 * The tree of an image layer holds what the layer's tar holds: whiteouts and opaque marks are files called
 * `.wh.NAME` and `.wh..wh..opq`. What they mean is for the engine's dialects to say.
 */
export interface ColumnTree {
  readonly length: number;
  /** What the offsets in `content` refer to: the id of this layer's uncompressed tar, as `Piece.blob` uses it. */
  readonly blob: string;
  /** Row of the parent directory; NO_ROW for the root. */
  readonly parent: Int32Array;
  readonly childStart: Int32Array;
  readonly childCount: Int32Array;
  /** Index of the row's name: its bytes are nameBytes[nameStart[i]] up to nameStart[i + 1]. Equal names may share one. */
  readonly name: Int32Array;
  readonly nameStart: Uint32Array;
  readonly nameBytes: Uint8Array;
  /** Index into ENTRY_KINDS. */
  readonly kind: Uint8Array;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: Uint16Array;
  readonly uid: Uint32Array;
  readonly gid: Uint32Array;
  /** Bytes of content; a symlink's is the length of its target; 0 for all else. Float64: a file may pass 4 GiB. */
  readonly size: Float64Array;
  /** Modification time in whole seconds since 1970, may be negative. */
  readonly mtime: Float64Array;
  /** Nanoseconds to add to `mtime`, 0 to 999,999,999; null when all are 0. */
  readonly mtimeNsec: Int32Array | null;
  /** The first row of the hard-link group this row is in; the row itself when it has no other name. */
  readonly inode: Int32Array;
  /** Where the content starts in `blob`, in bytes; -1 when there is none. */
  readonly content: Float64Array;
  /** The number of the archive entry that made the row, from 0; -1 for the root and for implied directories. */
  readonly entry: Int32Array;
  readonly flags: Uint8Array;
  readonly extra: Int32Array;
  readonly extras: readonly Extra[];
  /** In the order of the archive; none in nearly every layer. */
  readonly faults: readonly EntryFault[];
  readonly secondHeaders: readonly SecondHeader[];
  /** In the order of the archive, at most 10,000. */
  readonly replaced: readonly ReplacedEntry[];
  readonly forwardLinks: readonly ForwardLink[];
}

/** The name of a row; "" for the root. */
export function nameOf(tree: ColumnTree, row: Row): string {
  return decodeName(nameBytesOf(tree, row));
}

/** The raw bytes of a row's name. Not a copy. */
export function nameBytesOf(tree: ColumnTree, row: Row): Uint8Array {
  const id = tree.name[row]!;
  return tree.nameBytes.subarray(tree.nameStart[id]!, tree.nameStart[id + 1]!);
}

/** The path of a row: "/" for the root, else "/a/b". */
export function pathOf(tree: ColumnTree, row: Row): string {
  return `/${namesTo(tree, row).join("/")}`;
}

/** The names that lead to a row: none for the root. */
export function namesTo(tree: ColumnTree, row: Row): string[] {
  const names: string[] = [];
  for (let at = row; at !== ROOT_ROW; at = tree.parent[at]!) names.push(nameOf(tree, at));
  return names.reverse();
}

/** The kind of a row. */
export function kindOf(tree: Pick<ColumnTree, "kind">, row: Row): EntryKind {
  return ENTRY_KINDS[tree.kind[row]!]!;
}

/** What few rows have; an empty record for most. */
export function extraOf(tree: Pick<ColumnTree, "extra" | "extras">, row: Row): Extra {
  const at = tree.extra[row]!;
  return at < 0 ? NO_EXTRA : tree.extras[at]!;
}
const NO_EXTRA: Extra = Object.freeze({});

/** The row of `name` in the directory `dir`, or NO_ROW. O(log children), no allocation for ASCII names. */
export function childOf(tree: ColumnTree, dir: Row, name: string): Row {
  let low = tree.childStart[dir]!;
  let high = low + tree.childCount[dir]! - 1;
  if (high < low) return NO_ROW;
  const bytes = isAscii(name) ? null : encodeName(name);
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = bytes ? compareToRow(bytes, tree, middle) : compareAscii(name, tree, middle);
    if (order === 0) return middle;
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return NO_ROW;
}

/** The row at `path` ("/a/b"; no ".", "..", no symlink is followed), or NO_ROW. */
export function rowAt(tree: ColumnTree, path: string): Row {
  let row = ROOT_ROW;
  for (const name of path.split("/")) {
    if (name === "") continue;
    row = childOf(tree, row, name);
    if (row === NO_ROW) return NO_ROW;
  }
  return row;
}

/** The columns that say where content is. */
export type ContentColumns = Pick<ColumnTree, "blob" | "size" | "content" | "extra" | "extras">;

/** The content of a regular file's row, as pieces. */
export function contentOf(tree: ContentColumns, row: Row): Content {
  const size = tree.size[row]!;
  if (size === 0) return [];
  const start = tree.content[row]!;
  const sparse = extraOf(tree, row).sparse;
  if (!sparse) return [{ type: "blob", blob: tree.blob, offset: start, length: size }];
  const pieces: Content[number][] = [];
  let at = 0;
  let offset = start;
  for (const [from, length] of sparse) {
    if (from > at) pieces.push({ type: "zeros", length: from - at });
    if (length > 0) pieces.push({ type: "blob", blob: tree.blob, offset, length });
    at = from + length;
    offset += length;
  }
  if (size > at) pieces.push({ type: "zeros", length: size - at });
  return pieces;
}

/** `compareToRow` of a name that is its own bytes. */
function compareAscii(name: string, tree: ColumnTree, row: Row): number {
  const id = tree.name[row]!;
  const start = tree.nameStart[id]!;
  const rowLength = tree.nameStart[id + 1]! - start;
  const end = Math.min(name.length, rowLength);
  for (let i = 0; i < end; i++) {
    const difference = name.charCodeAt(i) - tree.nameBytes[start + i]!;
    if (difference !== 0) return difference;
  }
  return name.length - rowLength;
}

function isAscii(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) >= 0x80) return false;
  return true;
}
