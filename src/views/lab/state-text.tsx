import { memo } from "react";
import { layerIdIn } from "../../state/lab-layers.ts";
import type { StageCell } from "../../state/lab-stage.ts";
import { currentCommand, stopsOf } from "../../state/lab-timeline.ts";
import { touchedStops } from "../../state/lab-touch.ts";
import { tileWords } from "../stage/cache-strip.tsx";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { shortPath, subjectName } from "./narration.ts";
import { cacheOf } from "./stage-panel.tsx";
import type { Scene } from "./use-staged.ts";

/** The picture's twin in words: a table for readers, tools and tests. */
export const StateText = memo(function StateText({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  return (
    <details className="lab-details" data-state-text>
      <summary>{t("lab:text.title")}</summary>
      <StateTable scene={scene} />
    </details>
  );
});

function StateTable({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const { stage, staged, names, telling } = scene;
  if (!stage || !staged.chosen) return null;
  const branchName = (branch: number) => {
    const path = stage.rows[branch]?.path ?? "";
    return names.get(path) ?? shortPath(path, telling);
  };
  const words = (cell: StageCell) => {
    const name = visibleText(stage.columns[cell.column]?.name ?? cell.name);
    const values = {
      name,
      branch: branchName(cell.branch),
      size: telling.size(cell.bytes),
      total: telling.size(cell.ofBytes),
    };
    const said =
      cell.state === "hidden"
        ? t("lab:cell.hidden", { ...values, by: branchName(cell.hiddenBy ?? cell.branch) })
        : t(`lab:cell.${cell.state}`, values);
    return cell.links > 1 && cell.state !== "whiteout"
      ? `${said}; ${t("lab:cell.links", { count: cell.links })}`
      : said;
  };
  return (
    <>
      <section
        className="lab-scroll"
        aria-label={t("lab:text.title")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it
        tabIndex={0}
      >
        <table className="lab-table">
          <caption>
            {t("lab:text.caption", { directory: stage.directory, name: staged.chosen.name })}
          </caption>
          <thead>
            <tr>
              <th scope="col">{t("lab:text.branch")}</th>
              {stage.columns.map(({ name }) => (
                <th key={name} scope="col" className="mono">
                  {visibleText(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">
                {t("lab:text.view")}
                {stage.columns.length === 0 && ` (${t("lab:stage.empty")})`}
              </th>
              {stage.columns.map(({ name, kind, providers }) => (
                <td key={name}>
                  {kind === null
                    ? t("lab:stage.notVisible")
                    : providers.map(branchName).join(t("events:list"))}
                </td>
              ))}
            </tr>
            {stage.rows.map(({ branch, path, directory, permission }) => (
              <tr key={branch}>
                <th scope="row">
                  {branchName(branch)} <span className="lab-muted">{permission}</span>{" "}
                  <span className="lab-muted mono lab-table-id" title={path}>
                    {telling.ids(layerIdIn(path) ?? "")}
                  </span>
                  {directory === "absent" && ` (${t("lab:text.absent")})`}
                  {directory === "hidden" && ` (${t("lab:text.hiddenDirectory")})`}
                </th>
                {stage.columns.map(({ name }, column) => (
                  <td key={name}>
                    {stage.cells
                      .filter((cell) => cell.branch === branch && cell.column === column)
                      .map(words)
                      .join("; ")}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {stage.move && (
        <p>
          {t(stage.move.isOut ? "lab:stage.movedOut" : "lab:stage.movedIn", {
            path: visibleText(stage.move.other),
          })}
        </p>
      )}
      {stage.folded.length > 0 && (
        <p>
          {t("lab:stage.stripNames", {
            count: stage.folded.length,
            names: stage.folded.map(visibleText).join(t("events:list")),
          })}
        </p>
      )}
      <SelectionText scene={scene} />
      <CacheText scene={scene} />
    </>
  );
}

/** What is selected, and how much of this command touches it. */
function SelectionText({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const { subject, timeline, names, telling } = scene;
  const command = currentCommand(timeline);
  if (!subject || !command) return null;
  const touched = touchedStops(timeline, command, subject, telling.detail).length;
  const steps = stopsOf(command, telling.detail).length;
  const name = subjectName(subject, names, telling);
  const here = touched === 0 ? t("lab:touch.none") : t("lab:touch.here", { touched, steps });
  return <p>{t("lab:touch.selected", { name, here })}</p>;
}

/** The page cache, file by file: what the strip under the stack shows. */
function CacheText({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const { tiles, others } = cacheOf(scene);
  return (
    <>
      <p>
        {t("lab:cache.title")}: {t("lab:cache.others", { count: others })}
      </p>
      <ul>
        {tiles.map((tile) => (
          <CacheLine key={tile.key} words={tileWords(t, tile, scene.telling)} />
        ))}
      </ul>
    </>
  );
}

/** One file of the cache: there may be hundreds, and a step changes few. */
const CacheLine = memo(function CacheLine({ words }: { readonly words: string }) {
  return <li>{words}</li>;
});
