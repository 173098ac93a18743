import type { ContentHashes } from "../image/content-hashes.ts";
import { hasMark, MARK_HIDDEN, marksOf, OPAQUE_NAME } from "../image/union/marks.ts";
import { type MergedTree, sourceOf } from "../image/union/merged-tree.ts";
import { type LayerRow, storedRowOf } from "../image/union/semantics.ts";
import {
  type ColumnTree,
  extraOf,
  kindOf,
  NO_ROW,
  nameBytesOf,
  nameOf,
  ROOT_ROW,
  type Row,
} from "../tree/column-tree.ts";
import { rowsInPathOrder } from "./path-order.ts";

/** A listed path, with the row that describes it. */
export interface Listed {
  /** The directories above it, "a/b/"; "" in the root and for it. */
  readonly dir: string;
  /** The row that its name is of. */
  readonly named: { readonly tree: ColumnTree; readonly row: Row };
  readonly tree: ColumnTree;
  readonly row: Row;
  /** From 1, the base. */
  readonly layer: number;
  /** As `ls --tsv` prints it: f d l c b p s, and w (whiteout), o (opaque mark) of a layer. */
  readonly type: string;
  /** Of a symlink in a merged tree 0777, as Linux has them, whatever the archive says. */
  readonly mode: number;
  /** Names of the inode; 0 for a directory or a mark. */
  readonly nlink: number;
  /** The first path of the inode when it has several names, else "". */
  readonly hardlink: string;
  readonly sha256: string;
}

/** The hashes of the layers' files, by layer from 1; a layer left out has none. */
export type LayerHashes = ReadonlyMap<number, ContentHashes>;

const TYPES = { file: "f", dir: "d", symlink: "l", char: "c", block: "b", fifo: "p", socket: "s" };

/** "a/b"; "." for the root. */
export function listedPath({ dir, named }: Pick<Listed, "dir" | "named">): string {
  return named.row === ROOT_ROW ? "." : dir + nameOf(named.tree, named.row);
}

/** The paths of a merged tree, in the byte order of the whole path, the root first. */
export function* mergedListing(merged: MergedTree, hashes: LayerHashes): Generator<Listed> {
  const inodes = new InodeNames(merged);
  const walk = rowsInPathOrder({
    childStart: merged.childStart,
    childCount: merged.childCount,
    nameBytes: (row) => nameBytesOf(merged.layers[merged.layer[row]! - 1]!.tree, merged.row[row]!),
  });
  const paths = new PathMaker(merged.parent, (row) =>
    nameOf(merged.layers[merged.layer[row]! - 1]!.tree, merged.row[row]!),
  );
  for (const at of walk) {
    const source = sourceOf(merged, at);
    const applied = merged.layers[source.layer - 1]!;
    const { tree } = applied;
    const kind = kindOf(tree, source.row);
    const dir = paths.dirOf(at);
    const named = { tree: merged.layers[merged.layer[at]! - 1]!.tree, row: merged.row[at]! };
    const nlink = kind === "dir" ? 0 : inodes.count(source);
    const stored = storedRowOf(applied, source.row);
    yield {
      dir,
      named,
      tree,
      row: source.row,
      layer: source.layer,
      type: TYPES[kind],
      mode: kind === "symlink" ? 0o777 : tree.mode[source.row]!,
      nlink,
      hardlink: nlink > 1 ? inodes.first(source, { dir, named }) : "",
      sha256: stored === NO_ROW ? "" : (hashes.get(source.layer)?.of(stored) ?? ""),
    };
  }
}

/** The entries of one layer, whiteouts and opaque marks among them; directories that no entry names are left out. */
export function* layerListing(
  tree: ColumnTree,
  layer: number,
  hashes: LayerHashes,
): Generator<Listed> {
  const marks = marksOf(tree);
  const names = new Int32Array(tree.length);
  for (let row = 0; row < tree.length; row++) names[tree.inode[row]!]! += 1;
  const first = new Map<Row, string>();
  const walk = rowsInPathOrder({ ...tree, nameBytes: (row) => nameBytesOf(tree, row) });
  const paths = new PathMaker(tree.parent, (row) => nameOf(tree, row));
  for (const row of walk) {
    const dir = paths.dirOf(row);
    const named = { tree, row };
    if (tree.entry[row]! < 0) continue;
    const isOpaque = marks !== null && nameOf(tree, row) === OPAQUE_NAME;
    const isMark = hasMark(marks, row, MARK_HIDDEN) || isOpaque;
    const kind = kindOf(tree, row);
    const isCounted = !isMark && kind !== "dir";
    const nlink = isCounted ? names[tree.inode[row]!]! : 0;
    let hardlink = (extraOf(tree, row).link ?? "").slice(1);
    if (nlink > 1 && hardlink === "") {
      hardlink = first.get(tree.inode[row]!) ?? listedPath({ dir, named });
      first.set(tree.inode[row]!, hardlink);
    }
    const markType = isOpaque ? "o" : "w";
    yield {
      dir,
      named,
      tree,
      row,
      layer,
      type: isMark ? markType : TYPES[kind],
      mode: tree.mode[row]!,
      nlink,
      hardlink,
      sha256: isMark ? "" : (hashes.get(layer)?.of(row) ?? ""),
    };
  }
}

