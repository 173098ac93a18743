import type { ByteSource } from "./byte-source.ts";
import { ReadFailure } from "./read-failure.ts";

/** Pieces that stream well: a browser takes 1.5 to 3 ms for a read of any length. */
const LARGE_PIECE = 8 * 2 ** 20;
/** The first piece is small, so that small files and early errors cost little. */
const FIRST_PIECE = 2 ** 18;

/**
 * Bytes of a source in order, read ahead by one piece, for readers that take them by the byte.
 *
 * `bytes` from `at` up to its end are there; `fill` brings more.
 */
export class ByteStream {
  bytes = new Uint8Array(0);
  /** Where the next byte stands in `bytes`. */
  at = 0;
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  /** Offset in the source of the byte after `bytes`. */
  #next: number;
  #piece = FIRST_PIECE;
  #ahead: Promise<ArrayBuffer> | null = null;

  constructor(source: ByteSource, from = 0, signal?: AbortSignal) {
    this.#source = source;
    this.#next = from;
    this.#signal = signal;
  }

  /** Offset in the source of the next byte. */
  get offset(): number {
    return this.#next - (this.bytes.length - this.at);
  }

  /** Bytes not yet taken, to the end of the source. */
  get left(): number {
    return this.#source.size - this.offset;
  }

  /** Makes at least `count` bytes available, fewer only when the source ends. Resolves to whether they are there. */
  async fill(count: number): Promise<boolean> {
    while (this.bytes.length - this.at < count) {
      const piece = await this.#read();
      if (!piece) return false;
      const rest = this.bytes.subarray(this.at);
      if (rest.length === 0) this.bytes = piece;
      else {
        this.bytes = new Uint8Array(rest.length + piece.length);
        this.bytes.set(rest);
        this.bytes.set(piece, rest.length);
      }
      this.at = 0;
    }
    return true;
  }

  /** Everything at hand, at least one byte; null at the end. */
  async take(most = Number.POSITIVE_INFINITY): Promise<Uint8Array | null> {
    if (!(await this.fill(1))) return null;
    const end = Math.min(this.bytes.length, this.at + most);
    const piece = this.bytes.subarray(this.at, end);
    this.at = end;
    return piece;
  }

  /** Jumps to an offset at or after the next byte. */
  seek(offset: number): void {
    const ahead = offset - this.offset;
    if (ahead <= this.bytes.length - this.at) {
      this.at += ahead;
      return;
    }
    this.bytes = new Uint8Array(0);
    this.at = 0;
    this.#next = offset;
    this.#piece = FIRST_PIECE;
    this.#ahead = null;
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#signal?.throwIfAborted();
    if (this.#next >= this.#source.size) return null;
    const pending = this.#ahead ?? this.#request(this.#next);
    const piece = new Uint8Array(await received(pending));
    if (piece.length === 0) return null;
    this.#next += piece.length;
    this.#piece = Math.min(this.#piece * 4, LARGE_PIECE);
    this.#ahead = this.#next < this.#source.size ? this.#request(this.#next) : null;
    return piece;
  }

  #request(from: number): Promise<ArrayBuffer> {
    const request = this.#source
      .slice(from, Math.min(from + this.#piece, this.#source.size))
      .arrayBuffer();
    // A request that nobody waits for any more must not count as unhandled.
    request.catch(() => undefined);
    return request;
  }
}

/** What a request brought; a system's refusal becomes a failure with its message. */
async function received(request: Promise<ArrayBuffer>): Promise<ArrayBuffer> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ReadFailure) throw error;
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ReadFailure({ type: "unreadable", message });
  }
}
