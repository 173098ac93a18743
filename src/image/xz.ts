import { bytesToHex } from "@noble/hashes/utils.js";
import type { ByteSource } from "./byte-source.ts";
import { ByteStream } from "./byte-stream.ts";
import { crc32 } from "./crc32.ts";
import { borrowHasher, returnHasher } from "./hashers.ts";
import type { InflateReport, Restart } from "./inflate.ts";
import { Lzma2Decoder, Lzma2Error, MOST_DICTIONARY } from "./lzma2.ts";
import type { ProblemFacts } from "./problem.ts";
import { ReadFailure } from "./read-failure.ts";

const STREAM_HEADER = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const HEADER_BYTES = 12;
const LZMA2 = 0x21;
/** Bytes of the check by its number. */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
type CheckName = "crc32" | "crc64" | "sha256";
const CHECK_NAMES: Readonly<Record<number, CheckName>> = { 1: "crc32", 4: "crc64", 10: "sha256" };

/**
 * Inflates xz: streams one after the other, padding between them, blocks of LZMA2. Other filters are refused.
 *
 * Streams, blocks and chunks are told apart here (their headers say how long they are), so that each end, each check
 * sum and a truncation are certain; a library inflates the chunks.
 */
export async function* unxz(
  source: ByteSource,
  from: Restart,
  report: InflateReport,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = new ByteStream(source, from.input, signal);
  const decoder = await Lzma2Decoder.create();
  for (let first = true; stream.left > 0; first = false) {
    const start = stream.offset;
    const head = await take(stream, Math.min(4, stream.left));
    if (!first && head.every((byte) => byte === 0)) continue;
    stream.at -= head.length;
    const header = await take(stream, HEADER_BYTES);
    if (STREAM_HEADER.some((byte, i) => header[i] !== byte)) {
      if (first) throw invalid("header", start);
      const bytes = source.size - start;
      report.problem({ type: "bytes-after-compressed", compression: "xz", bytes }, start);
      return;
    }
    if (header[6] !== 0 || word(header, 8) !== crc32(header.subarray(6, 8)))
      throw invalid("stream flags", start);
    yield* blocks(stream, decoder, header[7]! & 15, report);
    await skipIndex(stream);
    await take(stream, HEADER_BYTES);
  }
}

async function* blocks(
  stream: ByteStream,
  decoder: Lzma2Decoder,
  checkType: number,
  report: InflateReport,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const start = stream.offset;
    const [size] = await take(stream, 1);
    // An index begins where a block's header cannot.
    if (size === 0) return;
    stream.at -= 1;
    const header = await take(stream, (size! + 1) * 4);
    decoder.begin(dictionaryOf(header, start));
    const name = CHECK_NAMES[checkType];
    const check = name ? await createCheck(name) : null;
    const dataAt = stream.offset;
    for await (const chunk of lzma2(stream, decoder)) {
      check?.update(chunk);
      report.progress?.(stream.offset);
      yield chunk;
    }
    const stored = stream.offset - dataAt + header.length;
    await take(stream, (4 - (stored % 4)) % 4);
    const checkAt = stream.offset;
    const expected = await take(stream, CHECK_BYTES[checkType]!);
    if (check && name && check.digest() !== hexOf(expected, name))
      report.problem({ type: "checksum-differs", compression: "xz", what: name }, checkAt);
  }
}

/** The chunks of one block. */
async function* lzma2(stream: ByteStream, decoder: Lzma2Decoder): AsyncGenerator<Uint8Array> {
  for (;;) {
    const start = stream.offset;
    const [control] = await take(stream, 1);
    if (control === 0) return;
    stream.at -= 1;
    if (control! < 0x80 && control! > 2) throw invalid("chunk", start);
    const head = await take(stream, control! < 0x80 ? 3 : control! < 0xc0 ? 5 : 6);
    const low = head[1]! * 256 + head[2]! + 1;
    const output = control! < 0x80 ? low : (control! & 0x1f) * 65_536 + low;
    const input = control! < 0x80 ? low : head[3]! * 256 + head[4]! + 1;
    stream.at -= head.length;
    const chunk = await take(stream, head.length + input);
    yield guarded(() => decoder.decode(chunk, output), start);
  }
}

