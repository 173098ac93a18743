import type { ByteSource } from "./byte-source.ts";
import type { Compression, LayerExtra, LayerIndex } from "./image.ts";
import { type InflateReport, inflate, type Restart } from "./inflate.ts";
import { LayerBuilder } from "./layer-builder.ts";
import type { Limits } from "./limits.ts";
import type { Problem, ProblemFacts } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";
import { failureOf } from "./read-failure.ts";
import { BLOCK } from "./tar-header.ts";
import { TarReader } from "./tar-reader.ts";
import { scanTar } from "./tar-scan.ts";

/** zstd:chunked's table stands in a skippable frame of this magic, which other tools' frames may have too. */
const SKIPPABLE_FRAME = 0x184d2a50;

export interface LayerJob {
  readonly key: string;
  /** What the tree's content refers to. */
  readonly blob: string;
  readonly source: ByteSource;
  readonly compression: Compression;
  /** The opened file and the member of it, for problems. */
  readonly file: string;
  readonly member: string;
  readonly limits: Limits;
  readonly signal: AbortSignal | undefined;
  /** Told every byte of the uncompressed tar, in order, and waited for; then nothing is jumped over. */
  readonly onBytes?: (chunk: Uint8Array) => unknown;
  readonly onProgress?: (bytesRead: number, entries: number) => void;
  /** Told of places where inflating can start again. */
  readonly onRestart?: (at: Restart) => void;
}

/** Reads a layer's tar into its tree. Rejects only when aborted: what is wrong with the bytes is in the result. */
export async function readLayer(job: LayerJob): Promise<LayerIndex> {
  const problems = new ProblemList(job.file, job.member);
  const builder = new LayerBuilder(job.blob, problems, job.limits);
  const reader = new TarReader(builder, job.limits.entries);
  const extras: LayerExtra[] = [];
  const counted = { output: 0 };
  let failure: Problem | null = null;
  try {
    if (job.compression === "none" && !job.onBytes)
      await scanTar(job.source, reader, job.signal, (bytesRead) => {
        counted.output = bytesRead;
        job.onProgress?.(bytesRead, reader.entries);
        return true;
      });
    else await scanStream(job, reader, problems, extras, counted);
  } catch (error) {
    const { facts, offset } = failureOf(error, job.signal);
    const isShort = facts.type === "tar-truncated" && counted.output < BLOCK;
    const isNoTar = isShort || (facts.type === "tar-checksum" && offset === 0);
    const said: ProblemFacts = isNoTar ? { type: "layer-not-tar" } : facts;
    failure = problems.add(said, offset ?? counted.output);
  }
  if (reader.tocBytes > 0) extras.push({ what: "estargz-toc", bytes: reader.tocBytes });
  const { tree, shadowed } = builder.finish();
  return {
    key: job.key,
    tarBytes: counted.output,
    entries: reader.entries,
    fileBytes: builder.fileBytes,
    tree,
    shadowed,
    extras,
    failure,
    problems: problems.list(),
  };
}

async function scanStream(
  job: LayerJob,
  reader: TarReader,
  problems: ProblemList,
  extras: LayerExtra[],
  counted: { output: number },
): Promise<void> {
  const report: InflateReport = {
    problem: (facts, offset) => problems.add(facts, offset),
    progress: (bytesRead) => job.onProgress?.(bytesRead, reader.entries),
    skippable: (magic, length) => {
      if (magic === SKIPPABLE_FRAME) extras.push({ what: "zstd-chunked", bytes: length });
    },
    ...(job.onRestart && { restart: job.onRestart }),
  };
  const { limits, signal } = job;
  /** Where the tar cannot be read on, its bytes still belong to the diffID. */
  let broken: { readonly error: unknown } | null = null;
  for await (const chunk of inflate(job.source, job.compression, { limits, signal, report })) {
    counted.output += chunk.length;
    await job.onBytes?.(chunk);
    if (broken) continue;
    try {
      reader.push(chunk);
    } catch (error) {
      const { facts } = failureOf(error, signal);
      if (!job.onBytes || facts.type === "limit") throw error;
      broken = { error };
    }
  }
  if (broken) throw broken.error;
  reader.finish();
}
