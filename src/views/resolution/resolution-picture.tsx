import { scaleBand } from "d3-scale";
import { useEffect, useId, useRef } from "react";
import { shortText, visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { cellKey } from "./cell-words.ts";
import type { GridCell, GridLine, LookupGrid } from "./lookup-grid.ts";

const LINE_HEIGHT = 36;
const HEAD_HEIGHT = 24;
const LABEL_WIDTH = 50;
const DISC = 9;
const DISC_START = 5;
const DISC_GAP = 3;
/** Half an outline, which would else be cut off at the sides and the foot. */
const EDGE = 2;
/** Width of one character of the names above the columns. */
const CHARACTER = 7.9;

/** Layers × names of the path: who was asked, in numbered order, and what each said. d3 gives the places. */
export function ResolutionPicture({
  grid,
  label,
  width,
  jump,
}: {
  readonly grid: LookupGrid;
  /** What the picture says, in a sentence. */
  readonly label: string;
  /** The room there is; the picture is wider when the path is deep. */
  readonly width: number;
  /** Shows what the layer has at a step's path. */
  readonly jump: (layer: number, path: string) => void;
}) {
  const { t } = useWords();
  const id = useId();
  const { steps, lines } = grid;
  const widest = Math.max(
    64,
    ...lines.flatMap(({ cells }) => cells.map((cell) => roomFor(cell, t(cellKey(cell))))),
  );
  const room = Math.max(width - LABEL_WIDTH, steps.length * widest);
  const x = scaleBand<number>()
    .domain(steps.map((_, i) => i))
    .range([EDGE, Math.min(room, steps.length * 170) - EDGE])
    .paddingInner(0.045);
  const y = scaleBand<number>()
    .domain(lines.map((_, i) => i))
    .range([HEAD_HEIGHT, HEAD_HEIGHT + lines.length * LINE_HEIGHT])
    .paddingInner(0.11);
  // A deep path is wider than its place: its end says how the lookup ends.
  const scroller = useRef<HTMLDivElement>(null);
  const end = x.range()[1] ?? 0;
  useEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = end;
  }, [end]);
  const height = HEAD_HEIGHT + lines.length * LINE_HEIGHT + EDGE;
  return (
    <figure className="lookup" aria-label={label}>
      <svg className="lookup-labels" width={LABEL_WIDTH} height={height} aria-hidden="true">
        {lines.map((line, i) => (
          <g key={line.from} transform={`translate(0 ${(y(i) ?? 0) + y.bandwidth() / 2})`}>
            <text className="lookup-layer" dy="0.36em">
              {line.from === line.to ? line.from : `${line.from}–${line.to}`}
            </text>
            {line.from === line.to && <Padlock />}
          </g>
        ))}
      </svg>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls */}
      <div
        ref={scroller}
        className="lookup-scroll"
        data-wide={room > width - LABEL_WIDTH || undefined}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it
        tabIndex={0}
        role="group"
        aria-label={label}
      >
        <svg width={(x.range()[1] ?? 0) + EDGE} height={height} role="img" aria-label={label}>
          <defs>
            <pattern id={`${id}-hatch`} width="7" height="7" patternUnits="userSpaceOnUse">
              <path className="lookup-hatch" d="M-1 1l2-2M0 7l7-7M6 8l2-2" />
            </pattern>
            <pattern id={`${id}-curtain`} width="6" height="6" patternUnits="userSpaceOnUse">
              <path className="lookup-curtain" d="M1.5 0v6" />
            </pattern>
          </defs>
          {steps.map((step, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice in a path
            <g key={i} transform={`translate(${x(i) ?? 0} 0)`}>
              <title>{shortText(step.path)}</title>
              <text className="lookup-name" x={4} y={15}>
                {shortened(visibleText(step.name), x.bandwidth(), step.followed !== null)}
              </text>
            </g>
          ))}
          {lines.map((line, i) =>
            line.cells.map((cell, at) => (
              <Cell
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                key={`${line.from} ${at}`}
                cell={cell}
                line={line}
                x={x(at) ?? 0}
                y={y(i) ?? 0}
                width={x.bandwidth()}
                height={y.bandwidth()}
                patterns={id}
                words={t(cellKey(cell))}
                jump={() => jump(line.from, steps[at]?.path ?? "/")}
              />
            )),
          )}
        </svg>
      </div>
    </figure>
  );
}

