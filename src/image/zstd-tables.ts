/** The entropy tables of zstd blocks: RFC 8878, section 4. */

/** The data is not what zstd can be. */
export class ZstdError extends Error {}

/** An FSE decoding table: for each state a symbol, and where the next state lies. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

/** A Huffman decoding table: for each value of `log` bits a symbol and the bits it takes. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const LONGEST_CODE = 11;
const MOST_WEIGHTS = 255;
const WEIGHT_LOG = 6;

/** Reads bits from the last one back to the first, as zstd's streams go. Past the first come zeros. */
export class BackwardBits {
  /** Absolute index of the bit after the next one. */
  position: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  constructor(bytes: Uint8Array, from: number, to: number) {
    const last = to > from ? bytes[to - 1]! : 0;
    if (last === 0) throw new ZstdError("stream end");
    this.#bytes = bytes;
    this.#start = from * 8;
    this.position = (to - 1) * 8 + 31 - Math.clz32(last);
  }

  /** Bits that are left; below 0 when more were taken than there were. */
  get left(): number {
    return this.position - this.#start;
  }

  take(count: number): number {
    if (count > 24) {
      const high = this.take(count - 16);
      return high * 65_536 + this.take(16);
    }
    this.position -= count;
    if (this.position >= this.#start) return bitsAt(this.#bytes, this.position, count);
    const missing = this.#start - this.position;
    if (missing >= count) return 0;
    return bitsAt(this.#bytes, this.#start, count - missing) << missing;
  }
}

/** Up to 24 bits from an absolute bit on. */
export function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  const at = bit >>> 3;
  const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return (word >>> (bit & 7)) & ((1 << count) - 1);
}

/** Reads the distribution of an FSE table and builds it; `end` is where it ends in `bytes`. */
export function readFseTable(
  bytes: Uint8Array,
  from: number,
  to: number,
  most: { readonly log: number; readonly symbols: number },
): { table: FseTable; end: number } {
  let bit = from * 8;
  const take = (count: number) => {
    const value = bitsAt(bytes, bit, count);
    bit += count;
    if (bit > to * 8) throw new ZstdError("table end");
    return value;
  };
  const log = take(4) + 5;
  if (log > most.log) throw new ZstdError("table size");
  const counts: number[] = [];
  let remaining = 1 << log;
  while (remaining > 0) {
    if (counts.length >= most.symbols) throw new ZstdError("table symbols");
    const width = 32 - Math.clz32(remaining + 1);
    let value = take(width);
    const low = (1 << (width - 1)) - 1;
    const threshold = (1 << width) - 2 - remaining;
    if ((value & low) < threshold) {
      bit -= 1;
      value &= low;
    } else if (value > low) value -= threshold;
    const count = value - 1;
    remaining -= Math.abs(count);
    counts.push(count);
    if (count !== 0) continue;
    for (let repeat = take(2); ; repeat = take(2)) {
      for (let i = 0; i < repeat; i++) counts.push(0);
      if (repeat !== 3) break;
    }
  }
  if (remaining !== 0 || counts.length > most.symbols) throw new ZstdError("table counts");
  return { table: buildFseTable(counts, log), end: Math.ceil(bit / 8) };
}

/** A count of -1 stands for a probability below one in `2 ** log`. */
export function buildFseTable(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const bits = new Uint8Array(size);
  const base = new Uint16Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  for (const [symbol, count] of counts.entries()) {
    next[symbol] = Math.abs(count);
    if (count === -1) symbols[--high] = symbol;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (const [symbol, count] of counts.entries())
    for (let i = 0; i < count; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  if (at !== 0) throw new ZstdError("table spread");
  for (let state = 0; state < size; state++) {
    const value = next[symbols[state]!]!++;
    const width = log - (31 - Math.clz32(value));
    bits[state] = width;
    base[state] = (value << width) - size;
  }
  return { log, symbols, bits, base };
}

/** A table for one symbol that takes no bits. */
export function singleFseTable(symbol: number): FseTable {
  return {
    log: 0,
    symbols: Uint8Array.of(symbol),
    bits: new Uint8Array(1),
    base: new Uint16Array(1),
  };
}

/** Reads a Huffman tree's weights and builds its table; `end` is where it ends in `bytes`. */
export function readHuffmanTable(
  bytes: Uint8Array,
  from: number,
  to: number,
): { table: HuffmanTable; end: number } {
  const head = bytes[from]!;
  const end = from + 1 + (head >= 128 ? (head - 126) >> 1 : head);
  if (from >= to || end > to) throw new ZstdError("tree end");
  const weights =
    head >= 128 ? plainWeights(bytes, from + 1, head - 127) : fseWeights(bytes, from + 1, end);
  return { table: buildHuffmanTable(weights), end };
}

function plainWeights(bytes: Uint8Array, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (bytes[from + (i >> 1)]! >> (i & 1 ? 0 : 4)) & 15);
}

/** Two states take turns until the bits are used up; then both give their last symbol. */
function fseWeights(bytes: Uint8Array, from: number, to: number): number[] {
  const { table, end } = readFseTable(bytes, from, to, { log: WEIGHT_LOG, symbols: 256 });
  const stream = new BackwardBits(bytes, end, to);
  const states = [stream.take(table.log), stream.take(table.log)];
  const weights: number[] = [];
  for (let turn = 0; ; turn ^= 1) {
    const state = states[turn]!;
    weights.push(table.symbols[state]!);
    states[turn] = table.base[state]! + stream.take(table.bits[state]!);
    if (weights.length > MOST_WEIGHTS) throw new ZstdError("tree size");
    if (stream.left < 0) {
      weights.push(table.symbols[states[turn ^ 1]!]!);
      return weights;
    }
  }
}

function buildHuffmanTable(weights: number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > LONGEST_CODE) throw new ZstdError("tree weight");
    if (weight > 0) sum += 1 << (weight - 1);
  }
  if (sum === 0) throw new ZstdError("tree weights");
  const log = 32 - Math.clz32(sum);
  const left = (1 << log) - sum;
  if (log > LONGEST_CODE || (left & (left - 1)) !== 0) throw new ZstdError("tree weights");
  // The last weight is what fills the tree.
  weights.push(32 - Math.clz32(left));
  if (weights.length > 256) throw new ZstdError("tree size");
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++)
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      bits.fill(log + 1 - weight, at, end);
      at = end;
    }
  return { log, symbols, bits };
}
