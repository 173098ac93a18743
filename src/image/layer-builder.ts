import {
  type ColumnTree,
  type Extra,
  type FaultReason,
  NO_ROW,
  nameOf,
  pathOf,
  ROOT_ROW,
  ROW_FLAGGED,
  ROW_RENEWED,
  type Row,
} from "../tree/column-tree.ts";
import { ColumnTreeBuilder, type EntryFacts } from "../tree/column-tree-builder.ts";
import { decodeName, encodeName } from "../tree/name.ts";
import {
  beginsWith,
  cleanPath,
  isDots,
  joinedPath,
  lastSlash,
  pathText,
  splitPath,
} from "./entry-path.ts";
import type { ShadowedEntry } from "./image.ts";
import type { Limits } from "./limits.ts";
import type { ProblemFacts } from "./problem.ts";
import type { ProblemList } from "./problem-list.ts";
import { ReadFailure } from "./read-failure.ts";
import type { TarEntry, TarSink } from "./tar-entry.ts";
import { isWhiteoutName, whitedOutName, whiteoutOfName, whiteoutPairs } from "./whiteout-name.ts";

/** The kernel's bounds for one name and for a path. */
const NAME_MAX = 255;
const PATH_MAX = 4096;
/** Symlinks followed on the way to one entry. */
const MOST_LINKS = 255;
/** Shadowed entries that are listed. */
const MOST_SHADOWED = 10_000;
/** Paths through symlinks that are remembered. */
const MOST_FOUND = 4096;
const SLASH = 0x2f;

/** Hard links whose paths are remembered as their entries have them; of others the row's own path is told. */
const MOST_LINK_PATHS = 1000;

/** What the link names of a hard link lead to, as the entry before had it too, mostly. */
interface LinkTarget {
  readonly linkPath: Uint8Array;
  readonly parts: readonly Uint8Array[];
  /** Its `link` is "/a/b". */
  readonly extra: Extra & { readonly link: string };
}

/** Where a directory's path leads, and what is to be said of symlinks on the way. NO_ROW: nowhere. */
interface Found {
  readonly row: Row;
  readonly links: Extract<ProblemFacts, { type: "through-symlink" | "symlink-loop" }> | null;
}

/**
 * Makes the tree of one layer from the entries of its tar, in their order, as unpacking them into an empty directory
 * does: the later entry of a path holds, a directory's entry keeps what is in it, missing parents are made, parents
 * that are symlinks of this layer are followed inside the layer.
 */
export class LayerBuilder implements TarSink {
  fileBytes = 0;
  readonly #builder: ColumnTreeBuilder;
  readonly #problems: ProblemList;
  readonly #limits: Limits;
  #entries = 0;
  /** By row that was replaced: 1 + the entry that did it. */
  #replacedBy = new Int32Array(0);
  /** Hard links whose targets had not come yet: row and offset of the header, one after the other. */
  readonly #pending: number[] = [];
  /** The paths of the first of them. */
  readonly #pendingPaths: Uint8Array[] = [];
  #lastTarget: LinkTarget | null = null;
  /** Directories that took the place of something else. */
  readonly #renewed: Row[] = [];
  /** Directories whose attributes a second entry replaced. */
  readonly #repeated: ShadowedEntry[] = [];
  /** By directory: the attributes of its earlier entries, which some unpackers leave. */
  readonly #earlierXattrs = new Map<Row, Map<string, Uint8Array>>();
  /** Directories whose entries name them through symlinks, as their entries do. */
  readonly #throughLinks: Uint8Array[] = [];
  #hasWhiteouts = false;
  /** The directory of the last entry: most entries share it with the one before. */
  #lastDir: Uint8Array | null = null;
  #lastDirRow: Row = ROOT_ROW;
  #lastDirIsElsewhere = false;
  /** Whether a symlink was on the way to the directory that was looked for last. */
  #wentThroughLink = false;
  /** Where paths through symlinks lead, which may take 255 of them: the same until something is replaced. */
  readonly #found = new Map<string, Found>();

  constructor(blob: string, problems: ProblemList, limits: Limits) {
    this.#builder = new ColumnTreeBuilder(blob);
    this.#problems = problems;
    this.#limits = limits;
  }

  problem: TarSink["problem"] = (facts, offset, path) => {
    this.#problems.add(facts, offset, path);
  };