/** Directories by row, for rows that come in the order of paths: those that we are in are kept. */
class PathMaker {
  readonly #parent: Int32Array;
  readonly #name: (row: Row) => string;
  readonly #dirs: Row[] = [0];
  readonly #prefixes = [""];

  constructor(parent: Int32Array, name: (row: Row) => string) {
    this.#parent = parent;
    this.#name = name;
  }

  /** "a/b/": what comes before the row's own name. */
  dirOf(row: Row): string {
    const dir = this.#parent[row]!;
    return dir === NO_ROW ? "" : this.#prefixOf(dir);
  }

  /** Goes down one directory at most, or up as far as it takes. */
  #prefixOf(dir: Row): string {
    const up = this.#parent[dir]!;
    while (this.#dirs.length > 1 && this.#dirs.at(-1) !== dir && this.#dirs.at(-1) !== up) {
      this.#dirs.pop();
      this.#prefixes.pop();
    }
    const prefix = this.#prefixes.at(-1) ?? "";
    if (this.#dirs.at(-1) === dir) return prefix;
    this.#dirs.push(dir);
    this.#prefixes.push(`${prefix}${this.#name(dir)}/`);
    return this.#prefixes.at(-1) ?? "";
  }
}

/**
 * How many names an inode has in a merged tree, and which is listed first.
 *
 * overlayfs counts the names that the layer's own inode has, seen or not; umoci links anew what is left.
 */
class InodeNames {
  /** By layer, by the inode's row there. */
  readonly #counts: (Int32Array | null)[];
  readonly #first: Map<Row, string>[];
  readonly #merged: MergedTree;
  /** Whether any inode can have two names. */
  readonly #isLinked: boolean;

  constructor(merged: MergedTree) {
    this.#merged = merged;
    this.#counts = merged.layers.map(() => null);
    this.#first = merged.layers.map(() => new Map());
    const linked = merged.layers.map(({ tree }) => linkedRows(tree));
    this.#isLinked = merged.sources.size > 0 || linked.some((rows) => rows !== null);
    if (!this.#isLinked) return;
    if (merged.shows === "docker")
      merged.layers.forEach(({ tree, marks }, index) => {
        const rows = linked[index];
        if (rows && index < merged.upto)
          for (let row = 1; row < tree.length; row++)
            if (rows[row] && !hasMark(marks, row, MARK_HIDDEN)) this.#add(index, row);
      });
    else
      for (let row = 1; row < merged.length; row++) {
        const source = sourceOf(merged, row);
        if (linked[source.layer - 1]?.[source.row] || merged.sources.size > 0)
          this.#add(source.layer - 1, source.row);
      }
  }

  count({ layer, row }: LayerRow): number {
    const counts = this.#isLinked ? this.#counts[layer - 1] : null;
    return counts?.[this.#inode(layer - 1, row)] || 1;
  }

  first({ layer, row }: LayerRow, listed: Pick<Listed, "dir" | "named">): string {
    const inode = this.#inode(layer - 1, row);
    const first = this.#first[layer - 1]!;
    const known = first.get(inode);
    if (known !== undefined) return known;
    const path = listedPath(listed);
    first.set(inode, path);
    return path;
  }

  #add(index: number, row: Row): void {
    this.#counts[index] ??= new Int32Array(this.#merged.layers[index]!.tree.length);
    this.#counts[index]![this.#inode(index, row)]! += 1;
  }

  #inode(index: number, row: Row): Row {
    return this.#merged.layers[index]!.tree.inode[row]!;
  }
}

/** 1 for every row that shares its inode with another; null when none does. */
function linkedRows(tree: ColumnTree): Uint8Array | null {
  let linked: Uint8Array | null = null;
  for (let row = 0; row < tree.length; row++)
    if (tree.inode[row] !== row) {
      linked ??= new Uint8Array(tree.length);
      linked[row] = 1;
      linked[tree.inode[row]!] = 1;
    }
  return linked;
}
