import {
  type ColumnTree,
  ENTRY_KINDS,
  extraOf,
  NO_ROW,
  nameOf,
  namesTo,
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
  for (const { dir, name, row, isMark } of entriesOf(tree, marks)) {
    if (isBase && name === OPAQUE_NAME) {
      writer.removeImplied(dir);
      if (row !== NO_ROW) writer.putRow(dir, name, row);
    } else if (isBase && (isMark || (row !== NO_ROW && hasMark(marks, row, MARK_WHITEOUT))))
      writer.remove(dir, name.slice(WHITEOUT_PREFIX.length));
    else if (row === NO_ROW) continue;
    else if (extraOf(tree, row).link === undefined) writer.putRow(dir, name, row);
    else if (isLinkToWhiteout(tree, marks, row)) writer.putDevice(dir, name, row);
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
  const links = new TargetDirectories(root);
  for (const entry of entriesOf(tree, marks)) {
    const { name, facts, row, inode, forward, isMark } = entry;
    const at = root.settle(entry.dir, !isMark);
    const dir = at.names;
    const isKnown = forward === undefined && writer.hasInode(inode);
    const link = isKnown ? undefined : (facts.extra?.link ?? forward);
    if (link === undefined || isMark) {
      // A whiteout where no directory is removes nothing, and makes nothing.
      if (!isMark || root.isDirectory(at)) writer.put(dir, name, facts, row, inode);
      continue;
    }
    // What it meant at its place in the tar is not what came later.
    const own = forward === undefined ? inode : -1 - facts.entry;
    const found = links.find(link);
    if (found.own !== NO_ROW && writer.builder.kind(found.own) !== "dir")
      writer.putLink(dir, name, facts, row, own, found.own);
    else if (found.lower !== NO_ROW && below && mergedKind(below, found.lower) !== "dir")
      writer.putLower(
        dir,
        name,
        lowerFacts(below, found.lower, facts),
        row,
        own,
        sourceOf(below, found.lower),
      );
    else if (forward !== undefined) writer.put(dir, name, facts, row, inode);
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
  /** The names of the directory that it is in: the same array for one entry after the other. */
  readonly dir: readonly string[];
  /** "" for the root. */
  readonly name: string;
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
  const { replaced } = tree;
  let next = 0;
  function* replacedBefore(entry: number): Generator<LayerEntry> {
    for (let at = replaced[next]; at && at.entry < entry; at = replaced[++next]) {
      const { path, inode, ...facts } = at;
      const dir = path.split("/").filter((name) => name !== "");
      const name = dir.pop() ?? "";
      const isMark = name.startsWith(WHITEOUT_PREFIX);
      yield { dir, name, facts, row: NO_ROW, inode, forward: forward.get(at.entry), isMark };
    }
  }
  let dir: readonly string[] = [];
  let dirRow = ROOT_ROW;
  for (const row of rowsInEntryOrder(tree)) {
    const facts = factsOf(tree, row);
    if (next < replaced.length) yield* replacedBefore(facts.entry);
    const parent = tree.parent[row]!;
    if (parent !== dirRow && row !== ROOT_ROW) {
      dir = namesTo(tree, parent);
      dirRow = parent;
    }
    yield {
      dir: row === ROOT_ROW ? [] : dir,
      name: nameOf(tree, row),
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
function rowsInEntryOrder(tree: ColumnTree): Int32Array {
  const { entry, length } = tree;
  let last = -1;
  for (let row = 0; row < length; row++) last = Math.max(last, entry[row]!);
  const places = new Int32Array(last + 2);
  for (let row = 0; row < length; row++) if (entry[row]! >= 0) places[entry[row]! + 1]! += 1;
  for (let i = 0; i <= last; i++) places[i + 1]! += places[i]!;
  const rows = new Int32Array(places[last + 1]!);
  for (let row = 0; row < length; row++) if (entry[row]! >= 0) rows[places[entry[row]!]!++] = row;
  return rows;
}

/** Writes rows of a stored tree into a new one. */
class LayerWriter {
  readonly builder: ColumnTreeBuilder;
  readonly #tree: ColumnTree;
  /** By entry that stands for an inode: the build row. */
  readonly #groups: Int32Array;
  /** The same for links that meant something else than what came later. */
  readonly #otherGroups = new Map<number, Row>();
  /** By number of the entry: its stored row. */
  readonly #stored: Int32Array;
  /** Entry number -> the lower file it links to. */
  readonly #lower = new Map<number, LayerRow>();
  /** Build row of a directory -> the directories that were made in it, those that are gone too. */
  readonly #directories = new Map<Row, Row[]>();
  readonly #isOneRoot: boolean;
  /** The directory that was made or found last. */
  #lastDir: readonly string[] | null = null;
  #lastDirRow: Row = ROOT_ROW;

  constructor(tree: ColumnTree, isOneRoot: boolean) {
    this.#tree = tree;
    this.#isOneRoot = isOneRoot;
    this.builder = new ColumnTreeBuilder(tree.blob);
    let entries = 1;
    for (const entry of tree.entry) entries = Math.max(entries, entry + 1);
    for (const { entry, inode } of tree.replaced) entries = Math.max(entries, entry + 1, inode + 1);
    this.#stored = new Int32Array(entries).fill(NO_ROW);
    this.#groups = new Int32Array(entries).fill(NO_ROW);
  }

  putRow(dir: readonly string[], name: string, row: Row): void {
    const tree = this.#tree;
    this.put(dir, name, factsOf(tree, row), row, tree.entry[tree.inode[row]!]!);
  }

  put(names: readonly string[], name: string, facts: EntryFacts, row: Row, inode: number): void {
    this.#stored[facts.entry] = row;
    if (name === "") {
      this.builder.setDirectory(ROOT_ROW, facts);
      return;
    }
    const dir = this.#makeRoom(names, name, facts.kind === "dir");
    const there = this.builder.child(dir, name);
    if (there !== NO_ROW) {
      this.builder.setDirectory(there, facts);
      return;
    }
    const linked = this.#group(inode);
    if (linked === NO_ROW) {
      const row = this.builder.add(dir, name, facts);
      this.#setGroup(inode, row);
      if (facts.kind === "dir") this.#noteDirectory(dir, row);
    } else {
      this.#noteStored(facts.entry, row, linked);
      this.builder.addHardLink(dir, name, linked, facts.entry, facts.flags);
      const lower = this.#lower.get(this.builder.entry(linked));
      if (lower) this.#lower.set(facts.entry, lower);
    }
  }

  /** A link whose target the tar does not have by that name has no bytes of its own: those of the target are stored. */
  #noteStored(entry: number, row: Row, target: Row): void {
    const { inode } = this.#tree;
    const stored = this.#stored[this.builder.entry(target)]!;
    const isOneInode = row !== NO_ROW && stored !== NO_ROW && inode[row] === inode[stored];
    this.#stored[entry] = isOneInode ? row : stored;
  }

  /** Whether something with that inode was put. */
  hasInode(inode: number): boolean {
    return this.#group(inode) !== NO_ROW;
  }

  #group(inode: number): Row {
    return (inode < 0 ? this.#otherGroups.get(inode) : this.#groups[inode]) ?? NO_ROW;
  }

  #setGroup(inode: number, row: Row): void {
    if (inode < 0) this.#otherGroups.set(inode, row);
    else this.#groups[inode] = row;
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

  putDevice(names: readonly string[], name: string, row: Row): void {
    const dir = this.#makeRoom(names, name, false);
    const { extra: _, content: __, ...facts } = factsOf(this.#tree, row);
    this.#stored[facts.entry] = row;
    this.builder.add(dir, name, { ...facts, kind: "char", size: 0, extra: { rdev: [0, 0] } });
  }

  putLink(
    names: readonly string[],
    name: string,
    { entry, flags }: EntryFacts,
    row: Row,
    inode: number,
    target: Row,
  ): void {
    const dir = this.#makeRoom(names, name, false);
    this.#noteStored(entry, row, target);
    this.#setGroup(inode, this.builder.addHardLink(dir, name, target, entry, flags));
    const lower = this.#lower.get(this.builder.entry(target));
    if (lower) this.#lower.set(entry, lower);
  }

  putLower(
    names: readonly string[],
    name: string,
    facts: EntryFacts,
    row: Row,
    inode: number,
    lower: LayerRow,
  ): void {
    const dir = this.#makeRoom(names, name, false);
    this.#stored[facts.entry] = row;
    this.#lower.set(facts.entry, lower);
    this.#setGroup(inode, this.builder.add(dir, name, facts));
  }

  /** Makes the parents of a path and removes what stands at it. */
  remove(names: readonly string[], name: string): void {
    const at = this.builder.child(this.#makeParents(names), name);
    if (at !== NO_ROW) this.#remove(at);
  }

  #remove(row: Row): void {
    if (this.builder.kind(row) === "dir") this.#lastDir = null;
    this.builder.remove(row);
  }

  /** Removes the directories below a path that no entry has named so far, and all in them. */
  removeImplied(path: readonly string[]): void {
    const { builder } = this;
    const ahead = [this.#makeParents(path)];
    for (let dir = ahead.pop(); dir !== undefined; dir = ahead.pop()) {
      const kept = (this.#directories.get(dir) ?? []).filter((row) => {
        if (builder.child(dir, builder.nameBytes(row)) !== row) return false;
        if (!builder.isImplied(row)) return true;
        this.#remove(row);
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
      storedRow[row] = this.#stored[entry]!;
      const lower = this.#lower.size > 0 ? this.#lower.get(entry) : undefined;
      if (lower) links.set(row, lower);
    }
    return { tree, storedRow, links };
  }

  /** Makes a directory, and removes what stands at a name in it unless that and the new entry are directories. */
  #makeRoom(names: readonly string[], name: string, isDirectory: boolean): Row {
    const dir = this.#makeParents(names);
    const there = this.builder.child(dir, name);
    if (there !== NO_ROW && !(isDirectory && this.builder.kind(there) === "dir"))
      this.#replace(dir, name, there, isDirectory);
    return dir;
  }

  #makeParents(names: readonly string[]): Row {
    if (names === this.#lastDir) return this.#lastDirRow;
    let dir = ROOT_ROW;
    for (const name of names) {
      const there = this.builder.child(dir, name);
      if (there !== NO_ROW && this.builder.kind(there) === "dir") {
        dir = there;
        continue;
      }
      if (there !== NO_ROW) this.#replace(dir, name, there, true);
      dir = this.#noteDirectory(dir, this.builder.addImplied(dir, name));
    }
    this.#lastDir = names;
    this.#lastDirRow = dir;
    return dir;
  }

  /** Removes what stands at a name. On one root a directory in its place has nothing of what is below: a whiteout says so. */
  #replace(dir: Row, name: string, there: Row, byDirectory: boolean): void {
    const entry = this.builder.entry(there);
    this.#remove(there);
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
  /** The directory that the last entry was put into, and its names as the entry had them. */
  #last: (Place & { readonly names: readonly string[] }) | null = null;
  #lastNames: readonly string[] | null = null;

  constructor(writer: LayerWriter, below: MergedTree | null) {
    this.#builder = writer.builder;
    this.#below = below;
    this.#root = { own: ROOT_ROW, lower: below ? ROOT_ROW : NO_ROW };
  }

  /**
   * Where a directory's path leads, and makes it when `isWanted`. What is then put into that very directory cannot change
   * it, so that for one entry after the other it is looked for once: unless symlinks were on the way.
   */
  settle(
    path: readonly string[],
    isWanted: boolean,
  ): Place & { readonly names: readonly string[] } {
    if (this.#last && path === this.#lastNames) return this.#last;
    const found = this.resolve(path);
    if (isWanted) this.makeDirectories(found.names);
    const isSame =
      found.own !== NO_ROW &&
      found.names.length === path.length &&
      found.names.every((name, i) => name === path[i]) &&
      !found.hasLinks;
    this.#lastNames = path;
    this.#last = isSame ? found : null;
    return found;
  }

  /** Where a path leads when it is a directory's: symlinks followed, `..` kept inside, what is missing taken as named. */
  resolve(
    path: readonly string[],
  ): Place & { readonly names: readonly string[]; readonly hasLinks: boolean } {
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
    const { own, lower } = trail.at(-1) ?? this.#root;
    return { own, lower, names, hasLinks: links > 0 };
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

/** The targets of hard links by their paths: mostly one is named again and again. */
class TargetDirectories {
  readonly #root: RootDirectory;
  #last = "";
  #names: readonly string[] = [];

  constructor(root: RootDirectory) {
    this.#root = root;
  }

  /** What stands at a path, its directory's symlinks followed. */
  find(link: string): Place {
    if (link !== this.#last) {
      this.#last = link;
      this.#names = link.split("/").filter((part) => part !== "");
    }
    const dir = this.#root.resolve(this.#names.slice(0, -1));
    return this.#root.child(dir, this.#names[this.#names.length - 1] ?? "");
  }
}

function factsOf(tree: ColumnTree, row: Row): EntryFacts {
  const facts = {
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
  };
  return tree.extra[row]! < 0 ? facts : { ...facts, extra: extraOf(tree, row) };
}