  entry(entry: TarEntry): void {
    const implied = this.#builder.length - this.#entries;
    check("impliedDirectories", implied, this.#limits.impliedDirectories, entry.headerOffset);
    check("textBytes", this.#builder.textBytes, this.#limits.textBytes, entry.headerOffset);
    this.#entries++;
    const slash = lastSlash(entry.path);
    const name = entry.path.subarray(slash + 1);
    const isPlain = name.length > 0 && !isDots(name);
    if (isPlain && this.#lastDir && beginsWith(entry.path, slash, this.#lastDir)) {
      if (this.#lastDirIsElsewhere) this.#noteElsewhere(entry);
      this.#put(this.#lastDirRow, name, entry, entry.isFlagged);
      return;
    }
    const { parts, escaped } = cleanPath(entry.path);
    if (escaped) {
      const path = pathText(parts);
      this.#problems.add({ type: "path-clamped", path }, entry.headerOffset, entry.path);
    }
    if (entry.path.length > PATH_MAX) {
      const bytes = entry.path.length;
      this.#problems.add({ type: "path-too-long", bytes }, entry.headerOffset, entry.path);
    }
    const last = parts.pop();
    if (last === undefined) {
      this.#putRoot(entry);
      return;
    }
    const parent = this.#directory(parts, entry, isWhiteoutName(last));
    if (parent === NO_ROW) return;
    if (this.#wentThroughLink) this.#noteElsewhere(entry);
    if (isPlain && !escaped) {
      this.#lastDir = entry.path.slice(0, Math.max(0, slash));
      this.#lastDirRow = parent;
      this.#lastDirIsElsewhere = this.#wentThroughLink;
    }
    this.#put(parent, last, entry, entry.isFlagged || escaped);
  }

  /** The finished tree and what a later entry replaced. */
  finish(): { tree: ColumnTree; shadowed: readonly ShadowedEntry[] } {
    this.#bindForwardLinks();
    for (const row of this.#renewed) this.#builder.flag(row, ROW_RENEWED);
    this.#noteEarlierXattrs();
    this.#endDirectories();
    const shadowed = [...this.#repeated, ...this.#replaced()].sort((a, b) => a.entry - b.entry);
    const tree = this.#builder.finish();
    this.#flagWhiteouts(tree);
    return { tree, shadowed };
  }

  #putRoot(entry: TarEntry): void {
    if (entry.kind !== "dir") {
      const type = entry.path.length === 0 ? "tar-name-empty" : "root-not-directory";
      this.#problems.add({ type }, entry.headerOffset, entry.path);
      return;
    }
    if (!this.#builder.isImplied(ROOT_ROW)) this.#repeat(ROOT_ROW, entry);
    this.#builder.setDirectory(ROOT_ROW, this.#facts(entry, entry.isFlagged));
  }

  #put(parent: Row, name: Uint8Array, entry: TarEntry, isFlagged: boolean): void {
    const builder = this.#builder;
    let flagged = isFlagged;
    if (name.length > NAME_MAX && !isWhiteoutName(name)) {
      this.#problems.add(
        { type: "name-too-long", bytes: name.length },
        entry.headerOffset,
        entry.path,
      );
      flagged = true;
    }
    const there = builder.child(parent, name);
    if (isWhiteoutName(name)) flagged = this.#checkWhiteout(parent, name, there, entry) || flagged;
    // Whatever a whiteout is, it is a whiteout: AUFS wrote them as hard links to one file.
    if (entry.kind === "hardlink" && !isWhiteoutName(name)) {
      this.#putHardLink(parent, name, there, entry, flagged);
      return;
    }
    const facts = this.#facts(entry, flagged);
    if (there !== NO_ROW) {
      if (entry.kind === "dir" && builder.kind(there) === "dir") {
        if (!builder.isImplied(there)) this.#repeat(there, entry);
        builder.setDirectory(there, facts);
        return;
      }
      this.#replace(there, entry);
    }
    const row = builder.add(parent, name, facts);
    if (there !== NO_ROW && entry.kind === "dir") this.#renewed.push(row);
    if (entry.kind === "file") this.fileBytes += entry.size;
  }

  #putHardLink(
    parent: Row,
    name: Uint8Array,
    there: Row,
    entry: TarEntry,
    isFlagged: boolean,
  ): void {
    const builder = this.#builder;
    const { parts, extra } = this.#linkTarget(entry.linkPath);
    const found = this.#find(parts);
    // A directory that no entry names is another thing in the layer below, perhaps.
    const target = found !== NO_ROW && builder.isImplied(found) ? NO_ROW : found;
    const text = extra.link;
    if (target !== NO_ROW && target === there) {
      this.#fault("link-target", entry);
      this.#problems.add({ type: "hardlink-self" }, entry.headerOffset, entry.path);
      return;
    }
    if (target !== NO_ROW && builder.kind(target) === "dir") {
      this.#fault("link-target", entry);
      const facts = { type: "hardlink-directory", target: text } as const;
      this.#problems.add(facts, entry.headerOffset, entry.path);
      return;
    }
    if (there !== NO_ROW) this.#replace(there, entry);
    // The target may have been inside the directory that gave way.
    if (target !== NO_ROW && (there === NO_ROW || this.#find(parts) === target)) {
      // In the base layer its whiteout removed it, in others that alone is refused.
      if (this.#isWhitedOut(target)) this.#fault("link-target", entry);
      const flags = isFlagged ? ROW_FLAGGED : 0;
      builder.addHardLink(parent, name, target, entry.index, flags);
      this.#noteHeader(target, entry);
      return;
    }
    // Field by field: a million objects that are spread take seconds.
    const row = builder.add(parent, name, {
      kind: "file",
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      size: entry.size,
      mtime: entry.mtime,
      mtimeNsec: entry.mtimeNsec,
      content: entry.dataLength > 0 ? entry.dataOffset : -1,
      entry: entry.index,
      flags: ROW_FLAGGED,
      extra: entry.xattrs ? { xattrs: entry.xattrs, ...extra } : extra,
    });
    if (this.#pendingPaths.length < MOST_LINK_PATHS) this.#pendingPaths.push(entry.path.slice());
    this.#pending.push(row, entry.headerOffset);
  }

  #linkTarget(linkPath: Uint8Array): LinkTarget {
    const last = this.#lastTarget;
    if (last && beginsWith(linkPath, linkPath.length, last.linkPath)) return last;
    const own = linkPath.slice();
    const { parts } = cleanPath(own);
    this.#lastTarget = { linkPath: own, parts, extra: { link: pathText(parts) } };
    return this.#lastTarget;
  }

  /** Links to what came later in the tar, and those whose target never came. */
  #bindForwardLinks(): void {
    const builder = this.#builder;
    const problems = this.#problems;
    let lastText = "";
    let target: readonly Uint8Array[] = [];
    for (let i = 0; i < this.#pending.length; i += 2) {
      const row = this.#pending[i]!;
      const headerOffset = this.#pending[i + 1]!;
      const path = () => this.#pendingPaths[i / 2] ?? joinedPath(this.#rowNames(row));
      if (builder.isRemoved(row)) {
        this.#faultAt("link-target", path);
        continue;
      }
      const text = builder.link(row);
      if (text !== lastText) {
        lastText = text;
        target = splitPath(encodeName(text));
      }
      const found = this.#find(target);
      if (found === row) problems.add({ type: "hardlink-self" }, headerOffset, path());
      else if (
        found === NO_ROW ||
        builder.kind(found) === "dir" ||
        this.#isLinkToWhiteout(target, builder.entry(row))
      ) {
        if (problems.countMore("hardlink-missing")) continue;
        problems.add({ type: "hardlink-missing", target: text }, headerOffset, path());
      } else {
        this.#faultAt("link-target", path);
        if (!problems.countMore("hardlink-forward"))
          problems.add({ type: "hardlink-forward", target: text }, headerOffset, path());
        builder.addForwardLink({ entry: builder.entry(row), target: text });
        builder.linkTo(row, found);
      }
    }
  }

  /** Whether the target was whited out by then, though something was put there later. */
  #isLinkToWhiteout(target: readonly Uint8Array[], index: number): boolean {
    const dir = this.#find(target.slice(0, -1));
    if (dir === NO_ROW) return false;
    const whiteout = this.#whiteout(dir, target[target.length - 1]!);
    return whiteout !== NO_ROW && this.#builder.entry(whiteout) < index;
  }

  /** The times of directories are set in the end, at whatever then stands where they stood. */
  #endDirectories(): void {
    const builder = this.#builder;
    for (const row of builder.removedRows()) {
      const entry = builder.entry(row);
      if (builder.kind(row) !== "dir" || entry < 0) continue;
      const names = this.#rowNames(row);
      const found = this.#findLeft(names);
      if (found === NO_ROW) this.#faultAt("directory-gone", () => joinedPath(names));
      else if (builder.isImplied(found)) {
        const { mtime, mtimeNsec } = builder.time(row);
        builder.setTime(found, mtime, mtimeNsec);
      } else if (builder.kind(found) !== "dir" || builder.entry(found) < entry)
        builder.addSecondHeader({
          entries: [builder.entry(found)],
          owner: null,
          ...builder.time(row),
          xattrs: [],
        });
    }
    for (const path of this.#throughLinks)
      if (this.#findLeft(cleanPath(path).parts) === NO_ROW) this.#fault("directory-gone", { path });
  }

  /** A directory's time is set in the end by the path of its entry, wherever that leads by then. */
  #noteElsewhere(entry: TarEntry): void {
    if (entry.kind === "dir" && this.#throughLinks.length < MOST_SHADOWED)
      this.#throughLinks.push(entry.path.slice());
  }

  #facts(entry: TarEntry, isFlagged: boolean): EntryFacts {
    const facts: EntryFacts = {
      kind: entry.kind === "hardlink" ? "file" : entry.kind,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      size: entry.kind === "symlink" ? entry.linkPath.length : entry.size,
      mtime: entry.mtime,
      mtimeNsec: entry.mtimeNsec,
      content: entry.dataLength > 0 ? entry.dataOffset : -1,
      entry: entry.index,
      flags: isFlagged ? ROW_FLAGGED : 0,
    };
    if (entry.kind !== "symlink" && !entry.rdev && !entry.xattrs && !entry.sparse) return facts;
    const extra: { -readonly [K in keyof Extra]: Extra[K] } = {};
    if (entry.kind === "symlink") extra.target = decodeName(entry.linkPath);
    if (entry.rdev) extra.rdev = entry.rdev;
    if (entry.xattrs) extra.xattrs = entry.xattrs;
    if (entry.sparse) extra.sparse = entry.sparse;
    return { ...facts, extra };
  }

  /** The row of the directory at `parts`, made where it is missing; NO_ROW when there is no way. Marks replace no file. */
  #directory(parts: readonly Uint8Array[], entry: TarEntry, isMark: boolean): Row {
    const known = this.#found.size > 0 ? this.#found.get(pathText(parts)) : undefined;
    const found = known ?? this.#lookFor(parts, entry, isMark);
    const { row, links } = found;
    this.#wentThroughLink = links !== null;
    if (!links) return row;
    if (links.type === "symlink-loop") this.#fault("parent-loop", entry);
    this.#problems.add(links, entry.headerOffset, entry.path);
    if (this.#found.size === MOST_FOUND) this.#found.clear();
    this.#found.set(pathText(parts), found);
    return row;
  }

  #lookFor(parts: readonly Uint8Array[], entry: TarEntry, isMark: boolean): Found {
    const builder = this.#builder;
    const rest = [...parts].reverse();
    const path: Row[] = [ROOT_ROW];
    let links = 0;
    let firstLink: Row = NO_ROW;
    for (let name = rest.pop(); name; name = rest.pop()) {
      if (isDots(name)) {
        if (name.length === 2 && path.length > 1) path.pop();
        continue;
      }
      const dir = path[path.length - 1]!;
      const row = builder.child(dir, name);
      if (row === NO_ROW) {
        if (this.#whiteout(dir, name) !== NO_ROW) this.#fault("parent-whited-out", entry);
        path.push(builder.addImplied(dir, name));
        continue;
      }
      const kind = builder.kind(row);
      if (kind === "dir") path.push(row);
      else if (kind === "symlink") {
        links += 1;
        if (links > MOST_LINKS)
          return { row: NO_ROW, links: { type: "symlink-loop", link: this.#rowPath(row) } };
        if (firstLink === NO_ROW) firstLink = row;
        const target = encodeName(builder.target(row));
        if (target[0] === SLASH) path.length = 1;
        for (const part of splitPath(target).reverse()) rest.push(part);
      } else {
        const parent = this.#rowPath(row);
        // In the base layer a whiteout removed it, in others that alone is refused.
        const isGone = this.#isWhitedOut(row);
        if (!isGone) this.#fault("parent-not-directory", entry);
        this.#problems.add({ type: "through-file", parent }, entry.headerOffset, entry.path);
        if (isMark && isGone) this.#noteMark([...this.#rowNames(row), ...rest.reverse()], entry);
        if (isMark) return { row: NO_ROW, links: null };
        this.#replace(row, entry);
        const made = builder.addImplied(dir, name);
        this.#renewed.push(made);
        path.push(made);
      }
    }
    const row = path[path.length - 1]!;
    if (firstLink === NO_ROW) return { row, links: null };
    const link = this.#rowPath(firstLink);
    return { row, links: { type: "through-symlink", link, path: this.#rowPath(row) } };
  }

  /** Notes a mark in a directory that only some unpackers make. */
  #noteMark(dir: readonly Uint8Array[], entry: TarEntry): void {
    const name = entry.path.subarray(lastSlash(entry.path) + 1);
    const { mtimeNsec = 0, content = -1, flags = 0, ...facts } = this.#facts(entry, false);
    const path = pathText([...dir, name]);
    const inode = entry.index;
    this.#builder.addReplaced({ ...facts, mtimeNsec, content, flags, path, inode });
  }

  /** The row at `parts` when all entries are unpacked, the last symlink followed too, and whiteouts obeyed. */
  #findLeft(parts: readonly Uint8Array[]): Row {
    return this.#find(parts, true);
  }

  /** The row at `parts`, symlinks on the way followed inside the layer; NO_ROW when it is not there. */
  #find(parts: readonly Uint8Array[], isEnd = false): Row {
    const builder = this.#builder;
    const rest = [...parts].reverse();
    const path: Row[] = [ROOT_ROW];
    let links = 0;
    for (let name = rest.pop(); name; name = rest.pop()) {
      if (isDots(name)) {
        if (name.length === 2 && path.length > 1) path.pop();
        continue;
      }
      const row = builder.child(path[path.length - 1]!, name);
      if (row === NO_ROW || (isEnd && this.#isRemoved(row))) return NO_ROW;
      if ((rest.length > 0 || isEnd) && builder.kind(row) === "symlink") {
        links += 1;
        if (links > MOST_LINKS) return NO_ROW;
        const target = encodeName(builder.target(row));
        if (target[0] === SLASH) path.length = 1;
        for (const part of splitPath(target).reverse()) rest.push(part);
      } else path.push(row);
    }
    return path[path.length - 1]!;
  }

  /** Whether the whiteout's name is none that can hide anything. */
  #checkWhiteout(parent: Row, name: Uint8Array, there: Row, entry: TarEntry): boolean {
    const hidden = whitedOutName(name);
    if (hidden === null) return false;
    if (hidden.length > 0 && !isDots(hidden)) {
      this.#hasWhiteouts = true;
      const isLate = there !== NO_ROW || this.#builder.child(parent, hidden) !== NO_ROW;
      if (isLate) this.#fault("whiteout-late", entry);
      return false;
    }
    const text = decodeName(name);
    this.#fault("whiteout-name", entry);
    this.#problems.add({ type: "whiteout-invalid", name: text }, entry.headerOffset, entry.path);
    return true;
  }

  /** Whether a whiteout of a row, or of a directory that it is in, came after it. */
  #isWhitedOut(row: Row): boolean {
    const builder = this.#builder;
    if (!this.#hasWhiteouts) return false;
    for (let at = row; at !== ROOT_ROW; at = builder.parent(at)) {
      const whiteout = this.#whiteout(builder.parent(at), builder.nameBytes(at));
      if (whiteout !== NO_ROW && builder.entry(whiteout) > builder.entry(row)) return true;
    }
    return false;
  }

  /** Whether a whiteout removes what an entry made. */
  #isRemoved(row: Row): boolean {
    return this.#hasWhiteouts && this.#builder.entry(row) >= 0 && this.#isWhitedOut(row);
  }

  /** The whiteout of a name that the layer has so far, or NO_ROW. */
  #whiteout(dir: Row, name: Uint8Array): Row {
    if (!this.#hasWhiteouts) return NO_ROW;
    return this.#builder.child(dir, whiteoutOfName(name));
  }

  #fault(reason: FaultReason, { path }: Pick<TarEntry, "path">): void {
    this.#faultAt(reason, () => path);
  }

  #faultAt(reason: FaultReason, path: () => Uint8Array): void {
    if (!this.#builder.hasAllFaults)
      this.#builder.addFault({ path: pathText(cleanPath(path()).parts), reason });
  }

  /** What the header of a hard link says of the file, where it is not what the file's own says. */
  #noteHeader(target: Row, entry: TarEntry): void {
    const facts = this.#facts(entry, false);
    if (!this.#builder.differs(target, facts) && this.#builder.xattrs(target).length === 0) return;
    const { mode, uid, gid, mtime, mtimeNsec = 0, extra } = facts;
    const isPlain = this.#builder.kind(target) === "file";
    // Linux keeps attributes of users on files and directories alone.
    const xattrs = (extra?.xattrs ?? []).filter(([key]) => isPlain || !key.startsWith("user."));
    const owner = { mode, uid, gid };
    const entries = [entry.index, this.#builder.entry(target)];
    this.#builder.addSecondHeader({ entries, owner, mtime, mtimeNsec, xattrs });
  }

  #replace(row: Row, entry: TarEntry): void {
    if (this.#found.size > 0) this.#found.clear();
    if (!this.#builder.isImplied(row)) this.#noteDuplicate(row, entry);
    if (this.#builder.length > this.#replacedBy.length) {
      const longer = new Int32Array(this.#builder.length * 2);
      longer.set(this.#replacedBy);
      this.#replacedBy = longer;
    }
    this.#replacedBy[row] = entry.index + 1;
    const kind = this.#builder.kind(row);
    if (kind === "dir" || kind === "symlink") this.#lastDir = null;
    this.#builder.remove(row);
  }

  #noteDuplicate(row: Row, entry: TarEntry): void {
    if (this.#problems.countMore("duplicate")) return;
    const path = this.#rowPath(row);
    this.#problems.add({ type: "duplicate", path }, entry.headerOffset, entry.path);
  }

  /** A second entry of a directory. */
  #repeat(row: Row, entry: TarEntry): void {
    this.#builder.keep(row);
    this.#keepXattrs(row);
    this.#noteDuplicate(row, entry);
    if (this.#repeated.length < MOST_SHADOWED)
      this.#repeated.push({
        path: this.#rowPath(row),
        kind: "dir",
        size: 0,
        entry: this.#builder.entry(row),
        by: entry.index,
      });
  }

  #keepXattrs(row: Row): void {
    const xattrs = this.#builder.xattrs(row);
    if (xattrs.length === 0) return;
    const all = this.#earlierXattrs.get(row) ?? new Map<string, Uint8Array>();
    for (const [key, value] of xattrs) all.set(key, value);
    this.#earlierXattrs.set(row, all);
  }

  /** The attributes of a directory's earlier entries that its last one does not have. */
  #noteEarlierXattrs(): void {
    const builder = this.#builder;
    for (const [row, all] of this.#earlierXattrs) {
      for (const [key] of builder.xattrs(row)) all.delete(key);
      const entries = [builder.entry(row)];
      builder.addSecondHeader({ entries, owner: null, ...builder.time(row), xattrs: [...all] });
    }
  }

  /** Rows that were replaced, and what was in them. */
  *#replaced(): Generator<ShadowedEntry> {
    const builder = this.#builder;
    let count = 0;
    for (const row of builder.removedRows()) {
      const by = this.#replacedBy;
      by[row] ||= by[builder.parent(row)] ?? 0;
      if (builder.entry(row) < 0) continue;
      if (count++ === MOST_SHADOWED) return;
      yield {
        path: this.#rowPath(row),
        kind: builder.kind(row),
        size: builder.size(row),
        entry: builder.entry(row),
        by: (by[row] ?? 0) - 1,
      };
    }
  }

  /** Flags names that are whited out and there in the same layer: unpackers differ. */
  #flagWhiteouts(tree: ColumnTree): void {
    for (const pair of whiteoutPairs(tree)) {
      if (!this.#problems.countMore("whiteout-and-entry"))
        this.#problems.add(
          {
            type: "whiteout-and-entry",
            name: nameOf(tree, pair.row),
            whiteoutFirst: tree.entry[pair.whiteout]! < tree.entry[pair.row]!,
          },
          null,
          encodeName(pathOf(tree, pair.row)),
        );
      tree.flags[pair.row]! |= ROW_FLAGGED;
      tree.flags[pair.whiteout]! |= ROW_FLAGGED;
    }
  }

  #rowPath(row: Row): string {
    return pathText(this.#rowNames(row));
  }

  #rowNames(row: Row): readonly Uint8Array[] {
    const parts: Uint8Array[] = [];
    for (let at = row; at !== ROOT_ROW; at = this.#builder.parent(at))
      parts.push(this.#builder.nameBytes(at));
    return parts.reverse();
  }
}

function check(
  limit: "impliedDirectories" | "textBytes",
  seen: number,
  bound: number,
  at: number,
): void {
  if (seen > bound) throw new ReadFailure({ type: "limit", limit, bound, seen }, at);
}
