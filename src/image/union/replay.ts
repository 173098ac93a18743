import {
  type ColumnTree,
  ENTRY_KINDS,
  extraOf,
  NO_ROW,
  nameOf,
  ROOT_ROW,
  ROW_IMPLIED,
  type Row,
} from "../../tree/column-tree.ts";
import { ColumnTreeBuilder, type EntryFacts } from "../../tree/column-tree-builder.ts";
import { WHITEOUT_PREFIX } from "../whiteout-name.ts";
import { hasMark, MARK_HIDDEN, MARK_WHITEOUT, OPAQUE_NAME } from "./marks.ts";
import { type MergedTree, mergedChild, mergedKind, mergedTarget, sourceOf } from "./merged-tree.ts";
import { isLinkToWhiteout } from "./refusal.ts";
import type { LayerRow } from "./semantics.ts";

/** A layer's tree written again, entry by entry, with the entries where a reading puts them. */
export interface Replayed {
  readonly tree: ColumnTree;
  readonly storedRow: Int32Array;
  readonly links: ReadonlyMap<Row, LayerRow>;
}

/**
 * The layer as containerd leaves it on disk, where that is not what the tar says.
 *
 * In the base layer a whiteout removes what the layer made before it, an opaque mark the directories beside it that no
 * entry named. In the others a hard link to a name that was
 * whited out before is a link to that device: a whiteout itself.
 */
export function replayForDocker(
  tree: ColumnTree,
  marks: Uint8Array | null,
  isBase: boolean,
): Replayed {
  const writer = new LayerWriter(tree, false);
  for (const { path, row, isMark } of entriesOf(tree, marks)) {
    const dir = path.slice(0, -1);
    const name = path[path.length - 1] ?? "";
    if (isBase && name === OPAQUE_NAME) {
      writer.removeImplied(dir);
      if (row !== NO_ROW) writer.putRow(path, row);
    } else if (isBase && (isMark || (row !== NO_ROW && hasMark(marks, row, MARK_WHITEOUT))))
      writer.remove([...dir, name.slice(WHITEOUT_PREFIX.length)]);
    else if (row === NO_ROW) continue;
    else if (extraOf(tree, row).link === undefined) writer.putRow(path, row);
    else if (isLinkToWhiteout(tree, marks, row)) writer.putDevice(path, row);
  }
  if (isBase) setTimes(writer, tree, marks);
  return writer.finish();
}

/** The times of directories are set in the end, at whatever then stands there: a whiteout may have made way for another. */
function setTimes(writer: LayerWriter, tree: ColumnTree, marks: Uint8Array | null): void {
  const isDated = (row: Row) =>
    tree.kind[row] === DIR && !hasMark(marks, row, MARK_WHITEOUT | MARK_HIDDEN);
  for (let row = 1; row < tree.length; row++)
    if (tree.entry[row]! < 0 && tree.mtime[row] !== 0 && isDated(row))
      writer.setTime(namesTo(tree, row), factsOf(tree, row));
  for (const row of rowsInEntryOrder(tree))
    if (row !== ROOT_ROW && isDated(row)) writer.setTime(namesTo(tree, row), factsOf(tree, row));
}

/**
 * The layer as umoci unpacks it onto the layers below: entries whose parent is a symlink of the root directory, as it
 * is by then, go where that leads, and hard links find files of lower layers. `below` is null for the base.
 */
