import { scaleBand } from "d3-scale";
import { curveBasis, line } from "d3-shape";
import type { StageCell, StageState } from "../../state/lab-stage.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A row of the drawing: one branch, or a run of branches that have nothing to show. */
export type PlacedRow =
  | {
      readonly type: "branch";
      readonly branch: number;
      readonly box: Box;
      readonly isThin: boolean;
    }
  | { readonly type: "fold"; readonly from: number; readonly to: number; readonly box: Box };

export interface StageLayout {
  readonly width: number;
  readonly height: number;
  readonly labelWidth: number;
  /** Where each column's cells begin, and how wide they are. */
  readonly columns: readonly { readonly x: number; readonly width: number }[];
  readonly headerY: number;
  readonly view: Box;
  /** Room for the volumes beside the stack; null when there are none. */
  readonly volumes: Box | null;
  /** The writable branches of all containers on these layers, one sliver each; null for one container. */
  readonly slivers: Box | null;
  readonly rows: readonly PlacedRow[];
  readonly kernel: Box;
  /** The row a branch is drawn in. */
  readonly rowOf: (branch: number) => PlacedRow | undefined;
}

export interface StageSpace {
  readonly width: number;
  readonly height: number;
  /** Presenter mode: larger marks, so fewer of them. */
  readonly isLarge: boolean;
}

/** More rows than this are folded in the middle (specs/teaching.md 3.1). */
export const MAX_ROWS = 13;
const HEADER = 30;
const KERNEL = 26;
const SLIVERS = 13;
const VOLUMES = 24;
const NOTHING_BESIDE = { siblings: 0, hasVolumes: false };

/** How many columns there is room for. */
export function columnsThatFit({ width, isLarge }: StageSpace): number {
  const room = width - labelWidthFor(width, isLarge);
  return Math.max(1, Math.min(12, Math.floor(room / (isLarge ? 190 : 106))));
}

/** Places everything. Pure: the same stage in the same space is drawn the same. */
export function layOutStage(
  state: StageState,
  space: StageSpace,
  beside: { readonly siblings: number; readonly hasVolumes: boolean } = NOTHING_BESIDE,
): StageLayout {
  const { siblings, hasVolumes } = beside;
  const header = HEADER + (hasVolumes ? VOLUMES : 0);
  const labelWidth = labelWidthFor(space.width, space.isLarge);
  const folded = foldRows(state);
  const roomForRows = Math.max(
    120,
    space.height - header - KERNEL - 8 - (siblings > 1 ? SLIVERS : 0),
  );
  const pitch = Math.min(space.isLarge ? 84 : 76, roomForRows / (folded.length + 0.95));
  const gap = Math.max(3, Math.min(16, pitch * 0.2));
  const full = Math.max(18, pitch - gap);
  const left = labelWidth;
  const right = space.width - 2;
  const viewBox: Box = { x: left, y: header, width: right - left, height: full };
  let y = viewBox.y + viewBox.height + gap * 1.3;
  const slivers = siblings > 1 ? { x: left, y, width: right - left, height: 7 } : null;
  if (slivers) y += SLIVERS;
  const rows = folded.map((row): PlacedRow => {
    const isThin = row.type === "branch" && (state.rows[row.branch]?.isWritable ?? false);
    const height = row.type === "fold" ? Math.min(22, full) : isThin ? full * 0.82 : full;
    const box: Box = { x: left, y, width: right - left, height };
    y += height + gap;
    return row.type === "fold" ? { ...row, box } : { ...row, box, isThin };
  });
  const band = scaleBand<number>()
    .domain(state.columns.map((_, at) => at))
    .range([left + 10, right - 10])
    .paddingInner(0.12)
    .paddingOuter(state.columns.length < 3 ? 0.5 : 0.06);
  const width = Math.min(band.bandwidth(), 260);
  return {
    width: space.width,
    height: y + KERNEL,
    labelWidth,
    columns: state.columns.map((_, at) => ({
      x: (band(at) ?? 0) + (band.bandwidth() - width) / 2,
      width,
    })),
    headerY: header - 10,
    volumes: hasVolumes ? { x: left, y: 4, width: right - left, height: 20 } : null,
    view: viewBox,
    slivers,
    rows,
    kernel: { x: left, y: y + 2, width: right - left, height: 9 },
    rowOf: (branch) => rows.find((row) => holds(row, branch)),
  };
}

/** Where a cell is drawn: in its row and column, inset. */
export function cellBox(
  layout: StageLayout,
  cell: Pick<StageCell, "branch" | "column">,
): Box | null {
  const row = layout.rowOf(cell.branch);
  const column = layout.columns[cell.column];
  if (!row || !column || row.type === "fold") return null;
  return inset(row.box, column);
}

/** The part of a row that belongs to a column. */
export function inset(row: Box, column: { readonly x: number; readonly width: number }): Box {
  const margin = Math.min(7, row.height * 0.12);
  return { x: column.x, y: row.y + margin, width: column.width, height: row.height - 2 * margin };
}

/** The way of a copy: from its source up to the writable row, bent to the right so that it covers no name. */
export function copyPath(from: Box, to: Box): string {
  const start = { x: from.x + from.width - 6, y: from.y + from.height * 0.5 };
  const end = { x: to.x + to.width - 4, y: to.y + to.height * 0.7 };
  const bend = Math.min(60, Math.max(24, Math.abs(start.y - end.y) * 0.22));
  const middle = { x: Math.max(start.x, end.x) + bend, y: (start.y + end.y) / 2 };
  const way = line<{ readonly x: number; readonly y: number }>()
    .x(({ x }) => x)
    .y(({ y }) => y)
    .curve(curveBasis);
  return way([start, middle, middle, end]) ?? "";
}

type Row =
  | { readonly type: "branch"; readonly branch: number }
  | { readonly type: "fold"; readonly from: number; readonly to: number };

/** Branches as rows; in a long stack, runs of branches with nothing in the window become one row. */
function foldRows(state: StageState): readonly Row[] {
  const all = state.rows.map((_, branch): Row => ({ type: "branch", branch }));
  if (all.length <= MAX_ROWS) return all;
  const kept = new Set<number>([0, 1, all.length - 1]);
  for (const { branch } of state.cells) if (kept.size < MAX_ROWS - 3) kept.add(branch);
  const last = state.trail?.visits.at(-1);
  if (last) kept.add(last.branch);
  if (state.copy) kept.add(state.copy.from).add(state.copy.to);
  const rows: Row[] = [];
  for (let branch = 0; branch < all.length; ) {
    if (kept.has(branch)) {
      rows.push({ type: "branch", branch });
      branch += 1;
      continue;
    }
    const from = branch;
    while (branch < all.length && !kept.has(branch)) branch += 1;
    rows.push(
      branch - from === 1
        ? { type: "branch", branch: from }
        : { type: "fold", from, to: branch - 1 },
    );
  }
  return rows;
}

function holds(row: PlacedRow, branch: number): boolean {
  return row.type === "fold" ? branch >= row.from && branch <= row.to : row.branch === branch;
}

function labelWidthFor(width: number, isLarge: boolean): number {
  if (width < 560) return 92;
  return isLarge ? 260 : 184;
}
