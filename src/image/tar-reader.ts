import { decodeName } from "../tree/name.ts";
import { parsePax } from "./pax.ts";
import type { ProblemFacts } from "./problem.ts";
import { ReadFailure } from "./read-failure.ts";
import type { TarEntry, TarEntryKind, TarSink } from "./tar-entry.ts";
import { type PaxFacts, readPaxRecords, sparseMap } from "./tar-extensions.ts";
import {
  BLOCK,
  blockKind,
  deviceIn,
  fieldText,
  numberIn,
  parseHeader,
  type TarHeader,
} from "./tar-header.ts";

/** Longest GNU name or PAX header that is read: Go's bound, which Docker has. */
const LONGEST_EXTENSION = 2 ** 20;
/** Longest sparse map before the data of a file. */
const LONGEST_MAP = 2 ** 22;
const SLASH = 0x2f;
const DOT = 0x2e;
const NEWLINE = 0x0a;
const NO_BYTES = new Uint8Array(0);

type State =
  /** Between entries. */
  | { readonly type: "header" }
  /** After one block of zeros. */
  | { readonly type: "zero"; readonly at: number }
  /** In the data of a long name or PAX header. */
  | { readonly type: "extension"; readonly typeflag: string; readonly left: number }
  /** In the extension blocks of an old GNU sparse header. */
  | { readonly type: "sparse-blocks"; readonly draft: Draft }
  /** In the map before the data of a PAX 1.0 sparse file. */
  | { readonly type: "sparse-data"; readonly draft: Draft }
  /** In data and its padding, which nobody wants here. */
  | { readonly type: "skip"; readonly data: number; readonly padding: number }
  /** After the end-of-archive blocks. */
  | { readonly type: "after"; readonly at: number };

/** An entry whose sparse map is still being read. */
interface Draft {
  readonly entry: TarEntry;
  /** Bytes in the tar that belong to it after its header, map included. */
  readonly stored: number;
  /** Bytes of the file with its holes; -1 when the header has none. */
  readonly realSize: number;
  /** Numbers of the map so far. In format 1.0 their count comes first. */
  readonly numbers: number[];
  /** Format 1.0: bytes of the map so far, and the number on the line that is being read, -1 without a digit. */
  mapBytes: number;
  line: number;
}

const KINDS: Readonly<Record<string, TarEntryKind>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  S: "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "char",
  "4": "block",
  "5": "dir",
  D: "dir",
  "6": "fifo",
};
/** Volume labels, continued files, old long names, Solaris ACLs and attributes: no entries of a file system. */
const SKIPPED = "VMNAEI";

/**
 * Reads a tar as it comes, in chunks of any length: v7, ustar, GNU, PAX, star.
 *
 * Data is never kept: entries say where it stands. While `skippable` is above 0 the caller may leave out that many
 * bytes and call `skip`. `push` throws `ReadFailure` where the tar cannot be read on; the entries before it stand.
 * The rules follow Go's archive/tar, which Docker, containerd and umoci use, where GNU tar and libarchive differ from
 * it; README.md lists where, and where we are more patient.
 */
export class TarReader {
  /** Entries so far. */
  entries = 0;
  /** Bytes of an eStargz table of contents after the end blocks; 0 without one. */
  tocBytes = 0;
  readonly #sink: TarSink;
  readonly #entryLimit: number;
  #state: State = { type: "header" };
  /** Offset of the next byte to come. */
  #offset = 0;
  /** Bytes of a block, or of an extension, that came so far. */
  readonly #block = new Uint8Array(BLOCK);
  #filled = 0;
  #extension: Uint8Array = NO_BYTES;
  /** What the extended headers before the next entry say. */
  #pax: PaxFacts | null = null;
  #longName: Uint8Array | null = null;
  #longLink: Uint8Array | null = null;
  #extensionOffset = -1;
  #isFlagged = false;
  /** The first byte after the end that is not zero. */
  #rubbishAt = -1;

  constructor(sink: TarSink, entryLimit = Number.POSITIVE_INFINITY) {
    this.#sink = sink;
    this.#entryLimit = entryLimit;
  }

  /** Bytes that need not be read: data and its padding. */
  get skippable(): number {
    return this.#state.type === "skip" ? this.#state.data + this.#state.padding : 0;
  }

