/**
 * File content as references (DESIGN, decision 2): a list of pieces, in order, without gaps.
 *
 * Copying a file copies its piece list, so a copy-up of 100 MB costs nothing here and is counted as 100 MB for the
 * learner. Bytes of an archive are fetched only where they leave the program: preview, `cat`, export.
 */
export type Piece =
  /** `length` bytes at `offset` in the blob called `blob` (a layer's uncompressed tar, by the id its tree carries). */
  | {
      readonly type: "blob";
      readonly blob: string;
      readonly offset: number;
      readonly length: number;
    }
  /** Bytes written in the lab. Never changed after they are in a piece. */
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** A hole: `length` zero bytes that take no room on disk. */
  | { readonly type: "zeros"; readonly length: number };

export type Content = readonly Piece[];

/** The length of one piece in bytes. */
export function pieceLength(piece: Piece): number {
  return piece.type === "bytes" ? piece.bytes.length : piece.length;
}

/** The length of a file's content in bytes. */
export function contentLength(content: Content): number {
  let length = 0;
  for (const piece of content) length += pieceLength(piece);
  return length;
}