export function replayForOci(
  tree: ColumnTree,
  marks: Uint8Array | null,
  below: MergedTree | null,
): Replayed {
  const writer = new LayerWriter(tree, true);
  const root = new RootDirectory(writer, below);
  for (const { path: names, facts, row, inode, forward, isMark } of entriesOf(tree, marks)) {
    const dir = root.resolve(names.slice(0, -1));
    const path = names.length === 0 ? [] : [...dir.names, names[names.length - 1] ?? ""];
    if (!isMark) root.makeDirectories(dir.names);
    const isKnown = forward === undefined && writer.hasInode(inode);
    const link = isKnown ? undefined : (facts.extra?.link ?? forward);
    if (link === undefined || isMark) {
      // A whiteout where no directory is removes nothing, and makes nothing.
      if (!isMark || root.isDirectory(dir)) writer.put(path, facts, row, inode);
      continue;
    }
    const target = link.split("/").filter((part) => part !== "");
    const last = target.pop() ?? "";
    // What it meant at its place in the tar is not what came later.
    const own = forward === undefined ? inode : -1 - facts.entry;
    const found = root.child(root.resolve(target), last);
    if (found.own !== NO_ROW && writer.builder.kind(found.own) !== "dir")
      writer.putLink(path, facts, row, own, found.own);
    else if (found.lower !== NO_ROW && below && mergedKind(below, found.lower) !== "dir")
      writer.putLower(
        path,
        lowerFacts(below, found.lower, facts),
        row,
        own,
        sourceOf(below, found.lower),
      );
    else if (forward !== undefined) writer.put(path, facts, row, inode);
  }
  return writer.finish();
}

/** A hard link's entry with what it is from now on: the next entries may go through it. */
function lowerFacts(below: MergedTree, at: Row, facts: EntryFacts): EntryFacts {
  const { extra: _, ...plain } = facts;
  const kind = mergedKind(below, at);
  if (kind !== "symlink") return { ...plain, kind };
  return { ...plain, kind, extra: { target: mergedTarget(below, at) } };
}

/** One entry of a layer. */
interface LayerEntry {
  readonly path: readonly string[];
  readonly facts: EntryFacts;
  /** Its row, NO_ROW when it was replaced. */
  readonly row: Row;
  /** The entry that stands for its inode. */
  readonly inode: number;
  /** What it links to, when that came later. */
  readonly forward: string | undefined;
  /** Whether it is a whiteout or an opaque mark. */
  readonly isMark: boolean;
}

/** What the entries of a layer made, in the order of the tar, the replaced ones too. One at a time: there may be millions. */
function* entriesOf(tree: ColumnTree, marks: Uint8Array | null): Generator<LayerEntry> {
  const forward = new Map(tree.forwardLinks.map(({ entry, target }) => [entry, target]));
  const replaced = [...tree.replaced].sort((a, b) => a.entry - b.entry);
  let next = 0;
  function* replacedBefore(entry: number): Generator<LayerEntry> {
    for (let at = replaced[next]; at && at.entry < entry; at = replaced[++next]) {
      const { path, inode, ...facts } = at;
      const names = path.split("/").filter((name) => name !== "");
      const isMark = (names[names.length - 1] ?? "").startsWith(WHITEOUT_PREFIX);
      yield { path: names, facts, row: NO_ROW, inode, forward: forward.get(at.entry), isMark };
    }
  }
  for (const row of rowsInEntryOrder(tree)) {
    const facts = factsOf(tree, row);
    yield* replacedBefore(facts.entry);
    yield {
      path: namesTo(tree, row),
      facts,
      row,
      inode: tree.entry[tree.inode[row]!]!,
      forward: forward.get(facts.entry),
      isMark: hasMark(marks, row, MARK_HIDDEN),
    };
  }
  yield* replacedBefore(Number.POSITIVE_INFINITY);
}

/** The rows that entries made, in the order of the tar. */
function rowsInEntryOrder(tree: ColumnTree): Row[] {
  const rows: Row[] = [];
  for (let row = 0; row < tree.length; row++) if (tree.entry[row]! >= 0) rows.push(row);
  return rows.sort((a, b) => tree.entry[a]! - tree.entry[b]!);
}

function namesTo(tree: ColumnTree, row: Row): string[] {
  const names: string[] = [];
  for (let at = row; at !== ROOT_ROW; at = tree.parent[at]!) names.push(nameOf(tree, at));
  return names.reverse();
}

