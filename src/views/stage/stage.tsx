import { memo } from "react";
import type { StageCell, StageState } from "../../state/lab-stage.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { CacheStrip } from "./cache-strip.tsx";
import { Cell } from "./cell.tsx";
import { CopyArrow } from "./copy-arrow.tsx";
import { fitted } from "./fitted.ts";
import { cellBox, inset, LETTER, type StageLayout } from "./layout.ts";
import { LinkBonds, MoveTag } from "./moves.tsx";
import { ProviderLine } from "./provider-line.tsx";
import { BranchRow, FoldRow, Kernel, Slivers, ViewRow, Volumes } from "./rows.tsx";
import "./stage.css";
import { Trail } from "./trail.tsx";
import type { StageVoice } from "./voice.ts";

interface StageProps {
  readonly state: StageState;
  readonly layout: StageLayout;
  readonly voice: StageVoice;
  /** Changes are shown at once, without a movement between. */
  readonly isStill: boolean;
  readonly label: string;
}

/** The stage: names across, branches down, the view on top. */
export function Stage({ state, layout, voice, isStill, label }: StageProps) {
  const classes = ["stage-frame"];
  if (isStill) classes.push("stage-still");
  if (layout.isLarge) classes.push("stage-large");
  if (!state.isMounted) classes.push("stage-unmounted");
  return (
    <div className={classes.join(" ")}>
      <svg
        className="stage-drawing"
        // biome-ignore lint/a11y/noRedundantRoles: not every browser gives an svg this role
        role="graphics-document"
        aria-label={label}
        width={layout.width}
        height={layout.height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
      >
        <Patterns />
        <ColumnHeads
          columns={state.columns}
          cells={state.cells}
          lit={voice.selected?.name ?? null}
          {...{ layout, isStill }}
        />
        <ViewRow
          columns={state.columns}
          isMounted={state.isMounted}
          {...{ layout, isStill }}
          name={voice.viewName}
          detail={voice.viewDetail}
        />
        <Volumes layout={layout} targets={voice.volumes} />
        <Slivers layout={layout} siblings={voice.siblings} />
        {layout.rows.map((row) =>
          row.type === "fold" ? (
            <FoldRow key={`fold-${row.from}`} row={row} layout={layout} trail={state.trail} />
          ) : (
            <BranchRow
              key={state.rows[row.branch]?.path ?? row.branch}
              row={row}
              layout={layout}
              facts={state.rows[row.branch]}
              isLit={voice.lit === row.branch}
              isReached={voice.lit < 0 ? row.branch === 0 : voice.lit === row.branch}
              folded={state.folded}
              name={voice.branchName(row.branch)}
              id={row.isStrip ? "" : voice.branchId(row.branch)}
              detail={row.isStrip ? "" : voice.branchDetail(row.branch)}
              acts={voice.acts}
            />
          ),
        )}
        <Brackets columns={state.columns} layout={layout} />
        <g>
          {state.cells.map((cell) => (
            <PlacedCell
              key={isStill ? placeOf(cell) : cell.key}
              cell={cell}
              {...{ state, layout, voice, isStill }}
            />
          ))}
        </g>
        <ProviderLine state={state} layout={layout} voice={voice} />
        <Curtains columns={state.columns} opaqueIn={state.opaqueIn} layout={layout} />
        <Trail state={state} layout={layout} isStill={isStill} />
        <LinkBonds cells={state.cells} layout={layout} />
        <CopyArrow
          copy={state.copy}
          cells={state.cells}
          {...{ layout, isStill }}
          telling={voice.telling}
        />
        <MoveTag move={state.move} layout={layout} />
        <CacheStrip layout={layout} shown={voice.cache} telling={voice.telling} />
        <Kernel layout={layout} />
      </svg>
    </div>
  );
}

function PlacedCell({
  cell,
  state,
  layout,
  voice,
  isStill,
}: {
  readonly cell: StageCell;
  readonly state: StageState;
  readonly layout: StageLayout;
  readonly voice: StageVoice;
  readonly isStill: boolean;
}) {
  const box = cellBox(layout, cell);
  if (!box) return null;
  const name = state.columns[cell.column]?.name ?? cell.name;
  const isWritable = state.rows[cell.branch]?.isWritable ?? false;
  const { isLarge } = layout;
  const { selected, acts, telling } = voice;
  const isVisited =
    state.trail?.column === cell.column &&
    state.trail.visits.some(({ branch }) => branch === cell.branch);
  const isSelected = selected?.name === name && selected.branch === cell.branch;
  const isReached = isSelected || isFirst(state, cell, voice);
  const where = voice.branchName(cell.branch);
  const by = cell.hiddenBy === null ? where : voice.branchName(cell.hiddenBy);
  return (
    <Cell
      {...box}
      {...{ cell, name, where, by, acts, telling }}
      {...{ isWritable, isLarge, isStill, isVisited, isSelected, isReached }}
    />
  );
}

/** A whiteout, a copy under way and a file may share one place. Where nothing moves, a place keeps its mark's element. */
function placeOf({ branch, column, state }: StageCell): string {
  const kind = state === "shown" || state === "hidden" ? "file" : state;
  return `${branch}/${column}/${kind}`;
}

/** The one mark that Tab reaches while none is selected: arrows go on from there. */
function isFirst(state: StageState, cell: StageCell, { selected }: StageVoice): boolean {
  if (state.cells[0] !== cell) return false;
  return !state.cells.some(
    ({ branch, column }) =>
      branch === selected?.branch && state.columns[column]?.name === selected.name,
  );
}

const Patterns = memo(function Patterns() {
  return (
    <defs>
      <pattern
        id="stage-hatch"
        width="7"
        height="7"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <line className="stage-hatch-line" x1="0" y1="0" x2="0" y2="7" />
      </pattern>
      <pattern id="stage-curtain" width="13" height="13" patternUnits="userSpaceOnUse">
        <line className="stage-curtain-line" x1="4" y1="0" x2="4" y2="13" />
      </pattern>
      <marker
        id="stage-arrow"
        viewBox="0 0 10 10"
        refX="8"
        refY="5"
        markerWidth="5"
        markerHeight="5"
        orient="auto-start-reverse"
      >
        <path className="stage-copy-head" d="M0 0L10 5L0 10z" />
      </marker>
    </defs>
  );
});

const ColumnHeads = memo(function ColumnHeads({
  columns,
  cells,
  layout,
  isStill,
  lit,
}: Pick<StageState, "columns" | "cells"> &
  Pick<StageProps, "layout" | "isStill"> & {
    /** The selected name. */
    readonly lit: string | null;
  }) {
  return (
    <g>
      {columns.map(({ name, kind }, at) => {
        const column = layout.columns[at];
        if (!column) return null;
        const isDirectory =
          kind === "dir" || cells.some((cell) => cell.column === at && cell.kind === "dir");
        const full = visibleText(isDirectory ? `${name}/` : name);
        const shown = fitted(full, headRoom(layout, at), layout.isLarge ? LARGE_HEAD : LETTER);
        return (
          <text
            key={isStill ? at : name}
            className="stage-head stage-mono stage-muted stage-middle"
            data-lit={lit === name}
            x={column.x + column.width / 2}
            y={layout.headerY}
          >
            {shown !== full && <title>{visibleText(name)}</title>}
            {shown}
          </text>
        );
      })}
    </g>
  );
});

/** The width of a head's letter when it is presented, in pixels. */
const LARGE_HEAD = 10.7;

/** The head of a column may reach halfway into the room beside it. */
function headRoom({ columns }: StageLayout, at: number): number {
  const column = columns[at];
  const next = columns[at + 1] ?? columns[at - 1];
  if (!column || !next) return column ? column.width * 1.1 : 0;
  const gap = next.x > column.x ? next.x - column.x - column.width : column.x - next.x - next.width;
  return column.width + gap - 8;
}

/** Joins the directories of one name that merge. */
const Brackets = memo(function Brackets({
  columns,
  layout,
}: Pick<StageState, "columns"> & Pick<StageProps, "layout">) {
  return (
    <g>
      {columns.map(({ name, providers }, at) => {
        const column = layout.columns[at];
        const rows = providers.flatMap((branch) => layout.rowOf(branch) ?? []);
        const first = rows[0];
        const last = rows.at(-1);
        if (providers.length < 2 || !column || !first || !last || first === last) return null;
        const x = column.x - 2;
        const top = first.box.y + first.box.height / 2;
        const bottom = last.box.y + last.box.height / 2;
        return <path key={name} className="stage-bracket" d={`M${x},${top}h-6V${bottom}h6`} />;
      })}
    </g>
  );
});

/** Over what an opaque directory hides. */
const Curtains = memo(function Curtains({
  columns,
  opaqueIn: wholeIn,
  layout,
}: Pick<StageState, "columns" | "opaqueIn"> & Pick<StageProps, "layout">) {
  const { t } = useWords();
  const whole = wholeIn === null ? null : below(layout, wholeIn);
  return (
    <g>
      {columns.map(({ name, opaqueIn }, at) => {
        const column = layout.columns[at];
        const span = opaqueIn === null ? null : below(layout, opaqueIn);
        if (!column || !span) return null;
        const box = inset({ x: 0, width: 0, ...span }, column);
        return (
          <g key={name} className="stage-curtain-group">
            <rect className="stage-curtain" {...box} rx="4" />
            <rect
              className="stage-curtain-tag"
              x={box.x + box.width / 2 - 22}
              y={box.y - 3}
              width="44"
              height="17"
              rx="4"
            />
            <text
              className="stage-curtain-label stage-middle stage-mono"
              x={box.x + box.width / 2}
              y={box.y + 6}
            >
              {t("lab:stage.opaque")}
            </text>
          </g>
        );
      })}
      {whole && (
        <rect
          className="stage-curtain"
          x={layout.view.x + 4}
          width={layout.view.width - 8}
          y={whole.y}
          height={whole.height}
          rx="4"
        />
      )}
    </g>
  );
});

/** From under a branch's row to the last one's end. */
function below(
  layout: StageLayout,
  branch: number,
): { readonly y: number; readonly height: number } | null {
  const own = layout.rowOf(branch);
  const last = layout.rows.at(-1);
  if (!own || !last || own === last) return null;
  const y = own.box.y + own.box.height + 2;
  return { y, height: last.box.y + last.box.height - y };
}
