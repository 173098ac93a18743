import { useEffect } from "react";
import { useLab } from "../../state/lab-store.ts";

export interface KeyActions {
  readonly onBlank: () => void;
  readonly onLaser: () => void;
  /** A digit: one more hand for that answer, or none any more for 0. Gives whether there is such an answer. */
  readonly onTally: (digit: number) => boolean;
  readonly onHelp: () => void;
}

/**
 * The keys of the Lab and of a presenter's remote (specs/teaching.md 3.1). In a field only PageUp and PageDown are ours,
 * in a menu or a dialog none, and nothing while an input method composes (229: how older browsers say so).
 */
export function useKeys({ onBlank, onLaser, onTally, onHelp }: KeyActions): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      const isPage = event.key === "PageDown" || event.key === "PageUp";
      const isLine = event.key === "Escape" && target?.closest(".terminal-field");
      if (
        !isPage &&
        !isLine &&
        target?.closest("input, textarea, select, [role=menu], [role=dialog], dialog")
      )
        return;
      const isPressed = event.key === " " && target?.closest("button, summary, a");
      if (isPressed || !act(event)) return;
      event.preventDefault();
    };
    const act = ({ key, shiftKey }: KeyboardEvent): boolean => {
      const lab = useLab.getState();
      switch (key) {
        case "ArrowRight":
          if (shiftKey) lab.commandForward();
          else lab.stepForward();
          return true;
        case "ArrowLeft":
          if (shiftKey) lab.commandBack();
          else lab.stepBack();
          return true;
        case "PageDown":
        case ".":
          lab.stepForward();
          return true;
        case "PageUp":
        case ",":
          lab.stepBack();
          return true;
        case " ":
          if (lab.isPlaying) lab.pause();
          else lab.play();
          return true;
        case "Escape":
          if (lab.selected === null) return false;
          lab.choose({ selected: null });
          return true;
        case "b":
        case "B":
          onBlank();
          return true;
        case "l":
        case "L":
          onLaser();
          return true;
        case "?":
          onHelp();
          return true;
        default:
          return /^[0-9]$/.test(key) && onTally(Number(key));
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [onBlank, onLaser, onTally, onHelp]);
}
