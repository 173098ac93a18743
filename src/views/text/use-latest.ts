import { useLayoutEffect, useRef, useState } from "react";

/** Gives what was drawn last, by a function that stays the same from step to step: for what a press does. */
export function useLatest<T>(value: T): () => T {
  const latest = useRef(value);
  useLayoutEffect(() => {
    latest.current = value;
  }, [value]);
  const [now] = useState(() => () => latest.current);
  return now;
}
