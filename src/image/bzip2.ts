import type { ByteSource } from "./byte-source.ts";
import { ByteStream } from "./byte-stream.ts";
import type { InflateReport, Restart } from "./inflate.ts";
import type { ProblemFacts } from "./problem.ts";
import { ReadFailure } from "./read-failure.ts";

/** More than a compressed block can take: 900,000 bytes, badly compressed, and its tables. */
const LONGEST_BLOCK = 1_300_000;
const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const GROUP_SIZE = 50;
const LONGEST_CODE = 20;
const RUN_A = 0;
const RUN_B = 1;

/** Huffman codes of one table: canonical, by length. */
interface Codes {
  /** For each length the largest code, and what to add to a code for its place in `symbols`. */
  readonly limit: Int32Array;
  readonly base: Int32Array;
  readonly symbols: Uint16Array;
  readonly shortest: number;
  readonly longest: number;
}

/** Inflates bzip2, any number of streams one after the other. Each block is inflated whole. */
export async function* bunzip2(
  source: ByteSource,
  from: Restart,
  report: InflateReport,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = new ByteStream(source, from.input, signal);
  for (let first = true; stream.left > 0; first = false) {
    await stream.fill(4);
    const start = stream.offset;
    const { bytes, at } = stream;
    const level = bytes[at + 3]! - 0x30;
    const isHead = bytes[at] === 0x42 && bytes[at + 1] === 0x5a && bytes[at + 2] === 0x68;
    if (!isHead || !(level >= 1 && level <= 9)) {
      if (first) throw failure("compressed-invalid", "header", start);
      const rest = {
        type: "bytes-after-compressed",
        compression: "bzip2",
        bytes: stream.left,
      } as const;
      report.problem(rest, start);
      return;
    }
    stream.at += 4;
    let bit = 0;
    let check = 0;
    for (;;) {
      await stream.fill(LONGEST_BLOCK);
      const bits = new BitReader(stream.bytes, stream.at, bit);
      const blockAt = stream.offset;
      const block = guarded(() => readBlock(bits, level * 100_000), blockAt);
      bit = bits.bit;
      stream.at = bits.at;
      report.progress?.(stream.offset);
      if (block.isEnd) {
        if (bit > 0) stream.at += 1;
        if (block.check !== check)
          report.problem(
            { type: "checksum-differs", compression: "bzip2", what: "crc32" },
            blockAt,
          );
        break;
      }
      check = ((check << 1) | (check >>> 31)) ^ block.check;
      check >>>= 0;
      if (crc(block.bytes) !== block.check)
        report.problem({ type: "checksum-differs", compression: "bzip2", what: "block" }, blockAt);
      yield block.bytes;
    }
  }
}

type Block =
  | { readonly isEnd: true; readonly check: number }
  | { readonly isEnd: false; readonly check: number; readonly bytes: Uint8Array };

/** Thrown inside a block, where no place is known. */
class Broken extends Error {}
class Short extends Error {}

function guarded<T>(work: () => T, offset: number): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Short) throw failure("compressed-truncated", "", offset);
    throw failure("compressed-invalid", error instanceof Broken ? error.message : "data", offset);
  }
}

function failure(
  type: "compressed-truncated" | "compressed-invalid",
  reason: string,
  offset: number,
): ReadFailure {
  const facts: ProblemFacts =
    type === "compressed-invalid"
      ? { type, compression: "bzip2", reason }
      : { type, compression: "bzip2" };
  return new ReadFailure(facts, offset);
}

/** Bits, the highest of a byte first. */
class BitReader {
  at: number;
  /** Bits of the byte at `at` that are taken. */
  bit: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number, bit: number) {
    this.#bytes = bytes;
    this.at = at;
    this.bit = bit;
  }

  /** Up to 24 bits. */
  take(count: number): number {
    let value = 0;
    for (let left = count; left > 0; ) {
      if (this.at >= this.#bytes.length) throw new Short();
      const free = 8 - this.bit;
      const part = Math.min(free, left);
      value = (value << part) | ((this.#bytes[this.at]! >> (free - part)) & ((1 << part) - 1));
      this.bit += part;
      left -= part;
      if (this.bit === 8) {
        this.bit = 0;
        this.at += 1;
      }
    }
    return value;
  }
}

function readBlock(bits: BitReader, blockSize: number): Block {
  const magic = bits.take(24) * 2 ** 24 + bits.take(24);
  const check = bits.take(16) * 2 ** 16 + bits.take(16);
  if (magic === END_MAGIC) return { isEnd: true, check };
  if (magic !== BLOCK_MAGIC) throw new Broken("block");
  if (bits.take(1)) throw new Broken("randomised block");
  const origin = bits.take(24);
  const alphabet = readAlphabet(bits);
  const { tables, selectors } = readTables(bits, alphabet.length + 2);
  const { column, counts } = readSymbols(bits, alphabet, tables, selectors, blockSize);
  if (origin >= column.length) throw new Broken("origin");
  return { isEnd: false, check, bytes: unrun(untransform(column, counts, origin)) };
}

/** The bytes that occur, two levels of bit maps. */
function readAlphabet(bits: BitReader): Uint8Array {
  const used: number[] = [];
  const groups = bits.take(16);
  for (let group = 0; group < 16; group++) {
    if (!(groups & (0x8000 >> group))) continue;
    const members = bits.take(16);
    for (let i = 0; i < 16; i++) if (members & (0x8000 >> i)) used.push(group * 16 + i);
  }
  if (used.length === 0) throw new Broken("alphabet");
  return Uint8Array.from(used);
}

function readTables(
  bits: BitReader,
  symbols: number,
): { tables: readonly Codes[]; selectors: Uint8Array } {
  const count = bits.take(3);
  if (count < 2 || count > 6) throw new Broken("tables");
  const selectors = new Uint8Array(bits.take(15));
  if (selectors.length === 0) throw new Broken("selectors");
  const order = Uint8Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < selectors.length; i++) {
    let place = 0;
    while (bits.take(1)) {
      place += 1;
      if (place >= count) throw new Broken("selector");
    }
    const table = order[place]!;
    order.copyWithin(1, 0, place);
    order[0] = table;
    selectors[i] = table;
  }
  const tables: Codes[] = [];
  for (let table = 0; table < count; table++) {
    const lengths = new Uint8Array(symbols);
    let length = bits.take(5);
    for (let symbol = 0; symbol < symbols; symbol++) {
      for (;;) {
        if (length < 1 || length > LONGEST_CODE) throw new Broken("code length");
        if (!bits.take(1)) break;
        length += bits.take(1) ? -1 : 1;
      }
      lengths[symbol] = length;
    }
    tables.push(codesOf(lengths));
  }
  return { tables, selectors };
}

function codesOf(lengths: Uint8Array): Codes {
  const counts = new Int32Array(LONGEST_CODE + 2);
  for (const length of lengths) counts[length]! += 1;
  const symbols = new Uint16Array(lengths.length);
  const limit = new Int32Array(LONGEST_CODE + 1).fill(-1);
  const base = new Int32Array(LONGEST_CODE + 1);
  let place = 0;
  let code = 0;
  let shortest = LONGEST_CODE;
  let longest = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    base[length] = place - code;
    for (let symbol = 0; symbol < lengths.length; symbol++)
      if (lengths[symbol] === length) symbols[place++] = symbol;
    code += counts[length]!;
    if (counts[length]! > 0) {
      limit[length] = code - 1;
      shortest = Math.min(shortest, length);
      longest = length;
    }
    code <<= 1;
  }
  return { limit, base, symbols, shortest, longest };
}

