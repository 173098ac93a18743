import { paceOf } from "./lab-pace.ts";
import {
  branchOf,
  type Cursor,
  type Detail,
  type LabCommand,
  stopsOf,
  type Timeline,
} from "./lab-timeline.ts";

/** What a film tells: from one moment of the branch shown to another, both of them in it. */
export interface FilmRange {
  readonly from: Cursor;
  readonly to: Cursor;
}

/** A picture of a film. */
export interface FilmMoment {
  readonly cursor: Cursor;
  /** null: before the first command. */
  readonly command: LabCommand | null;
  /** The line stands there, and nothing has happened yet. */
  readonly isTyped: boolean;
}

/** How fast a film goes: as the Lab plays at a speed, or each picture as long as its sentence takes to read. */
export const FILM_PACES = ["read", 0.25, 0.5, 1, 2] as const;
export type FilmPace = (typeof FILM_PACES)[number];

/**
 * More pictures than this are not made: at 1280 dots across they are some 20 MB of GIF and a minute or two of work, and
 * nobody watches more.
 */
export const MAX_PICTURES = 400;

const START: Cursor = { command: null, tick: 0 };

/** Where the branch that is shown begins and ends. */
export function wholeBranch(timeline: Timeline): FilmRange {
  return { from: START, to: endOf(branchOf(timeline).at(-1) ?? null) };
}

/** From before a command to its end. */
export function wholeCommand(command: LabCommand): FilmRange {
  return { from: { command: command.id, tick: 0 }, to: endOf(command) };
}

function endOf(command: LabCommand | null): Cursor {
  return command === null ? START : { command: command.id, tick: command.moments.length };
}

/** The moment after so many stops of a command. */
export function cursorAt(command: LabCommand, detail: Detail, step: number): Cursor {
  return { command: command.id, tick: step === 0 ? 0 : (stopsOf(command, detail)[step - 1] ?? 0) };
}

/**
 * The pictures of a range: each command as it is typed, and the stops of a walk at this detail: with time
 * to read all of them, else those that playing shows. A range that ends before it begins has none. O(stops of the branch).
 */
export function filmMoments(
  timeline: Timeline,
  detail: Detail,
  { from, to }: FilmRange,
  pace: FilmPace,
): readonly FilmMoment[] {
  const branch = branchOf(timeline);
  if (branch.length === 0) return [{ cursor: START, command: null, isTyped: false }];
  const all: FilmMoment[] = [];
  const places = new Map<number | null, number>([[null, -1]]);
  for (const [place, command] of branch.entries()) {
    places.set(command.id, place);
    const { atOnce } = pace === "read" ? { atOnce: 1 } : paceOf(command, detail);
    const stops = stopsOf(command, detail);
    const shown = stops.filter((_, at) => (at + 1) % atOnce === 0 || at === stops.length - 1);
    const ticks = new Set([0, ...shown]);
    if (command.id === from.command) ticks.add(from.tick);
    const rising = [...ticks].sort((a, b) => a - b);
    for (const tick of rising)
      all.push({ cursor: { command: command.id, tick }, command, isTyped: tick === 0 });
  }
  const isBefore = (a: Cursor, b: Cursor) => {
    const apart = (places.get(a.command) ?? 0) - (places.get(b.command) ?? 0);
    return apart === 0 ? a.tick < b.tick : apart < 0;
  };
  return all.filter(({ cursor }) => !isBefore(cursor, from) && !isBefore(to, cursor));
}

/** How long a line that was typed, and the end of a command, are looked at, at speed 1. */
const HOLD_MS = 900;
/** The last picture, before a film begins again. */
const END_MS = 2000;
/** To read a sentence: to find it, and each of its letters; a Chinese one counts as two. */
const FIND_MS = 1000;
const LETTER_MS = 45;
/** The unit of a GIF's time; browsers take a picture of less than two units for a slow one. */
const UNIT_MS = 10;
const SHORTEST_MS = 2 * UNIT_MS;

/** How long each picture is shown, in milliseconds, multiples of 10. `letters`: how long each one's sentence is. */
export function filmDurations(
  moments: readonly FilmMoment[],
  detail: Detail,
  pace: FilmPace,
  letters: readonly number[],
): readonly number[] {
  return moments.map(({ command, isTyped }, at) => {
    const isLast = at === moments.length - 1;
    const isTurn = isTyped || moments[at + 1]?.command !== command;
    const shown =
      pace === "read"
        ? FIND_MS + LETTER_MS * (letters[at] ?? 0)
        : (isTurn ? HOLD_MS : paceOf(command, detail).wait) / pace;
    const duration = Math.max(SHORTEST_MS, isLast ? END_MS : 0, shown);
    return Math.round(duration / UNIT_MS) * UNIT_MS;
  });
}
