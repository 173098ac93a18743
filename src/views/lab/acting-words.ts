import type { Translate } from "../../i18n/translator.ts";
import type { Acting } from "../../state/lab-acting.ts";
import { visibleText } from "../text/visible-name.ts";

/** A longer line is cut: the note names it, no more. */
const LONGEST = 40;

/** What a line typed now would do first, in one sentence; null when it only goes on. */
export function actingWords(t: Translate, acting: Acting): string | null {
  switch (acting.type) {
    case "goes-on":
      return null;
    case "forks":
      return acting.after === null
        ? t("lab:terminal.forksStart")
        : t("lab:terminal.forks", { line: short(acting.after.ran.line) });
    case "finishes":
      return t("lab:terminal.finishes", { line: short(acting.command.ran.line) });
    case "interrupts": {
      const { command, calls, isHeld } = acting;
      const line = short(command.ran.line);
      return isHeld
        ? t("lab:terminal.interruptsHeld", { line })
        : t("lab:terminal.interrupts", { line, call: calls, calls: command.ran.calls.length });
    }
    default:
      return acting satisfies never;
  }
}

function short(line: string): string {
  const shown = visibleText(line);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}
