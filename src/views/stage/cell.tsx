import { memo } from "react";
import type { StageCell } from "../../state/lab-stage.ts";
import type { Telling } from "../text/telling.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { useCountUp } from "./count-up.ts";
import { dragTo } from "./drag.ts";
import { firstFitting } from "./fitted.ts";
import { type Box, letterWidth } from "./layout.ts";
import type { StageActs } from "./voice.ts";

interface CellProps extends Box {
  readonly cell: StageCell;
  readonly name: string;
  /** The name of its branch, and of the one that hides it. */
  readonly where: string;
  readonly by: string;
  readonly isWritable: boolean;
  readonly isLarge: boolean;
  readonly isStill: boolean;
  /** A disc and its outcome stand at the left of the mark. */
  readonly isVisited: boolean;
  readonly isSelected: boolean;
  /** Tab reaches it; arrows go on from there. */
  readonly isReached: boolean;
  readonly telling: Telling;
  readonly acts: StageActs;
}

/**
 * The mark of one stored file. It has a shape, a pattern and a word for each of its states, never a colour alone. It is
 * drawn again when it is another one: a step changes few marks of many.
 */
export const Cell = memo(function Cell(props: CellProps) {
  const { cell, name, where, by, x, y, width, height, acts } = props;
  const { isWritable, isLarge, isStill, isVisited, isSelected, isReached, telling } = props;
  const box: Box = { x, y, width, height };
  const { t } = useWords();
  const size = telling.size(cell.bytes);
  const total = telling.size(cell.ofBytes);
  const classes = ["stage-cell", `stage-cell-${isWritable ? "rw" : "ro"}`];
  if (cell.state !== "shown") classes.push(`stage-cell-${cell.state}`);
  const shown = visibleText(name);
  const values = { name: shown, branch: where, size, total };
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
      tabIndex={isReached ? 0 : -1}
      data-cell={`${cell.branch}/${cell.column}`}
      data-state={cell.state}
      data-name={cell.name}
      data-selected={isSelected}
      onPointerDown={dragTo("[data-bin]", () => acts.onRemove(name))}
      onClick={() => acts.onChoose(cell.branch) || acts.onSelect(name, cell.branch)}
      onFocus={() => acts.onSelect(name, cell.branch)}
      onDoubleClick={() => acts.onOpen(name)}
      onKeyDown={(event) => {
        if (event.key === "Enter") acts.onWhy(name);
        else if (event.key === "Delete") acts.onRemove(name);
        else if (!acts.onWalk(event.currentTarget, event.key)) return;
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
        telling={telling}
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
});

interface DrawnProps {
  readonly cell: StageCell;
  readonly box: Box;
}

function Shape({ cell, box }: DrawnProps) {
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
  telling,
  isLarge,
  isVisited,
  isStill,
}: DrawnProps &
  Pick<CellProps, "isLarge" | "isStill" | "isVisited" | "telling"> & { readonly text: string }) {
  const counted = useCountUp(cell.state === "copying" ? cell.bytes : 0, isStill);
  const letter = letterWidth({ isLarge });
  const left = isVisited ? 28 : 0;
  const room = box.width - 14 - left;
  const words =
    cell.state === "whiteout"
      ? `⊘ ${cell.kind === "char" ? text : `.wh.${text}`}`
      : cell.state === "copying"
        ? copyWords(counted, cell.ofBytes, room / letter, telling)
        : cell.kind === "dir"
          ? `${text}/`
          : text;
  const names = cell.links > 1 ? ` ∞${cell.links}` : "";
  const isStored = cell.kind === "file" && (cell.state === "shown" || cell.state === "hidden");
  const sizes = isStored ? telling.sizes(cell.bytes) : [];
  /** Where the name has no room either, the head of the column has it. */
  const short = cell.state === "whiteout" ? "⊘" : (sizes.at(-1) ?? words);
  const withSizes = sizes.map((size) => `${words} ${size}${names}`);
  if (box.height < 14) return null;
  return (
    <text className="stage-mono stage-middle" x={(box.width + left) / 2} y={box.height / 2 + 0.5}>
      {firstFitting([...withSizes, words, short], room, letter)}
    </text>
  );
}

/** "64 / 105 MB", or as much of it as there is room for. */
function copyWords(bytes: number, ofBytes: number, room: number, telling: Telling): string {
  const totals = telling.sizes(ofBytes);
  const dones = telling.sizes(bytes);
  const both = dones.map((done, at) => {
    const total = totals[at] ?? "";
    const [number = "", unit] = done.split(" ");
    return `${total.endsWith(` ${unit}`) ? number : done} / ${total}`;
  });
  return both.find((words) => words.length <= room) ?? dones.at(-1) ?? "";
}
