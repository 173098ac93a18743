/** The decoder of one LZMA2 stream: its dictionary, its state, its probabilities. Format: the XZ and LZMA SDK papers. */

const STATES = 12;
const POSITION_STATES = 16;
const HALF = 1024;
const TOP = 2 ** 24;
const LENGTH_LOW = 2;
const LENGTH_MID = LENGTH_LOW + POSITION_STATES * 8;
const LENGTH_HIGH = LENGTH_MID + POSITION_STATES * 8;
const LENGTH_SIZE = LENGTH_HIGH + 256;
const SHORTEST_MATCH = 2;
/** Longest output of one chunk. */
const CHUNK = 2 ** 21;

/** The data is not what LZMA2 can be. */
export class LzmaError extends Error {}

/** Decodes chunks one after the other; earlier output stays at hand as the dictionary. */
export class LzmaDecoder {
  /** Output: the dictionary, and after it what the chunk adds. */
  readonly #window: Uint8Array;
  readonly #dictionary: number;
  /** Where the next byte goes, and where the output since the last dictionary reset begins. */
  #at = 0;
  #begin = 0;
  #literalContext = 0;
  #literalPosition = 0;
  #positionBits = 0;
  #state = 0;
  readonly #distances = new Int32Array(4);
  #literals = new Uint16Array(0);
  readonly #isMatch = new Uint16Array(STATES * POSITION_STATES);
  readonly #isRepeat = new Uint16Array(STATES * 4);
  readonly #isRepeat0Long = new Uint16Array(STATES * POSITION_STATES);
  readonly #slots = new Uint16Array(4 * 64);
  readonly #special = new Uint16Array(128);
  readonly #align = new Uint16Array(16);
  readonly #matchLength = new Uint16Array(LENGTH_SIZE);
  readonly #repeatLength = new Uint16Array(LENGTH_SIZE);
  /** The range coder. */
  #input: Uint8Array = new Uint8Array(0);
  #next = 0;
  #range = 0;
  #code = 0;

  constructor(dictionary: number) {
    this.#dictionary = dictionary;
    this.#window = new Uint8Array(dictionary + CHUNK);
  }

  resetDictionary(): void {
    this.#begin = this.#at;
  }

