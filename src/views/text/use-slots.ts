import { useRef } from "react";

interface Slot {
  /** The key of an element. */
  readonly slot: number;
  /** What it shows: the number of a thing in a long row. */
  readonly item: number;
}

/**
 * Elements for the few things of a long row that are in sight, in an order of their own. A thing that stays in sight keeps
 * its element; one that comes takes that of one that went: to change an element costs less than to make one.
 */
export function useSlots(items: readonly number[]): readonly Slot[] {
  const kept = useRef<readonly Slot[]>([]);
  const before = new Map(kept.current.map(({ slot, item }) => [item, slot]));
  const wanted = new Set(items);
  const free = kept.current.filter(({ item }) => !wanted.has(item)).map(({ slot }) => slot);
  let made = Math.max(-1, ...before.values()) + 1;
  kept.current = items
    .map((item) => ({ item, slot: before.get(item) ?? free.shift() ?? made++ }))
    .sort((a, b) => a.slot - b.slot);
  return kept.current;
}
