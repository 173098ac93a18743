import type { ByteSource } from "./byte-source.ts";
import type { Compression } from "./image.ts";
import { inflate, type Restart } from "./inflate.ts";

/** Uncompressed bytes up to this are kept in memory, and no longer inflated for each read. */
const KEPT = 2 ** 26;
/** Decompressions kept open at the place where a read ended: readers mostly go on from there. */
const MOST_CURSORS = 3;
/** Restarts closer together than this are of no use. */
const RESTART_EVERY = 2 ** 20;

/** An inflation under way: `rest` is what it gave and nobody took, from offset `at` of the output. */
interface Cursor {
  readonly chunks: AsyncGenerator<Uint8Array>;
  at: number;
  rest: Uint8Array;
}

/**
 * The uncompressed bytes of a compressed source, to be read anywhere.
 *
 * Deflate and zstd have no index: a read goes on from an inflation that stopped before it, or starts at the last
 * member or frame before it. Short outputs are kept whole after the first read.
 */
export class InflatedSource implements ByteSource {
  readonly name: string;
  /** What the source inflates to; 0 until that is known. */
  size = 0;
  readonly #source: ByteSource;
  readonly #compression: Compression;
  readonly #restarts: readonly Restart[];
  #cursors: Cursor[] = [];
  #kept: Promise<Uint8Array> | null = null;
  /** What was appended, with room behind it; past what is kept, nothing. */
  #appended = new Uint8Array(0);

  constructor(source: ByteSource, compression: Compression, restarts: readonly Restart[]) {
    this.name = source.name;
    this.#source = source;
    this.#compression = compression;
    this.#restarts = restarts;
  }

  /** The next bytes of the output, by whom it is inflated for the first time: short ones need not be inflated again. */
  append(chunk: Uint8Array): void {
    const from = this.size;
    this.size += chunk.length;
    if (this.size > KEPT) this.#appended = new Uint8Array(0);
    else {
      if (this.size > this.#appended.length) {
        const length = Math.min(KEPT, Math.max(this.size, from * 2));
        const longer = new Uint8Array(length);
        longer.set(this.#appended.subarray(0, from));
        this.#appended = longer;
      }
      this.#appended.set(chunk, from);
    }
  }

  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: async () => (await this.#read(from, Math.min(to, this.size))).buffer };
  }

  async #read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(Math.max(0, to - from));
    if (bytes.length === 0) return bytes;
    if (this.size <= KEPT) {
      this.#kept ??= this.#inflateAll();
      bytes.set((await this.#kept).subarray(from, to));
      return bytes;
    }
    const cursor = this.#cursorBefore(from);
    let filled = 0;
    while (filled < bytes.length) {
      if (cursor.rest.length === 0) {
        const next = await cursor.chunks.next();
        if (next.done) break;
        cursor.rest = next.value;
      }
      const skip = Math.min(cursor.rest.length, Math.max(0, from + filled - cursor.at));
      const part = cursor.rest.subarray(skip, skip + bytes.length - filled);
      bytes.set(part, filled);
      filled += part.length;
      cursor.at += skip + part.length;
      cursor.rest = cursor.rest.subarray(skip + part.length);
    }
    this.#cursors.push(cursor);
    if (this.#cursors.length > MOST_CURSORS) await this.#cursors.shift()?.chunks.return(undefined);
    return bytes;
  }

  async #inflateAll(): Promise<Uint8Array> {
    if (this.#appended.length >= this.size) return this.#appended;
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for await (const chunk of inflate(this.#source, this.#compression)) {
      bytes.set(chunk.subarray(0, bytes.length - at), at);
      at = Math.min(bytes.length, at + chunk.length);
      if (at === bytes.length) break;
    }
    return bytes;
  }

  /** The inflation nearest before an offset, taken out of those that wait; a new one when a restart is nearer. */
  #cursorBefore(offset: number): Cursor {
    let restart: Restart = { input: 0, output: 0 };
    for (const at of this.#restarts) if (at.output <= offset) restart = at;
    let best: Cursor | null = null;
    for (const cursor of this.#cursors)
      if (cursor.at <= offset && cursor.at >= (best?.at ?? restart.output)) best = cursor;
    if (best) {
      this.#cursors = this.#cursors.filter((cursor) => cursor !== best);
      return best;
    }
    const chunks = inflate(this.#source, this.#compression, { from: restart });
    return { chunks, at: restart.output, rest: new Uint8Array(0) };
  }
}

/** Collects restarts for an `InflatedSource`, the first one and then one every so often. */
export class RestartList {
  readonly list: Restart[] = [];

  add(at: Restart): void {
    const last = this.list[this.list.length - 1];
    if (!last || at.output - last.output >= RESTART_EVERY) this.list.push(at);
  }
}
