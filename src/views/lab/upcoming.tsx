import { memo } from "react";
import { plainSentence } from "../../i18n/event-sentence.ts";
import { endedUnions } from "../../state/lab-ended.ts";
import { currentCommand, shownMoment, stepForward } from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";
import { momentSentence, speakerFor } from "./narration.ts";
import type { Scene } from "./use-staged.ts";

/** What the next micro-step will say. */
export const Upcoming = memo(function Upcoming({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const { timeline, staged, names, telling } = scene;
  const ahead = stepForward(timeline, telling.detail);
  const command = ahead === timeline ? null : currentCommand(ahead);
  const moment = command && shownMoment(command, telling.detail, ahead.cursor.tick);
  const calls = command?.ran.calls ?? [];
  const machine = moment && calls[moment.call]?.machine;
  if (!moment || !machine) return null;
  const speaker = speakerFor([staged.present.machine, machine], endedUnions(ahead), names, telling);
  return (
    <section>
      <h2>{t("lab:time.next")}</h2>
      <p className="lab-muted">{plainSentence(momentSentence(t, moment, calls, speaker))}</p>
    </section>
  );
});
