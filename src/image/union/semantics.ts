import type { ColumnTree, Row } from "../../tree/column-tree.ts";

/**
 * How layers are read.
 *
 * `docker`: what Docker and containerd show on overlayfs; an image that they refuse is read as `oci`.
 * `oci`: what umoci makes of them, entry by entry on one root directory.
 */
export type Semantics = "docker" | "oci";

/** A layer, counted from 1 (the base), as every `layer` column and field of this folder counts it. */
export type LayerNumber = number;

/** A row of one layer's tree. */
export interface LayerRow {
  readonly layer: LayerNumber;
  readonly row: Row;
}

/** One layer as a reading of it takes it. */
export interface AppliedLayer {
  /** The layer's own tree, or a copy in which entries stand where the reading puts them. */
  readonly tree: ColumnTree;
  /** For each row of `tree` its row in the stored tree, NO_ROW when it has none; null: the trees are the same. */
  readonly storedRow: Int32Array | null;
  /** `MARK_…` bits by row; null when no row has any. */
  readonly marks: Uint8Array | null;
  /** Rows that are hard links to files of lower layers, with the row that holds the inode. */
  readonly links: ReadonlyMap<Row, LayerRow>;
}

/** The row of the stored tree; NO_ROW when the reading made it. */
export function storedRowOf(layer: AppliedLayer, row: Row): Row {
  return layer.storedRow ? layer.storedRow[row]! : row;
}
