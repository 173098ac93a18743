import type { DigestAlgorithm } from "../image/digest.ts";

/** A stream of bytes that is being hashed apart. */
export type StreamId = number;

/** What the hashing thread is told; the messages of one stream in order. */
export type DigestRequest =
  | { readonly type: "begin"; readonly stream: StreamId; readonly algorithm: DigestAlgorithm }
  /** Moved there, and back by "done". */
  | { readonly type: "piece"; readonly stream: StreamId; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "end"; readonly stream: StreamId };

export type DigestReply =
  | { readonly type: "done"; readonly stream: StreamId; readonly buffer: ArrayBuffer }
  | { readonly type: "digest"; readonly stream: StreamId; readonly hex: string };
