import type { StageState } from "../../state/lab-stage.ts";

/** Moves the focus from one mark to the next by an arrow, or to a name by its first letter. False: not our key. */
export function moveFrom(from: Element, key: string, state: StageState): boolean {
  const [branch = 0, column = 0] = (from.getAttribute("data-cell") ?? "0/0").split("/").map(Number);
  const target = targetOf(state, branch, column, key);
  if (!target) return /^Arrow/.test(key);
  const mark = from
    .closest("svg")
    ?.querySelector<SVGGElement>(`[data-cell="${target.branch}/${target.column}"]`);
  mark?.focus();
  return true;
}

interface Place {
  readonly branch: number;
  readonly column: number;
}

/** Where a key leads from a mark; null: nowhere. Arrows go to the nearest mark that way. */
export function targetOf(
  state: StageState,
  branch: number,
  column: number,
  key: string,
): Place | null {
  const nearest = (places: readonly Place[], distance: (place: Place) => number) =>
    [...places].sort((a, b) => distance(a) - distance(b))[0] ?? null;
  const cells = state.cells;
  switch (key) {
    case "ArrowDown":
    case "ArrowUp": {
      const sign = key === "ArrowDown" ? 1 : -1;
      const places = cells.filter((cell) => (cell.branch - branch) * sign > 0);
      return nearest(
        places,
        (cell) => Math.abs(cell.column - column) * 1000 + Math.abs(cell.branch - branch),
      );
    }
    case "ArrowRight":
    case "ArrowLeft": {
      const sign = key === "ArrowRight" ? 1 : -1;
      const places = cells.filter((cell) => (cell.column - column) * sign > 0);
      return nearest(
        places,
        (cell) => Math.abs(cell.branch - branch) * 1000 + Math.abs(cell.column - column),
      );
    }
    default: {
      if (key.length !== 1 || key === " ") return null;
      const names = state.columns.map(({ name }, at) => ({ name, at }));
      const matches = names.filter(({ name }) => name.startsWith(key));
      const next = matches.find(({ at }) => at > column) ?? matches[0];
      return next ? (cells.find((cell) => cell.column === next.at) ?? null) : null;
    }
  }
}
