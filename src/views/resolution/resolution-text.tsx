import { Name } from "../text/name.tsx";
import { useWords } from "../text/words.ts";
import { cellKey } from "./cell-words.ts";
import type { GridCell, GridLine, LookupGrid } from "./lookup-grid.ts";

/** Of a longer path only the last name is told: every line has its own, and a path can have ten thousand names. */
const LONG = 300;

/** The lookup in words: name by name, and in each the branches from the top. Says all that the picture draws. */
export function ResolutionText({ grid }: { readonly grid: LookupGrid }) {
  return (
    <ol className="lookup-text">
      {grid.steps.map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice in a path
        <li key={at}>
          <Name of={step.path.length > LONG ? `…/${step.name}` : step.path} />
          {step.followed !== null && (
            <>
              {" → "}
              <Name of={step.followed} />
            </>
          )}
          <ul>
            {grid.lines.map((line) => {
              const cell = line.cells[at];
              return cell ? (
                <li key={line.from}>
                  <Line line={line} cell={cell} />
                </li>
              ) : null;
            })}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function Line({ line, cell }: { readonly line: GridLine; readonly cell: GridCell }) {
  const { t } = useWords();
  const words =
    cell.type === "visit"
      ? t("explore:resolution.visit", {
          number: cell.first === cell.last ? `${cell.first}` : `${cell.first}–${cell.last}`,
          words: t(cellKey(cell)),
        })
      : t("explore:resolution.notAsked", { because: t(`explore:because.${cell.why}`) });
  return line.from === line.to
    ? t("explore:resolution.line", { layer: line.from, words })
    : t("explore:resolution.lines", { from: line.to, to: line.from, words });
}
