import { type RefObject, useEffect, useRef } from "react";

const HALF = 0.5;

/** Whether half of an element was in view when it was last drawn: before what changes now has moved it. */
export function useHalfSeen(element: RefObject<HTMLElement | null>): RefObject<boolean> {
  const isSeen = useRef(true);
  useEffect(() => {
    if (!element.current) return undefined;
    const watch = new IntersectionObserver(
      (entries) => {
        isSeen.current = (entries.at(-1)?.intersectionRatio ?? 0) >= HALF;
      },
      { threshold: HALF },
    );
    watch.observe(element.current);
    return () => watch.disconnect();
  }, [element]);
  return isSeen;
}