  /** Whether the end-of-archive blocks were met. */
  get hasEnded(): boolean {
    return this.#state.type === "after";
  }

  /** Leaves out `count` bytes, at most `skippable`. */
  skip(count: number): void {
    const state = this.#state;
    if (state.type !== "skip" || count > this.skippable) throw new RangeError(`skip of ${count}`);
    this.#offset += count;
    const data = Math.max(0, state.data - count);
    const padding = state.padding - Math.max(0, count - state.data);
    this.#state = data + padding === 0 ? { type: "header" } : { type: "skip", data, padding };
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const state = this.#state;
      if (state.type === "skip") {
        const count = Math.min(this.skippable, chunk.length - at);
        this.skip(count);
        at += count;
      } else if (state.type === "extension") {
        at += this.#pushExtension(chunk, at, state.typeflag, state.left);
      } else if (this.#filled === 0 && chunk.length - at >= BLOCK) {
        this.#offset += BLOCK;
        this.#take(chunk, at);
        at += BLOCK;
      } else {
        const count = Math.min(BLOCK - this.#filled, chunk.length - at);
        this.#block.set(chunk.subarray(at, at + count), this.#filled);
        this.#filled += count;
        this.#offset += count;
        at += count;
        if (this.#filled === BLOCK) {
          this.#filled = 0;
          this.#take(this.#block.slice(), 0);
        }
      }
    }
  }

