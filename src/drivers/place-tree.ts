import type { ColumnTree } from "../tree/column-tree.ts";
import { type Kernel, lstat, must } from "./kernel.ts";

/** Lets an empty directory hold a frozen tree, which is not copied: what unpacking its tar there would give. */
export function placeTree(
  kernel: Kernel,
  path: string,
  tree: ColumnTree,
  marks: "aufs" | "overlay",
): void {
  must(kernel, "graft", { path, tree, marks });
}

/** Moves a layer's directory to `aside`, so that it is gone at once, and removes it there. */
export function removeTree(kernel: Kernel, path: string, aside: string): void {
  if (!lstat(kernel, path)) return;
  must(kernel, "rename", { from: path, to: aside });
  must(kernel, "discard", { path: aside });
}
