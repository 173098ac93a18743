import { Inflate } from "pako";
import { type ByteSource, readBytes } from "./byte-source.ts";
import { ByteStream } from "./byte-stream.ts";
import { crc32 } from "./crc32.ts";
import type { InflateReport, Restart } from "./inflate.ts";
import { platformGunzip } from "./platform-gunzip.ts";
import type { ProblemFacts } from "./problem.ts";
import { ReadFailure } from "./read-failure.ts";

const MAGIC = 0x8b1f;
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;
const TRAILER = 8;
/** Longest header, file name and comment included. */
const LONGEST_HEADER = 2 ** 20;
/** Pieces for the native stream: on an error only the piece that holds it is in doubt. */
const PIECE = 2 ** 16;
/** A member that ends within this many stored bytes is one of many: eStargz has one for each file. */
const SMALL_MEMBER = 2 ** 18;
/** A member with more output than this is long, however well it compresses. */
const LONG_OUTPUT = 2 ** 23;
/** Stored bytes inflated at once in JavaScript: at most a thousand times as many come out. */
const JS_PIECE = 2 ** 14;
const OUTPUT_CHUNK = 2 ** 16;
const LEAST_CHUNK = 2 ** 12;
const Z_SYNC_FLUSH = 2;

/**
 * Inflates gzip: any number of members, and whatever follows the last of them.
 *
 * A browser's own stream is twice as fast as JavaScript, but it stops with an error where a second member or trailing
 * bytes begin, and Node's goes on and does not say so. So the native stream is used for a long member, and believed
 * when it ended without an error and the last four bytes of the source count its output. In all other cases the
 * member is inflated again in JavaScript, from its start, without giving the bytes out twice. The check sums and the
 * exact ends of members are our own.
 *
 * Trailing bytes that are no member are reported and left out, as gzip(1) and Docker do; zeros are not reported.
 */
export async function* gunzip(
  source: ByteSource,
  from: Restart,
  report: InflateReport,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { input, output } = from;
  /** Output bytes that the native stream gave out, and those that the members inflated here add up to. */
  let given = 0;
  if (await isLong(source, input)) {
    report.restart?.({ input, output });
    const done = { complete: false };
    for await (const chunk of inflateNative(source, input, report, signal, done)) {
      given += chunk.length;
      yield chunk;
    }
    if (done.complete && (await lastWord(source)) === given % 2 ** 32) return;
  }
  const stream = new ByteStream(source, input, signal);
  let produced = 0;
  /** Output bytes at once, of which each member makes an array: as large as the one before had use for. */
  let room = OUTPUT_CHUNK;
  for (let first = true; stream.left > 0; first = false) {
    if (!first && (await isTail(stream, report))) return;
    report.restart?.({ input: stream.offset, output: output + produced });
    const before = produced;
    for await (const chunk of inflateMember(stream, report, room)) {
      produced += chunk.length;
      const fresh = Math.min(chunk.length, produced - given);
      if (fresh > 0) yield chunk.subarray(chunk.length - fresh);
    }
    room = Math.min(OUTPUT_CHUNK, Math.max(LEAST_CHUNK, 2 * (produced - before)));
  }
}

/** Whether what comes is no member: the end of the data, with or without something after it. */
async function isTail(stream: ByteStream, report: InflateReport): Promise<boolean> {
  await stream.fill(2);
  const { bytes, at, left, offset } = stream;
  if (bytes[at] === (MAGIC & 0xff) && bytes[at + 1] === MAGIC >>> 8) return false;
  for (let piece = await stream.take(); piece; piece = await stream.take())
    if (piece.some((byte) => byte !== 0)) {
      const facts = { type: "bytes-after-compressed", compression: "gzip", bytes: left } as const;
      report.problem(facts, offset);
      break;
    }
  return true;
}

/** Whether the member at `at` is long: of few stored bytes the last four may say so, and are not believed for it. */
async function isLong(source: ByteSource, at: number): Promise<boolean> {
  if (source.size - at > SMALL_MEMBER) return !(await endsSoon(source, at));
  return source.size - at > TRAILER && (await lastWord(source)) > LONG_OUTPUT;
}

/** Whether the member at `at` ends within `SMALL_MEMBER` stored bytes and `LONG_OUTPUT` of output, or is wrong there. */
async function endsSoon(source: ByteSource, at: number): Promise<boolean> {
  const head = await readBytes(source, at, at + SMALL_MEMBER);
  const start = headerEnd(head);
  if (typeof start !== "number") return true;
  const inflater = new Inflate({ raw: true, chunkSize: OUTPUT_CHUNK });
  let output = 0;
  inflater.onData = (chunk) => {
    output += chunk.length;
  };
  for (let i = start; i < head.length && output < LONG_OUTPUT && !inflater.ended; i += JS_PIECE)
    inflater.push(head.subarray(i, i + JS_PIECE), false);
  return inflater.ended;
}

async function lastWord(source: ByteSource): Promise<number> {
  const tail = await readBytes(source, source.size - 4, source.size);
  return new DataView(tail.buffer).getUint32(0, true);
}

