import {
  type ColumnTree,
  ENTRY_KINDS,
  NO_ROW,
  nameOf,
  pathOf,
  ROOT_ROW,
  type Row,
} from "../../tree/column-tree.ts";
import { ColumnTreeBuilder } from "../../tree/column-tree-builder.ts";
import { compareRows } from "../../tree/name-order.ts";
import { namedByWhiteouts, WHITEOUT_PREFIX, whiteoutRange } from "../whiteout-name.ts";
import { firstEntriesBelow } from "./first-entries.ts";
import { rowOnDisk } from "./layer-on-disk.ts";
import {
  hasMark,
  MARK_DEVICE,
  MARK_HIDDEN,
  MARK_OPAQUE,
  MARK_RENEWED,
  MARK_WHITEOUT,
} from "./marks.ts";
import { type MergedTree, sourceOf, type Unopenable } from "./merged-tree.ts";
import type { AppliedLayer, LayerNumber, LayerRow, Semantics } from "./semantics.ts";

const DIR = ENTRY_KINDS.indexOf("dir");
const PREFIX = WHITEOUT_PREFIX.length;
/** Names that cannot be opened and are kept. */
const MOST_UNOPENABLE = 1000;

/**
 * Merges the first `upto` layers into one tree, breadth first.
 *
 * A merged directory is a list of directories of layers, top first. Where the list has one member its children are
 * taken as they stand; else their sorted lists are merged name by name, and for each name the layers answer from the
 * top: a whiteout ends the search, so does a file, an opaque directory ends it after itself.
 * O(rows of the directories that are merged). `shows` is the reading, `semantics` what was asked for.
 *
 * `below`, the merged tree of fewer of these layers in the same reading, is gone on from: it answers for them as one more
 * layer at the bottom. O(rows of it and of the layers above it). Should it have left unopenable names out, for there is
 * an end to them, they stay out.
 */
export function mergeLayers(
  layers: readonly AppliedLayer[],
  upto: LayerNumber,
  semantics: Semantics,
  shows: Semantics,
  below: MergedTree = NOTHING_MERGED,
): MergedTree {
  const known = layers.length === 0 ? [NO_LAYER] : layers;
  const base = known[0]!;
  if (upto === 1 && base.marks === null && base.links.size === 0)
    return { ...asItStands(base.tree), upto, semantics, shows, layers: known };
  const merger = new Merger(known, shows, below);
  merger.run(upto);
  return { ...merger.finish(), upto, semantics, shows, layers: known };
}

/** A base layer without marks: its own tree is what it shows, so its columns are shared. */
function asItStands({ length, parent, childStart, childCount }: ColumnTree) {
  return {
    length,
    parent,
    childStart,
    childCount,
    layer: new Int32Array(length).fill(1),
    row: rowNumbers(length),
    sources: new Map<Row, LayerRow>(),
    unopenable: [],
    list: new Int32Array(length),
    lists: new Int32Array(1),
  };
}

/** 0, 1, 2, … */
export function rowNumbers(length: number): Int32Array {
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return rows;
}

/** What stands in place of layers when there are none: an empty root. */
const NO_LAYER: AppliedLayer = {
  tree: new ColumnTreeBuilder("").finish(),
  storedRow: null,
  marks: null,
  links: new Map(),
};

/** The merged tree of no layers, for no layer's directory to be merged with. */
const NOTHING_MERGED: MergedTree = {
  ...asItStands(NO_LAYER.tree),
  upto: 0,
  semantics: "docker",
  shows: "docker",
  layers: [NO_LAYER],
};

/** The lists of merged directories, one after the other in one array: a length, then (layer, row) pairs, top first. */
class DirectoryLists {
  #data = new Int32Array(1024);
  #end = 1; // 0 stands for "no list"

