import { useRef } from "react";

/**
 * Keys for what a window on a long row shows, of `count` things from `first` on. One that stays in sight keeps its element
 * when the window moves along; after a leap the elements stay where they are and show something else.
 */
export function useSlots(first: number, count: number): (at: number) => number {
  const window = useRef({ first, count, key: 0 });
  const before = window.current;
  const by = first - before.first;
  const key = Math.abs(by) < before.count ? before.key + by : before.key;
  window.current = { first, count, key };
  return (at) => key + at;
}