/** Feeds the platform's decompressor. Ends without an error in any case; `done` says whether it was the whole. */
async function* inflateNative(
  source: ByteSource,
  at: number,
  report: InflateReport,
  signal: AbortSignal | undefined,
  done: { complete: boolean },
): AsyncGenerator<Uint8Array> {
  const stream = new ByteStream(source, at, signal);
  const native = platformGunzip();
  const writer = native.writable.getWriter();
  const reader = native.readable.getReader();
  const feed = async () => {
    for (let piece = await stream.take(PIECE); piece; piece = await stream.take(PIECE)) {
      await writer.write(piece.slice());
      report.progress?.(stream.offset);
    }
    await writer.close();
  };
  let failed: unknown = null;
  const fed = feed().catch((error: unknown) => {
    failed = error;
    return writer.abort().catch(() => undefined);
  });
  try {
    for (;;) {
      const { done: ended, value } = await reader.read();
      if (ended) break;
      yield value;
    }
    await fed;
    done.complete = failed === null;
  } catch {
    done.complete = false;
  } finally {
    await reader.cancel().catch(() => undefined);
    await fed;
  }
  signal?.throwIfAborted();
  if (failed instanceof ReadFailure) throw failed;
}

/** Inflates one member in JavaScript; the stream then stands after its trailer. */
async function* inflateMember(
  stream: ByteStream,
  report: InflateReport,
  chunkSize: number,
): AsyncGenerator<Uint8Array> {
  await skipHeader(stream);
  const inflater = new Inflate({ raw: true, chunkSize });
  let ready: Uint8Array[] = [];
  let state: ZState | null = null;
  inflater.onStart = (started) => {
    state = started;
  };
  inflater.onData = (chunk) => {
    ready.push(chunk);
  };
  let crc = 0;
  let size = 0;
  while (!inflater.ended) {
    const piece = await stream.take(JS_PIECE);
    if (!piece) throw failure({ type: "compressed-truncated", compression: "gzip" }, stream);
    inflater.push(piece, Z_SYNC_FLUSH);
    if (inflater.err !== 0) ready.push(pending(state));
    for (const chunk of ready) {
      crc = crc32(chunk, crc);
      size += chunk.length;
      yield chunk;
    }
    ready = [];
    report.progress?.(stream.offset);
  }
  if (inflater.err !== 0) {
    const reason = inflater.msg;
    throw failure({ type: "compressed-invalid", compression: "gzip", reason }, stream);
  }
  stream.at -= unread(state);
  await checkTrailer(stream, report, crc, size);
}

async function skipHeader(stream: ByteStream): Promise<void> {
  for (let want = 512; ; want *= 8) {
    const enough = await stream.fill(want);
    const end = headerEnd(stream.bytes.subarray(stream.at));
    if (typeof end === "number") {
      stream.at += end;
      return;
    }
    if (end === "invalid" || want > LONGEST_HEADER)
      throw failure({ type: "compressed-invalid", compression: "gzip", reason: "header" }, stream);
    if (!enough) throw failure({ type: "compressed-truncated", compression: "gzip" }, stream);
  }
}

/** All the data is there when a check fails: a problem, not a failure. */
async function checkTrailer(
  stream: ByteStream,
  report: InflateReport,
  crc: number,
  size: number,
): Promise<void> {
  const at = stream.offset;
  if (!(await stream.fill(TRAILER))) {
    report.problem({ type: "compressed-truncated", compression: "gzip" }, at);
    stream.at = stream.bytes.length;
    return;
  }
  const view = new DataView(stream.bytes.buffer, stream.bytes.byteOffset + stream.at, TRAILER);
  stream.at += TRAILER;
  const isCrcWrong = view.getUint32(0, true) !== crc;
  if (!isCrcWrong && view.getUint32(4, true) === size % 2 ** 32) return;
  const what = isCrcWrong ? "crc32" : "size";
  report.problem({ type: "checksum-differs", compression: "gzip", what }, at);
}

function failure(facts: ProblemFacts, stream: ByteStream): ReadFailure {
  return new ReadFailure(facts, stream.offset);
}

/** What of pako's state tells where it stands. */
type ZState = Parameters<Inflate["onStart"]>[0];

/** Bytes of the last push that come after the end of the deflate stream. */
function unread(state: ZState | null): number {
  return state?.avail_in ?? 0;
}

/** What was inflated before an error and not handed out. */
function pending(state: ZState | null): Uint8Array {
  return state?.output?.subarray(0, state.next_out) ?? new Uint8Array(0);
}

/** Where the gzip header ends in `head`; "short" when it goes on past it. */
function headerEnd(head: Uint8Array): number | "short" | "invalid" {
  if (head.length < 10) return "short";
  const flags = head[3]!;
  if (head[0] !== (MAGIC & 0xff) || head[1] !== MAGIC >>> 8 || head[2] !== 8 || flags & RESERVED)
    return "invalid";
  let at = 10;
  if (flags & EXTRA) {
    if (head.length < at + 2) return "short";
    at += 2 + head[at]! + head[at + 1]! * 256;
  }
  for (const text of [NAME, COMMENT]) {
    if (!(flags & text)) continue;
    const end = head.indexOf(0, at);
    if (end < 0) return "short";
    at = end + 1;
  }
  if (flags & HEADER_CRC) at += 2;
  return at <= head.length ? at : "short";
}
