import { plainSentence } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import { promptsOf } from "../../shell/session.ts";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand, hasSteps, stopsOf, stopsPassed } from "../../state/lab-timeline.ts";
import { visibleText } from "../text/visible-name.ts";
import { promptText } from "./narration.ts";
import type { StillWords } from "./still.ts";
import type { Scene } from "./use-staged.ts";

/** What is told beside the picture of a scene. `picture`: what the drawing is called. */
export function stillWords(
  t: Translate,
  { timeline, caption, staged }: Scene,
  picture: string,
  link: string,
): StillWords {
  const { figure, detail } = useLab.getState();
  const called = figure === null ? picture : t(`lab:figure.${figure}`);
  const command = currentCommand(timeline);
  if (!command) return { title: called, line: "", narration: t("lab:time.nothing"), link };
  const { ran } = command;
  const prompt = promptText(promptsOf(staged.present.host), ran.prompt);
  const steps = stopsOf(command, detail).length;
  const step = stopsPassed(command, detail, timeline.cursor.tick);
  const place = hasSteps(command, detail)
    ? t("lab:time.place", { step, steps })
    : t("lab:time.noSteps");
  return {
    title: `${called} · ${visibleText(ran.line)}`,
    line: `${prompt} ${visibleText(ran.line)} · ${place}`,
    narration: caption === null ? t("lab:save.typed") : plainSentence(caption),
    link,
  };
}
