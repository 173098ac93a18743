import type { GridCell } from "./lookup-grid.ts";

/** The message that says in a word or two what a cell shows. */
export function cellKey(cell: GridCell) {
  if (cell.type === "absent") return `explore:absence.${cell.why}` as const;
  if (cell.outcome === "found") return `explore:found.${cell.kind ?? "file"}` as const;
  return `explore:outcome.${cell.outcome}` as const;
}
