import {
  type ColumnTree,
  ENTRY_KINDS,
  type EntryFault,
  type EntryKind,
  type Extra,
  type ForwardLink,
  NO_ROW,
  type ReplacedEntry,
  ROOT_ROW,
  ROW_IMPLIED,
  ROW_RENEWED,
  type Row,
  type SecondHeader,
} from "./column-tree.ts";
import { decodeName, encodeName } from "./name.ts";
import { compareRows } from "./name-order.ts";
import { sortByName } from "./name-sort.ts";

/** What one entry says of itself. */
export interface EntryFacts {
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content, or of a symlink's target. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly mtimeNsec?: number;
  /** Where the content starts in the tree's blob; left out when there is none. */
  readonly content?: number;
  /** The number of the archive entry. */
  readonly entry: number;
  readonly flags?: number;
  readonly extra?: Extra;
}

const IMPLIED: EntryFacts = {
  kind: "dir",
  mode: 0o755,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
  entry: -1,
  flags: ROW_IMPLIED,
};
/** Faults that are kept. */
const MOST_FAULTS = 100;
/** Replaced entries that are kept. */
const MOST_REPLACED = 10_000;
const FREE = 0;
const NO_BYTES = new Uint8Array(0);
/** Where hashes of names begin, another one in each run: nobody can write names that all come out the same. */
const SEED = Math.floor(Math.random() * 2 ** 32);
/** Names that were met last and that rows share, by hash. A power of two. */
const SHARED_NAMES = 2 ** 14;
/** Rows that are copied faster at once than one by one. */
const LONG_RUN = 16;

/**
 * Builds a `ColumnTree`, entry by entry, in any order of paths.
 *
 * Rows here are build rows, in the order they were made; `finish` gives them their final order. Memory: about 80
 * bytes a row, and names, of which those that come again soon are kept once.
 */
export class ColumnTreeBuilder {
  #length = 0;
  #capacity = 1024;
  #parent = new Int32Array(this.#capacity);
  #name = new Int32Array(this.#capacity);
  #kind = new Uint8Array(this.#capacity);
  #mode = new Uint16Array(this.#capacity);
  #uid = new Uint32Array(this.#capacity);
  #gid = new Uint32Array(this.#capacity);
  #size = new Float64Array(this.#capacity);
  #mtime = new Float64Array(this.#capacity);
  #mtimeNsec: Int32Array | null = null;
  #inode = new Int32Array(this.#capacity);
  #content = new Float64Array(this.#capacity);
  #entry = new Int32Array(this.#capacity);
  #flags = new Uint8Array(this.#capacity);
  #extra = new Int32Array(this.#capacity);
  readonly #extras: Extra[] = [];
  #extraBytes = 0;
  readonly #faults: EntryFault[] = [];
  readonly #secondHeaders: SecondHeader[] = [];
  readonly #replaced: ReplacedEntry[] = [];
  readonly #forwardLinks: ForwardLink[] = [];
  /** 1 for build rows that a later entry of the same path replaced, or that were removed with their directory. */
  #dead = new Uint8Array(this.#capacity);
  #hasDead = false;

  #nameBytes = new Uint8Array(16_384);
  #nameStart = new Uint32Array(1024);
  #nameCount = 0;
  /** By the low bits of a name's hash, two numbers a place: the last name that had them, its index + 1, and its hash. */
  readonly #sharedNames = new Int32Array(SHARED_NAMES * 2);
  /**
   * Open addressing by directory and name, two numbers a place: row + 1, and the hash. A removed row keeps its place
   * for the next of its path.
   */
  #childTable = new Int32Array(8192);
  readonly #blob: string;

  constructor(blob: string) {
    this.#blob = blob;
    this.#push(NO_ROW, this.#nameOf(NO_BYTES, hashBytes(NO_BYTES)), IMPLIED);
  }

  /** Build rows so far, the root and replaced ones included. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of names, link targets and extended attributes that are kept so far. */
  get textBytes(): number {
    return this.#nameStart[this.#nameCount]! + this.#extraBytes;
  }

  /** The row of `name` in `dir`, or NO_ROW. */
  child(dir: Row, name: string | Uint8Array): Row {
    const bytes = typeof name === "string" ? encodeName(name) : name;
    const row = this.#childTable[this.#childPlace(dir, bytes, hashBytes(bytes))]! - 1;
    return row < 0 || this.#dead[row] === 1 ? NO_ROW : row;
  }