  add(members: Int32Array, count: number): number {
    const need = this.#end + 1 + count * 2;
    if (need > this.#data.length) this.#data = grown(this.#data, need);
    const at = this.#end;
    this.#data[at] = count;
    this.#data.set(members.subarray(0, count * 2), at + 1);
    this.#end = need;
    return at;
  }

  finish(): Int32Array {
    return this.#data.slice(0, this.#end);
  }

  /** How many members of a list are layers above `lowest`: they are its first. */
  countAbove(list: number, lowest: LayerNumber): number {
    const count = this.#data[list]!;
    let above = 0;
    while (above < count && this.layer(list, above) > lowest) above++;
    return above;
  }

  layer(list: number, member: number): LayerNumber {
    return this.#data[list + 1 + member * 2]!;
  }

  row(list: number, member: number): Row {
    return this.#data[list + 2 + member * 2]!;
  }
}

class Merger {
  readonly #layers: readonly AppliedLayer[];
  readonly #isDocker: boolean;
  /** What answers for the lowest layers. */
  readonly #below: MergedTree;
  /** By its directory there. */
  readonly #unopenableBelow = new Map<Row, Unopenable[]>();
  readonly #lists = new DirectoryLists();
  #length = 0;
  #parent = new Int32Array(1024);
  #childStart = new Int32Array(1024);
  #childCount = new Int32Array(1024);
  #layer = new Int32Array(1024);
  #row = new Int32Array(1024);
  /** By merged directory: where its list is; 0 when the row itself is the only member. */
  #list = new Int32Array(1024);
  /** The row in `below` that is merged in a row, or that it is; NO_ROW when there is none. */
  #lower = new Int32Array(1024);
  readonly #sources = new Map<Row, LayerRow>();
  readonly #unopenable: Unopenable[] = [];
  /** The directories found for one name, as (layer, row) pairs. */
  readonly #found: Int32Array;

  constructor(layers: readonly AppliedLayer[], shows: Semantics, below: MergedTree) {
    this.#layers = layers;
    this.#below = below;
    for (const name of below.unopenable) {
      const known = this.#unopenableBelow.get(name.dir);
      if (known) known.push(name);
      else this.#unopenableBelow.set(name.dir, [name]);
    }
    this.#isDocker = shows === "docker";
    this.#found = new Int32Array(Math.max(1, layers.length) * 2);
  }