  /** Says that no more bytes come. Throws `ReadFailure` when the tar is cut. */
  finish(): void {
    const state = this.#state;
    const part = this.#block.subarray(0, this.#filled);
    const isRest = part.some((byte) => byte !== 0);
    switch (state.type) {
      case "after":
        if (isRest && this.#rubbishAt < 0) this.#rubbishAt = this.#offset - this.#filled;
        if (this.#rubbishAt >= 0) {
          const bytes = this.#offset - this.#rubbishAt;
          this.#problem({ type: "bytes-after-end", bytes }, this.#rubbishAt);
        }
        return;
      case "zero":
      case "header":
        if (isRest) throw new ReadFailure({ type: "tar-truncated", missing: null }, this.#offset);
        if (state.type === "header") this.#endWithoutBlocks();
        return;
      case "skip":
        if (state.data > 0)
          throw new ReadFailure({ type: "tar-truncated", missing: state.data }, this.#offset);
        this.#problem({ type: "tar-padding-missing" }, this.#offset);
        return;
      case "extension":
        throw new ReadFailure({ type: "tar-truncated", missing: state.left }, this.#offset);
      case "sparse-blocks":
      case "sparse-data":
        throw new ReadFailure({ type: "tar-truncated", missing: null }, this.#offset);
      default:
        unreachable(state);
    }
  }

  #endWithoutBlocks(): void {
    const header = this.#pax ? "x" : this.#longName ? "L" : this.#longLink ? "K" : null;
    if (header) this.#problem({ type: "tar-header-at-end", header }, this.#extensionOffset);
    if (this.#offset > 0) this.#problem({ type: "tar-no-end" }, this.#offset);
  }

  /** One whole block, `from` on in `bytes`, in a state that takes blocks. */
  #take(bytes: Uint8Array, from: number): void {
    const state = this.#state;
    const at = this.#offset - BLOCK;
    if (state.type === "header") {
      this.#takeHeader(bytes, from, at);
      return;
    }
    const block = bytes.subarray(from, from + BLOCK);
    switch (state.type) {
      case "zero":
        if (blockKind(block) === "zeros") this.#end(at);
        else {
          this.#state = { type: "after", at };
          this.#takeAfter(block, at);
        }
        return;
      case "after":
        this.#takeAfter(block, at);
        return;
      case "sparse-blocks":
        this.#takeSparseBlock(block, at, state.draft);
        return;
      case "sparse-data":
        this.#takeSparseData(block, at, state.draft);
        return;
      default:
        throw new RangeError(`a block in ${state.type}`);
    }
  }

  #end(at: number): void {
    const header = this.#pax ? "x" : this.#longName ? "L" : this.#longLink ? "K" : null;
    if (header) this.#problem({ type: "tar-header-at-end", header }, this.#extensionOffset);
    this.#state = { type: "after", at };
  }

  /** eStargz keeps its table as one more entry after the end: it belongs to the diffID and not to the tree. */
  #takeAfter(block: Uint8Array, at: number): void {
    if (this.#rubbishAt >= 0 || this.tocBytes > 0 || blockKind(block) === "zeros") return;
    if (blockKind(block) === "header") {
      const header = parseHeader(block);
      if (decodeName(header.name) === "stargz.index.json") {
        this.tocBytes = header.size ?? 0;
        return;
      }
    }
    this.#rubbishAt = at;
  }

  #takeHeader(bytes: Uint8Array, from: number, at: number): void {
    const kind = blockKind(bytes, from);
    if (kind === "zeros") {
      this.#state = { type: "zero", at };
      return;
    }
    if (kind === "bad-checksum") throw new ReadFailure({ type: "tar-checksum" }, at);
    const header = parseHeader(bytes, from);
    if (this.#extensionOffset < 0) this.#extensionOffset = at;
    if ("xXgLK".includes(header.typeflag)) this.#beginExtension(header, bytes, from, at);
    else this.#takeEntry(header, bytes, from, at);
  }

  #beginExtension(header: TarHeader, bytes: Uint8Array, from: number, at: number): void {
    const size = soundSize(header.size, bytes, from, at);
    const padding = -size & (BLOCK - 1);
    const { typeflag } = header;
    if (size > LONGEST_EXTENSION) {
      this.#flag({ type: "tar-long-header", header: typeflag, size }, at);
      this.#state = { type: "skip", data: size, padding: (BLOCK - (size % BLOCK)) % BLOCK };
      return;
    }
    this.#extension = new Uint8Array(size);
    this.#state = { type: "extension", typeflag, left: size + padding };
    if (size === 0) this.#endExtension(typeflag);
  }

  /** Returns how many bytes it took. */
  #pushExtension(chunk: Uint8Array, at: number, typeflag: string, left: number): number {
    const count = Math.min(left, chunk.length - at);
    const size = this.#extension.length;
    const filled = size + (-size & (BLOCK - 1)) - left;
    // A chunk may begin in the padding: then nothing is wanted of it.
    const wanted = Math.min(count, size - filled);
    if (wanted > 0) this.#extension.set(chunk.subarray(at, at + wanted), filled);
    this.#offset += count;
    if (count === left) this.#endExtension(typeflag);
    else this.#state = { type: "extension", typeflag, left: left - count };
    return count;
  }

  #endExtension(typeflag: string): void {
    const bytes = this.#extension;
    this.#extension = NO_BYTES;
    this.#state = { type: "header" };
    if (typeflag === "L") this.#longName = untilNul(bytes);
    else if (typeflag === "K") this.#longLink = untilNul(bytes);
    else this.#endPax(bytes, typeflag);
  }

