import { resolveInUnion } from "../image/union/resolution.ts";
import type { LayerNumber, Semantics } from "../image/union/semantics.ts";
import type { Union } from "../image/union/union.ts";
import { kindOf, NO_ROW, rowAt } from "../tree/column-tree.ts";
import { versionsIn } from "./versions.ts";

/** Where a path that a search found is, and whether it is seen. */
export type SearchHit = {
  /** Layers that have it, base first. */
  readonly layers: readonly LayerNumber[];
  /** The topmost of them; of what is only removed the layer that does so. */
  readonly top: LayerNumber;
  /** Of the version that is seen, else of the topmost; null for what is no regular file. */
  readonly bytes: number | null;
} & (
  | { readonly state: "seen" }
  /** `by` is the layer that hides or removes it. `removed`: no layer below has it. */
  | { readonly state: "hidden" | "removed"; readonly by: LayerNumber }
  /** A name above it is a symlink in the union: the path leads to another place. */
  | { readonly state: "elsewhere" }
);

/** What the whole union makes of a path that some layer names. O(layers · names of the path). */
export function foundIn(union: Union, path: string, semantics: Semantics): SearchHit {
  const upto = union.stored.length;
  const versions = versionsIn(union, resolveInUnion(union, path, upto, semantics, false));
  const having = union.stored.flatMap((tree, at) => (rowAt(tree, path) === NO_ROW ? [] : [at + 1]));
  const own = versions.filter(
    ({ tree, row, state }) => state !== "whiteout" && rowAt(tree, path) === row,
  );
  const seen = own.find(({ state }) => state === "winner");
  const shown = seen ?? own[0];
  const bytes =
    shown && kindOf(shown.tree, shown.row) === "file" ? (shown.tree.size[shown.row] ?? 0) : null;
  const top = having.at(-1) ?? 0;
  if (seen || own.some(({ state }) => state === "merged"))
    return { layers: having, top, bytes, state: "seen" };
  const by = own.find(({ state }) => state === "hidden")?.by;
  if (typeof by === "number") return { layers: having, top, bytes, state: "hidden", by };
  const whiteout = versions.find(({ state }) => state === "whiteout");
  if (having.length === 0 && whiteout)
    return { layers: [], top: whiteout.layer, bytes, state: "removed", by: whiteout.layer };
  return { layers: having, top, bytes, state: "elsewhere" };
}
