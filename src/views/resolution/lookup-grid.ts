import type { UnaskedReason, VisitOutcome } from "../../engine/event.ts";
import type { ResolutionStep } from "../../engine/resolve.ts";
import type { UnionResolution } from "../../image/union/resolution.ts";
import type { EntryKind } from "../../tree/column-tree.ts";

/** Why a branch does not take part in one step of a lookup. */
export type Absence = Exclude<UnaskedReason, "no-parent"> | "no-parent" | "cut-off";

/** One branch at one step: asked, with the number of the visit, or not asked. */
export type GridCell =
  | {
      readonly type: "visit";
      /** From 1, over the whole path; with folded rows the first of them. */
      readonly first: number;
      readonly last: number;
      readonly outcome: VisitOutcome;
      /** Of what was found; null when nothing was. */
      readonly kind: EntryKind | null;
    }
  | { readonly type: "absent"; readonly why: Absence };

/** One line: a layer, or neighbouring layers that answered alike. */
export interface GridLine {
  /** Layer numbers from 1, the higher first. */
  readonly from: number;
  readonly to: number;
  readonly cells: readonly GridCell[];
}

/** A lookup as lines (layers, top first) and columns (the names of the path). */
export interface LookupGrid {
  readonly steps: readonly ResolutionStep[];
  readonly lines: readonly GridLine[];
  readonly visits: number;
}

/** Lays out who was asked for what, in which order. O(steps × layers). */
export function lookupGrid({ resolution, upto }: UnionResolution): LookupGrid {
  const { steps } = resolution;
  const rows: GridCell[][] = Array.from({ length: upto }, () => []);
  /** For each branch what took it out of the search for good. */
  const cut: (UnaskedReason | null)[] = Array.from({ length: upto }, () => null);
  let visits = 0;
  for (const step of steps) {
    if (isFromRoot(step)) cut.fill(null);
    for (const { branch, outcome } of step.visits) {
      visits++;
      const isFound = outcome === "found" || outcome === "opaque";
      const kind = isFound ? step.result.kind : null;
      rows[branch]?.push({ type: "visit", first: visits, last: visits, outcome, kind });
    }
    for (const { branch, reason } of step.unasked) {
      const why: Absence = reason === "no-parent" && cut[branch] ? "cut-off" : reason;
      if (reason !== "no-parent") cut[branch] = reason;
      rows[branch]?.push({ type: "absent", why });
    }
  }
  return { steps, lines: fold(rows, upto), visits };
}

/** Whether the step begins anew at the root, as the first one does and an absolute symlink. */
function isFromRoot(step: ResolutionStep): boolean {
  return step.path.lastIndexOf("/") === 0;
}

/** With more layers than this, neighbours that answered alike are one line whatever they answered. */
const LINES_EACH = 12;

function fold(rows: readonly (readonly GridCell[])[], upto: number): readonly GridLine[] {
  const lines: GridLine[] = [];
  rows.forEach((cells, branch) => {
    const layer = upto - branch;
    const above = lines.at(-1);
    const mayFold = upto > LINES_EACH || isBare(cells);
    if (above && mayFold && isAlike(above.cells, cells))
      lines[lines.length - 1] = {
        from: above.from,
        to: layer,
        cells: above.cells.map((cell, i) => joined(cell, cells[i])),
      };
    else lines.push({ from: layer, to: layer, cells });
  });
  return lines;
}

/** Whether the branch has nothing of the path. */
function isBare(cells: readonly GridCell[]): boolean {
  return cells.every((cell) => cell.type === "absent" || cell.outcome === "missing");
}

function isAlike(a: readonly GridCell[], b: readonly GridCell[]): boolean {
  return a.every((cell, i) => {
    const other = b[i];
    if (cell.type === "visit")
      return (
        other?.type === "visit" && cell.outcome === other.outcome && cell.last + 1 === other.first
      );
    return other?.type === "absent" && cell.why === other.why;
  });
}

function joined(cell: GridCell, next: GridCell | undefined): GridCell {
  return cell.type === "visit" && next?.type === "visit" ? { ...cell, last: next.last } : cell;
}
