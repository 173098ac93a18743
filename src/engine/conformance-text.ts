import type { Content } from "../tree/content.ts";
import { compareNames } from "../tree/name.ts";
import type { DirectoryEntry } from "./call.ts";

/** How values read in a recorded case. */

export function octalText(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

export function namesOf(entries: readonly DirectoryEntry[]): readonly string[] {
  return entries.map(({ name }) => name).sort(compareNames);
}

/** Latin-1 text of content that was written here. */
export function textOf(content: Content): string {
  let text = "";
  for (const piece of content)
    if (piece.type === "zeros") text += "\0".repeat(piece.length);
    else if (piece.type === "bytes")
      for (const byte of piece.bytes) text += String.fromCharCode(byte);
    else throw new RangeError("a case has no blobs");
  return text;
}
