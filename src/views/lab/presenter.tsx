import { memo, type RefObject, useEffect, useRef, useState } from "react";
import { GLYPH_SIGNS, type Glyph } from "../../state/lab-glyph.ts";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand, type Timeline } from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";
import { useKeys } from "./use-keys.ts";

/** Hands for four answers, where no question of ours stands. */
const FREE: readonly number[] = [0, 0, 0, 0];

/** What a presenter has over the screen: blank, spotlight, a tally of hands, the list of keys. */
export const PresenterTools = memo(function PresenterTools({
  help,
}: {
  readonly help: RefObject<HTMLDialogElement | null>;
}) {
  const { t } = useWords();
  const [isBlank, setBlank] = useState(false);
  const [isLaser, setLaser] = useState(false);
  const [hands, setHands] = useState(FREE);
  const [actions] = useState(() => ({
    onBlank: () => setBlank((is) => !is),
    onLaser: () => setLaser((is) => !is),
    onTally: (digit: number) => {
      const { question, isPresenting, answer, lowerHands } = useLab.getState();
      const isAsked = question !== null && isPresenting;
      if (digit > (isAsked ? question.choices.length : FREE.length)) return false;
      if (isAsked && digit === 0) lowerHands();
      else if (isAsked) answer(digit - 1);
      else if (digit === 0) setHands(FREE);
      else setHands((now) => now.map((count, at) => (at === digit - 1 ? count + 1 : count)));
      return true;
    },
    onHelp: () => help.current?.showModal(),
  }));
  useKeys(actions);
  const counts = hands.map((count, at) => `${at + 1}: ${count}`).join(" · ");
  return (
    <>
      {isBlank && <div className="lab-blank" />}
      {isLaser && <Laser />}
      {hands.some((count) => count > 0) && (
        <output className="lab-tally">{t("lab:tally", { counts })}</output>
      )}
      <dialog ref={help} className="lab-help" aria-label={t("lab:keys.title")}>
        <h2>{t("lab:keys.title")}</h2>
        <dl>
          {KEYS.map(([keys, what]) => (
            <div key={what}>
              <dt className="mono">{keys}</dt>
              <dd>{t(`lab:keys.${what}`)}</dd>
            </div>
          ))}
        </dl>
        <h2>{t("lab:keys.glyphs")}</h2>
        <ul className="lab-legend">
          {LEGEND.map((glyph) => (
            <li key={glyph}>
              <span className="timeline-disc" aria-hidden="true">
                {GLYPH_SIGNS[glyph]}
              </span>{" "}
              {t(`lab:glyph.${glyph}`)}
            </li>
          ))}
        </ul>
        <form method="dialog">
          <button type="submit" className="button">
            {t("close")}
          </button>
        </form>
      </dialog>
    </>
  );
});

/** The marks of the timeline, in the order in which a first write meets them. */
const LEGEND = [
  "probe",
  "hit",
  "answer",
  "miss",
  "whiteout",
  "opaque",
  "begin",
  "parents",
  "temporary",
  "copy",
  "attributes",
  "rename",
  "done",
  "reopen",
  "write",
  "make",
  "remove",
  "link",
  "read",
  "list",
  "mount",
  "change",
  "permission",
  "refused",
  "process",
] as const satisfies readonly Glyph[];

const KEYS = [
  ["→ PageDown .", "on"],
  ["← PageUp ,", "back"],
  ["Shift → ←", "command"],
  ["Space", "play"],
  ["B", "blank"],
  ["L", "laser"],
  ["1 2 3 4, 0", "tally"],
  ["1 … 9, 0", "hands"],
  ["?", "help"],
  ["↑ ↓ ← → Enter", "cell"],
] as const;

/** A light spot around the pointer. */
function Laser() {
  const spot = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const follow = ({ clientX, clientY }: PointerEvent) => {
      spot.current?.style.setProperty("--x", `${clientX}px`);
      spot.current?.style.setProperty("--y", `${clientY}px`);
    };
    addEventListener("pointermove", follow);
    return () => removeEventListener("pointermove", follow);
  }, []);
  return <div ref={spot} className="lab-laser" />;
}

/** The last command in type that the back row reads, its trailing spaces visible. */
export function LastCommand({ timeline }: { readonly timeline: Timeline }) {
  const isPresenting = useLab((lab) => lab.isPresenting);
  const command = currentCommand(timeline);
  if (!isPresenting || !command) return null;
  const { line } = command.ran;
  const end = line.trimEnd().length;
  return (
    <p className="lab-last mono">
      {line.slice(0, end)}
      <span className="lab-muted">{"␣".repeat(line.length - end)}</span>
    </p>
  );
}
