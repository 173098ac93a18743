import type { PointerEvent } from "react";

/** Pixels a pointer moves before a press is a drag. */
const SLOP = 5;
/** Pixels from the list's edge where a drag scrolls it, and by how much a move. */
const EDGE = 28;

/**
 * Lets a row be dragged up and down among its like: it follows the pointer, the others make room, and where it is let go
 * is told: places from 0, as the rows stand on the screen. Escape puts it back. A finger drags by `handle` only, for
 * elsewhere it scrolls. A press without a move stays a click.
 */
export function dragAmong(
  event: PointerEvent<HTMLElement>,
  rowsOf: string,
  handle: string,
  onDrop: (from: number, to: number) => void,
): void {
  const row = event.currentTarget;
  const list = row.parentElement;
  const isHeld = event.target instanceof Element && event.target.closest(handle) !== null;
  if (!list || event.button !== 0 || (event.pointerType !== "mouse" && !isHeld)) return;
  const rows = [...list.querySelectorAll<HTMLElement>(rowsOf)];
  const from = rows.indexOf(row);
  const boxes = rows.map(({ offsetTop, offsetHeight }) => ({ top: offsetTop, size: offsetHeight }));
  const gap = (boxes[1]?.top ?? 0) - (boxes[0]?.top ?? 0) - (boxes[0]?.size ?? 0);
  const start = { y: event.clientY, scroll: list.scrollTop };
  const own = boxes[from];
  let to = from;
  let isDragged = false;
  if (!own || rows.length < 2) return;

  const draw = (by: number) => {
    const middle = own.top + own.size / 2 + by;
    to = boxes.filter((box, i) => i !== from && box.top + box.size / 2 < middle).length;
    for (const [i, each] of rows.entries()) {
      const isPassed = i < from ? i >= to : i <= to;
      const aside = isPassed ? Math.sign(from - i) * (own.size + gap) : 0;
      each.style.translate = `0 ${i === from ? by : aside}px`;
    }
  };
  const move = ({ clientY }: globalThis.PointerEvent) => {
    if (!isDragged && Math.abs(clientY - start.y) < SLOP) return;
    isDragged = true;
    row.setPointerCapture(event.pointerId);
    list.setAttribute("data-dragging", "");
    row.setAttribute("data-dragged", "");
    const edges = list.getBoundingClientRect();
    if (clientY < edges.top + EDGE) list.scrollTop -= EDGE / 2;
    if (clientY > edges.bottom - EDGE) list.scrollTop += EDGE / 2;
    draw(clientY - start.y + list.scrollTop - start.scroll);
  };
  const stop = new AbortController();
  const end = (isDropped: boolean) => {
    stop.abort();
    if (!isDragged) return;
    swallowClick();
    if (isDropped && to !== from) onDrop(from, to);
    list.removeAttribute("data-dragging");
    row.removeAttribute("data-dragged");
    for (const each of rows) each.style.translate = "";
  };
  const { signal } = stop;
  addEventListener("pointermove", move, { signal });
  addEventListener("pointerup", () => end(true), { signal });
  addEventListener("pointercancel", () => end(false), { signal });
  addEventListener("keydown", (key) => key.key === "Escape" && end(false), { signal });
}

/** The click that ends a drag, now or when a button held through Escape is let go, chooses nothing. */
function swallowClick(): void {
  const stop = new AbortController();
  const options = { capture: true, signal: stop.signal };
  const swallow = (click: MouseEvent) => {
    if (click.detail === 0) return; // a key's
    click.stopPropagation();
    stop.abort();
  };
  addEventListener("click", swallow, options);
  addEventListener("pointerdown", () => stop.abort(), options);
}
