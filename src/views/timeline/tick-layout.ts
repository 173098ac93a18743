/** Which ticks there is room for, and which of them can carry their word. Lengths in CSS pixels. */

/** Between two words. */
const GAP = 5;

export interface TickWindow {
  /** Index of the first tick shown. */
  readonly first: number;
  readonly count: number;
  /** From one tick's middle to the next. */
  readonly pitch: number;
}

/** How far ticks stand apart: at least what a disc or a finger takes, at most what still reads as one row. */
export interface Pitch {
  readonly least: number;
  readonly most: number;
}

/** As many ticks as fit, around the one that `passed` stands at (from 1; 0: before all). */
export function tickWindow(
  ticks: number,
  passed: number,
  room: number,
  { least, most }: Pitch,
): TickWindow {
  const count = Math.min(ticks, Math.max(3, Math.floor(room / least)));
  const first = Math.max(0, Math.min(passed - Math.ceil(count / 2), ticks - count));
  return { first, count, pitch: Math.min(most, Math.max(least, room / Math.max(1, count))) };
}

export interface TickWord {
  readonly width: number;
  /** The tick before says the same. */
  readonly isRepeated: boolean;
}

/**
 * The ticks whose words fit without touching each other: the present one's first, then those that say something else than
 * the tick before, then the others; of equals the left one. Words that would stand far from their tick to be inside have none,
 * but for the present one's.
 */
export function labelled(
  words: readonly TickWord[],
  now: number,
  pitch: number,
): ReadonlySet<number> {
  const rank = (at: number) => (at === now ? 0 : words[at]?.isRepeated ? 2 : 1);
  const order = [...words.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
  const end = pitch * words.length;
  const placed: (readonly [from: number, to: number])[] = [];
  const chosen = new Set<number>();
  for (const at of order) {
    const width = words[at]?.width ?? 0;
    const tick = pitch * (at + 0.5);
    const middle = wordMiddle(tick, width, end);
    const [from, to] = [middle - width / 2, middle + width / 2];
    const isInside = at === now || Math.abs(middle - tick) <= GAP;
    if (!isInside || placed.some((other) => from < other[1] + GAP && to > other[0] - GAP)) continue;
    placed.push([from, to]);
    chosen.add(at);
  }
  return chosen;
}

/** Where a word stands: under its tick, but for one at an end of the row, which stays inside. */
export function wordMiddle(tick: number, width: number, room: number): number {
  if (width >= room) return room / 2;
  return Math.max(width / 2, Math.min(tick, room - width / 2));
}
