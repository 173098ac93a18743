import type { StageCell, StageState } from "../../state/lab-stage.ts";
import { formatBytes } from "../text/format.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { fitted } from "./fitted.ts";
import type { Box, StageLayout } from "./layout.ts";
import type { StageVoice } from "./voice.ts";
import { moveFrom } from "./walk.ts";

interface CellProps {
  readonly cell: StageCell;
  readonly box: Box;
  readonly name: string;
  readonly isWritable: boolean;
  readonly isLarge: boolean;
  readonly voice: StageVoice;
  readonly layout: StageLayout;
  readonly state: StageState;
}

/** The mark of one stored file. It has a shape, a pattern and a word for each of its states, never a colour alone. */
export function Cell({ cell, box, name, isWritable, isLarge, voice, state }: CellProps) {
  const { t, language } = useWords();
  const size = formatBytes(cell.bytes, language);
  const total = formatBytes(cell.ofBytes, language);
  const classes = ["stage-cell", `stage-cell-${isWritable ? "rw" : "ro"}`];
  if (cell.state !== "shown") classes.push(`stage-cell-${cell.state}`);
  const isSelected = voice.selected?.name === name && voice.selected.branch === cell.branch;
  const where = voice.branchName(cell.branch);
  const shown = visibleText(name);
  const values = { name: shown, branch: where, size, total };
  const by = cell.hiddenBy === null ? where : voice.branchName(cell.hiddenBy);
  const spoken =
    cell.state === "hidden"
      ? t("lab:cell.hidden", { ...values, by })
      : t(`lab:cell.${cell.state}`, values);
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: WAI-ARIA Graphics has this role for marks
    <g
      className={classes.join(" ")}
      style={{ transform: `translate(${box.x}px, ${box.y}px)` }}
      role="graphics-symbol"
      aria-roledescription={t("lab:cell.role")}
      aria-label={spoken}
      tabIndex={isSelected || isFirst(state, cell, voice) ? 0 : -1}
      data-cell={`${cell.branch}/${cell.column}`}
      data-state={cell.state}
      data-name={cell.name}
      data-selected={isSelected}
      onClick={() => voice.onSelect(name, cell.branch)}
      onFocus={() => voice.onSelect(name, cell.branch)}
      onDoubleClick={() => voice.onOpen(name)}
      onKeyDown={(event) => {
        if (event.key === "Enter") voice.onWhy(name);
        else if (!moveFrom(event.currentTarget, event.key, state)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <title>{spoken}</title>
      <Shape cell={cell} box={box} />
      <CellText cell={cell} box={box} text={shown} size={size} total={total} isLarge={isLarge} />
      <rect
        className="stage-focus"
        x="-3"
        y="-3"
        width={box.width + 6}
        height={box.height + 6}
        rx="8"
      />
    </g>
  );
}

function Shape({ cell, box }: Pick<CellProps, "cell" | "box">) {
  const { width, height } = box;
  if (cell.state === "whiteout") {
    const cut = Math.min(18, height * 0.4);
    return (
      <path className="stage-cell-shape" d={`M0,0H${width - cut}L${width},${cut}V${height}H0z`} />
    );
  }
  const part = cell.ofBytes > 0 ? Math.min(1, cell.bytes / cell.ofBytes) : 0;
  return (
    <>
      {cell.state === "copying" && (
        <rect className="stage-cell-filling" width={width * part} height={height} rx="6" />
      )}
      <rect className="stage-cell-shape" width={width} height={height} rx="6" />
      {cell.state === "hidden" && (
        <rect width={width} height={height} rx="6" fill="url(#stage-hatch)" />
      )}
    </>
  );
}

function CellText({
  cell,
  box,
  text,
  size,
  total,
  isLarge,
}: Pick<CellProps, "cell" | "box" | "isLarge"> & {
  readonly text: string;
  readonly size: string;
  readonly total: string;
}) {
  const letter = isLarge ? 12.2 : 7.9;
  const room = box.width - 14;
  const words =
    cell.state === "whiteout"
      ? `⊘ ${cell.kind === "char" ? text : `.wh.${text}`}`
      : cell.state === "copying"
        ? `${size} / ${total}`
        : cell.kind === "dir"
          ? `${text}/`
          : text;
  const withSize =
    cell.kind === "file" && (cell.state === "shown" || cell.state === "hidden")
      ? `${words} ${size}`
      : words;
  const fits = withSize.length * letter <= room;
  if (box.height < 14) return null;
  return (
    <text className="stage-mono stage-middle" x={box.width / 2} y={box.height / 2 + 0.5}>
      {fits ? withSize : fitted(words, room, letter)}
    </text>
  );
}

/** The one mark that Tab reaches while none is selected: arrows go on from there. */
function isFirst(state: StageState, cell: StageCell, { selected }: StageVoice): boolean {
  const has = state.cells.some(
    ({ branch, column }) =>
      branch === selected?.branch && state.columns[column]?.name === selected.name,
  );
  return !has && state.cells[0] === cell;
}
