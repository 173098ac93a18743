import { memo } from "react";
import type { StageState } from "../../state/lab-stage.ts";
import type { Telling } from "../text/telling.ts";
import { useWords } from "../text/words.ts";
import { cellBox, copyPath, inset, type StageLayout } from "./layout.ts";

/**
 * The way a copy takes, from the read-only original up into the writable branch. Where nothing moves, the arrow says in
 * an empty slot beside it what it carried.
 */
export const CopyArrow = memo(function CopyArrow({
  copy,
  cells,
  layout,
  isStill,
  telling,
}: Pick<StageState, "copy" | "cells"> & {
  readonly telling: Telling;
  readonly layout: StageLayout;
  readonly isStill: boolean;
}) {
  const { t } = useWords();
  if (!copy || copy.column === null) return null;
  const { column } = copy;
  const from = cellBox(layout, { branch: copy.from, column });
  const to = cellBox(layout, { branch: copy.to, column });
  if (!from || !to) return null;
  const words = t("lab:stage.copied", { size: telling.size(copy.ofBytes) });
  const place = isStill && copy.isDone ? emptySlot(cells, layout, copy) : null;
  const width = words.length * 7 + 12;
  return (
    <g>
      <path
        className="stage-copy-arrow"
        d={copyPath(layout, column, from, to)}
        markerEnd="url(#stage-arrow)"
      />
      {place && width < place.width - 34 && (
        <text
          className="stage-copied"
          x={place.x + place.width - 4}
          y={place.y + place.height / 2}
          data-copied
        >
          {words}
        </text>
      )}
    </g>
  );
});

/** A slot of the copy's column between its ends in which no branch has a mark. */
function emptySlot(
  cells: StageState["cells"],
  layout: StageLayout,
  { from, to, column }: NonNullable<StageState["copy"]>,
) {
  const place = column === null ? undefined : layout.columns[column];
  if (!place) return null;
  const slots = layout.rows.flatMap((row) => {
    if (row.type === "fold" || row.branch <= to || row.branch >= from) return [];
    const isFilled = cells.some((cell) => cell.column === column && cell.branch === row.branch);
    return isFilled ? [] : inset(row.box, place);
  });
  return slots.sort((a, b) => b.height - a.height)[0] ?? null;
}
