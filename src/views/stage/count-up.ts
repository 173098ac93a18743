import { useEffect, useState } from "react";

const DURATION = 350;

/** A number on its way from what it was, at first 0, to `value`; there at once when nothing is to move. */
export function useCountUp(value: number, isStill: boolean): number {
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (isStill) return undefined;
    let from: number | null = null;
    let began = 0;
    let frame = requestAnimationFrame(function next(now) {
      if (from === null) began = now;
      const part = Math.min(1, (now - began) / DURATION);
      setShown((before) => {
        from ??= before;
        return part === 1 ? value : from + (value - from) * part;
      });
      if (part < 1) frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [value, isStill]);
  return isStill ? value : shown;
}
