import {
  BackwardBits,
  bitsAt,
  buildFseTable,
  type FseTable,
  type HuffmanTable,
  readFseTable,
  readHuffmanTable,
  singleFseTable,
  ZstdError,
} from "./zstd-tables.ts";

/** Longest output of one block. */
export const MAX_BLOCK = 2 ** 17;
/** Output that is collected before the window is moved to the front. */
const SLACK = { least: 2 ** 21, most: 2 ** 25 };
/** Copies shorter than this are faster byte by byte. */
const SHORT_COPY = 48;
/** Room for output to begin with: most frames are short. */
const FIRST_ROOM = 2 ** 19;

/** Lengths begin at `base` and have so many extra bits: RFC 8878, 3.1.1.3.2.1.1. */
const LITERAL_BITS = Uint8Array.of(
  ...Array.from({ length: 16 }, () => 0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
const MATCH_BITS = Uint8Array.of(
  ...Array.from({ length: 32 }, () => 0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
const LITERAL_BASE = bases(LITERAL_BITS, 0);
const MATCH_BASE = bases(MATCH_BITS, 3);

/** The kinds of code of a sequence, their largest tables and those they have by default. */
const LITERALS = {
  log: 9,
  symbols: 36,
  standard: buildFseTable(
    [
      4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1,
      1, -1, -1, -1, -1,
    ],
    6,
  ),
};
const OFFSETS = {
  log: 8,
  symbols: 32,
  standard: buildFseTable(
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
    5,
  ),
};
const MATCHES = {
  log: 9,
  symbols: 53,
  standard: buildFseTable(
    [1, 4, 3, 2, 2, 2, 2, 2, 2, ...Array.from({ length: 37 }, () => 1), -1, -1, -1, -1, -1, -1, -1],
    6,
  ),
};
type CodeKind = typeof LITERALS;

/** Decodes the blocks of one frame, in order. */
export class ZstdBlocks {
  /** The last output, up to `#at`. */
  #output = new Uint8Array(FIRST_ROOM);
  readonly #window: number;
  /** As long as the output buffer may get. */
  readonly #most: number;
  #at = 0;
  /** Output of the frame so far, as far as it can be referred to. */
  #reach = 0;
  readonly #literals = new Uint8Array(MAX_BLOCK);
  #huffman: HuffmanTable | null = null;
  #literalTable: FseTable | null = null;
  #offsetTable: FseTable | null = null;
  #matchTable: FseTable | null = null;
  #repeat = [1, 4, 8];

  /** `window` is as far back as a match may reach; `size` the frame's output, if it is known. */
  constructor(window: number, size: number | null) {
    this.#window = size === null ? window : Math.min(window, size);
    const slack = Math.min(Math.max(SLACK.least, this.#window), SLACK.most);
    this.#most = this.#window + slack + MAX_BLOCK;
  }

  store(bytes: Uint8Array): Uint8Array {
    const from = this.#room();
    this.#output.set(bytes, from);
    return this.#finish(from, from + bytes.length);
  }

  repeat(byte: number, count: number): Uint8Array {
    const from = this.#room();
    this.#output.fill(byte, from, from + count);
    return this.#finish(from, from + count);
  }

  /** A compressed block: `bytes` are its literals and sequences. */
  decode(bytes: Uint8Array): Uint8Array {
    const literals = this.#readLiterals(bytes);
    const from = this.#room();
    return this.#finish(from, this.#sequences(bytes, literals.end, literals.size, from));
  }

  /** Makes room for a block and says where it begins. */
  #room(): number {
    if (this.#at + MAX_BLOCK <= this.#output.length) return this.#at;
    if (this.#output.length < this.#most) {
      const larger = new Uint8Array(Math.min(this.#most, this.#output.length * 2));
      larger.set(this.#output.subarray(0, this.#at));
      this.#output = larger;
    } else {
      const kept = Math.min(this.#window, this.#at);
      this.#output.copyWithin(0, this.#at - kept, this.#at);
      this.#at = kept;
    }
    return this.#at;
  }

  #finish(from: number, to: number): Uint8Array {
    this.#at = to;
    this.#reach = Math.min(this.#window, this.#reach + to - from);
    return this.#output.slice(from, to);
  }

  /** Puts the block's literals into `#literals`; `end` is where its sequences begin. */
  #readLiterals(bytes: Uint8Array): { size: number; end: number } {
    if (bytes.length === 0) throw new ZstdError("empty block");
    const type = bytes[0]! & 3;
    const format = (bytes[0]! >> 2) & 3;
    if (type < 2) {
      const head = format === 1 ? 2 : format === 3 ? 3 : 1;
      const size = bitsAt(bytes, format & 1 ? 4 : 3, format === 1 ? 12 : format === 3 ? 20 : 5);
      const end = head + (type === 0 ? size : 1);
      if (size > MAX_BLOCK || end > bytes.length) throw new ZstdError("literals");
      if (type === 0) this.#literals.set(bytes.subarray(head, end));
      else this.#literals.fill(bytes[head]!, 0, size);
      return { size, end };
    }
    const width = [10, 10, 14, 18][format]!;
    const head = [3, 3, 4, 5][format]!;
    const size = bitsAt(bytes, 4, width);
    const packed = bitsAt(bytes, 4 + width, width);
    const end = head + packed;
    if (size > MAX_BLOCK || end > bytes.length) throw new ZstdError("literals");
    let at = head;
    if (type === 2) {
      const read = readHuffmanTable(bytes, at, end);
      this.#huffman = read.table;
      at = read.end;
    }
    if (!this.#huffman) throw new ZstdError("no tree");
    if (format === 0) this.#huffmanStream(this.#huffman, bytes, at, end, 0, size);
    else this.#fourStreams(this.#huffman, bytes, at, end, size);
    return { size, end };
  }

  #fourStreams(
    table: HuffmanTable,
    bytes: Uint8Array,
    from: number,
    to: number,
    size: number,
  ): void {
    if (from + 6 > to) throw new ZstdError("streams");
    const part = (size + 3) >> 2;
    let at = from + 6;
    for (let stream = 0; stream < 4; stream++) {
      const length = bytes[from + stream * 2]! | (bytes[from + stream * 2 + 1]! << 8);
      const end = stream === 3 ? to : at + length;
      if (end > to) throw new ZstdError("streams");
      const begin = Math.min(size, stream * part);
      this.#huffmanStream(
        table,
        bytes,
        at,
        end,
        begin,
        stream === 3 ? size : Math.min(size, begin + part),
      );
      at = end;
    }
  }

  #huffmanStream(
    table: HuffmanTable,
    bytes: Uint8Array,
    from: number,
    to: number,
    begin: number,
    end: number,
  ): void {
    const { log, symbols, bits } = table;
    const literals = this.#literals;
    const stream = new BackwardBits(bytes, from, to);
    const start = from * 8;
    const mask = (1 << log) - 1;
    let position = stream.position;
    for (let at = begin; at < end; at++) {
      const bit = position - log;
      let value: number;
      if (bit >= start) {
        const byte = bit >>> 3;
        const word = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16);
        value = (word >>> (bit & 7)) & mask;
      } else {
        const there = Math.max(0, position - start);
        value = (bitsAt(bytes, start, there) << (log - there)) & mask;
      }
      literals[at] = symbols[value]!;
      position -= bits[value]!;
    }
    if (position !== start) throw new ZstdError("literals end");
  }

  /** Carries out the sequences of a block from `out` on; returns where its output ends. */
  #sequences(bytes: Uint8Array, from: number, literalSize: number, out: number): number {
    let at = from;
    let count = bytes[at++] ?? -1;
    if (count < 0) throw new ZstdError("sequences");
    if (count >= 128 && count < 255) count = ((count - 128) << 8) + (bytes[at++] ?? 0);
    else if (count === 255) {
      count = 0x7f00 + (bytes[at]! | (bytes[at + 1]! << 8));
      at += 2;
    }
    const output = this.#output;
    const literals = this.#literals;
    if (count === 0) {
      if (at !== bytes.length) throw new ZstdError("block end");
      output.set(literals.subarray(0, literalSize), out);
      return out + literalSize;
    }
    if (at >= bytes.length) throw new ZstdError("sequences");
    const modes = bytes[at++]!;
    if (modes & 3) throw new ZstdError("modes");
    const tableFor = (mode: number, kind: CodeKind, last: FseTable | null): FseTable => {
      if (mode === 0) return kind.standard;
      if (mode === 1) {
        const symbol = bytes[at++] ?? kind.symbols;
        if (symbol >= kind.symbols) throw new ZstdError("symbol");
        return singleFseTable(symbol);
      }
      if (mode === 3) {
        if (!last) throw new ZstdError("no table");
        return last;
      }
      const read = readFseTable(bytes, at, bytes.length, kind);
      at = read.end;
      return read.table;
    };
    const ll = tableFor(modes >> 6, LITERALS, this.#literalTable);
    const of = tableFor((modes >> 4) & 3, OFFSETS, this.#offsetTable);
    const ml = tableFor((modes >> 2) & 3, MATCHES, this.#matchTable);
    this.#literalTable = ll;
    this.#offsetTable = of;
    this.#matchTable = ml;

    const stream = new BackwardBits(bytes, at, bytes.length);
    let llState = stream.take(ll.log);
    let ofState = stream.take(of.log);
    let mlState = stream.take(ml.log);
    let [first, second, third] = this.#repeat as [number, number, number];
    const limit = out + MAX_BLOCK;
    /** What a match may reach back to, counted from the block's begin. */
    const reach = this.#reach - out;
    let to = out;
    let literal = 0;
    for (let left = count; left > 0; left--) {
      const llCode = ll.symbols[llState]!;
      const ofCode = of.symbols[ofState]!;
      const mlCode = ml.symbols[mlState]!;
      const value = 2 ** ofCode + stream.take(ofCode);
      const length = MATCH_BASE[mlCode]! + stream.take(MATCH_BITS[mlCode]!);
      const plain = LITERAL_BASE[llCode]! + stream.take(LITERAL_BITS[llCode]!);
      let offset: number;
      if (value > 3) {
        offset = value - 3;
        third = second;
        second = first;
        first = offset;
      } else {
        const which = plain === 0 ? value : value - 1;
        offset = which === 0 ? first : which === 1 ? second : which === 2 ? third : first - 1;
        if (which > 0) {
          if (which > 1) third = second;
          second = first;
          first = offset;
        }
      }
      if (left > 1) {
        llState = ll.base[llState]! + stream.take(ll.bits[llState]!);
        mlState = ml.base[mlState]! + stream.take(ml.bits[mlState]!);
        ofState = of.base[ofState]! + stream.take(of.bits[ofState]!);
      }
      if (literal + plain > literalSize || to + plain + length > limit)
        throw new ZstdError("sequence");
      if (offset < 1 || offset > reach + to + plain) throw new ZstdError("offset");
      if (plain < SHORT_COPY)
        for (const end = literal + plain; literal < end; ) output[to++] = literals[literal++]!;
      else {
        output.set(literals.subarray(literal, literal + plain), to);
        literal += plain;
        to += plain;
      }
      let source = to - offset;
      if (length < SHORT_COPY || offset < length)
        for (const end = to + length; to < end; ) output[to++] = output[source++]!;
      else {
        output.copyWithin(to, source, source + length);
        to += length;
      }
    }
    if (stream.left !== 0) throw new ZstdError("sequences end");
    this.#repeat = [first, second, third];
    if (to + literalSize - literal > limit) throw new ZstdError("block length");
    while (literal < literalSize) output[to++] = literals[literal++]!;
    return to;
  }
}

function bases(bits: Uint8Array, first: number): Uint32Array {
  const base = new Uint32Array(bits.length);
  let next = first;
  for (let i = 0; i < bits.length; i++) {
    base[i] = next;
    next += 2 ** bits[i]!;
  }
  return base;
}
