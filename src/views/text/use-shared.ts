import { useRef } from "react";
import { shared, sharedList } from "../../state/lab-sharing.ts";

/** Plain data that stays the same object for as long as it says the same. */
export function useShared<T>(value: T): T {
  const kept = useRef(value);
  kept.current = shared(kept.current, value);
  return kept.current;
}

/** A list that stays the same for as long as it says the same, and with it each element at its place. */
export function useSharedList<T>(list: readonly T[]): readonly T[] {
  const kept = useRef(list);
  kept.current = sharedList(kept.current, list);
  return kept.current;
}