  #endPax(bytes: Uint8Array, typeflag: string): void {
    const at = this.#extensionOffset;
    const { records, fault } = parsePax(bytes);
    if (fault) this.#flag({ type: "pax-record", reason: fault }, at);
    if (typeflag === "g") {
      // As Go and with it Docker: the records of a global header do not count.
      const keys = records.map((record) => record.key).filter((key) => key !== "comment");
      if (keys.length > 0) this.#problem({ type: "pax-global", keys: keys.slice(0, 16) }, at);
      if (!this.#pax && !this.#longName && !this.#longLink) this.#extensionOffset = -1;
      return;
    }
    if (this.#pax) this.#flag({ type: "tar-header-twice", header: "x" }, at);
    this.#pax = readPaxRecords(records, (facts) => this.#flag(facts, at));
  }

  #takeEntry(header: TarHeader, bytes: Uint8Array, from: number, at: number): void {
    const pax = this.#pax;
    const path = this.#longName ?? pax?.sparse.name ?? pax?.path ?? joined(header);
    const linkPath = this.#longLink ?? pax?.linkPath ?? header.linkName;
    const { typeflag } = header;
    const size = pax?.size ?? soundSize(header.size, bytes, from, at);
    if (SKIPPED.includes(typeflag)) {
      this.#problem({ type: "tar-type-skipped", typeflag }, at, path);
      this.#forgetExtensions();
      this.#skipData(size, at + BLOCK);
      return;
    }
    let kind = KINDS[typeflag];
    if (!kind) {
      this.#flag({ type: "tar-type-unknown", typeflag }, at, path);
      kind = "file";
    }
    if (kind === "file" && typeflag !== "S" && isDirectoryName(path, header)) kind = "dir";
    if (this.entries >= this.#entryLimit)
      throw new ReadFailure(
        { type: "limit", limit: "entries", bound: this.#entryLimit, seen: this.entries + 1 },
        at,
      );
    const number = (
      field: "mode" | "uid" | "gid" | "mtime" | "devMajor" | "devMinor",
      value: number | null,
    ): number => {
      if (value !== null) return value;
      const text = fieldText(bytes, from, field);
      this.#flag({ type: "tar-number", field, value: text }, at, path);
      return 0;
    };
    const mtime = pax?.mtime;
    const seconds = mtime?.seconds ?? number("mtime", header.mtime);
    const device = kind === "char" || kind === "block" ? deviceIn(bytes, from, header) : null;
    const stored = kind === "file" || "0D".includes(typeflag) ? size : 0;
    if (stored !== size) this.#problem({ type: "tar-size-ignored", size }, at, path);
    const dataOffset = at + BLOCK;
    const isSparse = typeflag === "S" || pax?.sparse.hasMap || pax?.sparse.isMapInData;
    const entry: TarEntry = {
      index: this.entries,
      kind,
      path,
      linkPath,
      mode: number("mode", header.mode) & 0o7777,
      uid: (pax?.uid ?? number("uid", header.uid)) >>> 0,
      gid: (pax?.gid ?? number("gid", header.gid)) >>> 0,
      size: kind === "file" ? size : 0,
      mtime: seconds,
      mtimeNsec: mtime?.nanoseconds ?? 0,
      rdev: device && [number("devMajor", device.devMajor), number("devMinor", device.devMinor)],
      xattrs: pax && pax.xattrs.length > 0 ? pax.xattrs : null,
      sparse: null,
      headerOffset: this.#extensionOffset,
      dataOffset,
      dataLength: kind === "file" ? stored : 0,
      isFlagged: this.#isFlagged,
    };
    this.entries += 1;
    this.#forgetExtensions();
    if (kind !== "file" || !isSparse) {
      this.#sink.entry(entry);
      this.#skipData(stored, dataOffset);
      return;
    }
    const realSize =
      typeflag === "S" ? (numberIn(bytes, from + 483, 12) ?? -1) : (pax?.sparse.realSize ?? size);
    const draft: Draft = { entry, stored, realSize, numbers: [], mapBytes: 0, line: -1 };
    if (typeflag === "S") this.#beginOldSparse(bytes.subarray(from, from + BLOCK), at, draft);
    else if (pax?.sparse.isMapInData) this.#state = { type: "sparse-data", draft };
    else this.#endSparse(draft, pax?.sparse.numbers ?? [], dataOffset, stored);
  }

  #beginOldSparse(block: Uint8Array, at: number, draft: Draft): void {
    readSparsePairs(block, 386, 4, draft.numbers);
    if (block[482] !== 0) this.#state = { type: "sparse-blocks", draft };
    else this.#endSparse(draft, draft.numbers, at + BLOCK, draft.stored);
  }

  #takeSparseBlock(block: Uint8Array, at: number, draft: Draft): void {
    readSparsePairs(block, 0, 21, draft.numbers);
    if (draft.numbers.length > LONGEST_MAP / 8)
      throw new ReadFailure({ type: "sparse-invalid", reason: "map too long" }, at);
    if (block[504] === 0) this.#endSparse(draft, draft.numbers, at + BLOCK, draft.stored);
  }

