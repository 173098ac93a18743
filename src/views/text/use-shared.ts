import { useRef } from "react";
import { shared } from "../../state/lab-sharing.ts";

/** Plain data that stays the same object for as long as it says the same. */
export function useShared<T>(value: T): T {
  const kept = useRef(value);
  kept.current = shared(kept.current, value);
  return kept.current;
}