  run(upto: LayerNumber): void {
    const lowest = this.#below.upto;
    let count = 0;
    let isEmptied = false;
    for (let layer = upto; layer > lowest && !isEmptied; layer--) {
      this.#found[count * 2] = layer;
      this.#found[count * 2 + 1] = ROOT_ROW;
      count++;
      isEmptied = !this.#isDocker && hasMark(this.#layers[layer - 1]!.marks, ROOT_ROW, MARK_OPAQUE);
    }
    if (count === 0) {
      this.#push(NO_ROW, 1, ROOT_ROW, NO_ROW);
      return;
    }
    this.#pushDirectory(NO_ROW, count, null, lowest === 0 || isEmptied ? NO_ROW : ROOT_ROW);
    for (let dir = 0; dir < this.#length; dir++) {
      const tree = this.#layers[this.#layer[dir]! - 1]!.tree;
      if (tree.kind[this.#row[dir]!] !== DIR) continue;
      this.#childStart[dir] = this.#length;
      const list = this.#list[dir]!;
      const lower = this.#lower[dir]!;
      const count = list === 0 ? 0 : this.#lists.countAbove(list, lowest);
      if (count > 0) this.#mergeChildren(dir, list, count, lower);
      else if (lower !== NO_ROW) this.#takeMerged(dir, lower);
      else this.#takeChildren(dir, this.#layer[dir]!, this.#row[dir]!);
      this.#childCount[dir] = this.#length - this.#childStart[dir]!;
    }
  }

  finish() {
    return {
      length: this.#length,
      parent: this.#parent.slice(0, this.#length),
      childStart: this.#childStart.slice(0, this.#length),
      childCount: this.#childCount.slice(0, this.#length),
      layer: this.#layer.slice(0, this.#length),
      row: this.#row.slice(0, this.#length),
      sources: this.#sources,
      unopenable: this.#unopenable,
      list: this.#list.slice(0, this.#length),
      lists: this.#lists.finish(),
    };
  }

  /** The children of a directory that only one layer has. */
  #takeChildren(dir: Row, layer: LayerNumber, row: Row): void {
    const { tree, marks } = this.#layers[layer - 1]!;
    const start = tree.childStart[row]!;
    const end = start + tree.childCount[row]!;
    for (let child = start; child < end; child++) {
      if (marks !== null && marks[child] !== 0 && !this.#isShown(dir, layer, child)) continue;
      if (tree.kind[child] !== DIR) this.#pushFile(dir, layer, child);
      else {
        this.#found[0] = layer;
        this.#found[1] = child;
        this.#pushDirectory(dir, 1, null, NO_ROW);
      }
    }
  }

  /** The children of a directory that only `below` has. */
  #takeMerged(dir: Row, lower: Row): void {
    const { childStart, childCount } = this.#below;
    const start = childStart[lower]!;
    const end = start + childCount[lower]!;
    for (let child = start; child < end; child++) this.#pushMerged(dir, child);
    for (const name of this.#unopenableBelow.get(lower) ?? [])
      if (!this.#hasAllUnopenable) this.#noteUnopenable({ ...name, dir });
  }

  /** Whether a marked child of a directory that only one layer has is shown. */
  #isShown(dir: Row, layer: LayerNumber, child: Row): boolean {
    const { tree, marks } = this.#layers[layer - 1]!;
    if (!this.#isDocker) return !hasMark(marks, child, MARK_HIDDEN);
    if (hasMark(marks, child, MARK_DEVICE)) {
      // The root is merged with the container's own.
      if (dir !== ROOT_ROW && !this.#hasAllUnopenable)
        this.#noteUnopenable({ dir, name: nameOf(tree, child), layer, row: child });
      return false;
    }
    // In the base layer a whiteout removes, and leaves nothing.
    if (hasMark(marks, child, MARK_WHITEOUT) && layer > 1 && !this.#hasAllUnopenable) {
      const name = nameOf(tree, child).slice(PREFIX);
      if (namedByWhiteouts(tree)[child] === NO_ROW)
        this.#noteUnopenable({ dir, name, layer, row: child });
    }
    return !hasMark(marks, child, MARK_HIDDEN);
  }

  get #hasAllUnopenable(): boolean {
    return this.#unopenable.length === MOST_UNOPENABLE;
  }

  #noteUnopenable(name: Unopenable): void {
    this.#unopenable.push(name);
  }

  /** Merges the sorted children of the list's first `count` directories and of `lower`. */
  #mergeChildren(dir: Row, list: number, count: number, lower: Row): void {
    const trees: ColumnTree[] = [];
    const at = new Int32Array(count);
    const end = new Int32Array(count);
    const whiteoutAt = new Int32Array(count);
    const whiteoutEnd = new Int32Array(count);
    const isNext = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const { tree, marks } = this.#layers[this.#lists.layer(list, i) - 1]!;
      const row = this.#lists.row(list, i);
      trees.push(tree);
      at[i] = tree.childStart[row]!;
      end[i] = at[i]! + tree.childCount[row]!;
      if (marks) [whiteoutAt[i], whiteoutEnd[i]] = whiteoutRange(tree, row);
    }
    let next = lower === NO_ROW ? 0 : this.#below.childStart[lower]!;
    const last = lower === NO_ROW ? 0 : next + this.#below.childCount[lower]!;
    for (;;) {
      let named: ColumnTree | null = null;
      let name = NO_ROW;
      let first = 0;
      for (let i = 0; i < count; i++) {
        isNext[i] = 0;
        const tree = trees[i]!;
        const { marks } = this.#layers[this.#lists.layer(list, i) - 1]!;
        while (at[i]! < end[i]! && hasMark(marks, at[i]!, MARK_HIDDEN)) at[i]! += 1;
        if (at[i]! >= end[i]!) continue;
        const order = named ? compareRows(tree, at[i]!, 0, named, name, 0) : -1;
        if (order > 0) continue;
        if (order < 0) {
          isNext.fill(0, first, i);
          named = tree;
          name = at[i]!;
          first = i;
        }
        isNext[i] = 1;
      }
      let merged = NO_ROW;
      if (next < last) {
        const tree = this.#layers[this.#below.layer[next]! - 1]!.tree;
        const row = this.#below.row[next]!;
        const order = named ? compareRows(tree, row, 0, named, name, 0) : -1;
        if (order < 0) {
          isNext.fill(0);
          named = tree;
          name = row;
        }
        if (order <= 0) merged = next++;
      }
      if (!named) return;
      this.#mergeName(dir, list, trees, named, name, at, isNext, whiteoutAt, whiteoutEnd, merged);
      for (let i = 0; i < count; i++) at[i]! += isNext[i]!;
    }
  }

