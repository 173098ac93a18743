import type { DigestAlgorithm, Digester } from "../image/digest.ts";
import type { DigestReply, DigestRequest, StreamId } from "./digest-protocol.ts";

/** Bytes that go over at once. */
const PIECE = 2 ** 19;
/** Pieces of one stream that may be on their way: then its reader waits. */
const MOST_PIECES = 4;

/** The far end: a `Worker`, or a test's stand-in. */
export interface DigestPort {
  postMessage(message: DigestRequest, transfer: Transferable[]): void;
  addEventListener(
    type: "message",
    listener: (event: { readonly data: DigestReply }) => void,
  ): void;
  addEventListener(type: "error", listener: () => void): void;
}

/** A thread that hashes what another one reads, while it reads on. */
export class DigestThread {
  readonly #start: () => DigestPort;
  #port: DigestPort | null = null;
  readonly #streams = new Map<StreamId, Stream>();
  #last = 0;

  /** `start` is called when there is something to hash. */
  constructor(start: () => DigestPort) {
    this.#start = start;
  }

  digest = async (algorithm: DigestAlgorithm): Promise<Digester> => {
    this.#port ??= this.#started();
    const id = ++this.#last;
    const stream = new Stream(id, this.#port);
    this.#streams.set(id, stream);
    this.#port.postMessage({ type: "begin", stream: id, algorithm }, []);
    return stream;
  };

  #started(): DigestPort {
    const port = this.#start();
    port.addEventListener("message", ({ data }) => {
      const stream = this.#streams.get(data.stream);
      if (data.type === "done") stream?.done(data.buffer);
      else {
        stream?.ended(data.hex);
        this.#streams.delete(data.stream);
      }
    });
    port.addEventListener("error", () => {
      for (const stream of this.#streams.values()) stream.fail();
      this.#streams.clear();
      this.#port = null;
    });
    return port;
  }
}

/** One stream's pieces: filled here, hashed there, and filled again. */
class Stream implements Digester {
  readonly #id: StreamId;
  readonly #port: DigestPort;
  #piece = new Uint8Array(PIECE);
  #filled = 0;
  #pieces = 1;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  /** Who waits for a free piece, or for the end. */
  #waiting: PromiseWithResolvers<Uint8Array<ArrayBuffer>> | null = null;
  readonly #end = withResolvers<string>();

  constructor(id: StreamId, port: DigestPort) {
    this.#id = id;
    this.#port = port;
    this.#end.promise.catch(() => undefined);
  }

  update(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#filled + bytes.length > PIECE) return this.#split(bytes);
    this.#piece.set(bytes, this.#filled);
    this.#filled += bytes.length;
    return undefined;
  }

  digest(): Promise<string> {
    this.#send();
    this.#port.postMessage({ type: "end", stream: this.#id }, []);
    return this.#end.promise;
  }

  done(buffer: ArrayBuffer): void {
    const piece = new Uint8Array(buffer);
    if (!this.#waiting) this.#free.push(piece);
    this.#waiting?.resolve(piece);
    this.#waiting = null;
  }

  ended(hex: string): void {
    this.#end.resolve(hex);
  }

  fail(): void {
    const reason = new Error("the thread that hashes ended");
    this.#waiting?.reject(reason);
    this.#end.reject(reason);
  }

  async #split(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#filled === PIECE) {
        this.#send();
        this.#piece = this.#free.pop() ?? (await this.#another());
        this.#filled = 0;
      }
      const part = bytes.subarray(at, at + PIECE - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  #send(): void {
    const bytes = this.#piece.subarray(0, this.#filled);
    this.#port.postMessage({ type: "piece", stream: this.#id, bytes }, [bytes.buffer]);
  }

  async #another(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#pieces < MOST_PIECES) {
      this.#pieces += 1;
      return new Uint8Array(PIECE);
    }
    this.#waiting = withResolvers();
    return await this.#waiting.promise;
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
