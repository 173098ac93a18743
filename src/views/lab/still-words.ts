import { plainSentence } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import { promptsOf } from "../../shell/session.ts";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand, stopsOf, stopsPassed } from "../../state/lab-timeline.ts";
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
  const narration = plainSentence(caption ?? t("lab:time.nothing"));
  const command = currentCommand(timeline);
  if (!command) return { title: called, line: "", narration, link };
  const { ran } = command;
  const prompt = promptText(promptsOf(staged.present.host), ran.prompt);
  const steps = stopsOf(command, detail).length;
  const step = stopsPassed(command, detail, timeline.cursor.tick);
  const place =
    command.moments.length === 0 ? t("lab:time.noSteps") : t("lab:time.place", { step, steps });
  return {
    title: `${called} · ${visibleText(ran.line)}`,
    line: `${prompt} ${visibleText(ran.line)} · ${place}`,
    narration: caption === null ? t("lab:save.typed") : narration,
    link,
  };
}
