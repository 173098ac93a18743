import type { PointerEvent } from "react";

/** Pixels a pointer moves before a press is a drag. */
const SLOP = 6;

/**
 * Lets a mark be dragged: it follows the pointer, and when it is let go the element under the pointer that matches
 * `target` hears of it. A press without a move stays a click.
 */
export function dragTo(target: string, onDrop: (on: Element) => void) {
  return (event: PointerEvent<SVGGElement>): void => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const mark = event.currentTarget;
    const start = { x: event.clientX, y: event.clientY };
    let isDragged = false;
    const move = ({ clientX, clientY }: globalThis.PointerEvent) => {
      const by = { x: clientX - start.x, y: clientY - start.y };
      if (!isDragged && Math.hypot(by.x, by.y) < SLOP) return;
      isDragged = true;
      mark.classList.add("stage-dragged");
      mark.style.translate = `${by.x}px ${by.y}px`;
      for (const each of document.querySelectorAll(target)) each.classList.add("stage-target");
    };
    const end = ({ clientX, clientY, type }: globalThis.PointerEvent) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      mark.style.translate = "";
      for (const each of document.querySelectorAll(target)) each.classList.remove("stage-target");
      const under = document
        .elementsFromPoint(clientX, clientY)
        .find((each) => !mark.contains(each) && each.closest(target));
      mark.classList.remove("stage-dragged");
      const on = under?.closest(target);
      if (isDragged && on && type === "pointerup") onDrop(on);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  };
}