/** Writes rows of a stored tree into a new one. */
class LayerWriter {
  readonly builder: ColumnTreeBuilder;
  readonly #tree: ColumnTree;
  /** The entry that stands for an inode -> build row. */
  readonly #groups = new Map<number, Row>();
  /** Entry number -> stored row. */
  readonly #stored = new Map<number, Row>();
  /** Entry number -> the lower file it links to. */
  readonly #lower = new Map<number, LayerRow>();
  /** Build row of a directory -> the directories that were made in it, those that are gone too. */
  readonly #directories = new Map<Row, Row[]>();
  readonly #isOneRoot: boolean;

  constructor(tree: ColumnTree, isOneRoot: boolean) {
    this.#tree = tree;
    this.#isOneRoot = isOneRoot;
    this.builder = new ColumnTreeBuilder(tree.blob);
  }

  putRow(path: readonly string[], row: Row): void {
    const tree = this.#tree;
    this.put(path, factsOf(tree, row), row, tree.entry[tree.inode[row]!]!);
  }

  put(path: readonly string[], facts: EntryFacts, row: Row, inode: number): void {
    this.#stored.set(facts.entry, row);
    if (path.length === 0) {
      this.builder.setDirectory(ROOT_ROW, facts);
      return;
    }
    const [dir, name] = this.#makeRoom(path, facts.kind === "dir");
    const there = this.builder.child(dir, name);
    if (there !== NO_ROW) {
      this.builder.setDirectory(there, facts);
      return;
    }
    const linked = this.#groups.get(inode);
    if (linked === undefined) {
      const row = this.builder.add(dir, name, facts);
      this.#groups.set(inode, row);
      if (facts.kind === "dir") this.#noteDirectory(dir, row);
    } else {
      this.builder.addHardLink(dir, name, linked, facts.entry, facts.flags);
      const lower = this.#lower.get(this.builder.entry(linked));
      if (lower) this.#lower.set(facts.entry, lower);
    }
  }

  /** Whether something with that inode was put. */
  hasInode(inode: number): boolean {
    return this.#groups.has(inode);
  }

  /** Gives what stands at a path a time. */
  setTime(path: readonly string[], { mtime, mtimeNsec = 0 }: EntryFacts): void {
    let at = ROOT_ROW;
    for (const name of path) {
      at = this.builder.child(at, name);
      if (at === NO_ROW) return;
    }
    this.builder.setTime(at, mtime, mtimeNsec);
  }

  putDevice(path: readonly string[], row: Row): void {
    const [dir, name] = this.#makeRoom(path, false);
    const { extra: _, content: __, ...facts } = factsOf(this.#tree, row);
    this.#stored.set(facts.entry, row);
    this.builder.add(dir, name, { ...facts, kind: "char", size: 0, extra: { rdev: [0, 0] } });
  }

  putLink(
    path: readonly string[],
    { entry, flags }: EntryFacts,
    row: Row,
    inode: number,
    target: Row,
  ): void {
    const [dir, name] = this.#makeRoom(path, false);
    this.#stored.set(entry, row);
    this.#groups.set(inode, this.builder.addHardLink(dir, name, target, entry, flags));
    const lower = this.#lower.get(this.builder.entry(target));
    if (lower) this.#lower.set(entry, lower);
  }

  putLower(
    path: readonly string[],
    facts: EntryFacts,
    row: Row,
    inode: number,
    lower: LayerRow,
  ): void {
    const [dir, name] = this.#makeRoom(path, false);
    this.#stored.set(facts.entry, row);
    this.#lower.set(facts.entry, lower);
    this.#groups.set(inode, this.builder.add(dir, name, facts));
  }

  /** Makes the parents of a path and removes what stands at it. */
  remove(path: readonly string[]): void {
    let at = ROOT_ROW;
    this.#makeParents(path);
    for (const name of path) {
      at = this.builder.child(at, name);
      if (at === NO_ROW) return;
    }
    this.builder.remove(at);
  }

  /** Removes the directories below a path that no entry has named so far, and all in them. */
  removeImplied(path: readonly string[]): void {
    const { builder } = this;
    const ahead = [this.#makeParents([...path, ""])];
    for (let dir = ahead.pop(); dir !== undefined; dir = ahead.pop()) {
      const kept = (this.#directories.get(dir) ?? []).filter((row) => {
        if (builder.child(dir, builder.nameBytes(row)) !== row) return false;
        if (!builder.isImplied(row)) return true;
        builder.remove(row);
        return false;
      });
      this.#directories.set(dir, kept);
      ahead.push(...kept);
    }
  }

  #noteDirectory(dir: Row, row: Row): Row {
    const known = this.#directories.get(dir);
    if (known) known.push(row);
    else this.#directories.set(dir, [row]);
    return row;
  }

