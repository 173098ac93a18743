import { treeSize } from "./apply.ts";
import { directorySize } from "./changes.ts";
import type { Driver, DriverContext } from "./driver.ts";
import { exportDirectory } from "./export.ts";
import type { naiveDiff } from "./naive-diff.ts";
import { placeTree } from "./place-tree.ts";

/** What a driver's branches are like. */
export interface BranchLayout {
  /** How whiteouts and opaque directories are written in a branch. */
  readonly marks: "aufs" | "overlay";
  readonly branch: (id: string) => string;
  /** Whether `parent` is what a layer was made on, so that its branch is the difference. */
  readonly isParent: (id: string, parent: string) => boolean;
}

/** The difference of a layer to its parent is its branch; to anything else it is found by comparing. */
export function nativeDiff(
  { kernel }: DriverContext,
  { marks, branch, isParent }: BranchLayout,
  naive: ReturnType<typeof naiveDiff>,
): Pick<Driver, "diff" | "applyDiff" | "diffSize"> {
  return {
    diff: (id, parent, blob) =>
      isParent(id, parent)
        ? exportDirectory(kernel, branch(id), marks, blob)
        : naive.diff(id, parent, blob),
    applyDiff(id, parent, layer) {
      if (!isParent(id, parent)) return naive.applyDiff(id, layer);
      placeTree(kernel, branch(id), layer.tree, marks);
      return treeSize(layer.tree);
    },
    diffSize: (id, parent) =>
      isParent(id, parent) ? directorySize(kernel, branch(id)) : naive.diffSize(id, parent),
  };
}
