import { useState } from "react";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand, shownMoment, stopsOf } from "../../state/lab-timeline.ts";
import { Sentence } from "../text/sentence.tsx";
import { useWords } from "../text/words.ts";
import { momentSentence } from "./narration.ts";
import { TranscriptButtons } from "./transcript-buttons.tsx";
import type { Scene } from "./use-staged.ts";

/** Sentences that are listed; a longer command's are in the transcript. */
const LISTED = 200;

/** The sentences of the command, one a micro-step, and the session's to copy. */
export function StepLog({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const detail = useLab((lab) => lab.detail);
  const [isOpen, setOpen] = useState(false);
  const isAsked = useLab((lab) => lab.question !== null);
  const { timeline, speaker, touch } = scene;
  const command = currentCommand(timeline);
  const { seek } = useLab.getState();
  if (!command) return null;
  const all = stopsOf(command, detail);
  // While something is asked, what comes is not told.
  const stops = isAsked ? all.filter((stop) => stop <= timeline.cursor.tick) : all;
  const steps = stops.slice(0, LISTED).flatMap((stop) => {
    const moment = shownMoment(command, detail, stop);
    return moment ? [{ stop, moment }] : [];
  });
  return (
    <details className="lab-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("lab:log.title")}</summary>
      {isOpen && (
        <>
          <div className="lab-choices">
            <span className="lab-choice-name">{t("lab:transcript.title")}</span>
            <TranscriptButtons timeline={timeline} />
          </div>
          <ol className="lab-log">
            {steps.map(({ stop, moment }) => (
              <li
                key={stop}
                data-touched={touch?.moments.has(moment) ?? false}
                aria-current={stop === timeline.cursor.tick ? "step" : undefined}
                className={stop <= timeline.cursor.tick ? undefined : "lab-muted"}
              >
                <button
                  type="button"
                  className="lab-log-step"
                  onClick={() => seek({ command: command.id, tick: stop })}
                >
                  <Sentence of={momentSentence(t, moment, command.ran.calls, speaker)} />
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
    </details>
  );
}