  finish(): Replayed {
    const tree = this.builder.finish();
    const storedRow = new Int32Array(tree.length).fill(NO_ROW);
    const links = new Map<Row, LayerRow>();
    for (let row = 0; row < tree.length; row++) {
      const entry = tree.entry[row]!;
      if (entry < 0) continue;
      storedRow[row] = this.#stored.get(entry) ?? NO_ROW;
      const lower = this.#lower.get(entry);
      if (lower) links.set(row, lower);
    }
    return { tree, storedRow, links };
  }

  /** Makes the parents of a path, and removes what stands at it unless that and the new entry are directories. */
  #makeRoom(path: readonly string[], isDirectory: boolean): readonly [dir: Row, name: string] {
    const dir = this.#makeParents(path);
    const name = path[path.length - 1] ?? "";
    const there = this.builder.child(dir, name);
    if (there !== NO_ROW && !(isDirectory && this.builder.kind(there) === "dir"))
      this.#replace(dir, name, there, isDirectory);
    return [dir, name];
  }

  #makeParents(path: readonly string[]): Row {
    let dir = ROOT_ROW;
    for (const name of path.slice(0, -1)) {
      const there = this.builder.child(dir, name);
      if (there !== NO_ROW && this.builder.kind(there) === "dir") {
        dir = there;
        continue;
      }
      if (there !== NO_ROW) this.#replace(dir, name, there, true);
      dir = this.#noteDirectory(dir, this.builder.addImplied(dir, name));
    }
    return dir;
  }

  /** Removes what stands at a name. On one root a directory in its place has nothing of what is below: a whiteout says so. */
  #replace(dir: Row, name: string, there: Row, byDirectory: boolean): void {
    const entry = this.builder.entry(there);
    this.builder.remove(there);
    if (!byDirectory || !this.#isOneRoot) return;
    const mark = WHITEOUT_PREFIX + name;
    if (this.builder.child(dir, mark) === NO_ROW)
      this.builder.add(dir, mark, { ...WHITEOUT_FACTS, entry });
  }
}

const DIR = ENTRY_KINDS.indexOf("dir");
const WHITEOUT_FACTS = { kind: "file", mode: 0, uid: 0, gid: 0, size: 0, mtime: 0 } as const;

/** A place of the root as it is while a layer is unpacked: its row in the layer and in what is below. */
interface Place {
  readonly own: Row;
  readonly lower: Row;
}

const MAX_LINKS = 255;

/** The root directory while a layer is unpacked onto what is below: what is written so far, over the merged tree. */
class RootDirectory {
  readonly #builder: ColumnTreeBuilder;
  readonly #below: MergedTree | null;
  readonly #root: Place;

  constructor(writer: LayerWriter, below: MergedTree | null) {
    this.#builder = writer.builder;
    this.#below = below;
    this.#root = { own: ROOT_ROW, lower: below ? ROOT_ROW : NO_ROW };
  }

