import { type Resolution, resolvePath } from "../../engine/resolve.ts";
import { NO_ROW, ROOT_ROW, type Row, rowAt } from "../../tree/column-tree.ts";
import { layerBranches } from "./layer-reader.ts";
import { hasMark, MARK_DEVICE, MARK_HIDDEN, MARK_WHITEOUT, whiteoutOf } from "./marks.ts";
import type { AppliedLayer, LayerNumber, LayerRow, Semantics } from "./semantics.ts";
import { shownSemantics, type Union } from "./union.ts";

/** How a version of a path comes not to be seen. */
export type HiddenHow =
  /** A version above it, not both directories. */
  | "covered"
  | "whiteout"
  | "opaque"
  /** A directory above it on the path is no directory in a layer above. */
  | "parent-replaced";

/** What one layer has at a path. */
export interface PathVersion extends LayerRow {
  /**
   * `winner` is what is seen; `merged` a directory that shares its names with the winner; `hidden` is not seen;
   * `whiteout` says that the name is gone.
   */
  readonly state: "winner" | "merged" | "hidden" | "whiteout";
  /** For `hidden`: how, and the layer that does it. */
  readonly how: HiddenHow | null;
  readonly by: LayerNumber | null;
  /** For `hidden`: the path at which it is cut off, itself or one of its parents. */
  readonly at: string | null;
}

/** How a path is resolved in the union, and every version of it. */
export interface UnionResolution {
  readonly upto: LayerNumber;
  readonly semantics: Semantics;
  readonly shows: Semantics;
  /** The engine's account. Its branch b is layer `upto - b`, its nodes are rows of that layer's applied tree. */
  readonly resolution: Resolution;
  /** Where attributes and content stand; null when the path is not there. */
  readonly winner: LayerRow | null;
  /** What the layers have at the path as it was resolved, top first. */
  readonly versions: readonly PathVersion[];
}

/** Resolves `path` in the first `upto` layers. Symlinks on the way are followed, a last one only with `follow`. */
export function resolveInUnion(
  union: Union,
  path: string,
  upto: LayerNumber,
  semantics: Semantics,
  follow: boolean,
): UnionResolution {
  const shows = shownSemantics(union, upto, semantics);
  const layers = union[shows];
  const { rules, branches, roots } = layerBranches(layers, upto, shows);
  const resolution = resolvePath(rules, branches, roots, path, follow);
  const rest = resolution.errno === null ? "" : unresolvedRest(resolution, path);
  const full = `${resolution.path === "/" ? "" : resolution.path}${rest}` || "/";
  const direct = resolvePath(rules, branches, roots, full);
  return {
    upto,
    semantics,
    shows,
    resolution,
    winner: winnerOf(layers, resolution, upto),
    versions: versionsOf(layers, direct, full, upto),
  };
}

/** What was still to be resolved when the search failed: the name that failed and what follows it. */
function unresolvedRest(resolution: Resolution, path: string): string {
  let ahead = split(path).filter((name) => name !== "..");
  for (const step of resolution.steps) {
    ahead.shift();
    if (step.followed !== null) ahead = [...split(step.followed), ...ahead];
  }
  const failed = resolution.steps.at(-1)?.name;
  const names = failed === undefined ? ahead : [failed, ...ahead];
  return names.map((name) => `/${name}`).join("");
}

function split(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function winnerOf(
  layers: readonly AppliedLayer[],
  { errno, found, kind }: Resolution,
  upto: LayerNumber,
): LayerRow | null {
  if (errno !== null) return null;
  const places = found.map(({ branch, node }) => ({ layer: upto - branch, row: node }));
  const named =
    kind === "dir" ? places.find(({ layer, row }) => isNamed(layers[layer - 1]!, row)) : places[0];
  const place = named ?? places.at(-1);
  if (!place) return null;
  return layers[place.layer - 1]!.links.get(place.row) ?? place;
}

function isNamed({ tree, marks }: AppliedLayer, row: Row): boolean {
  return tree.entry[row]! >= 0 && !hasMark(marks, row, MARK_WHITEOUT);
}

/** `direct` is the resolution of `path` without symlinks on the way: a step for every name, as far as it goes. */
function versionsOf(
  layers: readonly AppliedLayer[],
  direct: Resolution,
  path: string,
  upto: LayerNumber,
): readonly PathVersion[] {
  const versions: PathVersion[] = [];
  const slash = path.lastIndexOf("/");
  for (let layer = upto; layer >= 1; layer--) {
    const applied = layers[layer - 1]!;
    const parent = rowAt(applied.tree, path.slice(0, slash));
    const name = path.slice(slash + 1);
    const none = { how: null, by: null, at: null };
    const row = rowAt(applied.tree, path);
    if (row !== NO_ROW && !hasMark(applied.marks, row, MARK_HIDDEN)) {
      if (
        hasMark(applied.marks, row, MARK_DEVICE) &&
        direct.found.every((at) => at.branch !== upto - layer)
      )
        versions.push({ layer, row, state: "whiteout", ...none });
      else versions.push({ layer, row, ...stateOf(layers, direct, layer, upto, path) });
    }
    const whiteout =
      parent === NO_ROW || row === ROOT_ROW
        ? NO_ROW
        : whiteoutOf(applied.tree, applied.marks, parent, name);
    if (whiteout !== NO_ROW) versions.push({ layer, row: whiteout, state: "whiteout", ...none });
  }
  return versions;
}

function stateOf(
  layers: readonly AppliedLayer[],
  direct: Resolution,
  layer: LayerNumber,
  upto: LayerNumber,
  path: string,
): Pick<PathVersion, "state" | "how" | "by" | "at"> {
  const branch = upto - layer;
  if (direct.errno === null && direct.found.some((at) => at.branch === branch)) {
    const isWinner = winnerOf(layers, direct, upto)?.layer === layer || direct.found.length === 1;
    return { state: isWinner ? "winner" : "merged", how: null, by: null, at: null };
  }
  for (const { path: at, result } of direct.steps) {
    if (result.found.some((place) => place.branch === branch)) continue;
    if (result.whiteout >= 0 && result.whiteout <= branch)
      return { state: "hidden", how: "whiteout", by: upto - result.whiteout, at };
    if (result.opaque >= 0 && result.opaque < branch)
      return { state: "hidden", how: "opaque", by: upto - result.opaque, at };
    const above = result.found.at(-1)?.branch ?? result.last;
    const how = at === path ? "covered" : "parent-replaced";
    return { state: "hidden", how, by: upto - above, at };
  }
  // Every parent is merged here, so it is a symlink or file on the way that ends the path before this name.
  const last = direct.found[0]?.branch ?? branch;
  return { state: "hidden", how: "parent-replaced", by: upto - last, at: direct.path };
}
