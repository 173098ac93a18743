import { useEffect } from "react";

/** Keeps the screen lit, where the browser can: a phone that presents is not touched for a while. */
export function useAwake(isAwake: boolean): void {
  useEffect(() => {
    if (!isAwake || !("wakeLock" in navigator)) return undefined;
    let isOver = false;
    let lock: WakeLockSentinel | null = null;
    const ask = async () => {
      try {
        const given = await navigator.wakeLock.request("screen");
        if (isOver) await given.release();
        else lock = given;
      } catch {
        // A browser that saves its battery says no; the system's own time holds.
      }
    };
    // The lock ends when another page is in front, and is asked for again when this one is back.
    const onSight = () => document.visibilityState === "visible" && void ask();
    document.addEventListener("visibilitychange", onSight);
    void ask();
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", onSight);
      void lock?.release();
    };
  }, [isAwake]);
}
