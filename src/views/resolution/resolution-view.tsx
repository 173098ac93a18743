import { useCallback, useState } from "react";
import { plainSentence, setApart } from "../../i18n/event-sentence.ts";
import type { LayerIndex } from "../../image/image.ts";
import type { UnionResolution } from "../../image/union/resolution.ts";
import { unionFor } from "../../state/analysis.ts";
import { Sentence } from "../text/sentence.tsx";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { type LookupGrid, lookupGrid } from "./lookup-grid.ts";
import { ResolutionPicture } from "./resolution-picture.tsx";
import { ResolutionText } from "./resolution-text.tsx";
import { useVerdict } from "./verdict.tsx";
import "./resolution.css";

/** Names of a path that are drawn. A path of thousands is a picture of nothing, and takes seconds. */
const DRAWN = 120;

/** How a path is found, or why it is not: as a picture, as a sentence, as text. */
export function ResolutionView({
  found,
  layers,
  path,
  jump,
}: {
  readonly found: UnionResolution;
  readonly layers: readonly LayerIndex[];
  readonly path: string;
  readonly jump: (layer: number, path: string) => void;
}) {
  const { t, gap } = useWords();
  const verdict = useVerdict(found, layers, path);
  const [width, setWidth] = useState(0);
  const [isTold, setTold] = useState(false);
  const measure = useCallback((node: HTMLDivElement) => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  const grid = lookupGrid(found);
  const refusal =
    found.shows === found.semantics
      ? undefined
      : unionFor(layers).refusals.find(({ layer }) => layer <= found.upto);
  return (
    <div ref={measure} className="resolution">
      {grid.steps.length > 0 && width > 0 && (
        <ResolutionPicture
          grid={lastOf(grid)}
          label={plainSentence(`${shortText(path)}: ${verdict.lead}${gap}${verdict.rest}`)}
          width={width}
          jump={jump}
        />
      )}
      {grid.steps.length > DRAWN && (
        <p className="lookup-cut">{t("explore:resolution.drawn", { count: DRAWN })}</p>
      )}
      <p className="verdict" role="status">
        <strong>{verdict.lead}</strong>
        {gap}
        <Sentence of={verdict.rest} />
      </p>
      {refusal && (
        <p className="verdict-note">
          <Sentence
            of={t("explore:resolution.refused", {
              reason: t(`explore:refusal.${refusal.reason}`),
              layer: refusal.layer,
              path: setApart(shortText(refusal.path)),
            })}
          />
        </p>
      )}
      {grid.steps.length > 0 && (
        <details
          className="lookup-words-twin"
          onToggle={({ currentTarget }) => setTold(currentTarget.open)}
        >
          <summary>
            {t("explore:resolution.names", { count: grid.steps.length })} ·{" "}
            {t("explore:resolution.visits", { count: grid.visits })}
            {" · "}
            <span className="lookup-more">{t("explore:resolution.asText")}</span>
          </summary>
          {isTold && <ResolutionText grid={grid} />}
        </details>
      )}
    </div>
  );
}

/** The end of a deep lookup, which says how it ends. */
function lastOf(grid: LookupGrid): LookupGrid {
  if (grid.steps.length <= DRAWN) return grid;
  return {
    ...grid,
    steps: grid.steps.slice(-DRAWN),
    lines: grid.lines.map((line) => ({ ...line, cells: line.cells.slice(-DRAWN) })),
  };
}
