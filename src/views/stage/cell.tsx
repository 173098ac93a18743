import type { StageCell, StageState } from "../../state/lab-stage.ts";
import { formatBytes } from "../text/format.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { useCountUp } from "./count-up.ts";
import { dragTo } from "./drag.ts";
import { fitted } from "./fitted.ts";
import { type Box, LETTER, type StageLayout } from "./layout.ts";
import type { StageVoice } from "./voice.ts";
import { moveFrom } from "./walk.ts";

interface CellProps {
  readonly cell: StageCell;
  readonly box: Box;
  readonly name: string;
  readonly isWritable: boolean;
  readonly isLarge: boolean;
  readonly isStill: boolean;
  readonly voice: StageVoice;
  readonly layout: StageLayout;
  readonly state: StageState;
}

/** The mark of one stored file. It has a shape, a pattern and a word for each of its states, never a colour alone. */
export function Cell({ cell, box, name, isWritable, isLarge, isStill, voice, state }: CellProps) {
  const { t, language } = useWords();
  const size = formatBytes(cell.bytes, language);
  const total = formatBytes(cell.ofBytes, language);
  const classes = ["stage-cell", `stage-cell-${isWritable ? "rw" : "ro"}`];
  if (cell.state !== "shown") classes.push(`stage-cell-${cell.state}`);
  const isVisited =
    state.trail?.column === cell.column &&
    state.trail.visits.some(({ branch }) => branch === cell.branch);
  const isSelected = voice.selected?.name === name && voice.selected.branch === cell.branch;
  const where = voice.branchName(cell.branch);
  const shown = visibleText(name);
  const values = { name: shown, branch: where, size, total };
  const by = cell.hiddenBy === null ? where : voice.branchName(cell.hiddenBy);
  const said =
    cell.state === "hidden"
      ? t("lab:cell.hidden", { ...values, by })
      : t(`lab:cell.${cell.state}`, values);
  const spoken =
    cell.links > 1 && cell.state !== "whiteout"
      ? `${said}; ${t("lab:cell.links", { count: cell.links })}`
      : said;
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
      onPointerDown={dragTo("[data-bin]", () => voice.onRemove(name))}
      onClick={() => voice.onSelect(name, cell.branch)}
      onFocus={() => voice.onSelect(name, cell.branch)}
      onDoubleClick={() => voice.onOpen(name)}
      onKeyDown={(event) => {
        if (event.key === "Enter") voice.onWhy(name);
        else if (event.key === "Delete") voice.onRemove(name);
        else if (!moveFrom(event.currentTarget, event.key, state)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <title>{spoken}</title>
      <Shape cell={cell} box={box} />
      <CellText
        cell={cell}
        box={box}
        text={shown}
        size={size}
        total={total}
        isLarge={isLarge}
        isVisited={isVisited}
        isStill={isStill}
      />
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
        <rect
          className="stage-cell-filling"
          style={{ width: width * part }}
          height={height}
          rx="6"
        />
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
  isVisited,
  isStill,
}: Pick<CellProps, "cell" | "box" | "isLarge"> & {
  /** A disc and its outcome stand at the left of the mark. */
  readonly isVisited: boolean;
  readonly isStill: boolean;
  readonly text: string;
  readonly size: string;
  readonly total: string;
}) {
  const { language } = useWords();
  const counted = useCountUp(cell.state === "copying" ? cell.bytes : 0, isStill);
  const letter = isLarge ? 12.2 : LETTER;
  const left = isVisited ? 28 : 0;
  const room = box.width - 14 - left;
  const words =
    cell.state === "whiteout"
      ? `⊘ ${cell.kind === "char" ? text : `.wh.${text}`}`
      : cell.state === "copying"
        ? copyWords(counted, total, room / letter, language)
        : cell.kind === "dir"
          ? `${text}/`
          : text;
  const names = cell.links > 1 ? ` ∞${cell.links}` : "";
  const withSize =
    cell.kind === "file" && (cell.state === "shown" || cell.state === "hidden")
      ? `${words} ${size}${names}`
      : words;
  /** Where the name has no room either, the head of the column has it. */
  const short =
    cell.state === "whiteout" ? "⊘" : cell.kind === "file" && withSize !== words ? size : words;
  const fits = withSize.length * letter <= room;
  if (box.height < 14) return null;
  return (
    <text className="stage-mono stage-middle" x={(box.width + left) / 2} y={box.height / 2 + 0.5}>
      {fits ? withSize : words.length * letter <= room ? words : fitted(short, room, letter)}
    </text>
  );
}

/** "64 / 105 MB", or as much of it as there is room for. */
function copyWords(bytes: number, total: string, room: number, language: string): string {
  const done = formatBytes(bytes, language);
  const [doneNumber = "", doneUnit] = done.split(" ");
  const [, unit] = total.split(" ");
  const both = `${doneUnit === unit ? doneNumber : done} / ${total}`;
  return both.length <= room ? both : done;
}

/** The one mark that Tab reaches while none is selected: arrows go on from there. */
function isFirst(state: StageState, cell: StageCell, { selected }: StageVoice): boolean {
  const has = state.cells.some(
    ({ branch, column }) =>
      branch === selected?.branch && state.columns[column]?.name === selected.name,
  );
  return !has && state.cells[0] === cell;
}
