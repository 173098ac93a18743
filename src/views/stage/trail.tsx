import type { VisitOutcome } from "../../engine/event.ts";
import type { StageState } from "../../state/lab-stage.ts";
import { useWords } from "../text/words.ts";
import { inset, type StageLayout } from "./layout.ts";

/** The order in which branches were asked: a numbered disc in each, misses too, and a word where nobody asked. */
export function Trail({
  state,
  layout,
  isStill,
}: {
  readonly state: StageState;
  readonly layout: StageLayout;
  /** Nothing arrives: a disc may be the one that another name had. */
  readonly isStill: boolean;
}) {
  const { t } = useWords();
  const { trail } = state;
  if (!trail || trail.column === null) return null;
  const column = layout.columns[trail.column];
  if (!column) return null;
  return (
    <g pointerEvents="none">
      {trail.visits.map(({ number, branch, outcome }, at) => {
        const row = layout.rowOf(branch);
        if (!row || row.type === "fold") return null;
        const box = inset(row.box, column);
        const y = box.y + box.height / 2;
        const isNew = at === trail.visits.length - 1;
        const [most, digit] = layout.isLarge ? [15, 8.4] : [11, 6.7];
        const radius = Math.min(most, Math.max(7.5, row.box.height * 0.28));
        const wider = Math.max(0, (String(number).length * digit) / 2 + 3 - radius);
        return (
          <g
            key={isStill ? number : `${trail.path}-${number}`}
            className={isNew ? "stage-visit-new" : undefined}
          >
            <rect
              className="stage-disc"
              x={box.x - radius - wider}
              y={y - radius}
              width={2 * (radius + wider)}
              height={2 * radius}
              rx={radius}
            />
            <text className="stage-disc-number" x={box.x} y={y + 0.5}>
              {number}
            </text>
            <text className="stage-outcome" x={box.x + radius + wider + 5} y={y}>
              {SIGNS[outcome]}
            </text>
          </g>
        );
      })}
      {trail.unasked.map(({ branch, reason }) => {
        const row = layout.rowOf(branch);
        const isFilled = state.cells.some(
          (cell) => cell.branch === branch && cell.column === trail.column,
        );
        /** A curtain over the column says it already. */
        const isCurtained = state.columns[trail.column ?? -1]?.opaqueIn !== null;
        if (!row || row.type === "fold" || isFilled || isCurtained) return null;
        const box = inset(row.box, column);
        return (
          <text
            key={branch}
            className="stage-unasked"
            x={box.x + box.width / 2}
            y={box.y + box.height / 2}
          >
            {t(reason === "no-parent" ? "lab:stage.noParent" : "lab:stage.notAsked")}
          </text>
        );
      })}
    </g>
  );
}

const SIGNS: Readonly<Record<VisitOutcome, string>> = {
  found: "✓",
  missing: "✗",
  whiteout: "⊘",
  opaque: "✓",
  "type-differs": "≠",
  invalid: "!",
};
