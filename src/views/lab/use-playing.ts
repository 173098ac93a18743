import { useEffect } from "react";
import { paceOf } from "../../state/lab-pace.ts";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand } from "../../state/lab-timeline.ts";

/** Lets time pass while the Lab is playing. */
export function usePlaying(): void {
  const isPlaying = useLab((lab) => lab.isPlaying);
  const speed = useLab((lab) => lab.speed);
  const command = useLab((lab) => lab.timeline?.cursor.command ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another command has another pace
  useEffect(() => {
    if (!isPlaying || speed === 0) return undefined;
    const { timeline, detail, advance } = useLab.getState();
    const { wait, atOnce } = paceOf(timeline && currentCommand(timeline), detail);
    const timer = setInterval(() => advance(atOnce), wait / speed);
    return () => clearInterval(timer);
  }, [isPlaying, speed, command]);
}
