import { memo, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useLab } from "../../state/lab-store.ts";
import type { CommandId } from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";

/**
 * The slider over a command's micro-steps. It may be moved more often than a frame is drawn: a frame shows its last place.
 * The browser keeps the place of its thumb, which follows time when something else moves that. React writes a dozen
 * attributes of an input that it draws again or hears an event of; so a step leaves the element alone and sets what it
 * changes, and its events end here.
 */
export const Scrubber = memo(function Scrubber({
  command,
  stops,
  passed,
  way,
}: {
  readonly command: CommandId;
  readonly stops: readonly number[];
  /** How many stops have passed. */
  readonly passed: number;
  /** Where the sentence of each is, for a reader. */
  readonly way: string;
}) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const steps = stops.length;
  useLayoutEffect(() => {
    if (!input.current) return;
    input.current.value = String(passed);
    const place = t("lab:time.place", { step: passed, steps });
    input.current.setAttribute("aria-valuetext", place);
  }, [passed, steps, t]);
  useEffect(() => {
    const slider = input.current;
    if (!slider) return undefined;
    let frame = 0;
    const move = (event: Event) => {
      event.stopPropagation();
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const place = Number(slider.value);
        const tick = place === 0 ? 0 : (stops[place - 1] ?? 0);
        useLab.getState().seek({ command, tick });
      });
    };
    slider.addEventListener("input", move);
    return () => {
      slider.removeEventListener("input", move);
      cancelAnimationFrame(frame);
    };
  }, [command, stops]);
  const label = t("lab:time.scrub");
  const slider = useMemo(
    () => (
      <input
        ref={input}
        type="range"
        className="timeline-scrubber"
        aria-label={label}
        aria-description={way}
        min={0}
        max={steps}
        defaultValue={0}
      />
    ),
    [steps, label, way],
  );
  return <div className="timeline-slide">{slider}</div>;
});
