import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** The hexadecimal sha256 of a text's UTF-8 bytes. */
export function sha256OfText(text: string): string {
  return bytesToHex(sha256(new TextEncoder().encode(text)));
}

/** The hexadecimal sha256 of bytes. */
export function sha256OfBytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** The chain ids of layers, base first: the first is its diffID, each next the hash of what is below and itself. */
export function chainIds(diffIdsBaseFirst: readonly string[]): readonly string[] {
  const chain: string[] = [];
  for (const diffId of diffIdsBaseFirst) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : `sha256:${sha256OfText(`${below} ${diffId}`)}`);
  }
  return chain;
}

/**
 * The host's source of ids: 64 hexadecimal digits from a counter, so that the same commands give the same ids.
 * `queue` holds ids that come first, for worlds that must have known ones.
 */
export interface IdSource {
  readonly seed: string;
  readonly count: number;
  readonly queue: readonly string[];
}

/** The next id and the source after it. */
export function nextId(source: IdSource): readonly [id: string, source: IdSource] {
  const [first, ...queue] = source.queue;
  if (first !== undefined) return [first, { ...source, queue }];
  const id = sha256OfText(`${source.seed}/${source.count}`);
  return [id, { ...source, count: source.count + 1 }];
}

/** The first 12 digits of an id, as Docker shows it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 12);
}