/** The byte for the dictionary's size, from a block header whose only filter is LZMA2. */
function dictionaryOf(header: Uint8Array, offset: number): number {
  const end = header.length - 4;
  if (word(header, end) !== crc32(header.subarray(0, end))) throw invalid("block header", offset);
  const flags = header[1]!;
  let at = 2;
  const number = () => {
    let value = 0;
    for (let shift = 0; at < end && shift < 8; shift++) {
      const byte = header[at++]!;
      value += (byte & 0x7f) * 128 ** shift;
      if (byte < 0x80) return value;
    }
    throw invalid("block header", offset);
  };
  if (flags & 0x40) number();
  if (flags & 0x80) number();
  const filter = number();
  if ((flags & 3) > 0 || filter !== LZMA2)
    throw unsupported(`filter ${filter.toString(16)}`, offset);
  if (number() !== 1) throw invalid("block header", offset);
  const bits = header[at]! & 0x3f;
  const size = bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** (Math.floor(bits / 2) + 11);
  if (bits > 40) throw invalid("dictionary size", offset);
  if (size > MOST_DICTIONARY) throw unsupported(`dictionary of ${size} bytes`, offset);
  return bits;
}

/** The index repeats what the blocks said; its first byte is taken. Only its length matters here. */
async function skipIndex(stream: ByteStream): Promise<void> {
  const start = stream.offset - 1;
  const number = async () => {
    let value = 0;
    for (let shift = 0; shift < 9; shift++) {
      const [byte] = await take(stream, 1);
      value += (byte! & 0x7f) * 128 ** shift;
      if (byte! < 0x80) return value;
    }
    throw invalid("index", start);
  };
  const records = await number();
  for (let i = 0; i < records * 2; i++) await number();
  await take(stream, (4 - ((stream.offset - start) % 4)) % 4);
  await take(stream, 4);
}

interface Check {
  update(chunk: Uint8Array): void;
  digest(): string;
}

async function createCheck(name: CheckName): Promise<Check> {
  if (name === "crc32") {
    let crc = 0;
    return {
      update: (chunk) => {
        crc = crc32(chunk, crc);
      },
      digest: () => crc.toString(16).padStart(8, "0"),
    };
  }
  const hash = await borrowHasher(name);
  return {
    update: (chunk) => void hash.update(chunk),
    digest: () => {
      const hex = hash.digest("hex");
      returnHasher(name, hash);
      return hex;
    },
  };
}

/** A stored check as the hashes write theirs: the CRCs are little-endian. */
function hexOf(bytes: Uint8Array, name: CheckName): string {
  const ordered = name === "sha256" ? bytes : bytes.slice().reverse();
  return bytesToHex(ordered);
}

async function take(stream: ByteStream, count: number): Promise<Uint8Array> {
  if (!(await stream.fill(count)))
    throw new ReadFailure({ type: "compressed-truncated", compression: "xz" }, stream.offset);
  const bytes = stream.bytes.subarray(stream.at, stream.at + count);
  stream.at += count;
  return bytes;
}

function word(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}

function guarded<T>(work: () => T, offset: number): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Lzma2Error) throw invalid(error.message, offset);
    throw error;
  }
}

function invalid(reason: string, offset: number): ReadFailure {
  return failure({ type: "compressed-invalid", compression: "xz", reason }, offset);
}

function unsupported(feature: string, offset: number): ReadFailure {
  return failure({ type: "compression-unsupported", compression: "xz", feature }, offset);
}

function failure(facts: ProblemFacts, offset: number): ReadFailure {
  return new ReadFailure(facts, offset);
}
