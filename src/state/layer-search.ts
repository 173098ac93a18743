import { hasMark, MARK_HIDDEN, MARK_WHITEOUT } from "../image/union/marks.ts";
import type { Union } from "../image/union/union.ts";
import { WHITEOUT_PREFIX } from "../image/whiteout-name.ts";
import { type ColumnTree, pathOf, ROOT_ROW, type Row } from "../tree/column-tree.ts";
import { decodeName } from "../tree/name.ts";
import { remember } from "./remember.ts";

/** What a search over the layers found. */
export interface LayerSearch {
  /** The best `MOST_HITS` paths: whole names, then beginnings of names, then the rest; each in the order of paths. */
  readonly paths: readonly string[];
  /** Entries that match, of all layers together. */
  readonly entries: number;
  /** How many layers have one. */
  readonly layers: number;
}

export const MOST_HITS = 200;

const NOTHING: LayerSearch = { paths: [], entries: 0, layers: 0 };

/** How well a name matches, as the `ranks` of a layer hold it; 0: not at all. */
const WHOLE = 1;
const BEGINNING = 2;
const WITHIN = 3;
const RANKS = [WHOLE, BEGINNING, WITHIN] as const;

/**
 * Looks in every layer for names that contain the text, whatever its case, seen or hidden; a whiteout is found by the
 * name that it removes. With a "/" what follows the last one begins the name, and what comes before it ends the path of
 * its directory. O(rows).
 */
export const searchLayers = remember(4, (union: Union, text: string): LayerSearch => {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return NOTHING;
  const slash = wanted.lastIndexOf("/");
  const above = slash < 0 ? null : wanted.slice(0, slash);
  const name = wanted.slice(slash + 1);
  const searched = union.stored.map((tree, at) =>
    searchedLayer(tree, union.marks[at] ?? null, name, above),
  );
  const paths = new Set<string>();
  for (const rank of RANKS) {
    const found = new Set<string>();
    for (const { tree, marks, ranks } of searched)
      for (let row = ROOT_ROW + 1; row < tree.length; row++) {
        if (paths.size + found.size === MOST_HITS) break;
        if (ranks[row] !== rank) continue;
        const path = shownPath(tree, marks, row);
        if (!paths.has(path)) found.add(path);
      }
    for (const path of [...found].sort()) paths.add(path);
  }
  return {
    paths: [...paths],
    entries: searched.reduce((sum, { count }) => sum + count, 0),
    layers: searched.filter(({ count }) => count > 0).length,
  };
});

interface SearchedLayer {
  readonly tree: ColumnTree;
  readonly marks: Uint8Array | null;
  /** By row. */
  readonly ranks: Uint8Array;
  readonly count: number;
}

function searchedLayer(
  tree: ColumnTree,
  marks: Uint8Array | null,
  name: string,
  above: string | null,
): SearchedLayer {
  const byName = nameRanks(tree, name, above !== null);
  const ranks = new Uint8Array(tree.length);
  let count = 0;
  let dir: Row = -1;
  let isInside = true;
  for (let row = ROOT_ROW + 1; row < tree.length; row++) {
    const rank = byName[tree.name[row]!]!;
    if (rank === 0) continue;
    if (hasMark(marks, row, MARK_HIDDEN) && !hasMark(marks, row, MARK_WHITEOUT)) continue;
    if (above !== null && tree.parent[row] !== dir) {
      dir = tree.parent[row]!;
      isInside = (dir === ROOT_ROW ? "" : pathOf(tree, dir).toLowerCase()).endsWith(above);
    }
    if (!isInside) continue;
    ranks[row] = rank;
    count++;
  }
  return { tree, marks, ranks, count };
}

/** The rank of each of a layer's names, by the name's index. */
function nameRanks(tree: ColumnTree, wanted: string, fromStart: boolean): Uint8Array {
  const ranks = new Uint8Array(tree.nameStart.length);
  for (let id = 0; id + 1 < tree.nameStart.length; id++) {
    const stored = decodeName(tree.nameBytes.subarray(tree.nameStart[id], tree.nameStart[id + 1]));
    const name = withoutPrefix(stored).toLowerCase();
    const at = name.indexOf(wanted);
    if (at < 0 || (fromStart && at > 0)) continue;
    ranks[id] = name === wanted ? WHOLE : at === 0 ? BEGINNING : WITHIN;
  }
  return ranks;
}

/** The path of a row; of a whiteout that of the name it removes. */
function shownPath(tree: ColumnTree, marks: Uint8Array | null, row: Row): string {
  const path = pathOf(tree, row);
  if (!hasMark(marks, row, MARK_WHITEOUT)) return path;
  const slash = path.lastIndexOf("/");
  return `${path.slice(0, slash + 1)}${withoutPrefix(path.slice(slash + 1))}`;
}

function withoutPrefix(name: string): string {
  return name.startsWith(WHITEOUT_PREFIX) ? name.slice(WHITEOUT_PREFIX.length) : name;
}
