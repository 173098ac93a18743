import library from "xz-decompress";
import { crc32 } from "./crc32.ts";

type Decoder = (typeof library)["XzReadableStream"]["_moduleInstance"]["exports"];

/** A stream without check sums, and a block whose only filter is LZMA2: the decoder reads these before any chunk. */
const STREAM_HEADER = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0, 0xff, 0x12, 0xd9, 0x41];
const BLOCK_HEADER = [2, 0, 0x21, 1];
const BLOCK_PADDING = [0, 0, 0];
/** Words of the decoder's record: its two buffers, how far they are read and filled. */
const CAPACITY = 0;
const INPUT = 1;
const INPUT_READ = 2;
const INPUT_END = 3;
const OUTPUT = 4;
const OUTPUT_END = 5;
const RECORD_WORDS = 7;

/** The data is not what LZMA2 can be. */
export class Lzma2Error extends Error {}

/** The largest dictionary the decoder takes: what `xz -9` makes. */
export const MOST_DICTIONARY = 2 ** 26;

/**
 * Decodes the chunks of one LZMA2 stream after the other.
 *
 * xz-decompress shows a stream alone, of which one at a time may be open in the whole program; an archive in xz that
 * holds layers in xz needs two. So its WebAssembly is used without that stream, an instance for each decoder: memory
 * that nobody closed goes with it.
 */
export class Lzma2Decoder {
  readonly #decoder: Decoder;
  #context = 0;

  static async create(): Promise<Lzma2Decoder> {
    await library.XzReadableStream._getModuleInstance();
    return new Lzma2Decoder(library.XzReadableStream._moduleInstance.exports);
  }

  private constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** Begins a stream whose dictionary has the size that `size` stands for in a block header. */
  begin(size: number): void {
    if (this.#context !== 0) this.#decoder.destroy_context(this.#context);
    this.#context = this.#decoder.create_context();
    const header = Uint8Array.from([...BLOCK_HEADER, size, ...BLOCK_PADDING, 0, 0, 0, 0]);
    new DataView(header.buffer).setUint32(8, crc32(header.subarray(0, 8)), true);
    this.decode(Uint8Array.from([...STREAM_HEADER, ...header]), 0);
  }

  /** The `length` bytes that a chunk stands for, its header included. */
  decode(chunk: Uint8Array, length: number): Uint8Array {
    const output = new Uint8Array(length);
    let filled = 0;
    for (let taken = 0; filled < length || taken < chunk.length; ) {
      const isHungry = this.#word(INPUT_READ) === this.#word(INPUT_END);
      const input = isHungry ? chunk.subarray(taken, taken + this.#word(CAPACITY)) : null;
      if (input) this.#supply(input);
      taken += input?.length ?? 0;
      if (this.#decoder.get_next_output(this.#context) !== 0)
        throw new Lzma2Error("chunk contents");
      const piece = this.#takeOutput();
      if (filled + piece.length > length) throw new Lzma2Error("chunk length");
      output.set(piece, filled);
      filled += piece.length;
      if (input?.length === 0 && piece.length === 0) throw new Lzma2Error("chunk end");
    }
    return output;
  }

  #supply(bytes: Uint8Array): void {
    new Uint8Array(this.#decoder.memory.buffer).set(bytes, this.#word(INPUT));
    this.#decoder.supply_input(this.#context, bytes.length);
  }

  #takeOutput(): Uint8Array {
    const record = this.#record();
    const bytes = new Uint8Array(record.buffer, record[OUTPUT], record[OUTPUT_END]);
    record[OUTPUT_END] = 0;
    return bytes;
  }

  #word(at: number): number {
    return this.#record()[at]!;
  }

  /** Made for each use: memory that grows gets a new buffer. */
  #record(): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#decoder.memory.buffer, this.#context, RECORD_WORDS);
  }
}
