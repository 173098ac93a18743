import type { ByteSource } from "./byte-source.ts";
import { ByteStream } from "./byte-stream.ts";
import type { TarReader } from "./tar-reader.ts";

/** Data longer than this is jumped over; shorter data is read faster than a jump takes. */
const JUMP_FROM = 2 ** 21;

/**
 * Reads the headers of a plain tar, jumping over long data. Throws `ReadFailure` where it cannot be read on; stops
 * when `onProgress`, called after each piece, returns false.
 */
export async function scanTar(
  source: ByteSource,
  reader: TarReader,
  signal: AbortSignal | undefined,
  onProgress: (bytesRead: number) => boolean,
): Promise<void> {
  const stream = new ByteStream(source, 0, signal);
  while (stream.left > 0) {
    const jump = Math.min(reader.skippable, stream.left);
    if (jump > JUMP_FROM) {
      reader.skip(jump);
      stream.seek(stream.offset + jump);
    } else {
      const piece = await stream.take();
      if (!piece) break;
      reader.push(piece);
    }
    if (!onProgress(stream.offset)) return;
  }
  reader.finish();
}
