import { memo } from "react";
import type { Stageable } from "../../state/lab-staged.ts";
import { useLab } from "../../state/lab-store.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { ViewMenu } from "./view-menu.tsx";

interface StageBarProps {
  readonly choices: readonly Stageable[];
  readonly chosen: Stageable | null;
  /** null: nothing is on the stage. */
  readonly directory: string | null;
  /** How many names the directory has, where the window on them begins, and how many it shows. */
  readonly names: number;
  readonly first: number;
  readonly shown: number;
  /** Names without a column. */
  readonly folded: number;
}

/** What is on the stage: which union, which directory, which of its names. Most steps leave it as it is. */
export const StageBar = memo(function StageBar(props: StageBarProps) {
  const { choices, chosen, directory, names, first, shown, folded } = props;
  const { t } = useWords();
  const picture = useLab((lab) => lab.picture);
  const { choose } = useLab.getState();
  return (
    <div className="lab-bar">
      {choices.length > 0 && (
        <label>
          <span>{t("lab:stage.union")}</span>
          <select
            aria-label={t("lab:stage.union")}
            value={chosen?.id ?? ""}
            onChange={(event) =>
              choose({ union: event.target.value, directory: null, first: null, selected: null })
            }
          >
            {choices.map(({ id, name, fs }) => (
              <option key={id} value={id}>
                {fs === null ? `${name} (${t("lab:stage.stopped")})` : name}
              </option>
            ))}
          </select>
        </label>
      )}
      <ViewMenu hasContainer={chosen?.container !== null} folded={folded} />
      {directory !== null && picture === "matrix" && (
        <Crumbs {...{ directory, names, first, shown }} />
      )}
    </div>
  );
});

/** The directory on the stage, each part of it a way up; and the directories in it, ways down. */
function Crumbs({
  directory,
  names,
  first,
  shown,
}: Pick<StageBarProps, "names" | "first" | "shown"> & { readonly directory: string }) {
  const { t } = useWords();
  const pinned = useLab((lab) => lab.directory);
  const { choose } = useLab.getState();
  const parts = directory === "/" ? [] : directory.slice(1).split("/");
  const last = first + shown;
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
      {names > shown && (
        <span className="lab-window">
          <button
            type="button"
            className="button"
            disabled={first === 0}
            aria-label={t("lab:stage.columnsBack")}
            onClick={() => choose({ first: Math.max(0, first - shown) })}
          >
            ◀
          </button>
          {t("lab:stage.columns", { from: first + 1, to: last, count: names })}
          <button
            type="button"
            className="button"
            disabled={last >= names}
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
