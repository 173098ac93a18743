import { useLab } from "../../state/lab-store.ts";
import { currentCommand, stopsOf } from "../../state/lab-timeline.ts";
import { nextTouch, touchedStops } from "../../state/lab-touch.ts";
import { useWords } from "../text/words.ts";
import type { Scene } from "./use-staged.ts";

/** How many micro-steps of this command touch what is selected, and the way to the nearest ones in the session. */
export function Touches({ scene, name }: { readonly scene: Scene; readonly name: string }) {
  const { t } = useWords();
  const { timeline, subject, telling } = scene;
  if (!subject) return null;
  const { detail } = telling;
  const command = currentCommand(timeline);
  const touched = command ? touchedStops(timeline, command, subject, detail).length : 0;
  const steps = command ? stopsOf(command, detail).length : 0;
  const here = touched === 0 ? t("lab:touch.none") : t("lab:touch.here", { touched, steps });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a row of buttons
    <span className="lab-touches" role="group" aria-label={t("lab:touch.label", { name })}>
      <Way way="back" scene={scene} words={t("lab:touch.back", { name })} />
      <span title={here}>
        <span aria-hidden="true">{`${touched}/${steps}`}</span>
        <span className="unseen">{here}</span>
      </span>
      <Way way="on" scene={scene} words={t("lab:touch.on", { name })} />
      <button
        type="button"
        className="button"
        aria-label={t("lab:touch.clear")}
        title={`${t("lab:touch.clear")} (Esc)`}
        onClick={() => useLab.getState().choose({ selected: null })}
      >
        <span aria-hidden="true">✕</span>
      </button>
    </span>
  );
}

function Way({
  way,
  scene,
  words,
}: {
  readonly way: "on" | "back";
  readonly scene: Scene;
  readonly words: string;
}) {
  const { timeline, subject, telling } = scene;
  const cursor = subject && nextTouch(timeline, subject, telling.detail, way);
  return (
    <button
      type="button"
      className="button"
      aria-label={words}
      title={words}
      disabled={cursor === null}
      onClick={() => cursor && useLab.getState().seek(cursor)}
    >
      <span aria-hidden="true">{way === "on" ? "●▸" : "◂●"}</span>
    </button>
  );
}
