import type { ByteSource } from "./byte-source.ts";
import { ByteStream } from "./byte-stream.ts";
import type { InflateReport, Restart } from "./inflate.ts";

/** The bytes of a source as they are. */
export async function* readPlain(
  source: ByteSource,
  from: Restart,
  report: InflateReport,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = new ByteStream(source, from.input, signal);
  for (let piece = await stream.take(); piece; piece = await stream.take()) {
    report.progress?.(stream.offset);
    yield piece;
  }
}