  /** Format 1.0: a count, then offsets and lengths, each on a line of its own, filled up to whole blocks. */
  #takeSparseData(block: Uint8Array, at: number, draft: Draft): void {
    draft.mapBytes += BLOCK;
    const left = Math.max(0, draft.stored - draft.mapBytes);
    const more = readMapLines(block, draft);
    if (more === "more" && draft.mapBytes < LONGEST_MAP && left > 0) return;
    const numbers = more === "done" ? draft.numbers.slice(1) : [-1, -1];
    this.#endSparse(draft, numbers, at + BLOCK, left);
  }

  /** `left` bytes of data follow at `dataOffset`. */
  #endSparse(draft: Draft, numbers: readonly number[], dataOffset: number, left: number): void {
    const { entry, realSize } = draft;
    const map = realSize < 0 ? null : sparseMap(numbers, realSize);
    const mapped = map?.reduce((sum, [, length]) => sum + length, 0) ?? 0;
    if (map && mapped <= left)
      this.#sink.entry({ ...entry, size: realSize, sparse: map, dataOffset, dataLength: mapped });
    else {
      const reason = map ? "map longer than data" : "map out of order";
      this.#problem({ type: "sparse-invalid", reason }, entry.headerOffset, entry.path);
      this.#sink.entry({ ...entry, size: left, dataOffset, dataLength: left, isFlagged: true });
    }
    this.#skipData(left, dataOffset);
  }

  /** `length` bytes of data follow, which began at a whole block. */
  #skipData(length: number, from: number): void {
    const padding = (BLOCK - (length % BLOCK)) % BLOCK;
    this.#offset = from;
    this.#state =
      length + padding === 0 ? { type: "header" } : { type: "skip", data: length, padding };
  }

  #forgetExtensions(): void {
    this.#pax = null;
    this.#longName = null;
    this.#longLink = null;
    this.#extensionOffset = -1;
    this.#isFlagged = false;
  }

  #problem(facts: ProblemFacts, offset: number, path: Uint8Array | null = null): void {
    this.#sink.problem(facts, offset, path);
  }

  /** A problem of the entry that is being read. */
  #flag(facts: ProblemFacts, offset: number, path: Uint8Array | null = null): void {
    this.#isFlagged = true;
    this.#problem(facts, offset, path);
  }
}

function soundSize(size: number | null, bytes: Uint8Array, from: number, at: number): number {
  if (size === null)
    throw new ReadFailure(
      { type: "tar-number", field: "size", value: fieldText(bytes, from, "size") },
      at,
    );
  if (size < 0)
    throw new ReadFailure({ type: "tar-size-negative", field: "size", value: size }, at);
  return size;
}

function joined(header: TarHeader): Uint8Array {
  if (header.prefix.length === 0) return header.name;
  const path = new Uint8Array(header.prefix.length + 1 + header.name.length);
  path.set(header.prefix);
  path[header.prefix.length] = SLASH;
  path.set(header.name, header.prefix.length + 1);
  return path;
}

/** Old tars have no type for directories: their names end in a slash. Others have one, for the root at least. */
function isDirectoryName(path: Uint8Array, { magic }: TarHeader): boolean {
  if (path[path.length - 1] !== SLASH) return false;
  return magic === "v7" || path.some((byte) => byte !== SLASH && byte !== DOT);
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(0);
  return nul < 0 ? bytes : bytes.subarray(0, nul);
}

/** Offset and length, 12 bytes each; the list ends at an empty pair. */
function readSparsePairs(block: Uint8Array, from: number, count: number, into: number[]): void {
  for (let at = from; at < from + count * 24; at += 24) {
    if (block[at] === 0 && block[at + 12] === 0) return;
    into.push(numberIn(block, at, 12) ?? -1, numberIn(block, at + 12, 12) ?? -1);
  }
}

/** Reads on in a 1.0 map: its count and its numbers go into `draft.numbers`. */
function readMapLines(block: Uint8Array, draft: Draft): "done" | "more" | "invalid" {
  for (const byte of block) {
    if (byte === NEWLINE) {
      if (draft.line < 0) return "invalid";
      draft.numbers.push(draft.line);
      draft.line = -1;
      if (draft.numbers.length === 1 + 2 * draft.numbers[0]!) return "done";
    } else if (byte >= 0x30 && byte <= 0x39)
      draft.line = Math.max(0, draft.line) * 10 + byte - 0x30;
    else return "invalid";
  }
  return "more";
}

function unreachable(state: never): never {
  throw new RangeError(`state ${JSON.stringify(state)}`);
}
