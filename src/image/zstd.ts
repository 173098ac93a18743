import { Decompress } from "fzstd";
import type { ByteSource } from "./byte-source.ts";
import { ByteStream } from "./byte-stream.ts";
import { borrowHasher, returnHasher } from "./hashers.ts";
import type { InflateReport, Restart } from "./inflate.ts";
import { ReadFailure } from "./read-failure.ts";

const FRAME_MAGIC = 0xfd2fb528;
const LONGEST_HEADER = 18;
const BLOCK_HEADER = 3;
const MAX_BLOCK = 2 ** 17;
/** Check sums are tested here: the library gets frames without the flag. */
const CHECKSUM_FLAG = 4;
/** What `zstd -d` takes without being told to. */
const MAX_WINDOW = 2 ** 27;

/** The header of a frame: RFC 8878, 3.1.1.1. */
interface FrameHeader {
  readonly length: number;
  readonly window: number;
  /** null when the frame does not say. */
  readonly contentSize: number | null;
  readonly dictionary: number;
  readonly hasChecksum: boolean;
}

type BlockKind = "raw" | "rle" | "compressed" | "reserved";
const BLOCK_KINDS: readonly BlockKind[] = ["raw", "rle", "compressed", "reserved"];

/**
 * Inflates zstd: any number of frames, skippable ones between them.
 *
 * Frames and blocks are told apart here (their headers say how long they are), so that each frame's end, its length, its
 * check sum and a truncation are certain; a library inflates the blocks.
 */
export async function* unzstd(
  source: ByteSource,
  from: Restart,
  report: InflateReport,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = new ByteStream(source, from.input, signal);
  let { output } = from;
  for (let first = true; stream.left > 0; first = false) {
    const start = stream.offset;
    const magic = await word(stream, 0);
    if (magic !== null && magic >>> 4 === 0x184d2a5) {
      await skipFrame(stream, magic, report);
      continue;
    }
    if (magic !== FRAME_MAGIC) {
      if (first) throw invalid("magic", start);
      const bytes = stream.left;
      report.problem({ type: "bytes-after-compressed", compression: "zstd", bytes }, start);
      return;
    }
    report.restart?.({ input: start, output });
    for await (const chunk of frameChunks(stream, report)) {
      output += chunk.length;
      yield chunk;
    }
  }
}

async function skipFrame(stream: ByteStream, magic: number, report: InflateReport): Promise<void> {
  const start = stream.offset;
  const length = await word(stream, 4);
  if (length === null || stream.left < 8 + length) throw truncated(start);
  report.skippable?.(magic, length);
  stream.seek(start + 8 + length);
}

async function* frameChunks(stream: ByteStream, report: InflateReport): AsyncGenerator<Uint8Array> {
  const start = stream.offset;
  await stream.fill(LONGEST_HEADER);
  const header = parseFrameHeader(stream.bytes.subarray(stream.at));
  if (!header) throw truncated(start);
  if (header.window > MAX_WINDOW) throw unsupported(`window of ${header.window} bytes`, start);
  if (header.dictionary !== 0) throw unsupported(`dictionary ${header.dictionary}`, start);
  const hash = header.hasChecksum ? await borrowHasher("xxh64") : null;
  for await (const chunk of blockChunks(stream, header)) {
    hash?.update(chunk);
    report.progress?.(stream.offset);
    yield chunk;
  }
  if (!hash) return;
  const expected = Number.parseInt(hash.digest("hex").slice(8), 16);
  returnHasher("xxh64", hash);
  const at = stream.offset;
  if (!(await stream.fill(4))) throw truncated(at);
  const stored = await word(stream, 0);
  stream.at += 4;
  if (stored !== expected)
    report.problem({ type: "checksum-differs", compression: "zstd", what: "xxh64" }, at);
}

/** The frame's content, block by block. */
async function* blockChunks(stream: ByteStream, header: FrameHeader): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const inflater = new Decompress((chunk) => ready.push(chunk));
  let length = 0;
  // The header goes with the first block: the library wants 18 bytes to begin with.
  let before = header.length;
  for (let isLast = false; !isLast; before = 0) {
    if (!(await stream.fill(before + BLOCK_HEADER))) throw truncated(stream.offset + before);
    const at = stream.offset + before;
    const bits = littleEndian(stream.bytes, stream.at + before, BLOCK_HEADER);
    isLast = (bits & 1) !== 0;
    const kind = BLOCK_KINDS[(bits >> 1) & 3]!;
    const size = bits >> 3;
    if (kind === "reserved" || size > MAX_BLOCK) throw invalid("block", at);
    const count = before + BLOCK_HEADER + (kind === "rle" ? 1 : size);
    if (!(await stream.fill(count))) throw truncated(at);
    const bytes = stream.bytes.slice(stream.at, stream.at + count);
    stream.at += count;
    if (before > 0) bytes[4]! &= ~CHECKSUM_FLAG;
    guarded(() => inflater.push(bytes, isLast), at);
    for (const chunk of ready) {
      length += chunk.length;
      yield chunk;
    }
    ready = [];
  }
  if (header.contentSize !== null && header.contentSize !== length)
    throw invalid("content size", stream.offset);
}

/** null when `bytes` ends before the header does. */
function parseFrameHeader(bytes: Uint8Array): FrameHeader | null {
  if (bytes.length < 6) return null;
  const descriptor = bytes[4]!;
  const isSingle = (descriptor & 32) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingle ? 1 : 0) : 1 << sizeFlag;
  let at = 5;
  const exponent = bytes[at]! >> 3;
  const base = 2 ** (10 + exponent);
  const window = base + (base / 8) * (bytes[at]! & 7);
  if (!isSingle) at += 1;
  const length = at + dictionaryBytes + sizeBytes;
  if (bytes.length < length) return null;
  const dictionary = littleEndian(bytes, at, dictionaryBytes);
  const size = littleEndian(bytes, at + dictionaryBytes, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  return {
    length,
    window: isSingle ? size : window,
    contentSize: sizeBytes === 0 ? null : size,
    dictionary,
    hasChecksum: (descriptor & CHECKSUM_FLAG) !== 0,
  };
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}

/** The little-endian word `at` bytes ahead; null when the source ends before. */
async function word(stream: ByteStream, at: number): Promise<number | null> {
  if (!(await stream.fill(at + 4))) return null;
  return littleEndian(stream.bytes, stream.at + at, 4);
}

/** Runs the library, whose errors are not ours. */
function guarded(work: () => void, offset: number): void {
  try {
    work();
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error), offset);
  }
}

function invalid(reason: string, offset: number): ReadFailure {
  return new ReadFailure({ type: "compressed-invalid", compression: "zstd", reason }, offset);
}

function truncated(offset: number): ReadFailure {
  return new ReadFailure({ type: "compressed-truncated", compression: "zstd" }, offset);
}

function unsupported(feature: string, offset: number): ReadFailure {
  return new ReadFailure({ type: "compression-unsupported", compression: "zstd", feature }, offset);
}