  kind(row: Row): EntryKind {
    return ENTRY_KINDS[this.#kind[row]!]!;
  }

  /** A symlink's target; "" for anything else. */
  target(row: Row): string {
    const at = this.#extra[row]!;
    return at < 0 ? "" : (this.#extras[at]!.target ?? "");
  }

  /** What a hard link to nothing names; "" for anything else. */
  link(row: Row): string {
    const at = this.#extra[row]!;
    return at < 0 ? "" : (this.#extras[at]!.link ?? "");
  }

  /** Whether no entry has named this directory yet. */
  isImplied(row: Row): boolean {
    return (this.#flags[row]! & ROW_IMPLIED) !== 0;
  }

  /** The number of the entry that made the row; -1 for an implied directory. */
  entry(row: Row): number {
    return this.#entry[row]!;
  }

  /** Adds a name that is not there yet. */
  add(dir: Row, name: string | Uint8Array, facts: EntryFacts): Row {
    const bytes = typeof name === "string" ? encodeName(name) : name;
    const hash = hashBytes(bytes);
    const place = this.#childPlace(dir, bytes, hash);
    const row = this.#push(dir, this.#nameOf(bytes, hash), facts);
    this.#childTable[place] = row + 1;
    this.#childTable[place + 1] = hashPair(dir, hash);
    if (this.#length * 4 > this.#childTable.length) this.#growChildTable();
    return row;
  }

  /** Adds a directory for which there is no entry: 0755, 0:0, time 0. */
  addImplied(dir: Row, name: string | Uint8Array): Row {
    return this.add(dir, name, IMPLIED);
  }

  /** Adds another name of the inode of `target`, a row that is not a directory. `entry` numbers the archive entry. */
  addHardLink(dir: Row, name: string | Uint8Array, target: Row, entry: number, flags = 0): Row {
    const row = this.add(dir, name, { ...IMPLIED, kind: "file", entry, flags });
    this.linkTo(row, target);
    return row;
  }

  /** Makes a row that was added as a file another name of the inode of `target`. */
  linkTo(row: Row, target: Row): void {
    this.#kind[row] = this.#kind[target]!;
    this.#mode[row] = this.#mode[target]!;
    this.#uid[row] = this.#uid[target]!;
    this.#gid[row] = this.#gid[target]!;
    this.#size[row] = this.#size[target]!;
    this.#mtime[row] = this.#mtime[target]!;
    if (this.#mtimeNsec) this.#mtimeNsec[row] = this.#mtimeNsec[target]!;
    this.#content[row] = this.#content[target]!;
    this.#extra[row] = this.#extra[target]!;
    this.#inode[row] = this.#inode[target]!;
  }

  /** Gives a directory that is there (the root and implied ones too) an entry's attributes. Its children stay. */
  setDirectory(row: Row, facts: EntryFacts): void {
    const renewed = this.#flags[row]! & ROW_RENEWED;
    this.#write(row, facts);
    this.flag(row, renewed);
  }

  setTime(row: Row, mtime: number, mtimeNsec: number): void {
    this.#mtime[row] = mtime;
    if (mtimeNsec !== 0) this.#mtimeNsec ??= new Int32Array(this.#capacity);
    if (this.#mtimeNsec) this.#mtimeNsec[row] = mtimeNsec;
  }

  /** Adds bits to a row's flags. */
  flag(row: Row, bits: number): void {
    this.#flags[row]! |= bits;
  }

  xattrs(row: Row): NonNullable<Extra["xattrs"]> {
    const at = this.#extra[row]!;
    return (at < 0 ? null : this.#extras[at]!.xattrs) ?? [];
  }

  /** Whether an entry's header says something else of a row's inode than the row does. */
  differs(row: Row, { mode, uid, gid, mtime, mtimeNsec = 0, extra }: EntryFacts): boolean {
    return (
      this.#mode[row] !== mode ||
      this.#uid[row] !== uid ||
      this.#gid[row] !== gid ||
      this.#mtime[row] !== mtime ||
      (this.#mtimeNsec?.[row] ?? 0) !== mtimeNsec ||
      extra?.xattrs !== undefined
    );
  }

  /** Notes what an entry says beside its row. */
  addSecondHeader(header: SecondHeader): void {
    this.#secondHeaders.push(header);
  }

  /** Notes what a row says, before another entry gives it other attributes. */
  keep(row: Row): void {
    this.addReplaced(this.#asReplaced(row, this.#entry[row]!));
  }

  /** Notes an entry that has no row. */
  addReplaced(entry: ReplacedEntry): void {
    if (this.#replaced.length < MOST_REPLACED) this.#replaced.push(entry);
  }

  /** Notes that a row was a link to what came later. */
  addForwardLink(link: ForwardLink): void {
    if (this.#forwardLinks.length < MOST_REPLACED) this.#forwardLinks.push(link);
  }

  /** Whether faults are no longer kept. */
  get hasAllFaults(): boolean {
    return this.#faults.length === MOST_FAULTS;
  }

  /** Notes an entry that some unpackers stop at. */
  addFault(fault: EntryFault): void {
    if (!this.hasAllFaults) this.#faults.push(fault);
  }

  /** Takes a row, and all below it, out of the tree: its name is free again. O(1). */
  remove(row: Row): void {
    this.#dead[row] = 1;
    this.#hasDead = true;
  }

  /** The build rows that are no longer in the tree, those below a removed directory too, in the order they were made. */
  *removedRows(): Generator<Row> {
    if (!this.#hasDead) return;
    // A parent has a lower number than what is in it.
    for (let row = 1; row < this.#length; row++) {
      if (this.#dead[this.#parent[row]!] === 1) this.#dead[row] = 1;
      if (this.#dead[row] === 1) yield row;
    }
  }

  /** Whether a row was removed, itself or with its directory. O(depth). */
  isRemoved(row: Row): boolean {
    if (!this.#hasDead) return false;
    for (let at = row; at > ROOT_ROW; at = this.#parent[at]!) if (this.#dead[at] === 1) return true;
    return false;
  }

  /** The build row of the directory a row is in, or was in. */
  parent(row: Row): Row {
    return this.#parent[row]!;
  }

  /** The bytes of a build row's name. Not a copy. */
  nameBytes(row: Row): Uint8Array {
    const id = this.#name[row]!;
    return this.#nameBytes.subarray(this.#nameStart[id]!, this.#nameStart[id + 1]!);
  }

  size(row: Row): number {
    return this.#size[row]!;
  }

  time(row: Row): { readonly mtime: number; readonly mtimeNsec: number } {
    return { mtime: this.#mtime[row]!, mtimeNsec: this.#mtimeNsec?.[row] ?? 0 };
  }

  /** The finished tree. The builder must not be used after it. */
  finish(): ColumnTree {
    const removed = this.#firstRemoved();
    const order = this.#breadthFirst();
    const runs = runsOf(order);
    const length = order.length;
    const place = new Int32Array(this.#length).fill(NO_ROW);
    for (let i = 0; i < length; i++) place[order[i]!] = i;

    const parent = new Int32Array(length);
    const childStart = new Int32Array(length);
    const childCount = new Int32Array(length);
    const inode = new Int32Array(length);
    const linked = this.#linked.size > 0 ? this.#linked : null;
    const firstOfGroup = new Map<Row, Row>();
    for (let i = 0; i < length; i++) {
      const built = order[i]!;
      const up = this.#parent[built]!;
      parent[i] = up === NO_ROW ? NO_ROW : place[up]!;
      if (i > 0) {
        const dir = parent[i]!;
        if (childCount[dir]! === 0) childStart[dir] = i;
        childCount[dir]! += 1;
      }
      const group = this.#inode[built]!;
      if (group === built && !linked?.has(built)) inode[i] = i;
      else {
        const first = firstOfGroup.get(group);
        if (first === undefined) firstOfGroup.set(group, i);
        inode[i] = first ?? i;
      }
    }
    for (const row of removed) {
      const group = this.#inode[row]!;
      const first = firstOfGroup.get(group) ?? place[group]!;
      this.#replaced.push(this.#asReplaced(row, this.#entry[first < 0 ? group : order[first]!]!));
    }
    return {
      length,
      blob: this.#blob,
      parent,
      childStart,
      childCount,
      name: gather(new Int32Array(length), this.#name, runs),
      nameStart: this.#nameStart.slice(0, this.#nameCount + 1),
      nameBytes: this.#nameBytes.slice(0, this.#nameStart[this.#nameCount]!),
      kind: gather(new Uint8Array(length), this.#kind, runs),
      mode: gather(new Uint16Array(length), this.#mode, runs),
      uid: gather(new Uint32Array(length), this.#uid, runs),
      gid: gather(new Uint32Array(length), this.#gid, runs),
      size: gather(new Float64Array(length), this.#size, runs),
      mtime: gather(new Float64Array(length), this.#mtime, runs),
      mtimeNsec: this.#mtimeNsec && gather(new Int32Array(length), this.#mtimeNsec, runs),
      inode,
      content: gather(new Float64Array(length), this.#content, runs),
      entry: gather(new Int32Array(length), this.#entry, runs),
      flags: gather(new Uint8Array(length), this.#flags, runs),
      extra: gather(new Int32Array(length), this.#extra, runs),
      extras: this.#extras,
      faults: this.#faults,
      secondHeaders: this.#secondHeaders,
      replaced: this.#replaced.sort((a, b) => a.entry - b.entry),
      forwardLinks: this.#forwardLinks,
    };
  }

  /** Marks all removed rows as such; those of entries, as many as there is room for. */
  #firstRemoved(): readonly Row[] {
    const first: Row[] = [];
    for (const row of this.removedRows())
      if (this.#entry[row]! >= 0 && this.#replaced.length + first.length < MOST_REPLACED)
        first.push(row);
    return first;
  }

  #asReplaced(row: Row, inode: number): ReplacedEntry {
    const names: string[] = [];
    for (let at = row; at !== ROOT_ROW; at = this.#parent[at]!)
      names.push(decodeName(this.nameBytes(at)));
    const extra = this.#extra[row]! < 0 ? null : this.#extras[this.#extra[row]!]!;
    return {
      path: `/${names.reverse().join("/")}`,
      kind: this.kind(row),
      mode: this.#mode[row]!,
      uid: this.#uid[row]!,
      gid: this.#gid[row]!,
      size: this.#size[row]!,
      ...this.time(row),
      content: this.#content[row]!,
      entry: this.#entry[row]!,
      flags: this.#flags[row]!,
      ...(extra ? { extra } : {}),
      inode,
    };
  }

  /** Build rows that other names link to. */
  readonly #linked = new Set<Row>();

  #push(parent: Row, name: number, facts: EntryFacts): Row {
    if (this.#length === this.#capacity) this.#grow();
    const row = this.#length++;
    this.#parent[row] = parent;
    this.#name[row] = name;
    this.#inode[row] = row;
    this.#write(row, facts);
    return row;
  }

  #write(row: Row, facts: EntryFacts): void {
    this.#kind[row] = ENTRY_KINDS.indexOf(facts.kind);
    this.#mode[row] = facts.mode & 0o7777;
    this.#uid[row] = facts.uid;
    this.#gid[row] = facts.gid;
    this.#size[row] = facts.size;
    this.#content[row] = facts.content ?? -1;
    this.#entry[row] = facts.entry;
    this.#flags[row] = facts.flags ?? 0;
    this.#extra[row] = facts.extra ? this.#placeOf(facts.extra) : -1;
    this.setTime(row, facts.mtime, facts.mtimeNsec ?? 0);
  }

  #placeOf(extra: Extra): number {
    // What one entry after the other has in common is one object.
    if (extra === this.#extras[this.#extras.length - 1]) return this.#extras.length - 1;
    this.#extraBytes += extraBytes(extra);
    return this.#extras.push(extra) - 1;
  }

  #grow(): void {
    this.#capacity *= 2;
    const size = this.#capacity;
    this.#parent = resized(new Int32Array(size), this.#parent);
    this.#dead = resized(new Uint8Array(size), this.#dead);
    this.#name = resized(new Int32Array(size), this.#name);
    this.#kind = resized(new Uint8Array(size), this.#kind);
    this.#mode = resized(new Uint16Array(size), this.#mode);
    this.#uid = resized(new Uint32Array(size), this.#uid);
    this.#gid = resized(new Uint32Array(size), this.#gid);
    this.#size = resized(new Float64Array(size), this.#size);
    this.#mtime = resized(new Float64Array(size), this.#mtime);
    if (this.#mtimeNsec) this.#mtimeNsec = resized(new Int32Array(size), this.#mtimeNsec);
    this.#inode = resized(new Int32Array(size), this.#inode);
    this.#content = resized(new Float64Array(size), this.#content);
    this.#entry = resized(new Int32Array(size), this.#entry);
    this.#flags = resized(new Uint8Array(size), this.#flags);
    this.#extra = resized(new Int32Array(size), this.#extra);
  }

  /** The index of a name, kept once when it was met not long ago. */
  #nameOf(bytes: Uint8Array, hash: number): number {
    const shared = (hash & (SHARED_NAMES - 1)) * 2;
    const known = this.#sharedNames[shared]! - 1;
    if (known >= 0 && this.#sharedNames[shared + 1] === hash && this.#sameName(known, bytes))
      return known;
    const id = this.#nameCount++;
    if (id + 2 > this.#nameStart.length)
      this.#nameStart = resized(new Uint32Array(this.#nameStart.length * 2), this.#nameStart);
    const start = this.#nameStart[id]!;
    const end = start + bytes.length;
    if (end > this.#nameBytes.length) {
      const size = Math.max(end, this.#nameBytes.length * 2);
      this.#nameBytes = resized(new Uint8Array(size), this.#nameBytes);
    }
    this.#nameBytes.set(bytes, start);
    this.#nameStart[id + 1] = end;
    this.#sharedNames[shared] = id + 1;
    this.#sharedNames[shared + 1] = hash;
    return id;
  }

  #sameName(id: number, bytes: Uint8Array): boolean {
    const start = this.#nameStart[id]!;
    if (this.#nameStart[id + 1]! - start !== bytes.length) return false;
    for (let i = 0; i < bytes.length; i++)
      if (this.#nameBytes[start + i] !== bytes[i]) return false;
    return true;
  }

  /** Where `name` of `dir` stands in the table, or the free place where it would. */
  #childPlace(dir: Row, name: Uint8Array, nameHash: number): number {
    const table = this.#childTable;
    const mask = table.length - 2;
    const hash = hashPair(dir, nameHash);
    let place = (hash << 1) & mask;
    for (; table[place] !== FREE; place = (place + 2) & mask) {
      if (table[place + 1] !== hash) continue;
      const row = table[place]! - 1;
      if (this.#parent[row] === dir && this.#sameName(this.#name[row]!, name)) return place;
    }
    return place;
  }

  #growChildTable(): void {
    const old = this.#childTable;
    const table = new Int32Array(old.length * 2);
    const mask = table.length - 2;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === FREE) continue;
      const hash = old[at + 1]!;
      let place = (hash << 1) & mask;
      while (table[place] !== FREE) place = (place + 2) & mask;
      table[place] = old[at]!;
      table[place + 1] = hash;
    }
    this.#childTable = table;
  }

  /** The living build rows in breadth-first order, the children of a directory sorted by the bytes of their names. */
  #breadthFirst(): Int32Array {
    const length = this.#length;
    const parents = this.#parent;
    const dead = this.#hasDead ? this.#dead : null;
    const first = new Int32Array(length + 1);
    for (let row = 1; row < length; row++) if (dead?.[row] !== 1) first[parents[row]! + 1]! += 1;
    for (let i = 0; i < length; i++) first[i + 1]! += first[i]!;
    const children = new Int32Array(first[length]!);
    const next = first.slice();
    for (let row = 1; row < length; row++) {
      if (dead?.[row] === 1) continue;
      children[next[parents[row]!]!++] = row;
      const group = this.#inode[row]!;
      if (group !== row) this.#linked.add(group);
    }
    const order = new Int32Array(children.length + 1);
    order[0] = ROOT_ROW;
    let filled = 1;
    for (let i = 0; i < filled; i++) {
      const dir = order[i]!;
      if (first[dir] === first[dir + 1]) continue;
      const mine = children.subarray(first[dir]!, first[dir + 1]!);
      this.#sortByName(mine);
      order.set(mine, filled);
      filled += mine.length;
    }
    return order.subarray(0, filled);
  }

  /** Sorts rows by the bytes of their names. Most tars have them in order. */
  #sortByName(rows: Int32Array): void {
    const names = {
      nameBytes: this.#nameBytes,
      nameStart: this.#nameStart,
      name: this.#name,
    };
    for (let i = 1; i < rows.length; i++)
      if (compareRows(names, rows[i - 1]!, 0, names, rows[i]!, 0) > 0) {
        sortByName(rows, names);
        return;
      }
  }
}

/** Consecutive numbers as pairs of the first and how many there are: tars have the files of a directory in order. */
function runsOf(order: Int32Array): Int32Array {
  const runs = new Int32Array(order.length * 2);
  let filled = 0;
  for (let i = 0; i < order.length; i++)
    if (filled > 0 && order[i] === runs[filled - 2]! + runs[filled - 1]!) runs[filled - 1]! += 1;
    else {
      runs[filled++] = order[i]!;
      runs[filled++] = 1;
    }
  return runs.subarray(0, filled);
}

function gather<T extends Int32Array | Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  into: T,
  from: T,
  runs: Int32Array,
): T {
  let at = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i]!;
    const count = runs[i + 1]!;
    if (count < LONG_RUN) for (let row = start; row < start + count; row++) into[at++] = from[row]!;
    else {
      into.set(from.subarray(start, start + count), at);
      at += count;
    }
  }
  return into;
}

function resized<T extends { set(from: T): void }>(larger: T, from: T): T {
  larger.set(from);
  return larger;
}

function extraBytes({ target = "", link = "", xattrs = [] }: Extra): number {
  let bytes = target.length + link.length;
  for (const [name, value] of xattrs) bytes += name.length + value.length;
  return bytes;
}

function hashBytes(bytes: Uint8Array): number {
  let hash = SEED;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function hashPair(a: number, b: number): number {
  const mixed = Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