  /**
   * Asks the layers of a list, from the top, for one name, that of a row in `named`; then, where nothing ended the search,
   * `below`, which has it in row `merged`.
   */
  #mergeName(
    dir: Row,
    list: number,
    trees: readonly ColumnTree[],
    named: ColumnTree,
    name: Row,
    at: Int32Array,
    isNext: Uint8Array,
    whiteoutAt: Int32Array,
    whiteoutEnd: Int32Array,
    merged: Row,
  ): void {
    let found = 0;
    let isSealed = false; // an opaque directory was met: what is below gives at most the attributes
    let isOver = false;
    for (let i = 0; i < trees.length && !isOver; i++) {
      const tree = trees[i]!;
      let order = -1;
      while (whiteoutAt[i]! < whiteoutEnd[i]!) {
        order = compareRows(tree, whiteoutAt[i]!, PREFIX, named, name, 0);
        if (order >= 0) break;
        whiteoutAt[i]! += 1;
      }
      const layer = this.#lists.layer(list, i);
      const { marks } = this.#layers[layer - 1]!;
      const whiteout = order === 0 ? whiteoutAt[i]! : NO_ROW;
      const hasWhiteout = whiteout !== NO_ROW && hasMark(marks, whiteout, MARK_WHITEOUT);
      if (isNext[i] === 0) {
        isOver = hasWhiteout;
        continue;
      }
      const row = at[i]!;
      const isDirectory = tree.kind[row] === DIR;
      if ((this.#isDocker && hasMark(marks, row, MARK_DEVICE)) || (!isDirectory && found > 0)) {
        isOver = true;
        continue;
      }
      if (!isDirectory) {
        this.#pushFile(dir, layer, row);
        return;
      }
      const isGone = hasWhiteout && firstEntriesBelow(tree, marks)[row]! > tree.entry[whiteout]!;
      if (isSealed && !isImplied(tree, marks, row)) {
        this.#pushDirectory(dir, found, { layer, row }, NO_ROW);
        return;
      }
      if (!isSealed) {
        this.#found[found * 2] = layer;
        this.#found[found * 2 + 1] = row;
        found++;
      }
      isOver = this.#isDocker ? hasMark(marks, row, MARK_OPAQUE) : isGone;
      isSealed ||=
        !this.#isDocker && (hasWhiteout || hasMark(marks, row, MARK_OPAQUE | MARK_RENEWED));
      isOver ||= isSealed && !isImplied(tree, marks, row);
    }
    const lower = isOver ? NO_ROW : merged;
    if (found === 0) {
      if (lower !== NO_ROW) this.#pushMerged(dir, lower);
    } else if (lower === NO_ROW || !this.#isMergedDirectory(lower))
      this.#pushDirectory(dir, found, null, NO_ROW);
    else if (isSealed) this.#pushDirectory(dir, found, this.#attributesOf(lower), NO_ROW);
    else this.#pushDirectory(dir, found, null, lower);
  }

  #isMergedDirectory(lower: Row): boolean {
    const { layer, row } = this.#below;
    return this.#layers[layer[lower]! - 1]!.tree.kind[row[lower]!] === DIR;
  }

  /** What gives a directory of `below` its attributes; null when no entry names it. */
  #attributesOf(lower: Row): LayerRow | null {
    const source = sourceOf(this.#below, lower);
    const { tree, marks } = this.#layers[source.layer - 1]!;
    return isImplied(tree, marks, source.row) ? null : source;
  }

  /** Adds a row of `below` as it is there. */
  #pushMerged(parent: Row, lower: Row): void {
    const { layer, row, list, lists, sources } = this.#below;
    const at = this.#push(parent, layer[lower]!, row[lower]!, lower);
    const members = list[lower]!;
    if (members !== 0)
      this.#list[at] = this.#lists.add(lists.subarray(members + 1), lists[members]!);
    const source = sources.get(lower);
    if (source) this.#sources.set(at, source);
  }

