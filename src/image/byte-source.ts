/**
 * Bytes that can be read anywhere: a `File`, a Node file, a `Uint8Array`, a part of another source.
 *
 * A browser's `File` is one as it is. `name` is what a person calls it; for the files of a dropped folder it is the
 * path inside that folder ("blobs/sha256/…").
 */
export interface ByteSource {
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** The bytes `from` up to `to` (not included), both within `0 … size`. */
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A source over bytes in memory. The bytes must not change afterwards. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    slice: (from, to) => ({
      arrayBuffer: async () => new Uint8Array(bytes.subarray(from, to)).buffer,
    }),
  };
}

/** The part `from … to` of another source, as a source of its own. */
export function windowOf(
  source: ByteSource,
  from: number,
  to: number,
  name = source.name,
): ByteSource {
  return {
    name,
    size: to - from,
    slice: (start, end) => source.slice(from + start, Math.min(from + end, to)),
  };
}

/** Reads bytes `from … to`, cut at the source's end: the result is shorter when the source is. */
export async function readBytes(source: ByteSource, from: number, to: number): Promise<Uint8Array> {
  const end = Math.min(to, source.size);
  if (from >= end) return new Uint8Array(0);
  return new Uint8Array(await source.slice(from, end).arrayBuffer());
}
