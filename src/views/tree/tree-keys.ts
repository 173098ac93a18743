import type { VisibleRows } from "../../state/visible-rows.ts";

/** What a key does in the tree: go to another row, or open or close this one. */
export type TreeMove =
  | { readonly type: "go"; readonly to: number }
  | { readonly type: "toggle"; readonly at: number; readonly open: boolean };

export interface TreePlace {
  /** The selected row's index on the screen, -1 when none is. */
  readonly at: number;
  /** Rows of one page. */
  readonly page: number;
  readonly shown: VisibleRows;
  isOpen(index: number): boolean;
  hasChildren(index: number): boolean;
}

/** The keys of the ARIA treegrid pattern; null for a key that is not the tree's. */
export function treeMove(key: string, place: TreePlace): TreeMove | null {
  const { at, page, shown } = place;
  const last = shown.length - 1;
  const go = (to: number): TreeMove | null =>
    last < 0 ? null : { type: "go", to: Math.min(Math.max(to, 0), last) };
  switch (key) {
    case "ArrowDown":
      return go(at + 1);
    case "ArrowUp":
      return go(at - 1);
    case "PageDown":
      return go(at + page);
    case "PageUp":
      return go(at - page);
    case "Home":
      return go(0);
    case "End":
      return go(last);
    case "ArrowRight":
      if (at < 0 || !place.hasChildren(at)) return null;
      return place.isOpen(at) ? go(at + 1) : { type: "toggle", at, open: true };
    case "ArrowLeft":
      if (at < 0) return null;
      return place.isOpen(at) ? { type: "toggle", at, open: false } : go(parentOf(shown, at));
    case "Enter":
    case " ":
      if (at < 0) return go(0);
      return place.hasChildren(at) ? { type: "toggle", at, open: !place.isOpen(at) } : null;
    default:
      return null;
  }
}

/** The letter a key types, lower case; null for keys that type nothing. */
export function typedLetter(key: string): string | null {
  return [...key].length === 1 && key !== " " ? key.toLowerCase() : null;
}

function parentOf(shown: VisibleRows, at: number): number {
  const depth = shown.depth[at] ?? 1;
  for (let index = at - 1; index >= 0; index--) if ((shown.depth[index] ?? 0) < depth) return index;
  return at;
}
