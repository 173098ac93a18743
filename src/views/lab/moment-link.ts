import { encodeScript } from "../../state/lab-link.ts";
import { shownScript } from "../../state/lab-script.ts";
import { useLab } from "../../state/lab-store.ts";
import type { Cursor } from "../../state/lab-timeline.ts";

/**
 * The address of a moment of the branch shown, without one of this very moment: what was typed, the place in time, the
 * hash; null while there is no session.
 */
export function momentLink(cursor?: Cursor): string | null {
  const script = useLab.getState().script();
  if (!script) return null;
  const { origin, pathname } = location;
  return `${origin}${pathname}?view=lab#s=${encodeScript(shownScript(cursor ? { ...script, cursor } : script))}`;
}
