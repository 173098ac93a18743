import { mergeLayers } from "./merge.ts";
import type { MergedTree } from "./merged-tree.ts";
import type { LayerNumber, Semantics } from "./semantics.ts";
import type { Union } from "./union.ts";

/** The merged tree of the first `upto` layers in one reading, from wherever it is kept. */
export type MergedBy = (upto: LayerNumber, shows: Semantics) => MergedTree;

/** Merged trees of one layer more after the other: each goes on from the one that was asked for last, which is kept. */
export function mergedInTurn(union: Union, semantics: Semantics): MergedBy {
  let last: MergedTree | undefined;
  return (upto, shows) => {
    const below = last?.shows === shows && last.upto <= upto ? last : undefined;
    if (below?.upto === upto) return below;
    last = mergeLayers(union[shows], upto, semantics, shows, below);
    return last;
  };
}
