import { memo } from "react";
import type { StageState } from "../../state/lab-stage.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { fitted } from "./fitted.ts";
import { type Box, cellBox, LETTER, type StageLayout } from "./layout.ts";

interface PlaceProps {
  readonly layout: StageLayout;
}

const TAG = 17;

/** Where a renamed name went to, or came from, when that is another directory: the way out of the picture, or into it. */
export const MoveTag = memo(function MoveTag({
  move,
  layout,
}: PlaceProps & Pick<StageState, "move">) {
  const { t } = useWords();
  if (!move || move.column === null) return null;
  const box = cellBox(layout, { branch: move.branch, column: move.column });
  if (!box) return null;
  const other = visibleText(move.other);
  const sign = move.isOut ? "→" : "←";
  const width = Math.min((other.length + 2) * LETTER + 14, box.width + 60);
  const x = Math.min(box.x + box.width - width, layout.width - width - 4);
  const y = move.isOut ? box.y + box.height - 5 : box.y - TAG + 6;
  return (
    <g
      className={move.isOut ? "stage-move stage-move-out" : "stage-move"}
      data-move={move.isOut ? "out" : "in"}
    >
      {move.isOut && <rect className="stage-move-ghost" {...box} rx="6" />}
      <Tag
        box={{ x, y, width, height: TAG }}
        words={fitted(`${sign} ${other}`, width - 10)}
        title={t(move.isOut ? "lab:stage.movedOut" : "lab:stage.movedIn", { path: other })}
      />
    </g>
  );
});

/** Joins the names that one branch has for one file: a hard link has a mark for each name, and one inode. */
export const LinkBonds = memo(function LinkBonds({
  cells,
  layout,
}: PlaceProps & Pick<StageState, "cells">) {
  const { t } = useWords();
  const groups = new Map<string, Box[]>();
  for (const cell of cells) {
    if (cell.state === "whiteout" || cell.kind === "dir") continue;
    const box = cellBox(layout, cell);
    const key = `${cell.branch}/${cell.inode}`;
    if (box) groups.set(key, [...(groups.get(key) ?? []), box]);
  }
  const words = t("lab:stage.oneInode");
  const width = words.length * LETTER + 14;
  return (
    <g pointerEvents="none">
      {[...groups].map(([key, boxes]) => {
        const first = boxes[0];
        const last = boxes.at(-1);
        if (!first || !last || first === last) return null;
        const low = first.y + first.height;
        const between = boxes.slice(1, -1).map((box) => `M${middleOf(box).x},${low}v5`);
        const way = `M${middleOf(first).x},${low}v5H${middleOf(last).x}v-5${between.join("")}`;
        const x = (middleOf(first).x + middleOf(last).x - width) / 2;
        return (
          <g key={key} data-bond={boxes.length}>
            <path className="stage-bond" d={way} />
            <Tag box={{ x, y: low - 3, width, height: TAG }} words={words} title={words} />
          </g>
        );
      })}
    </g>
  );
});

function Tag({
  box,
  words,
  title,
}: {
  readonly box: Box;
  readonly words: string;
  readonly title: string;
}) {
  return (
    <g className="stage-tag">
      <rect {...box} rx="8" />
      <text className="stage-mono stage-middle" {...middleOf(box)}>
        {words}
        {title !== words && <title>{title}</title>}
      </text>
    </g>
  );
}

const middleOf = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
