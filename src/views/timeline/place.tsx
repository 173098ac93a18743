import { memo } from "react";
import { SPEEDS } from "../../state/lab-settings.ts";
import { useLab } from "../../state/lab-store.ts";
import {
  DETAILS,
  hasSteps,
  type LabCommand,
  stopsOf,
  stopsPassed,
} from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";

/** How fast, how closely, and at which micro-step we are. */
export function Place({
  command,
  tick,
}: {
  readonly command: LabCommand | null;
  readonly tick: number;
}) {
  const { t } = useWords();
  const detail = useLab((lab) => lab.detail);
  const steps = command ? stopsOf(command, detail).length : 0;
  const step = command ? stopsPassed(command, detail, tick) : 0;
  const words = (at: number) => {
    if (command === null) return t("lab:time.before");
    return hasSteps(command, detail)
      ? t("lab:time.place", { step: at, steps })
      : t("lab:time.noSteps");
  };
  return (
    <div className="timeline-place">
      <Choices />
      <span className="timeline-count" data-longest={words(steps)}>
        <span>{words(step)}</span>
      </span>
    </div>
  );
}

const Choices = memo(function Choices() {
  const { t } = useWords();
  const speed = useLab((lab) => lab.speed);
  const detail = useLab((lab) => lab.detail);
  const { set } = useLab.getState();
  return (
    <>
      <label>
        <span className="unseen">{t("lab:time.speed")}</span>
        <select
          aria-label={t("lab:time.speed")}
          value={speed}
          onChange={(event) => {
            const chosen = SPEEDS.find((each) => String(each) === event.target.value);
            if (chosen !== undefined) set({ speed: chosen });
          }}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={each}>
              {each === 0 ? t("lab:time.still") : t("lab:time.times", { speed: each })}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="timeline-label">{t("lab:time.detail")}</span>
        <select
          aria-label={t("lab:time.detail")}
          value={detail}
          onChange={(event) => {
            const chosen = DETAILS.find((each) => String(each) === event.target.value);
            if (chosen !== undefined) set({ detail: chosen });
          }}
        >
          {DETAILS.map((each) => (
            <option key={each} value={each}>
              {t(`lab:time.detail${each}`)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
});
