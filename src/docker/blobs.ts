import type { Content, Piece } from "../tree/content.ts";
import { pieceLength } from "../tree/content.ts";
import type { DockerState } from "./host.ts";

/**
 * Content without references to layers that were made on this host: their bytes, and slices of archives' blobs, stand
 * in their place.
 */
export function flattenContent(blobs: DockerState["blobs"], content: Content): Content {
  const pieces: Piece[] = [];
  for (const piece of content) {
    const tar = piece.type === "blob" ? blobs[piece.blob] : undefined;
    if (piece.type !== "blob" || !tar) pieces.push(piece);
    else pieces.push(...flattenContent(blobs, slice(tar, piece.offset, piece.length)));
  }
  return pieces;
}

/** `length` bytes of content from `offset`. */
function slice(content: Content, offset: number, length: number): Content {
  const pieces: Piece[] = [];
  let at = 0;
  for (const piece of content) {
    const from = Math.max(0, offset - at);
    const to = Math.min(pieceLength(piece), offset + length - at);
    at += pieceLength(piece);
    if (from >= to) continue;
    if (piece.type === "bytes")
      pieces.push({ type: "bytes", bytes: piece.bytes.subarray(from, to) });
    else if (piece.type === "zeros") pieces.push({ type: "zeros", length: to - from });
    else pieces.push({ ...piece, offset: piece.offset + from, length: to - from });
  }
  return pieces;
}
