import type { Content, Piece } from "../tree/content.ts";
import { sliceContent } from "../tree/content-edit.ts";
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
    else
      pieces.push(
        ...flattenContent(blobs, sliceContent(tar, piece.offset, piece.offset + piece.length)),
      );
  }
  return pieces;
}
