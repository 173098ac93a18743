import type { Speaker } from "../../i18n/event-sentence.ts";
import { currentCommand, type Timeline as Time } from "../../state/lab-timeline.ts";
import { type Subject, touchedCommands, touchOf } from "../../state/lab-touch.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { Commands } from "./commands.tsx";
import { Controls } from "./controls.tsx";
import { Place } from "./place.tsx";
import { Ticks } from "./ticks.tsx";
import "./timeline.css";

/** Time: the commands, the micro-steps of the one under way, and how to walk in both. */
export function Timeline({
  timeline,
  speaker,
  subject,
}: {
  /** What is selected; null: nothing. */
  readonly subject: Subject | null;
  readonly timeline: Time;
  readonly speaker: Speaker;
}) {
  const { t } = useWords();
  const command = currentCommand(timeline);
  const line = command ? visibleText(command.ran.line) : t("lab:time.start");
  return (
    <section className="timeline" aria-label={t("lab:time.label")}>
      <div className="timeline-row">
        <Controls />
        <span className="timeline-line mono" title={line}>
          {line}
        </span>
        {command && command.moments.length > 0 && (
          <Ticks
            {...{ command, speaker }}
            touched={subject && touchOf(timeline, command, subject).moments}
          />
        )}
      </div>
      <div className="timeline-row">
        <Commands
          commands={timeline.commands}
          tip={timeline.tip}
          current={timeline.cursor.command}
          touched={subject && touchedCommands(timeline, subject)}
        />
        <Place command={command} tick={timeline.cursor.tick} />
      </div>
    </section>
  );
}
