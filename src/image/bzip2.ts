import bzip2 from "unbzip2-stream/lib/bzip2.js";
import type { ByteSource } from "./byte-source.ts";
import { ByteStream } from "./byte-stream.ts";
import type { InflateReport, Restart } from "./inflate.ts";
import { ReadFailure } from "./read-failure.ts";

/** More than a compressed block can take: 900,000 bytes, badly compressed, and its tables. */
const LONGEST_BLOCK = 1_300_000;
const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const HEADER_BYTES = 4;
const LEVEL_BYTES = 100_000;

/**
 * Inflates bzip2, any number of streams one after the other. Each block is inflated whole.
 *
 * Streams and blocks are told apart here, so that the end of each, a truncation and the check sum of the whole are
 * certain; a library inflates the blocks and tests theirs.
 */
export async function* bunzip2(
  source: ByteSource,
  from: Restart,
  report: InflateReport,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = new ByteStream(source, from.input, signal);
  for (let first = true; stream.left > 0; first = false) {
    await stream.fill(HEADER_BYTES);
    const start = stream.offset;
    const level = levelOf(stream);
    if (level === null) {
      if (first) throw invalid("header", start);
      const bytes = stream.left;
      report.problem({ type: "bytes-after-compressed", compression: "bzip2", bytes }, start);
      return;
    }
    stream.at += HEADER_BYTES;
    yield* blocks(stream, level, report);
  }
}

/** The size of blocks in hundreds of thousands of bytes; null when no stream begins here. */
function levelOf(stream: ByteStream): number | null {
  const bits = new BitReader(stream.bytes, stream.at, 0);
  try {
    return bzip2.header((count) => bits.take(count));
  } catch {
    return null;
  }
}

/** The blocks of one stream, which then stands after its end. */
async function* blocks(
  stream: ByteStream,
  level: number,
  report: InflateReport,
): AsyncGenerator<Uint8Array> {
  const sorted = new Int32Array(level * LEVEL_BYTES);
  let bit = 0;
  let sum = 0;
  for (;;) {
    await stream.fill(LONGEST_BLOCK);
    const at = stream.offset;
    const mark = new BitReader(stream.bytes, stream.at, bit);
    const bits = new BitReader(stream.bytes, stream.at, bit);
    const { isEnd, check } = guarded(() => readMark(mark), at);
    const block = isEnd ? null : guarded(() => readBlock(bits, sorted), at);
    const { at: end, bit: endBit } = block ? bits : mark;
    stream.at = end;
    bit = endBit;
    report.progress?.(stream.offset);
    if (!block) {
      if (bit > 0) stream.at += 1;
      if (check !== sum)
        report.problem({ type: "checksum-differs", compression: "bzip2", what: "crc32" }, at);
      return;
    }
    sum = (((sum << 1) | (sum >>> 31)) ^ check) >>> 0;
    if (!block.isSound)
      report.problem({ type: "checksum-differs", compression: "bzip2", what: "block" }, at);
    yield block.bytes;
  }
}

/** What a block or the end of the stream begins with. */
function readMark(bits: BitReader): { readonly isEnd: boolean; readonly check: number } {
  const magic = bits.take(24) * 2 ** 24 + bits.take(24);
  const check = bits.take(32) >>> 0;
  if (magic === END_MAGIC) return { isEnd: true, check };
  if (magic !== BLOCK_MAGIC) throw new Broken("block");
  if (bits.take(1) === 1) throw new Broken("randomised block");
  return { isEnd: false, check };
}

/** A block's bytes, and whether they have its check sum. */
function readBlock(
  bits: BitReader,
  sorted: Int32Array,
): { readonly bytes: Uint8Array; readonly isSound: boolean } {
  let bytes = new Uint8Array(sorted.length);
  let length = 0;
  const write = (byte: number) => {
    if (length === bytes.length) {
      const longer = new Uint8Array(length * 2);
      longer.set(bytes);
      bytes = longer;
    }
    bytes[length++] = byte;
  };
  let isSound = true;
  try {
    bzip2.decompress((count) => bits.take(count), write, sorted, sorted.length, 0);
  } catch (error) {
    if (error instanceof Short) throw error;
    // Bytes come when the block is read and sorted: after that only its check sum can be wrong.
    if (length === 0) throw new Broken("block contents");
    isSound = false;
  }
  return { bytes: bytes.subarray(0, length), isSound };
}

/** Thrown inside a block, where no place is known. */
class Broken extends Error {}
class Short extends Error {}

function guarded<T>(work: () => T, offset: number): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Short)
      throw new ReadFailure({ type: "compressed-truncated", compression: "bzip2" }, offset);
    if (error instanceof Broken) throw invalid(error.message, offset);
    throw error;
  }
}

function invalid(reason: string, offset: number): ReadFailure {
  return new ReadFailure({ type: "compressed-invalid", compression: "bzip2", reason }, offset);
}

/** Most bits that are taken at once: with those of one more byte they fit a number of 32. */
const MOST_BITS = 24;

/** Bits, the highest of a byte first. */
class BitReader {
  readonly #bytes: Uint8Array;
  /** The next byte to come. */
  #next: number;
  /** The last bytes that came, of which the lowest `#left` bits are not taken. */
  #word = 0;
  #left = 0;

  constructor(bytes: Uint8Array, at: number, bit: number) {
    this.#bytes = bytes;
    this.#next = at;
    if (bit > 0) this.take(bit);
  }

  /** The byte that the next bit is in. */
  get at(): number {
    return (this.#next * 8 - this.#left) >>> 3;
  }

  /** Bits of the byte at `at` that are taken. */
  get bit(): number {
    return -this.#left & 7;
  }

  /** Up to 32 bits; 32 may come out negative. */
  take(count: number): number {
    if (count > MOST_BITS) return (this.take(count - 16) << 16) | this.take(16);
    while (this.#left < count) {
      if (this.#next >= this.#bytes.length) throw new Short();
      this.#word = (this.#word << 8) | this.#bytes[this.#next]!;
      this.#next += 1;
      this.#left += 8;
    }
    this.#left -= count;
    return (this.#word >>> this.#left) & ((1 << count) - 1);
  }
}