/** How much a cell takes: its disc when it was visited, and its words, by the characters' usual widths. */
function roomFor(cell: GridCell, words: string): number {
  const isBold = cell.type === "visit" && cell.outcome !== "missing";
  const latin = isBold ? 6.6 : 6.2;
  const text = [...words].reduce((sum, char) => sum + (char > "\u2e7f" ? 13 : latin), 0);
  if (cell.type === "absent") return text + 12;
  return text + discWidth(numberOf(cell)) + DISC_START + DISC_GAP + EDGE;
}

function numberOf({ first, last }: { readonly first: number; readonly last: number }): string {
  return first === last ? `${first}` : `${first}–${last}`;
}

function discWidth(number: string): number {
  return Math.max(DISC * 2, number.length * 7 + 6);
}

function Cell({
  cell,
  line,
  x,
  y,
  width,
  height,
  patterns,
  words,
  jump,
}: {
  readonly cell: GridCell;
  readonly line: GridLine;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly patterns: string;
  readonly words: string;
  readonly jump: () => void;
}) {
  const middle = height / 2;
  if (cell.type === "absent") {
    const pattern = cell.why === "opaque-above" || cell.why === "cut-off" ? "curtain" : "hatch";
    const isEmpty = cell.why === "no-parent";
    return (
      <g className="lookup-cell" data-cell={cell.why} transform={`translate(${x} ${y})`}>
        <rect
          width={width}
          height={height}
          rx={5}
          fill={isEmpty ? "none" : `url(#${patterns}-${pattern})`}
        />
        <text className="lookup-absent" x={width / 2} y={middle} dy="0.36em" textAnchor="middle">
          {words}
        </text>
      </g>
    );
  }
  const number = numberOf(cell);
  const disc = discWidth(number);
  const isThere = cell.outcome !== "missing";
  const shape =
    cell.outcome === "whiteout"
      ? `M5 0H${width - 11}L${width} 11V${height - 5}a5 5 0 0 1 -5 5H5a5 5 0 0 1 -5 -5V5a5 5 0 0 1 5 -5z`
      : `M5 0H${width - 5}a5 5 0 0 1 5 5V${height - 5}a5 5 0 0 1 -5 5H5a5 5 0 0 1 -5 -5V5a5 5 0 0 1 5 -5z`;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the list of versions does the same with keys
    <g
      className="lookup-cell"
      data-cell={cell.outcome}
      data-jump={(isThere && line.from === line.to) || undefined}
      transform={`translate(${x} ${y})`}
      onClick={isThere ? jump : undefined}
    >
      <path d={shape} />
      <rect
        className="lookup-disc"
        x={DISC_START}
        y={middle - DISC}
        width={disc}
        height={DISC * 2}
        rx={DISC}
      />
      <text
        className="lookup-number"
        x={DISC_START + disc / 2}
        y={middle}
        dy="0.36em"
        textAnchor="middle"
      >
        {number}
      </text>
      <text className="lookup-words" x={DISC_START + disc + DISC_GAP} y={middle} dy="0.36em">
        {words}
      </text>
    </g>
  );
}

function Padlock() {
  return (
    <g className="lookup-lock" transform="translate(34 -7) scale(0.85)">
      <path d="M5 7V5a3 3 0 0 1 6 0v2" fill="none" strokeWidth={1.6} />
      <rect x={3} y={7} width={10} height={7} rx={1.5} />
    </g>
  );
}

/** A name cut to the width of a column; an arrow tells that it was a symlink and was followed. */
function shortened(name: string, width: number, isFollowed: boolean): string {
  const room = Math.floor(width / CHARACTER) - (isFollowed ? 2 : 0);
  const chars = [...name];
  const cut = chars.length > room ? `${chars.slice(0, room - 1).join("")}…` : name;
  return isFollowed ? `${cut} →` : cut;
}
