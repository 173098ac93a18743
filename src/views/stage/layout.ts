import { curveNatural, line } from "d3-shape";
import type { StageCell, StageState } from "../../state/lab-stage.ts";
import type { Detail } from "../../state/lab-timeline.ts";

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
      /** Folded: as high as a disc, with marks that have no words. */
      readonly isStrip: boolean;
    }
  | { readonly type: "fold"; readonly from: number; readonly to: number; readonly box: Box };

export interface StageLayout {
  readonly width: number;
  readonly height: number;
  readonly labelWidth: number;
  /** All is larger: it is presented. */
  readonly isLarge: boolean;
  /** Where each column's cells begin, and how wide they are. */
  readonly columns: readonly { readonly x: number; readonly width: number }[];
  readonly headerY: number;
  readonly view: Box;
  /** Room for the volumes: beside the stack, where it is narrow above it; null when there are none. */
  readonly volumes: (Box & { readonly isBeside: boolean }) | null;
  /** The writable branches of all containers on these layers, one sliver each; null for one container. */
  readonly slivers: Box | null;
  readonly rows: readonly PlacedRow[];
  /** The strip of files with pages in memory; null where there is no room. */
  readonly cache: Box | null;
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
const HEADER = 32;
const LARGE_HEADER = 44;
const KERNEL = 26;
const STRIP = 16;
const CACHE = 46;
const SLIVERS = 19;
const VOLUMES = 24;
/** In less room, as while a window is being made narrow, it is drawn as for this: rows must have a width. */
const NARROWEST = 240;
/** A stage as wide as this has room for the volumes beside the stack. */
const WIDE = 720;
const VOLUME_WIDTH = 132;
interface Beside {
  /** Containers on the same layers. */
  readonly siblings: number;
  readonly hasVolumes: boolean;
  readonly detail: Detail;
}
const NOTHING_BESIDE: Beside = { siblings: 0, hasVolumes: false, detail: 1 };

/** How many columns there is room for. */
export function columnsThatFit({ width, isLarge }: StageSpace): number {
  const room = width - labelWidthFor(width, isLarge) - endFor(width);
  return Math.max(1, Math.min(12, Math.floor(room / (isLarge ? 190 : 106))));
}

/** Places everything. Pure: the same stage in the same space is drawn the same. */
export function layOutStage(
  state: StageState,
  given: StageSpace,
  beside: Beside = NOTHING_BESIDE,
): StageLayout {
  const { siblings, hasVolumes, detail } = beside;
  const space = { ...given, width: Math.max(given.width, NARROWEST) };
  const isBeside = hasVolumes && space.width >= WIDE;
  const head = space.isLarge ? LARGE_HEADER : HEADER;
  const header = head + (hasVolumes && !isBeside ? VOLUMES : 0);
  const labelWidth = labelWidthFor(space.width, space.isLarge);
  const folded = foldRows(state);
  const isStrip = (row: Row) => row.type === "branch" && state.rows[row.branch]?.isFolded === true;
  const strips = folded.filter(isStrip).length;
  const tall = folded.length - strips;
  const withoutCache =
    space.height - header - KERNEL - 8 - strips * (STRIP + 8) - (siblings > 1 ? SLIVERS : 0);
  const strip = space.isLarge ? CACHE * 1.4 : CACHE;
  const least = space.isLarge ? 40 : 30;
  const cacheHeight = (withoutCache - strip) / (tall + 1) >= least ? strip : 0;
  const pitch = Math.min(
    space.isLarge ? 84 : 76,
    Math.max(120, withoutCache - cacheHeight) / (tall + 0.95),
  );
  const gap = Math.max(3, Math.min(16, pitch * 0.2));
  const full = Math.max(18, pitch - gap);
  const left = labelWidth;
  const end = space.width - endFor(space.width);
  const right = end - (isBeside ? VOLUME_WIDTH + 22 : 0);
  const viewBox: Box = { x: left, y: header, width: right - left, height: full };
  let y = viewBox.y + viewBox.height + gap * 1.3;
  const slivers = siblings > 1 ? { x: left, y, width: right - left, height: 7 } : null;
  if (slivers) y += SLIVERS;
  const rows = folded.map((row): PlacedRow => {
    const isThin = row.type === "branch" && (state.rows[row.branch]?.isWritable ?? false);
    const height =
      row.type === "fold" ? Math.min(22, full) : isStrip(row) ? STRIP : isThin ? full * 0.82 : full;
    const box: Box = { x: left, y, width: right - left, height };
    y += height + gap;
    return row.type === "fold" ? { ...row, box } : { ...row, box, isThin, isStrip: isStrip(row) };
  });
  const cache =
    cacheHeight > 0 ? { x: left, y, width: right - left, height: cacheHeight - 8 } : null;
  y += cacheHeight;
  return {
    width: space.width,
    height: y + KERNEL,
    labelWidth,
    isLarge: space.isLarge,
    columns: placeColumns(state, left + 10, right - 10, letterWidth(space), detail),
    headerY: header - (space.isLarge ? 20 : 14),
    volumes: !hasVolumes
      ? null
      : isBeside
        ? {
            x: right + 20,
            y: viewBox.y + full + gap + 14,
            width: VOLUME_WIDTH,
            height: Math.max(56, y - viewBox.y - full - gap * 2 - 14 - cacheHeight),
            isBeside,
          }
        : { x: left, y: 4, width: right - left, height: 20, isBeside },
    view: viewBox,
    slivers,
    rows,
    cache,
    kernel: { x: left, y: y + 2, width: end - left, height: 9 },
    rowOf: (branch) => rows.find((row) => holds(row, branch)),
  };
}

/** The width of a letter in the face of names, in pixels. */
export const LETTER = 7.9;

/** The same where all may be larger. */
export function letterWidth({ isLarge }: Pick<StageSpace, "isLarge">): number {
  return isLarge ? 12.2 : LETTER;
}

/** Between two columns: what an arrow has to pass through. */
const BETWEEN = 20;
const WIDEST = { 1: 260, 2: 360, 3: 300 } as const;
/** Letters beside a name: its size in three figures, a slash, the mark of a visit. */
const BESIDE_NAME = 12;

/** How many letters a size has more than in three figures (see text/telling.ts). */
function moreLetters(detail: Detail, bytes: number): number {
  if (detail === 1 || bytes < 1000) return 0;
  const digits = Math.floor(Math.log10(bytes)) + 1;
  const exact = digits + Math.floor((digits - 1) / 3) + 2;
  return detail === 2 ? exact + 3 : Math.max(0, exact - 6);
}

/** Where there is room, names ask for it in steps of so many letters: another file's number that is longer moves nothing. */
const NAME_STEP = 4;

/** Columns as wide as their names ask for; where there is too little room the widest give way first. */
function placeColumns(
  { columns, cells }: StageState,
  left: number,
  right: number,
  letter: number,
  detail: Detail,
): StageLayout["columns"] {
  const between = Math.min(BETWEEN, ((right - left) / Math.max(1, columns.length)) * 0.13);
  const room = right - left - between * columns.length;
  const largest = columns.map(() => 0);
  for (const { column, bytes, ofBytes } of cells)
    largest[column] = Math.max(largest[column] ?? 0, bytes, ofBytes);
  const wishesIn = (step: number) =>
    columns.map(
      ({ name }, at) =>
        (Math.ceil(name.length / step) * step +
          BESIDE_NAME +
          moreLetters(detail, largest[at] ?? 0)) *
        letter,
    );
  const wide = wishesIn(NAME_STEP);
  const wishes = sum(wide) <= room ? wide : wishesIn(1);
  const widths = shared(wishes, room).map((width) => Math.min(width, WIDEST[detail]));
  const spare = right - left - sum(widths);
  const gap = spare / Math.max(1, columns.length);
  let x = left + gap / 2;
  return widths.map((width) => {
    const place = { x, width };
    x += width + gap;
    return place;
  });
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}

/** Shares a room out by wishes: all get theirs and as much again of what is left, or nobody more than a common most. */
function shared(wishes: readonly number[], room: number): readonly number[] {
  const wished = sum(wishes);
  if (wished <= room) {
    const more = (room - wished) / Math.max(1, wishes.length);
    return wishes.map((wish) => wish + more);
  }
  let most = room / Math.max(1, wishes.length);
  for (let round = 0; round < wishes.length; round++) {
    const small = wishes.filter((wish) => wish <= most);
    const rest = room - sum(small);
    const next = rest / Math.max(1, wishes.length - small.length);
    if (next === most) break;
    most = next;
  }
  return wishes.map((wish) => Math.min(wish, most));
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
  const margin = Math.min(8, row.height * 0.16);
  return { x: column.x, y: row.y + margin, width: column.width, height: row.height - 2 * margin };
}

/**
 * The way of a copy: one smooth curve from the source's right edge up to the duplicate's, through the room between the
 * columns, so that it covers no name.
 */
export function copyPath(layout: StageLayout, column: number, from: Box, to: Box): string {
  const next = layout.columns[column + 1];
  const edge = from.x + from.width;
  const free = (next?.x ?? layout.view.x + layout.view.width - PADDING) - edge;
  const start = { x: edge + 1, y: from.y + from.height * 0.5 };
  const end = { x: to.x + to.width + 2, y: to.y + to.height * 0.62 };
  const isTight = next !== undefined && free < 2 * PADDING + 16;
  const reach = isTight ? free + PADDING - 3 : free - PADDING;
  const bend = Math.max(8, Math.min(reach, 34, (start.y - end.y) * 0.4));
  const middle = { x: edge + bend, y: (start.y + end.y) / 2 };
  const way = line<{ readonly x: number; readonly y: number }>()
    .x(({ x }) => x)
    .y(({ y }) => y)
    .curve(curveNatural);
  return way([start, middle, end]) ?? "";
}

/** Empty room at either side of a mark's words. */
const PADDING = 7;

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

/** Between the rows' ends and the edge. */
function endFor(width: number): number {
  return width < 560 ? 8 : 16;
}

function labelWidthFor(width: number, isLarge: boolean): number {
  if (width < 560) return isLarge ? 112 : 92;
  return isLarge ? 260 : 184;
}
