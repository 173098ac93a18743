import { type RefObject, useLayoutEffect, useRef } from "react";

const SETTLE = { duration: 180, easing: "ease-out" } as const;

/**
 * Rows that change places glide there, so that the eye can follow. Call the result just before the change: where the
 * rows are drawn then is where they come from. Rows are known by `data-row`.
 */
export function useSettling(list: RefObject<HTMLElement | null>): () => void {
  const before = useRef<ReadonlyMap<string, number> | null>(null);
  useLayoutEffect(() => {
    const places = before.current;
    before.current = null;
    if (!places || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const row of rowsIn(list)) {
      const was = places.get(row.getAttribute("data-row") ?? "");
      const by = was === undefined ? 0 : was - row.getBoundingClientRect().top;
      if (by !== 0) row.animate([{ transform: `translateY(${by}px)` }, {}], SETTLE);
    }
  });
  return () => {
    before.current = new Map(
      rowsIn(list).map((row) => [
        row.getAttribute("data-row") ?? "",
        row.getBoundingClientRect().top,
      ]),
    );
  };
}

function rowsIn(list: RefObject<HTMLElement | null>): readonly HTMLElement[] {
  return [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
}
