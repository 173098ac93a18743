import type { StageCell } from "../../state/lab-stage.ts";
import { formatBytes } from "../text/format.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { shortPath } from "./narration.ts";
import type { Scene } from "./use-staged.ts";

/** The picture's twin in words: a table for readers, tools and tests, of the same moment. */
export function StateText({ scene }: { readonly scene: Scene }) {
  const { t, language } = useWords();
  const { stage, staged, names } = scene;
  if (!stage || !staged.chosen) return null;
  const branchName = (branch: number) => {
    const path = stage.rows[branch]?.path ?? "";
    return names.get(path) ?? shortPath(path);
  };
  const words = (cell: StageCell) => {
    const name = visibleText(stage.columns[cell.column]?.name ?? cell.name);
    const values = {
      name,
      branch: branchName(cell.branch),
      size: formatBytes(cell.bytes, language),
      total: formatBytes(cell.ofBytes, language),
    };
    return cell.state === "hidden"
      ? t("lab:cell.hidden", { ...values, by: branchName(cell.hiddenBy ?? cell.branch) })
      : t(`lab:cell.${cell.state}`, values);
  };
  return (
    <details className="lab-details" data-state-text>
      <summary>{t("lab:text.title")}</summary>
      <div className="lab-scroll">
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
              <th scope="row">{t("lab:text.view")}</th>
              {stage.columns.map(({ name, kind, providers }) => (
                <td key={name}>
                  {kind === null
                    ? t("lab:stage.notVisible")
                    : providers.map(branchName).join(t("events:list"))}
                </td>
              ))}
            </tr>
            {stage.rows.map(({ branch, directory, permission }) => (
              <tr key={branch}>
                <th scope="row">
                  {branchName(branch)} <span className="lab-muted">{permission}</span>
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
      </div>
    </details>
  );
}
