import { type Content, contentLength, type Piece, pieceLength } from "./content.ts";

/** Pieces of written bytes that together are no longer than this become one, so that many small writes stay few. */
const JOIN_UP_TO = 512;

/** The bytes from `start` up to `end`, as far as there are any. O(pieces). */
export function sliceContent(content: Content, start: number, end: number): Content {
  const pieces: Piece[] = [];
  let at = 0;
  for (const piece of content) {
    const length = pieceLength(piece);
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, length);
    if (from < to) pieces.push(from === 0 && to === length ? piece : slicePiece(piece, from, to));
    at += length;
    if (at >= end) break;
  }
  return pieces;
}

/** The content with `data` at `offset` over what was there; a gap becomes a hole. O(pieces). */
export function writeContent(content: Content, offset: number, data: Content): Content {
  const added = contentLength(data);
  if (added === 0) return content;
  const length = contentLength(content);
  const head = offset < length ? sliceContent(content, 0, offset) : content;
  const tail = offset + added < length ? sliceContent(content, offset + added, length) : [];
  const gap: Content = offset > length ? [{ type: "zeros", length: offset - length }] : [];
  return join([head, gap, data, tail]);
}

/** The content cut, or grown with a hole, to `length` bytes. O(pieces). */
export function resizeContent(content: Content, length: number): Content {
  const old = contentLength(content);
  if (old === length) return content;
  if (length < old) return sliceContent(content, 0, length);
  return join([content, [{ type: "zeros", length: length - old }]]);
}

/** Text whose characters are bytes (latin-1) as content. */
export function contentOfLatin1(text: string): Content {
  if (text === "") return [];
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return [{ type: "bytes", bytes }];
}

function slicePiece(piece: Piece, from: number, to: number): Piece {
  if (piece.type === "bytes") return { type: "bytes", bytes: piece.bytes.subarray(from, to) };
  if (piece.type === "zeros") return { type: "zeros", length: to - from };
  return { type: "blob", blob: piece.blob, offset: piece.offset + from, length: to - from };
}

function join(lists: readonly Content[]): Content {
  const pieces: Piece[] = [];
  for (const list of lists)
    for (const piece of list) {
      if (pieceLength(piece) === 0) continue;
      const last = pieces.at(-1);
      const joined = last === undefined ? null : joinPieces(last, piece);
      if (joined === null) pieces.push(piece);
      else pieces[pieces.length - 1] = joined;
    }
  // An array that has grown keeps room for more; a file's content does not grow.
  return pieces.slice();
}

/** Two neighbours as one piece, or null when they have to stay two. */
function joinPieces(a: Piece, b: Piece): Piece | null {
  if (a.type === "zeros" && b.type === "zeros")
    return { type: "zeros", length: a.length + b.length };
  if (
    a.type === "blob" &&
    b.type === "blob" &&
    a.blob === b.blob &&
    a.offset + a.length === b.offset
  )
    return { type: "blob", blob: a.blob, offset: a.offset, length: a.length + b.length };
  if (a.type !== "bytes" || b.type !== "bytes") return null;
  if (a.bytes.length + b.bytes.length > JOIN_UP_TO) return null;
  const bytes = new Uint8Array(a.bytes.length + b.bytes.length);
  bytes.set(a.bytes);
  bytes.set(b.bytes, a.bytes.length);
  return { type: "bytes", bytes };
}