/** Undoes Huffman coding, run lengths of zeros and move-to-front: the last column of the sorted block. */
function readSymbols(
  bits: BitReader,
  alphabet: Uint8Array,
  tables: readonly Codes[],
  selectors: Uint8Array,
  blockSize: number,
): { column: Uint8Array; counts: Int32Array } {
  const column = new Uint8Array(blockSize);
  const counts = new Int32Array(256);
  const front = alphabet.slice();
  const end = alphabet.length + 1;
  let length = 0;
  let run = 0;
  let weight = 1;
  let group = 0;
  let left = 0;
  let codes: Codes | undefined;
  for (;;) {
    if (left === 0) {
      const selector = selectors[group++];
      if (selector === undefined) throw new Broken("selectors end");
      codes = tables[selector];
      left = GROUP_SIZE;
    }
    left -= 1;
    const symbol = readCode(bits, codes!);
    if (symbol === RUN_A || symbol === RUN_B) {
      run += weight << symbol;
      weight <<= 1;
      if (run > blockSize) throw new Broken("run");
      continue;
    }
    if (run > 0) {
      if (length + run > blockSize) throw new Broken("block length");
      const byte = front[0]!;
      column.fill(byte, length, length + run);
      counts[byte]! += run;
      length += run;
      run = 0;
      weight = 1;
    }
    if (symbol === end) return { column: column.subarray(0, length), counts };
    if (length >= blockSize) throw new Broken("block length");
    const place = symbol - 1;
    const byte = front[place]!;
    front.copyWithin(1, 0, place);
    front[0] = byte;
    column[length++] = byte;
    counts[byte]! += 1;
  }
}

function readCode(bits: BitReader, codes: Codes): number {
  let length = codes.shortest;
  let code = bits.take(length);
  while (code > codes.limit[length]!) {
    length += 1;
    if (length > codes.longest) throw new Broken("code");
    code = (code << 1) | bits.take(1);
  }
  return codes.symbols[code + codes.base[length]!]!;
}

/** Undoes the Burrows-Wheeler transform. */
function untransform(column: Uint8Array, counts: Int32Array, origin: number): Uint8Array {
  const starts = new Int32Array(256);
  for (let byte = 1; byte < 256; byte++) starts[byte] = starts[byte - 1]! + counts[byte - 1]!;
  const next = new Uint32Array(column.length);
  for (let i = 0; i < column.length; i++) next[starts[column[i]!]!++] = i;
  const bytes = new Uint8Array(column.length);
  let at = next[origin]!;
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = column[at]!;
    at = next[at]!;
  }
  return bytes;
}

/** Undoes the first run lengths: after four equal bytes comes how many more there are. */
function unrun(bytes: Uint8Array): Uint8Array {
  let size = 0;
  let same = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (same === 4) {
      size += bytes[i]!;
      same = 0;
      continue;
    }
    same = i > 0 && same > 0 && bytes[i] === bytes[i - 1] ? same + 1 : 1;
    size += 1;
  }
  const out = new Uint8Array(size);
  let at = 0;
  same = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (same === 4) {
      out.fill(bytes[i - 1]!, at, at + bytes[i]!);
      at += bytes[i]!;
      same = 0;
      continue;
    }
    same = i > 0 && same > 0 && bytes[i] === bytes[i - 1] ? same + 1 : 1;
    out[at++] = bytes[i]!;
  }
  return out;
}

const CRC_TABLE = makeTable();

/** bzip2's CRC-32: the highest bit first. */
function crc(bytes: Uint8Array): number {
  let value = -1;
  for (let i = 0; i < bytes.length; i++)
    value = (value << 8) ^ CRC_TABLE[((value >>> 24) ^ bytes[i]!) & 0xff]!;
  return ~value >>> 0;
}

function makeTable(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte << 24;
    for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
    table[byte] = value;
  }
  return table;
}
