import {
  childOf,
  ENTRY_KINDS,
  extraOf,
  NO_ROW,
  ROOT_ROW,
  type Row,
} from "../../tree/column-tree.ts";
import { hasMark, MARK_DEVICE, MARK_HIDDEN, whiteoutOf } from "./marks.ts";
import type { AppliedLayer, LayerNumber } from "./semantics.ts";

const DIR = ENTRY_KINDS.indexOf("dir");
const MAX_LINKS = 255;

/**
 * The row at a path of layer `layer` as it is on disk, alone, symlinks followed; NO_ROW: nothing is there; "whiteout": a
 * whiteout is; "no-way": something on the way is no directory, or the symlinks go round.
 */
export function rowOnDisk(
  { tree, marks }: AppliedLayer,
  layer: LayerNumber,
  path: readonly string[],
): Row | "whiteout" | "no-way" {
  const ahead = path.toReversed();
  let row = ROOT_ROW;
  let links = 0;
  while (ahead.length > 0) {
    const name = ahead.pop();
    if (name === undefined || name === "" || name === ".") continue;
    if (name === "..") {
      row = row === ROOT_ROW ? ROOT_ROW : tree.parent[row]!;
      continue;
    }
    if (tree.kind[row] !== DIR) return "no-way";
    const child = childOf(tree, row, name);
    if (child === NO_ROW || hasMark(marks, child, MARK_HIDDEN)) {
      // In the base layer whiteouts leave nothing.
      if (layer === 1 || whiteoutOf(tree, marks, row, name) === NO_ROW) return NO_ROW;
      return ahead.length === 0 ? "whiteout" : "no-way";
    }
    if (hasMark(marks, child, MARK_DEVICE)) return ahead.length === 0 ? "whiteout" : "no-way";
    const target = extraOf(tree, child).target;
    if (target === undefined) {
      row = child;
      continue;
    }
    if (++links > MAX_LINKS) return "no-way";
    if (target.startsWith("/")) row = ROOT_ROW;
    ahead.push(...target.split("/").reverse());
  }
  return row;
}
