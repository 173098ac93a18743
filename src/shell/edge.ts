import { createSHA256 } from "hash-wasm";
import { flattenContent } from "../docker/blobs.ts";
import type { DockerState, LibraryImage } from "../docker/host.ts";
import { type Content, contentLength, pieceLength } from "../tree/content.ts";
import { ENGLISH, type LabWords } from "./lab-words.ts";

/** What the shell needs of the world outside: the bytes of opened archives, and a reader for new ones. */
export interface Edge {
  /** Bytes of a blob that an opened archive holds. */
  readonly readBlob: (blob: string, offset: number, length: number) => Promise<Uint8Array>;
  /** The images of an archive that lies on the host; throws an Error whose message says what is wrong with it. */
  readonly openArchive: (content: Content, name: string) => Promise<readonly LibraryImage[]>;
  readonly words: LabWords;
}

/** An edge with nothing behind it: only what was written in the lab has bytes. */
export const NO_EDGE: Edge = {
  readBlob: (blob) => Promise.reject(new RangeError(`no blob called ${blob}`)),
  openArchive: () => Promise.reject(new Error("no archive can be opened here")),
  words: ENGLISH,
};

/** Fetches what content stands for, as one array. */
export async function fetchBytes(
  edge: Edge,
  blobs: DockerState["blobs"],
  content: Content,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(contentLength(content));
  let at = 0;
  for (const piece of flattenContent(blobs, content)) {
    if (piece.type === "bytes") bytes.set(piece.bytes, at);
    else if (piece.type === "blob")
      bytes.set(await edge.readBlob(piece.blob, piece.offset, piece.length), at);
    at += pieceLength(piece);
  }
  return bytes;
}

const CHUNK = 1 << 20;

/** The sha256 of content, in hexadecimal; read a megabyte at a time. */
export async function digestOf(
  edge: Edge,
  blobs: DockerState["blobs"],
  content: Content,
): Promise<string> {
  const hasher = await createSHA256();
  hasher.init();
  for (const piece of flattenContent(blobs, content)) {
    const length = pieceLength(piece);
    for (let at = 0; at < length; at += CHUNK) {
      const size = Math.min(CHUNK, length - at);
      if (piece.type === "bytes") hasher.update(piece.bytes.subarray(at, at + size));
      else if (piece.type === "zeros") hasher.update(new Uint8Array(size));
      else hasher.update(await edge.readBlob(piece.blob, piece.offset + at, size));
    }
  }
  return hasher.digest("hex");
}