  #pushFile(parent: Row, layer: LayerNumber, row: Row): void {
    const at = this.#push(parent, layer, row, NO_ROW);
    const link = this.#layers[layer - 1]!.links.get(row);
    if (link) this.#sources.set(at, link);
  }

  /**
   * Adds the directory whose members stand in `#found`, top first, and below them `lower`; `source`, when given, has its
   * attributes.
   */
  #pushDirectory(parent: Row, found: number, source: LayerRow | null, lower: Row): void {
    const count = lower === NO_ROW ? found : this.#addMembers(found, lower);
    let member = 0;
    while (member < count && this.#isImplied(member)) member++;
    const provider = Math.min(member, count - 1);
    const layer = this.#found[provider * 2]!;
    const at = this.#push(parent, layer, this.#found[provider * 2 + 1]!, lower);
    if (count > 1) this.#list[at] = this.#lists.add(this.#found, count);
    if (member < count || parent === NO_ROW) return;
    const isOfContainerd = this.#isDocker && layer > 1;
    const hidden =
      lower !== NO_ROW
        ? this.#below.sources.get(lower)
        : isOfContainerd
          ? this.#hiddenBelow(at, layer)
          : source;
    if (hidden) this.#sources.set(at, hidden);
  }

  /** Adds the directories that are merged in a row of `below` to those in `#found`; returns how many there are. */
  #addMembers(found: number, lower: Row): number {
    const { layer, row, list, lists } = this.#below;
    const members = list[lower]!;
    if (members === 0) {
      this.#found[found * 2] = layer[lower]!;
      this.#found[found * 2 + 1] = row[lower]!;
      return found + 1;
    }
    const count = lists[members]!;
    this.#found.set(lists.subarray(members + 1, members + 1 + count * 2), found * 2);
    return found + count;
  }

  #isImplied(member: number): boolean {
    const { tree, marks } = this.#layers[this.#found[member * 2]! - 1]!;
    return isImplied(tree, marks, this.#found[member * 2 + 1]!);
  }

  /**
   * The directory whose attributes containerd gives to one that no entry names: that of the next layer below which has
   * the path, as its directory on disk stands alone, its own symlinks followed, whatever the union hides.
   */
  #hiddenBelow(merged: Row, layer: LayerNumber): LayerRow | null {
    let names: string[] = [];
    for (let at = merged; at !== ROOT_ROW; at = this.#parent[at]!)
      names.push(nameOf(this.#layers[this.#layer[at]! - 1]!.tree, this.#row[at]!));
    names.reverse();
    for (let below = layer - 1; below >= 1; below--) {
      const row = rowOnDisk(this.#layers[below - 1]!, below, names);
      if (row === NO_ROW) continue;
      const { tree } = this.#layers[below - 1]!;
      if (typeof row === "string" || tree.kind[row] !== DIR) return null;
      if (tree.entry[row]! >= 0) return { layer: below, row };
      // It was made in the same way: by the path that it has.
      names = pathOf(tree, row).slice(1).split("/");
    }
    return null;
  }

  #push(parent: Row, layer: LayerNumber, row: Row, lower: Row): Row {
    if (this.#length === this.#parent.length) this.#grow();
    const at = this.#length++;
    this.#parent[at] = parent;
    this.#layer[at] = layer;
    this.#row[at] = row;
    this.#lower[at] = lower;
    return at;
  }

  #grow(): void {
    const size = this.#parent.length + 1;
    this.#parent = grown(this.#parent, size);
    this.#childStart = grown(this.#childStart, size);
    this.#childCount = grown(this.#childCount, size);
    this.#layer = grown(this.#layer, size);
    this.#row = grown(this.#row, size);
    this.#list = grown(this.#list, size);
    this.#lower = grown(this.#lower, size);
  }
}

/** Whether no entry describes the directory. */
function isImplied(tree: ColumnTree, marks: Uint8Array | null, row: Row): boolean {
  return tree.entry[row]! < 0 || hasMark(marks, row, MARK_WHITEOUT);
}

function grown(old: Int32Array, atLeast: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(atLeast, old.length * 2));
  larger.set(old);
  return larger;
}