  /** Where a path leads when it is a directory's: symlinks followed, `..` kept inside, what is missing taken as named. */
  resolve(path: readonly string[]): Place & { readonly names: readonly string[] } {
    const names: string[] = [];
    const trail: Place[] = [];
    const ahead = path.toReversed();
    let links = 0;
    while (ahead.length > 0) {
      const name = ahead.pop();
      if (name === undefined || name === "" || name === ".") continue;
      if (name === "..") {
        names.pop();
        trail.pop();
        continue;
      }
      const next = this.child(trail.at(-1) ?? this.#root, name);
      const target = this.#target(next);
      if (target !== "" && links < MAX_LINKS) {
        links++;
        if (target.startsWith("/")) {
          names.length = 0;
          trail.length = 0;
        }
        ahead.push(...target.split("/").reverse());
      } else {
        names.push(name);
        trail.push(next);
      }
    }
    return { ...(trail.at(-1) ?? this.#root), names };
  }

  /** Makes the directories of a path that are below and not yet in the layer: what they are there they stay. */
  makeDirectories(path: readonly string[]): void {
    const builder = this.#builder;
    let dir = this.#root;
    for (const name of path) {
      const { own, lower } = this.child(dir, name);
      let made = own;
      if (own === NO_ROW) {
        if (!this.#below || this.#lowerKind(lower) !== "dir") return;
        const { layer, row } = sourceOf(this.#below, lower);
        const tree = this.#below.layers[layer - 1]?.tree;
        if (!tree) return;
        made = builder.addImplied(dir.own, name);
        builder.setDirectory(made, { ...factsOf(tree, row), entry: -1, flags: ROW_IMPLIED });
      }
      dir = { own: made, lower };
    }
  }

  /** Whether a directory is there. */
  isDirectory({ own, lower }: Place): boolean {
    if (own !== NO_ROW) return this.#builder.kind(own) === "dir";
    return this.#lowerKind(lower) === "dir";
  }

  /** A name in a directory. The lower row is NO_ROW when the layer has removed or replaced it. */
  child(dir: Place, name: string): Place {
    const builder = this.#builder;
    const own = dir.own === NO_ROW ? NO_ROW : builder.child(dir.own, name);
    let lower = NO_ROW;
    if (this.#below && dir.lower !== NO_ROW && !this.#isRemoved(dir.own, name))
      lower = mergedChild(this.#below, dir.lower, name);
    const isReplaced =
      own !== NO_ROW && (builder.kind(own) !== "dir" || this.#lowerKind(lower) !== "dir");
    return { own, lower: isReplaced ? NO_ROW : lower };
  }

  #isRemoved(own: Row, name: string): boolean {
    if (own === NO_ROW) return false;
    return [OPAQUE_NAME, WHITEOUT_PREFIX + name].some((mark) => {
      const row = this.#builder.child(own, mark);
      return row !== NO_ROW && this.#builder.entry(row) >= 0;
    });
  }

  #lowerKind(lower: Row): string {
    return this.#below && lower !== NO_ROW ? mergedKind(this.#below, lower) : "";
  }

  #target({ own, lower }: Place): string {
    if (own !== NO_ROW) return this.#builder.target(own);
    return this.#below && lower !== NO_ROW ? mergedTarget(this.#below, lower) : "";
  }
}

function factsOf(tree: ColumnTree, row: Row): EntryFacts {
  const extra = tree.extra[row]! < 0 ? null : extraOf(tree, row);
  return {
    kind: ENTRY_KINDS[tree.kind[row]!]!,
    mode: tree.mode[row]!,
    uid: tree.uid[row]!,
    gid: tree.gid[row]!,
    size: tree.size[row]!,
    mtime: tree.mtime[row]!,
    mtimeNsec: tree.mtimeNsec?.[row] ?? 0,
    content: tree.content[row]!,
    entry: tree.entry[row]!,
    flags: tree.flags[row]!,
    ...(extra ? { extra } : {}),
  };
}
