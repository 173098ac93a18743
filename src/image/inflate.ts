import { type ByteSource, readBytes } from "./byte-source.ts";
import { bunzip2 } from "./bzip2.ts";
import { gunzip } from "./gzip.ts";
import type { Compression } from "./image.ts";
import type { Limits } from "./limits.ts";
import { readPlain } from "./plain.ts";
import type { ProblemFacts } from "./problem.ts";
import { ReadFailure } from "./read-failure.ts";
import { unxz } from "./xz.ts";
import { unzstd } from "./zstd.ts";

/** A place where decompression can start: `input` in the stored bytes, `output` in what they inflate to. */
export interface Restart {
  readonly input: number;
  readonly output: number;
}

/** Where a decompressor tells what it meets beside the bytes. */
export interface InflateReport {
  /** Something is wrong that does not stop it. `offset` counts stored bytes. */
  readonly problem: (facts: ProblemFacts, offset: number) => void;
  /** A member or frame begins. */
  readonly restart?: (at: Restart) => void;
  /** Stored bytes read so far. */
  readonly progress?: (bytesRead: number) => void;
  /** A frame that decoders skip (zstd). */
  readonly skippable?: (magic: number, length: number) => void;
}

export interface InflateOptions {
  readonly from?: Restart;
  readonly limits?: Limits;
  readonly signal?: AbortSignal | undefined;
  readonly report?: InflateReport;
}

/** A decompressor: yields output in order, throws `ReadFailure` where it cannot go on. */
export type Inflater = (
  source: ByteSource,
  from: Restart,
  report: InflateReport,
  signal: AbortSignal | undefined,
) => AsyncGenerator<Uint8Array>;

const INFLATERS: Record<Compression, Inflater> = {
  none: readPlain,
  gzip: gunzip,
  zstd: unzstd,
  bzip2: bunzip2,
  xz: unxz,
};

/** Longest signature in `sniffCompression`. */
const SNIFF_BYTES = 6;

/** The compression that the first bytes show. */
export function sniffCompression(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68) return "bzip2";
  const word = head.length < 4 ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  if (word === 0xfd2fb528 || word >>> 4 === 0x184d2a5) return "zstd";
  if (word === 0x587a37fd && head[4] === 0x5a && head[5] === 0) return "xz";
  return "none";
}

/** The compression of a source, by its first bytes. */
export async function compressionOf(source: ByteSource): Promise<Compression> {
  return sniffCompression(await readBytes(source, 0, SNIFF_BYTES));
}

/** The uncompressed bytes of a source, within `limits`. */
export async function* inflate(
  source: ByteSource,
  compression: Compression,
  options: InflateOptions = {},
): AsyncGenerator<Uint8Array> {
  const { from = { input: 0, output: 0 }, limits, signal } = options;
  const report = options.report ?? { problem: () => undefined };
  let output = from.output;
  for await (const chunk of INFLATERS[compression](source, from, report, signal)) {
    signal?.throwIfAborted();
    output += chunk.length;
    if (limits && compression !== "none") check(output, source.size, limits);
    if (chunk.length > 0) yield chunk;
  }
}

function check(output: number, input: number, limits: Limits): void {
  if (output > limits.outputBytes)
    throw new ReadFailure({
      type: "limit",
      limit: "outputBytes",
      bound: limits.outputBytes,
      seen: output,
    });
  const ratio = Math.floor(output / Math.max(1, input));
  if (output > limits.ratioFrom && ratio > limits.ratio)
    throw new ReadFailure({ type: "limit", limit: "ratio", bound: limits.ratio, seen: ratio });
}
