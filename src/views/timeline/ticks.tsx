import { memo, useState } from "react";
import type { Speaker } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import { GLYPH_SIGNS, type Glyph, glyphOf } from "../../state/lab-glyph.ts";
import type { Moment } from "../../state/lab-moments.ts";
import { useLab } from "../../state/lab-store.ts";
import { type LabCommand, shownMoment, stopsOf, stopsPassed } from "../../state/lab-timeline.ts";
import { useSize } from "../text/use-size.ts";
import { useSlots } from "../text/use-slots.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { Scrubber } from "./scrubber.tsx";
import { labelled, type Pitch, tickWindow, wordMiddle } from "./tick-layout.ts";
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
/** In the disc of a micro-step that is not told yet. */
const NO_SIGN = "\u00a0";

/** Across, in CSS pixels, as in the style sheet; how far its ring lies within, and the second one within that. */
const DISC = 25;
const LARGE_DISC = 36;
const RING = 0.9;
const WITHIN = 3.4;

/**
 * A summary in glyphs: the past inked, the present filled, the future outlined. One drawing, for a leap changes every
 * one of them: all signs of a kind of time are one text and their rings one path. It is for the eye and the pointer; keys
 * and readers have the slider below, and the command's sentences.
 */
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
  /** While something is asked, what comes is not told. */
  const isAsked = useLab((lab) => lab.question !== null);
  const stops = stopsOf(command, detail);
  const passed = stopsPassed(command, detail, tick);
  const [ref, { width }] = useSize();
  const [pointed, setPointed] = useState<number | null>(null);
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
    const number = first + at + 1;
    const isHidden = isAsked && number > passed;
    const glyph = glyphOf(moment, command.ran.calls);
    const branch = branchOf(moment, command, speaker);
    return [
      {
        stop,
        number,
        sign: isHidden ? NO_SIGN : GLYPH_SIGNS[glyph],
        word: isHidden ? "" : (branch ?? t(`lab:glyph.${glyph}`)),
        says: isHidden ? t("lab:predict.hidden") : sayingOf(t, glyph, branch),
        isTouched: !isHidden && (touched?.has(moment) ?? false),
      },
    ];
  });
  const words = ticks.map(({ word }, at) => ({
    width: wordWidth(word, isLarge ? LARGE_WORD_SIZE : WORD_SIZE),
    isRepeated: ticks[at - 1]?.word === word,
  }));
  const now = passed - first - 1;
  const withWord = labelled(words, now, pitch);
  const way = t("lab:time.way", { list: t("lab:log.title") });
  const named = [...withWord].sort((a, b) => a - b);
  const slots = useSlots(named.map((at) => first + at));
  const sayingAt = (at: number) => {
    const shown = ticks[at];
    return shown && `${shown.number}: ${shown.says}`;
  };
  const pointedAt = ({ currentTarget, clientX }: { currentTarget: Element; clientX: number }) =>
    Math.floor((clientX - currentTarget.getBoundingClientRect().left) / pitch);
  const signs = ticks.map(({ sign }) => sign).join("");
  const past = Math.max(0, now);
  const rung = ticks.map((each) => (each.isTouched ? "1" : "0")).join("");
  const discs = (when: When, from: number, to: number) => (
    <Discs
      when={when}
      from={from}
      signs={signs.slice(from, to)}
      rung={rung.slice(from, to)}
      pitch={pitch}
      radius={(isLarge ? LARGE_DISC : DISC) / 2 - RING}
    />
  );
  return (
    <div className="timeline-ticks" ref={ref}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the slider below has the keys */}
      <svg
        className="timeline-glyphs"
        data-cut={cutOf(first > 0, first + count < stops.length)}
        style={{ width: ticks.length * pitch }}
        role="img"
        aria-label={sayingAt(now) ?? t("lab:time.place", { step: passed, steps: stops.length })}
        aria-description={way}
        onClick={(event) => {
          const stop = ticks[pointedAt(event)]?.stop;
          if (stop !== undefined) useLab.getState().seek({ command: command.id, tick: stop });
        }}
        onPointerMove={(event) => setPointed(pointedAt(event))}
        onPointerLeave={() => setPointed(null)}
      >
        {pointed !== null && <title>{sayingAt(pointed)}</title>}
        {discs("past", 0, past)}
        {discs("now", past, now + 1)}
        {discs("future", now + 1, ticks.length)}
        <g className="timeline-words">
          <g transform={`translate(${-first * pitch})`}>
            {slots.map(({ slot, item }) => {
              const at = item - first;
              const tick = ticks[at];
              return (
                tick && (
                  <Word
                    key={slot}
                    x={hundredths(
                      first * pitch +
                        wordMiddle(pitch * (at + 0.5), words[at]?.width ?? 0, ticks.length * pitch),
                    )}
                    word={tick.word}
                    isTouched={tick.isTouched}
                    when={at < now ? "past" : at === now ? "now" : "future"}
                  />
                )
              );
            })}
          </g>
        </g>
      </svg>
      <Scrubber command={command.id} stops={stops} passed={passed} way={way} />
    </div>
  );
}

type When = "past" | "now" | "future";

/** The discs of neighbours of one time, `from` the first of them on, with their signs. A step changes the signs alone. */
const Discs = memo(function Discs({
  when,
  from,
  signs,
  rung,
  pitch,
  radius,
}: {
  readonly when: When;
  readonly from: number;
  readonly signs: string;
  /** "1" for each that touched what is selected: it has a second ring. */
  readonly rung: string;
  readonly pitch: number;
  readonly radius: number;
}) {
  if (signs === "") return null;
  const middles = Array.from(signs, (_, at) => middleOf(from + at, pitch));
  const touched = middles.filter((_, at) => rung[at] === "1");
  return (
    <g className={`timeline-discs timeline-${when}`}>
      <path className="timeline-ring" d={ringsAt(middles, radius)} />
      {touched.length > 0 && (
        <path
          className="timeline-touched"
          data-touched={touched.length}
          d={ringsAt(touched, radius - WITHIN)}
        />
      )}
      <text className="timeline-signs" x={middles.join(" ")}>
        {signs}
      </text>
    </g>
  );
});

function ringsAt(middles: readonly number[], radius: number): string {
  const round = `a${radius},${radius} 0 1 0 ${2 * radius},0a${radius},${radius} 0 1 0 ${-2 * radius},0`;
  return middles.map((x) => `M${x - radius},0${round}`).join("");
}

const Word = memo(function Word({
  x,
  word,
  isTouched,
  when,
}: {
  readonly x: number;
  readonly word: string;
  readonly isTouched: boolean;
  readonly when: When;
}) {
  return (
    <text className={`timeline-word timeline-${when}`} x={x} data-touched={isTouched}>
      {word}
    </text>
  );
});

/** Of the tick at a place of a row. */
function middleOf(index: number, pitch: number): number {
  return hundredths((index + 0.5) * pitch);
}

/** One place is one number, wherever the window stands. */
function hundredths(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

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
