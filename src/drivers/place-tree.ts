import type { ColumnTree } from "../tree/column-tree.ts";
import { type Kernel, must, removeAll } from "./kernel.ts";

/** Lets an empty directory hold a frozen tree, which is not copied. */
export function placeTree(
  kernel: Kernel,
  path: string,
  tree: ColumnTree,
  marks: "aufs" | "overlay",
): void {
  must(kernel, "mount", { path, source: { type: "tree", tree, marks } });
}

/** Moves a layer's directory to `aside` and removes it there, with the frozen tree it may hold. */
export function removeTree(kernel: Kernel, path: string, aside: string): void {
  kernel.call("umount", { path });
  must(kernel, "rename", { from: path, to: aside });
  removeAll(kernel, aside);
}
