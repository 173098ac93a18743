import { createCRC64, createSHA256, createSHA512, createXXHash64, type IHasher } from "hash-wasm";

const MAKERS = {
  sha256: createSHA256,
  sha512: createSHA512,
  xxh64: createXXHash64,
  crc64: createCRC64,
} as const;

export type HashName = keyof typeof MAKERS;

/** Hashers that nobody uses. Each holds WebAssembly memory of its own, of which a browser gives a page only so much. */
const idle: Readonly<Record<HashName, IHasher[]>> = {
  sha256: [],
  sha512: [],
  xxh64: [],
  crc64: [],
};

/** A hasher at its start, for the caller alone until `returnHasher`. One that is never returned is merely lost. */
export async function borrowHasher(name: HashName): Promise<IHasher> {
  const hasher = idle[name].pop() ?? (await MAKERS[name]());
  return hasher.init();
}

export function returnHasher(name: HashName, hasher: IHasher): void {
  idle[name].push(hasher);
}
