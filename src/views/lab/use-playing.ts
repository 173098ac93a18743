import { useEffect } from "react";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand, stopsOf } from "../../state/lab-timeline.ts";

/** A whole command is to be over in about this long at speed 1; its steps share the time. */
const COMMAND_MS = 1400;
const FASTEST_MS = 30;
const SLOWEST_MS = 300;

/** Lets time pass while the Lab is playing. */
export function usePlaying(): void {
  const isPlaying = useLab((lab) => lab.isPlaying);
  const speed = useLab((lab) => lab.speed);
  const command = useLab((lab) => lab.timeline?.cursor.command ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another command has another pace
  useEffect(() => {
    if (!isPlaying || speed === 0) return undefined;
    const { timeline, detail, advance } = useLab.getState();
    const current = timeline && currentCommand(timeline);
    const stops = current ? stopsOf(current, detail).length : 1;
    const pace = COMMAND_MS / Math.max(1, stops);
    const wait = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, pace)) / speed;
    const atOnce = Math.max(1, Math.round(FASTEST_MS / pace));
    const timer = setInterval(() => advance(atOnce), wait);
    return () => clearInterval(timer);
  }, [isPlaying, speed, command]);
}
