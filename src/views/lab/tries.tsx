import { useLab } from "../../state/lab-store.ts";
import { branchOf, type Timeline } from "../../state/lab-timeline.ts";
import { type OpeningLine, triesIn } from "../../state/lab-worlds.ts";
import { useWords } from "../text/words.ts";

/** The commands worth trying in this world that the branch shown has not had yet. */
export function triesLeft(timeline: Timeline, world: Parameters<typeof triesIn>[0]) {
  const done = new Set(branchOf(timeline).map(({ ran }) => ran.line));
  return triesIn(world).filter(([, line]) => !done.has(line));
}

/** An invitation: each runs on a press as if it were typed, and goes when it is done. */
export function Tries({
  tries,
  promptOf,
}: {
  readonly tries: readonly OpeningLine[];
  /** The id of the prompt that a container's name stands for; null: there is none now. */
  readonly promptOf: (name: string) => string | null;
}) {
  const { t } = useWords();
  const named = (line: string) => line.match(/\bc\d+\b/g) ?? [];
  const shown = tries.filter(([name, line]) =>
    [name, ...named(line)].every((each) => promptOf(each) !== null),
  );
  if (shown.length === 0) return null;
  return (
    <section className="console-tries" aria-label={t("lab:tries.label")}>
      <span className="console-tries-label">{t("lab:tries.label")}</span>
      {shown.map(([name, line]) => (
        <button
          key={line}
          type="button"
          className="console-try mono"
          onClick={() => void useLab.getState().run(line, promptOf(name) ?? "host")}
        >
          {name === "host" && <span className="lab-muted">host# </span>}
          {line}
        </button>
      ))}
    </section>
  );
}
