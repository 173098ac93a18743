import type { NodeId } from "../../tree/live-tree.ts";
import { isEmptyMap, mapGet, mapSet } from "../../tree/persistent-map.ts";
import type { Union } from "./union.ts";

/** Says that nothing below a directory of a branch is part of it, as long as the union is mounted (rule L-22). */
export function sealDirectory(union: Union, branch: number, node: NodeId): void {
  union.set({ sealed: mapSet(union.state.sealed, union.nodeKey(branch, node), true) });
}

export function isSealed(union: Union, branch: number, node: NodeId): boolean {
  const { sealed } = union.state;
  return !isEmptyMap(sealed) && mapGet(sealed, union.nodeKey(branch, node)) !== undefined;
}
