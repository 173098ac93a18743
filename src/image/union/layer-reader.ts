import {
  type BranchNode,
  type BranchReader,
  LOOKUP_RULES,
  type LookupBranch,
  type LookupRules,
  lookupName,
} from "../../engine/lookup.ts";
import { childOf, extraOf, kindOf, NO_ROW, ROOT_ROW, type Row } from "../../tree/column-tree.ts";
import {
  hasMark,
  MARK_DEVICE,
  MARK_HIDDEN,
  MARK_OPAQUE,
  MARK_RENEWED,
  OPAQUE_NAME,
  whiteoutOf,
} from "./marks.ts";
import type { AppliedLayer, LayerNumber, LayerRow, Semantics } from "./semantics.ts";

/** The first `upto` layers as branches for the engine's lookup, top first: branch 0 is layer `upto`. */
export interface LayerBranches {
  readonly rules: LookupRules;
  readonly branches: readonly LookupBranch[];
  readonly roots: readonly BranchNode[];
}

/** The layers as branches, top first. O(layers). */
export function layerBranches(
  layers: readonly AppliedLayer[],
  upto: LayerNumber,
  shows: Semantics,
): LayerBranches {
  const branches: LookupBranch[] = [];
  for (let layer = upto; layer >= 1; layer--)
    branches.push({ reader: readerOf(layers, layer, shows), honoursWhiteouts: true });
  const cut = branches.findIndex(({ reader }) => reader.opaqueMark(ROOT_ROW) !== NO_ROW);
  const roots = branches.map((_, branch) => ({ branch, node: ROOT_ROW }));
  return {
    // A directory may be called `.wh.x` here, and an archive may hold names that no disk takes.
    rules: { ...LOOKUP_RULES[shows], reserved: "ordinary", maxName: Number.POSITIVE_INFINITY },
    branches,
    roots: shows === "oci" && cut >= 0 ? roots.slice(0, cut + 1) : roots,
  };
}

/** The directory at a path, the row that has its attributes; null when there is none. No symlink is followed. */
export function directoryAt(
  layers: readonly AppliedLayer[],
  upto: LayerNumber,
  shows: Semantics,
  names: readonly string[],
): LayerRow | null {
  const { rules, branches, roots } = layerBranches(layers, upto, shows);
  let at: readonly BranchNode[] = roots;
  for (const name of names) {
    const result = lookupName(rules, branches, at, name, () => undefined);
    if (result.kind !== "dir") return null;
    at = result.found;
  }
  const rows = at.map(({ branch, node }): LayerRow => ({ layer: upto - branch, row: node }));
  const named = rows.find(({ layer, row }) => (layers[layer - 1]?.tree.entry[row] ?? -1) >= 0);
  return named ?? rows[0] ?? null;
}

function readerOf(
  layers: readonly AppliedLayer[],
  layer: LayerNumber,
  shows: Semantics,
): BranchReader {
  const { tree, marks, links } = layers[layer - 1]!;
  const notThere = shows === "docker" ? MARK_HIDDEN | MARK_DEVICE : MARK_HIDDEN;
  const child = (dir: Row, name: string): Row => {
    const row = childOf(tree, dir, name);
    return row === NO_ROW || hasMark(marks, row, notThere) ? NO_ROW : row;
  };
  const source = (row: Row) => {
    const link = links.get(row);
    return link ? { tree: layers[link.layer - 1]!.tree, row: link.row } : { tree, row };
  };
  return {
    child,
    // On overlayfs a name stands where its whiteout stood; for umoci a directory beside its own whiteout is a new one.
    whiteout: (dir, name) => {
      if (shows === "docker") {
        if (child(dir, name) !== NO_ROW) return NO_ROW;
        const device = childOf(tree, dir, name);
        if (device !== NO_ROW && hasMark(marks, device, MARK_DEVICE)) return device;
      }
      return whiteoutOf(tree, marks, dir, name);
    },
    opaqueMark: (dir) => {
      if (hasMark(marks, dir, MARK_OPAQUE)) return childOf(tree, dir, OPAQUE_NAME);
      return shows === "oci" && hasMark(marks, dir, MARK_RENEWED) ? dir : NO_ROW;
    },
    kind: (row) => {
      const at = source(row);
      return kindOf(at.tree, at.row);
    },
    target: (row) => {
      const at = source(row);
      return extraOf(at.tree, at.row).target ?? "";
    },
    isWhiteoutDevice: () => false,
    xattr: () => null,
  };
}
