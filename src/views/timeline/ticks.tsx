import { memo } from "react";
import type { Speaker } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import { GLYPH_SIGNS, type Glyph, glyphOf } from "../../state/lab-glyph.ts";
import type { Moment } from "../../state/lab-moments.ts";
import { useLab } from "../../state/lab-store.ts";
import {
  type CommandId,
  type LabCommand,
  shownMoment,
  stopsOf,
  stopsPassed,
} from "../../state/lab-timeline.ts";
import { useSize } from "../text/use-size.ts";
import { useSlots } from "../text/use-slots.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { Scrubber } from "./scrubber.tsx";
import { labelled, type Pitch, tickWindow } from "./tick-layout.ts";
import { wordWidth } from "./word-width.ts";

const PITCH: Pitch = { least: 30, most: 64 };
const TOUCH_PITCH: Pitch = { least: 46, most: 64 };
const LARGE_PITCH: Pitch = { least: 44, most: 110 };
/** A finger is the pointer. Asked for once, for a list of a query stays true. */
function touch(): MediaQueryList {
  touched ??= matchMedia("(pointer: coarse)");
  return touched;
}
let touched: MediaQueryList | null = null;

/** Size of a tick's word in root ems, as in the style sheet. */
const WORD_SIZE = 0.75;
const LARGE_WORD_SIZE = 1;
/** A branch's name under a tick is cut to so many characters. */
const LONGEST = 10;

/** A summary in glyphs: the past inked, the present filled, the future outlined. */
export function Ticks({
  command,
  speaker,
  touched,
}: {
  /** Moments that touched what is selected; null: nothing is. */
  readonly touched: ReadonlySet<Moment> | null;
  readonly command: LabCommand;
  readonly speaker: Speaker;
}) {
  const { t } = useWords();
  const detail = useLab((lab) => lab.detail);
  const tick = useLab((lab) => lab.timeline?.cursor.tick ?? 0);
  const stops = stopsOf(command, detail);
  const passed = stopsPassed(command, detail, tick);
  const [ref, { width }] = useSize();
  const isLarge = useLab((lab) => lab.isPresenting);
  const isTouched = touch().matches;
  const { first, count, pitch } = tickWindow(
    stops.length,
    passed,
    width,
    isLarge ? LARGE_PITCH : isTouched ? TOUCH_PITCH : PITCH,
  );
  const ticks = stops.slice(first, first + count).flatMap((stop, at) => {
    const moment = shownMoment(command, detail, stop);
    if (!moment) return [];
    const glyph = glyphOf(moment, command.ran.calls);
    const branch = branchOf(moment, command, speaker);
    const word = branch ?? t(`lab:glyph.${glyph}`);
    const isTouched = touched?.has(moment) ?? false;
    const says = sayingOf(t, glyph, branch);
    return [{ stop, number: first + at + 1, glyph, word, says, isTouched }];
  });
  const words = ticks.map(({ word }, at) => ({
    width: wordWidth(word, isLarge ? LARGE_WORD_SIZE : WORD_SIZE),
    isRepeated: ticks[at - 1]?.word === word,
  }));
  const now = passed - first - 1;
  const withWord = labelled(words, now, pitch);
  const slotOf = useSlots(first, ticks.length);
  return (
    <div className="timeline-ticks" ref={ref}>
      <ol
        className="timeline-glyphs"
        data-cut={cutOf(first > 0, first + count < stops.length)}
        style={{ gridAutoColumns: `${pitch}px` }}
      >
        {ticks.map(({ stop, number, glyph, word, says, isTouched }, at) => {
          const when = number < passed ? "past" : number === passed ? "now" : "future";
          return (
            <Tick
              key={slotOf(at)}
              command={command.id}
              {...{ stop, number, glyph, says, when, isTouched }}
              word={withWord.has(at) ? word : null}
            />
          );
        })}
      </ol>
      <Scrubber command={command.id} stops={stops} passed={passed} />
    </div>
  );
}

/** One micro-step in the row; a step changes the two that it passes between. */
const Tick = memo(function Tick({
  command,
  stop,
  number,
  glyph,
  word,
  says,
  when,
  isTouched,
}: {
  readonly command: CommandId;
  readonly stop: number;
  readonly number: number;
  readonly glyph: Glyph;
  /** null: there is no room for it. */
  readonly word: string | null;
  readonly says: string;
  /** It touches what is selected. */
  readonly isTouched: boolean;
  readonly when: "past" | "now" | "future";
}) {
  return (
    <li className={`timeline-tick timeline-${when}`} data-touched={isTouched}>
      <button
        type="button"
        tabIndex={-1}
        aria-label={`${number}: ${says}`}
        aria-current={when === "now" ? "step" : undefined}
        title={says}
        onClick={() => useLab.getState().seek({ command, tick: stop })}
      >
        <span className="timeline-disc" aria-hidden="true">
          {GLYPH_SIGNS[glyph]}
        </span>
        {word !== null && <span className="timeline-word">{word}</span>}
      </button>
    </li>
  );
});

/** Which ends of a row are cut off, for its style; undefined: none. */
export function cutOf(isCutBefore: boolean, isCutAfter: boolean): string | undefined {
  const cut = `${isCutBefore ? "before " : ""}${isCutAfter ? "after" : ""}`.trim();
  return cut === "" ? undefined : cut;
}

/** The branch that a visit asks: what tells one probe from the next. */
function branchOf(moment: Moment, { ran }: LabCommand, speaker: Speaker): string | null {
  const event = ran.calls[moment.call]?.events[moment.event];
  if (event?.type !== "visit" || moment.probe !== null) return null;
  const name = visibleText(speaker.branchName(event.fs, event.branch));
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}

function sayingOf(t: Translate, glyph: Glyph, branch: string | null): string {
  const word = t(`lab:glyph.${glyph}`);
  return branch === null ? word : `${branch}: ${word}`;
}
