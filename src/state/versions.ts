import type { PathVersion, UnionResolution } from "../image/union/resolution.ts";
import { storedRowOf } from "../image/union/semantics.ts";
import type { Union } from "../image/union/union.ts";
import { type ColumnTree, nameOf, pathOf, ROOT_ROW, type Row } from "../tree/column-tree.ts";

/** A version of a path with the tree it stands in. */
export interface ShownVersion extends PathVersion {
  readonly tree: ColumnTree;
  /** The row in the layer as its archive stores it; -1 when the reading made it. */
  readonly storedRow: Row;
}

/** What each layer has at a path, top first. */
export function versionsIn(union: Union, found: UnionResolution): readonly ShownVersion[] {
  return found.versions.flatMap((version) => {
    const layer = union[found.shows][version.layer - 1];
    return layer
      ? [{ ...version, tree: layer.tree, storedRow: storedRowOf(layer, version.row) }]
      : [];
  });
}

/** Up to `limit` paths of the inode that `row` is a name of, and how many there are. O(rows of the layer). */
export function namesOfInode(
  tree: ColumnTree,
  row: Row,
  limit: number,
): { readonly paths: readonly string[]; readonly count: number } {
  const inode = tree.inode[row];
  const paths: string[] = [];
  let count = 0;
  for (let at = ROOT_ROW + 1; at < tree.length; at++) {
    if (tree.inode[at] !== inode) continue;
    count++;
    if (paths.length < limit) paths.push(pathOf(tree, at));
  }
  return { paths, count };
}

/** What a downloaded version is called: its name and the layer it is from. */
export function downloadName({ tree, row, layer }: ShownVersion): string {
  const name = nameOf(tree, row) || "root";
  const dot = name.lastIndexOf(".");
  return dot > 0
    ? `${name.slice(0, dot)}.layer-${layer}${name.slice(dot)}`
    : `${name}.layer-${layer}`;
}
