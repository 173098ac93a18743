import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { ByteSource } from "./byte-source.ts";
import { ByteStream } from "./byte-stream.ts";
import { borrowHasher, returnHasher } from "./hashers.ts";

/** "sha256" and "sha512" are the algorithms that images use. */
export type DigestAlgorithm = "sha256" | "sha512";

const HEX_LENGTH: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

/** The parts of a digest that is well formed; null when it is not. */
export function parseDigest(digest: string): { algorithm: string; hex: string } | null {
  const parts = /^([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/.exec(digest);
  if (!parts) return null;
  const algorithm = parts[1]!;
  const hex = parts[2]!;
  const length = HEX_LENGTH[algorithm];
  if (length !== undefined && (hex.length !== length || !/^[0-9a-f]+$/.test(hex))) return null;
  return { algorithm, hex };
}

/** The algorithm of a digest that we can compute; null for others. */
export function algorithmOf(digest: string | null): DigestAlgorithm | null {
  if (digest === null) return "sha256";
  const algorithm = parseDigest(digest)?.algorithm;
  return algorithm === "sha256" || algorithm === "sha512" ? algorithm : null;
}

/** A digest computed piece by piece; `digest` ends it. Whoever hashes elsewhere makes the caller wait with promises. */
export interface Digester {
  /** The bytes are the caller's again once it is awaited. */
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string | Promise<string>;
}

export type MakeDigest = (algorithm: DigestAlgorithm) => Promise<Digester>;

/** What we use of Node's crypto module. */
interface NodeCrypto {
  createHash(algorithm: DigestAlgorithm): NodeHash;
}
interface NodeHash {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
  digest(encoding: "hex"): string;
}
declare const process: { getBuiltinModule?(name: "node:crypto"): NodeCrypto } | undefined;

/** Node's crypto module, where there is one: it hashes five times as fast as WebAssembly. */
export function nodeCrypto(): NodeCrypto | undefined {
  return typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:crypto");
}

export async function createDigest(algorithm: DigestAlgorithm): Promise<Digester> {
  const node = nodeCrypto();
  if (node) return node.createHash(algorithm);
  const hasher = await borrowHasher(algorithm);
  return {
    update: (bytes) => hasher.update(bytes),
    digest: (encoding) => {
      const hex = hasher.digest(encoding);
      returnHasher(algorithm, hasher);
      return hex;
    },
  };
}

/** "sha256:…" of some bytes, at once: for configs and chains, which are short. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${bytesToHex(sha256(bytes))}`;
}

/** The digest of a source's bytes. */
export async function digestSource(
  source: ByteSource,
  algorithm: DigestAlgorithm,
  signal: AbortSignal | undefined,
  onProgress: (bytesRead: number) => void,
): Promise<string> {
  const hash = await createDigest(algorithm);
  const stream = new ByteStream(source, 0, signal);
  for (let piece = await stream.take(); piece; piece = await stream.take()) {
    await hash.update(piece);
    onProgress(stream.offset);
  }
  return `${algorithm}:${await hash.digest("hex")}`;
}

/** The chain that ends with each layer: `DiffID` for the base, then the digest of "CHAIN DIFFID". */
export function chainIds(diffIds: readonly (string | null)[]): (string | null)[] {
  const chain: (string | null)[] = [];
  let last: string | null = null;
  for (const [i, diffId] of diffIds.entries()) {
    if (i === 0) last = diffId;
    else if (last !== null && diffId !== null)
      last = digestOf(new TextEncoder().encode(`${last} ${diffId}`));
    else last = null;
    chain.push(last);
  }
  return chain;
}
