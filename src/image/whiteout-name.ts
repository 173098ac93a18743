import {
  type ColumnTree,
  childOf,
  kindOf,
  NO_ROW,
  nameBytesOf,
  nameOf,
  pathOf,
  type Row,
} from "../tree/column-tree.ts";

export const WHITEOUT_PREFIX = ".wh.";
const PREFIX = [0x2e, 0x77, 0x68, 0x2e];

/** Whether a name has the prefix of whiteouts, opaque marks and AUFS's own files. */
export function isWhiteoutName(name: Uint8Array): boolean {
  return PREFIX.every((byte, i) => name[i] === byte);
}

/** What a whiteout's name hides, empty for a bare ".wh."; null for names of AUFS's own (".wh..wh."…), opaque marks too. */
export function whitedOutName(name: Uint8Array): Uint8Array | null {
  const hidden = name.subarray(PREFIX.length);
  return isWhiteoutName(hidden) ? null : hidden;
}

/** The names that a layer holds and whites out at the same time. */
export function* whiteoutPairs(
  tree: ColumnTree,
): Generator<{ row: Row; whiteout: Row; name: string; path: string }> {
  for (let whiteout = 1; whiteout < tree.length; whiteout++) {
    const bytes = nameBytesOf(tree, whiteout);
    if (!isWhiteoutName(bytes) || kindOf(tree, whiteout) === "dir") continue;
    if (whitedOutName(bytes) === null) continue;
    const name = nameOf(tree, whiteout).slice(PREFIX.length);
    const row = childOf(tree, tree.parent[whiteout]!, name);
    if (row !== NO_ROW) yield { row, whiteout, name, path: pathOf(tree, row) };
  }
}
