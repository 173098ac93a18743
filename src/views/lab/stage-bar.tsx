import { useLab } from "../../state/lab-store.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import type { Scene } from "./use-staged.ts";
import { ViewMenu } from "./view-menu.tsx";

/** What is on the stage: which union, which directory, which of its names. */
export function StageBar({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const picture = useLab((lab) => lab.picture);
  const { stage, staged } = scene;
  const { choose } = useLab.getState();
  return (
    <div className="lab-bar">
      {staged.choices.length > 0 && (
        <label>
          <span>{t("lab:stage.union")}</span>
          <select
            aria-label={t("lab:stage.union")}
            value={staged.chosen?.id ?? ""}
            onChange={(event) =>
              choose({ union: event.target.value, directory: null, first: null, selected: null })
            }
          >
            {staged.choices.map(({ id, name, fs }) => (
              <option key={id} value={id}>
                {fs === null ? `${name} (${t("lab:stage.stopped")})` : name}
              </option>
            ))}
          </select>
        </label>
      )}
      <ViewMenu scene={scene} />
      {stage && picture === "matrix" && <Crumbs scene={scene} />}
    </div>
  );
}

/** The directory on the stage, each part of it a way up; and the directories in it, ways down. */
function Crumbs({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const pinned = useLab((lab) => lab.directory);
  const { choose } = useLab.getState();
  const { stage } = scene;
  if (!stage) return null;
  const parts = stage.directory === "/" ? [] : stage.directory.slice(1).split("/");
  const last = stage.first + stage.columns.length;
  return (
    <nav className="lab-crumbs" aria-label={t("lab:stage.directory")}>
      <button
        type="button"
        className="button button-quiet mono"
        aria-label={t("lab:stage.up", { path: "/" })}
        onClick={() => choose({ directory: "/", first: null, selected: null })}
      >
        /
      </button>
      {parts.map((part, at) => {
        const path = `/${parts.slice(0, at + 1).join("/")}`;
        return (
          <button
            key={path}
            type="button"
            className="button button-quiet mono"
            aria-current={at === parts.length - 1 ? "location" : undefined}
            onClick={() => choose({ directory: path, first: null, selected: null })}
          >
            {visibleText(part)}
          </button>
        );
      })}
      {pinned !== null && (
        <button type="button" className="button" onClick={() => choose({ directory: null })}>
          {t("lab:stage.follow")}
        </button>
      )}
      {stage.names > stage.columns.length && (
        <span className="lab-window">
          <button
            type="button"
            className="button"
            disabled={stage.first === 0}
            aria-label={t("lab:stage.columnsBack")}
            onClick={() => choose({ first: Math.max(0, stage.first - stage.columns.length) })}
          >
            ◀
          </button>
          {t("lab:stage.columns", { from: stage.first + 1, to: last, count: stage.names })}
          <button
            type="button"
            className="button"
            disabled={last >= stage.names}
            aria-label={t("lab:stage.columnsOn")}
            onClick={() => choose({ first: last })}
          >
            ▶
          </button>
        </span>
      )}
    </nav>
  );
}
