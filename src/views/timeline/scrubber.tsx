import { memo, useEffect, useLayoutEffect, useRef } from "react";
import { useLab } from "../../state/lab-store.ts";
import type { CommandId } from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";

/**
 * The slider over a command's micro-steps. It may be moved more often than a frame is drawn: a frame shows its last place.
 * The browser keeps the place of its thumb, which follows time when something else moves that.
 */
export const Scrubber = memo(function Scrubber({
  command,
  stops,
  passed,
}: {
  readonly command: CommandId;
  readonly stops: readonly number[];
  /** How many stops have passed. */
  readonly passed: number;
}) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const frame = useRef(0);
  const steps = stops.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a place beyond the old end waits for the new one
  useLayoutEffect(() => {
    if (input.current) input.current.value = String(passed);
  }, [passed, steps]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  return (
    <div className="timeline-slide">
      <input
        ref={input}
        type="range"
        className="timeline-scrubber"
        aria-label={t("lab:time.scrub")}
        min={0}
        max={steps}
        defaultValue={passed}
        aria-valuetext={t("lab:time.place", { step: passed, steps })}
        onChange={({ target }) => {
          cancelAnimationFrame(frame.current);
          frame.current = requestAnimationFrame(() => {
            const place = Number(target.value);
            const tick = place === 0 ? 0 : (stops[place - 1] ?? 0);
            useLab.getState().seek({ command, tick });
          });
        }}
      />
    </div>
  );
});
