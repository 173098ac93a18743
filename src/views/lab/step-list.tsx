// biome-ignore-all lint/a11y/useSemanticElements: ten thousand sentences cannot be in the document
// biome-ignore-all lint/a11y/useFocusableInteractive: the list has the focus and points at the sentence
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { useLab } from "../../state/lab-store.ts";
import { type LabCommand, shownMoment, stopsOf, stopsPassed } from "../../state/lab-timeline.ts";
import { Sentence } from "../text/sentence.tsx";
import { useHalfSeen } from "../text/use-half-seen.ts";
import { useWords } from "../text/words.ts";
import { momentSentence, subjectName } from "./narration.ts";
import type { Scene } from "./use-staged.ts";

/** Of two lines, in CSS pixels; a sentence in sight is measured. */
const USUAL_HEIGHT = 50;
/** Kept in sight before and after the present step. */
const AROUND = 60;

/**
 * The sentences of a command of any length: those in sight are worked out and are in the document. One Tab stop; arrows,
 * Home, End and the page keys read along the list without moving time, Enter goes to where they stand.
 */
export function StepList({
  scene,
  command,
}: {
  readonly scene: Scene;
  readonly command: LabCommand;
}) {
  const { t } = useWords();
  const isAsked = useLab((lab) => lab.question !== null);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const { timeline, speaker, telling, subject, touch, names } = scene;
  const { detail } = telling;
  const stops = stopsOf(command, detail);
  const passed = stopsPassed(command, detail, timeline.cursor.tick);
  const isSilent = shownMoment(command, detail, stops[0] ?? 0) === null;
  // While something is asked, what comes is not told.
  const count = isSilent ? 0 : isAsked ? passed : stops.length;
  /** Where the keys stand, for as long as time stays; else they stand at the present step. */
  const [reading, setReading] = useState({ stops, passed, at: passed - 1 });
  const standing = (when: number) => {
    const isReading = reading.stops === stops && reading.passed === when;
    return Math.min(isReading ? reading.at : when - 1, count - 1);
  };
  const at = standing(passed);

  const keys = `${id}${command.id}-${detail}-`;
  const keyOf = useCallback((index: number) => keys + index, [keys]);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => USUAL_HEIGHT,
    getItemKey: keyOf,
    overscan: 4,
    scrollPaddingStart: AROUND,
    scrollPaddingEnd: AROUND,
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range);
      return at < 0 || rows.includes(at) ? rows : [...rows, at].sort((a, b) => a - b);
    },
  });

  const isSeen = useHalfSeen(scroller);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another command's step may have the same number
  useEffect(() => {
    if (count === 0) return;
    if (isSeen.current) scroller.current?.scrollIntoView({ block: "nearest" });
    virtual.scrollToIndex(Math.max(0, at));
  }, [stops, passed, count, virtual]);

  const touching =
    subject && t("lab:touch.command", { name: subjectName(subject, names, telling) });
  const goTo = (index: number) => {
    const tick = stops[index];
    if (tick !== undefined) useLab.getState().seek({ command: command.id, tick });
  };
  const onClick = ({ target }: MouseEvent) => {
    const step = target instanceof Element ? target.closest("[data-index]") : null;
    if (step) goTo(Number(step.getAttribute("data-index")));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { startIndex, endIndex } = virtual.range ?? { startIndex: 0, endIndex: 0 };
    const page = Math.max(1, endIndex - startIndex - 1);
    // The scene follows at rest: a key that is pressed before counts from where time is.
    const { cursor } = useLab.getState().timeline ?? timeline;
    const now = cursor.command === command.id ? stopsPassed(command, detail, cursor.tick) : passed;
    const from = standing(now);
    const isTaken = event.key === "Enter" || event.key === " ";
    const to = isTaken ? from : placeAfter(event.key, from, page);
    if (to === null) return;
    event.preventDefault();
    if (isTaken) {
      goTo(from);
      return;
    }
    const place = Math.min(Math.max(to, 0), count - 1);
    setReading({ stops, passed: now, at: place });
    virtual.scrollToIndex(place);
  };

  return (
    <>
      {isSilent && <p className="lab-muted">{t("lab:time.noSteps")}</p>}
      <div
        ref={scroller}
        className="lab-log"
        role="listbox"
        tabIndex={0}
        aria-label={t("lab:log.title")}
        aria-activedescendant={at < 0 ? undefined : keyOf(at)}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div role="presentation" style={{ blockSize: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const moment = shownMoment(command, detail, stops[index] ?? 0);
            return (
              moment && (
                <Step
                  key={keyOf(index)}
                  id={keyOf(index)}
                  index={index}
                  count={count}
                  top={start}
                  measure={virtual.measureElement}
                  sentence={momentSentence(t, moment, command.ran.calls, speaker)}
                  isPresent={index === passed - 1}
                  isPassed={index < passed}
                  isRead={index === at}
                  touching={touch?.moments.has(moment) ? touching : null}
                />
              )
            );
          })}
        </div>
      </div>
    </>
  );
}

const Step = memo(function Step({
  id,
  index,
  count,
  top,
  measure,
  sentence,
  isPresent,
  isPassed,
  isRead,
  touching,
}: {
  readonly id: string;
  readonly index: number;
  readonly count: number;
  readonly top: number;
  readonly measure: (element: HTMLElement | null) => void;
  readonly sentence: string;
  readonly isPresent: boolean;
  readonly isPassed: boolean;
  /** The keys stand at it. */
  readonly isRead: boolean;
  /** That it touches what is selected; null: it does not. */
  readonly touching: string | null;
}) {
  return (
    <div
      id={id}
      ref={measure}
      className={isPassed ? "lab-log-step" : "lab-log-step lab-muted"}
      role="option"
      aria-selected={isPresent}
      aria-posinset={index + 1}
      aria-setsize={count}
      data-index={index}
      data-read={isRead}
      data-touched={touching !== null}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span aria-hidden="true" className="lab-muted">{`${index + 1}. `}</span>
      <Sentence of={sentence} />
      {touching !== null && <span className="unseen">{` (${touching})`}</span>}
    </div>
  );
});

/** Where a key of the ARIA listbox pattern leads, maybe over an end; null: it leads nowhere. */
function placeAfter(key: string, at: number, page: number): number | null {
  switch (key) {
    case "ArrowDown":
      return at + 1;
    case "ArrowUp":
      return at - 1;
    case "PageDown":
      return at + page;
    case "PageUp":
      return at - page;
    case "Home":
      return 0;
    case "End":
      return Number.POSITIVE_INFINITY;
    default:
      return null;
  }
}
