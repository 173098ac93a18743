import {
  type ColumnTree,
  extraOf,
  type FaultReason,
  NO_ROW,
  nameOf,
  pathOf,
  type Row,
  rowAt,
} from "../../tree/column-tree.ts";
import { namedByWhiteouts, WHITEOUT_PREFIX } from "../whiteout-name.ts";
import { firstEntriesBelow, NO_ENTRY } from "./first-entries.ts";
import { hasMark, MARK_HIDDEN, MARK_WHITEOUT, OPAQUE_NAME } from "./marks.ts";
import type { LayerNumber } from "./semantics.ts";

/** Why Docker and containerd on overlayfs refuse a layer. */
export type RefusalReason =
  /** A name and then its whiteout in one layer: mknod fails, the name exists. */
  | "whiteout-after-entry"
  /** A whiteout and then something below it, without an entry for the directory: its parent is a device. */
  | "entry-below-whiteout"
  /** `.wh.`, `.wh..` or `.wh...` */
  | "whiteout-invalid"
  /** A hard link to something that this layer has not made: layers are unpacked apart. */
  | "hard-link-to-lower"
  /** A hard link to itself, to a directory, or to what comes later. */
  | "hard-link-invalid"
  /** Something below a file, a symlink to one, or a device of this layer. */
  | "parent-not-directory"
  /** Something below a directory that no entry names, and whose own parent is none in a layer below. */
  | "parent-differs-below"
  /** Something below symlinks that go round. */
  | "parent-loop"
  /** A directory that something else replaced: its time cannot be set in the end. */
  | "directory-gone"
  | "name-too-long"
  | "path-too-long";

/** A layer that Docker refuses, and one place in it that it refuses. */
export interface Refusal {
  readonly layer: LayerNumber;
  /** "/a/b", as the layer has it. */
  readonly path: string;
  readonly reason: RefusalReason;
}

const NAME_MAX = 255;
const PATH_MAX = 4096;

/** What stops containerd at an entry. In the base layer a whiteout removes, and stops nothing. */
const REASONS: Readonly<Record<FaultReason, RefusalReason>> = {
  "parent-not-directory": "parent-not-directory",
  "parent-loop": "parent-loop",
  "link-target": "hard-link-invalid",
  "whiteout-name": "whiteout-invalid",
  "whiteout-late": "whiteout-after-entry",
  "parent-whited-out": "entry-below-whiteout",
  "directory-gone": "directory-gone",
};

/** What Docker refuses in one layer, at most one place a row. O(rows). */
export function* refusalsOf(
  tree: ColumnTree,
  marks: Uint8Array | null,
  layer: LayerNumber,
): Generator<Refusal> {
  const known = new Set<string>();
  const refusal = (path: string, reason: RefusalReason): Refusal => {
    known.add(`${reason} ${path}`);
    return { layer, path, reason };
  };
  if (marks)
    for (let row = 1; row < tree.length; row++) {
      const reason = marks[row]! === 0 ? null : whiteoutRefusal(tree, marks, row, layer);
      if (reason) yield refusal(pathOf(tree, row), reason);
    }
  if (hasLinks(tree))
    for (let row = 1; row < tree.length; row++)
      if (
        extraOf(tree, row).link !== undefined &&
        (layer === 1 || !isLinkToWhiteout(tree, marks, row))
      )
        yield refusal(pathOf(tree, row), "hard-link-to-lower");
  for (const [row, reason] of tooLong(tree, marks)) yield refusal(pathOf(tree, row), reason);
  for (const { path, reason } of tree.faults) {
    const isOfWhiteout = reason === "whiteout-late" || reason === "parent-whited-out";
    if (isOfWhiteout && layer === 1) continue;
    const why = REASONS[reason];
    if (!known.has(`${why} ${path}`)) yield refusal(path, why);
  }
}

/** Whether any row is a hard link to something outside the layer. */
export function hasLinks(tree: ColumnTree): boolean {
  return tree.extras.some((extra) => extra.link !== undefined);
}

/** Whether a hard link's target was whited out earlier in this layer: on overlayfs the link is a whiteout too. */
export function isLinkToWhiteout(tree: ColumnTree, marks: Uint8Array | null, row: Row): boolean {
  const { link } = extraOf(tree, row);
  if (!marks || link === undefined || link === pathOf(tree, row)) return false;
  const slash = link.lastIndexOf("/");
  const whiteout = rowAt(
    tree,
    `${link.slice(0, slash + 1)}${WHITEOUT_PREFIX}${link.slice(slash + 1)}`,
  );
  return (
    whiteout !== NO_ROW &&
    hasMark(marks, whiteout, MARK_WHITEOUT) &&
    tree.entry[whiteout]! < tree.entry[row]!
  );
}

function whiteoutRefusal(
  tree: ColumnTree,
  marks: Uint8Array,
  row: Row,
  layer: LayerNumber,
): RefusalReason | null {
  if (!hasMark(marks, row, MARK_WHITEOUT)) {
    const isInvalid = hasMark(marks, row, MARK_HIDDEN) && nameOf(tree, row) !== OPAQUE_NAME;
    return isInvalid ? "whiteout-invalid" : null;
  }
  if (layer === 1) return null;
  const real = namedByWhiteouts(tree)[row]!;
  if (real === NO_ROW || hasMark(marks, real, MARK_HIDDEN)) return null;
  const isNamed = tree.entry[real]! >= 0 && !hasMark(marks, real, MARK_WHITEOUT);
  const own = isNamed ? tree.entry[real]! : NO_ENTRY;
  const below = firstEntriesBelow(tree, null)[real]!;
  if (Math.min(own, below) < tree.entry[row]!) return "whiteout-after-entry";
  return below < own ? "entry-below-whiteout" : null;
}

/** One row for each kind of name that no Linux file system takes. */
function tooLong(
  tree: ColumnTree,
  marks: Uint8Array | null,
): readonly (readonly [Row, RefusalReason])[] {
  const found: [Row, RefusalReason][] = [];
  const pathLength = new Int32Array(tree.length);
  let hasLongName = false;
  for (let row = 1; row < tree.length; row++) {
    const name = tree.name[row]!;
    const length = tree.nameStart[name + 1]! - tree.nameStart[name]!;
    pathLength[row] = pathLength[tree.parent[row]!]! + 1 + length;
    const most = hasMark(marks, row, MARK_WHITEOUT) ? NAME_MAX + WHITEOUT_PREFIX.length : NAME_MAX;
    if (length > most && !hasLongName) {
      hasLongName = true;
      found.push([row, "name-too-long"]);
    }
    if (pathLength[row]! > PATH_MAX) return [...found, [row, "path-too-long"]];
  }
  return found;
}