  /** New properties, as one byte has them. */
  setProperties(byte: number): void {
    if (byte >= 9 * 5 * 5) throw new LzmaError("properties");
    this.#literalContext = byte % 9;
    this.#literalPosition = Math.floor(byte / 9) % 5;
    this.#positionBits = Math.floor(byte / 45);
    if (this.#literalContext + this.#literalPosition > 4) throw new LzmaError("properties");
    this.#literals = new Uint16Array(0x300 << (this.#literalContext + this.#literalPosition));
  }

  resetState(): void {
    this.#state = 0;
    this.#distances.fill(0);
    for (const table of [
      this.#literals,
      this.#isMatch,
      this.#isRepeat,
      this.#isRepeat0Long,
      this.#slots,
      this.#special,
      this.#align,
      this.#matchLength,
      this.#repeatLength,
    ])
      table.fill(HALF);
  }

  /** Takes bytes as they are. */
  store(bytes: Uint8Array): Uint8Array {
    const from = this.#room(bytes.length);
    this.#window.set(bytes, from);
    this.#at += bytes.length;
    return this.#window.slice(from, this.#at);
  }

  /** Decodes one compressed chunk into `size` bytes. */
  decode(input: Uint8Array, size: number): Uint8Array {
    if (this.#literals.length === 0) throw new LzmaError("no properties");
    const from = this.#room(size);
    const end = from + size;
    this.#input = input;
    this.#next = 5;
    this.#range = -1 >>> 0;
    if (input.length < 5 || input[0] !== 0) throw new LzmaError("range coder");
    this.#code = ((input[1]! << 24) | (input[2]! << 16) | (input[3]! << 8) | input[4]!) >>> 0;
    while (this.#at < end) this.#symbol(end);
    if (this.#at !== end || this.#next > input.length) throw new LzmaError("chunk length");
    return this.#window.slice(from, end);
  }

  /** Makes room for `size` bytes and says where they begin. */
  #room(size: number): number {
    if (this.#at + size > this.#window.length) {
      const kept = Math.min(this.#dictionary, this.#at);
      const moved = this.#at - kept;
      this.#window.copyWithin(0, moved, this.#at);
      this.#at = kept;
      this.#begin = Math.max(0, this.#begin - moved);
    }
    return this.#at;
  }

  #symbol(end: number): void {
    const position = (this.#at - this.#begin) & ((1 << this.#positionBits) - 1);
    const state = this.#state;
    if (this.#bit(this.#isMatch, state * POSITION_STATES + position) === 0) {
      this.#literal();
      return;
    }
    const distances = this.#distances;
    let length: number;
    if (this.#bit(this.#isRepeat, state) === 0) {
      distances.copyWithin(1, 0, 3);
      length = this.#length(this.#matchLength, position);
      this.#state = state < 7 ? 7 : 10;
      distances[0] = this.#distance(length);
    } else {
      if (this.#bit(this.#isRepeat, STATES + state) === 0) {
        if (this.#bit(this.#isRepeat0Long, state * POSITION_STATES + position) === 0) {
          this.#state = state < 7 ? 9 : 11;
          this.#copy(distances[0]!, 1, end);
          return;
        }
      } else {
        const which =
          this.#bit(this.#isRepeat, 2 * STATES + state) === 0
            ? 1
            : 2 + this.#bit(this.#isRepeat, 3 * STATES + state);
        const distance = distances[which]!;
        distances.copyWithin(1, 0, which);
        distances[0] = distance;
      }
      length = this.#length(this.#repeatLength, position);
      this.#state = state < 7 ? 8 : 11;
    }
    this.#copy(distances[0]!, length, end);
  }

  #literal(): void {
    const window = this.#window;
    const position = this.#at - this.#begin;
    const before = position > 0 ? window[this.#at - 1]! : 0;
    const context =
      ((position & ((1 << this.#literalPosition) - 1)) << this.#literalContext) +
      (before >> (8 - this.#literalContext));
    const table = this.#literals.subarray(0x300 * context, 0x300 * (context + 1));
    let symbol = 1;
    if (this.#state >= 7) {
      const from = this.#at - this.#distances[0]! - 1;
      if (from < this.#begin) throw new LzmaError("distance");
      let match = window[from]!;
      while (symbol < 0x100) {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const bit = this.#bit(table, ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(table, symbol);
    window[this.#at++] = symbol;
    const state = this.#state;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  #copy(distance: number, length: number, end: number): void {
    let from = this.#at - distance - 1;
    if (distance < 0 || from < this.#begin || distance >= this.#dictionary)
      throw new LzmaError("distance");
    if (this.#at + length > end) throw new LzmaError("chunk length");
    const window = this.#window;
    for (let left = length; left > 0; left--) window[this.#at++] = window[from++]!;
  }

  #length(table: Uint16Array, position: number): number {
    if (this.#bit(table, 0) === 0)
      return SHORTEST_MATCH + this.#tree(table, LENGTH_LOW + position * 8, 3);
    if (this.#bit(table, 1) === 0)
      return SHORTEST_MATCH + 8 + this.#tree(table, LENGTH_MID + position * 8, 3);
    return SHORTEST_MATCH + 16 + this.#tree(table, LENGTH_HIGH, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(this.#slots, Math.min(length - SHORTEST_MATCH, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) << bits;
    if (slot < 14) return high + this.#reverseTree(this.#special, high - slot, bits);
    let direct = 0;
    for (let i = 0; i < bits - 4; i++) direct = direct * 2 + this.#directBit();
    return high + direct * 16 + this.#reverseTree(this.#align, 0, 4);
  }

  #tree(table: Uint16Array, at: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(table, at + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(table: Uint16Array, at: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(table, at + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  #bit(table: Uint16Array, at: number): number {
    const probability = table[at]!;
    const bound = (this.#range >>> 11) * probability;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      table[at] = probability + ((2048 - probability) >> 5);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      table[at] = probability - (probability >> 5);
      bit = 1;
    }
    if (this.#range < TOP) this.#shift();
    return bit;
  }

  #directBit(): number {
    this.#range >>>= 1;
    let bit = 0;
    if (this.#code >= this.#range) {
      this.#code -= this.#range;
      bit = 1;
    }
    if (this.#range < TOP) this.#shift();
    return bit;
  }

  #shift(): void {
    if (this.#next >= this.#input.length) throw new LzmaError("chunk end");
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#input[this.#next++]!) >>> 0;
  }
}
