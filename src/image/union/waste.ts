import { ENTRY_KINDS, ROOT_ROW } from "../../tree/column-tree.ts";
import {
  type ChangeTree,
  changesOf,
  HIDDEN_BY,
  type HiddenBy,
  type SameContent,
} from "./changes.ts";
import { mergedInTurn } from "./merged-in-turn.ts";
import { type MergedTree, mergedPath, sourceOf } from "./merged-tree.ts";
import type { LayerNumber, Semantics } from "./semantics.ts";
import { shownSemantics, type Union } from "./union.ts";

/** A file that is stored and that nobody sees. */
export interface WastedFile {
  readonly path: string;
  readonly bytes: number;
  /** The layer that stores it. */
  readonly layer: LayerNumber;
  /** The layer that hides it, and how. */
  readonly by: LayerNumber;
  readonly how: HiddenBy;
}

/** What an image's layers store, and what is seen of it. Bytes of regular files, an inode once. */
export interface Waste {
  readonly storedBytes: number;
  readonly seenBytes: number;
  /** `storedBytes` − `seenBytes`. */
  readonly wastedBytes: number;
  /** The largest first. */
  readonly files: readonly WastedFile[];
}

const FILE = ENTRY_KINDS.indexOf("file");

/** What the layers hide of one another. O(layers × rows of the merged trees). */
export function wasteOf(union: Union, semantics: Semantics, sameContent?: SameContent): Waste {
  const files: (readonly WastedFile[])[] = [];
  const { length } = union.stored;
  const merged = mergedInTurn(union, semantics);
  for (let k = 1; k <= length; k++)
    files.push(wastedIn(changesOf(union, k, semantics, sameContent, "changed", merged)));
  return wasteIn(merged(length, shownSemantics(union, length, semantics)), files.flat());
}

/** What one layer hides of those below it. O(rows of the changes). */
export function wastedIn(changes: ChangeTree): readonly WastedFile[] {
  const files: WastedFile[] = [];
  for (let row = ROOT_ROW + 1; row < changes.length; row++) {
    const bytes = changes.hiddenBytes[row]!;
    if (bytes === 0) continue;
    const below = changes.belowRow[row]!;
    files.push({
      path: mergedPath(changes.below, below),
      bytes,
      layer: sourceOf(changes.below, below).layer,
      by: changes.k,
      how: HIDDEN_BY[changes.by[row]!]!,
    });
  }
  return files;
}

/** The waste of an image from what each of its layers hides and from the tree that they show together. */
export function wasteIn(merged: MergedTree, files: readonly WastedFile[]): Waste {
  const seenBytes = seenIn(merged);
  const wastedBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    storedBytes: seenBytes + wastedBytes,
    seenBytes,
    wastedBytes,
    files: files.toSorted((a, b) => b.bytes - a.bytes),
  };
}

/** Bytes of the files of a merged tree, an inode once. */
function seenIn(merged: MergedTree): number {
  const counted = merged.layers.map(({ tree }) => new Uint8Array(tree.length));
  let bytes = 0;
  for (let row = 1; row < merged.length; row++) {
    const source = sourceOf(merged, row);
    const { tree } = merged.layers[source.layer - 1]!;
    const inode = tree.inode[source.row]!;
    const seen = counted[source.layer - 1]!;
    if (tree.kind[source.row] !== FILE || seen[inode]) continue;
    seen[inode] = 1;
    bytes += tree.size[source.row]!;
  }
  return bytes;
}
