import { useEffect, useRef, useState } from "react";
import { promptsOf } from "../../shell/session.ts";
import { useLab } from "../../state/lab-store.ts";
import { branchOf, presentOf, type Timeline } from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";

/** The terminal at this moment: what was typed up to here, and a line to type. */
export function Console({ timeline }: { readonly timeline: Timeline }) {
  const { t } = useWords();
  const prompt = useLab((lab) => lab.prompt);
  const isBusy = useLab((lab) => lab.isBusy);
  const [line, setLine] = useState("");
  const [back, setBack] = useState(0);
  const log = useRef<HTMLOListElement>(null);
  const branch = branchOf(timeline);
  const at = branch.findIndex(({ id }) => id === timeline.cursor.command);
  const shown = branch.slice(0, at + 1);
  const { host } = presentOf(timeline);
  const prompts = promptsOf(host);
  const nameOf = (id: string) =>
    prompts.find((each) => each.id === id)?.text ?? `${id.slice(0, 12)}#`;
  const lines = branch.map(({ ran }) => ran.line);
  const last = shown.at(-1);
  const isOver = last === undefined || timeline.cursor.tick === last.moments.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the log as it grows
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [shown.length, isOver]);
  const { run, setPrompt } = useLab.getState();
  return (
    <section className="console" aria-label={t("lab:terminal.log")}>
      <ol
        className="console-log mono"
        role="log"
        ref={log}
        tabIndex={0}
        aria-label={t("lab:terminal.log")}
      >
        {shown.map(({ id, ran }) => (
          <li key={id}>
            <div className="console-line">
              <span className="console-prompt">{nameOf(ran.prompt)}</span> {ran.line}
            </div>
            {(id !== last?.id || isOver) &&
              ran.output.map(({ stream, text }, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: output never moves
                <pre key={place} className={`console-${stream}`}>
                  {text.replace(/\n$/, "")}
                </pre>
              ))}
          </li>
        ))}
      </ol>
      <form
        className="console-entry"
        onSubmit={(event) => {
          event.preventDefault();
          if (line.trim() === "") return;
          void run(line);
          setLine("");
          setBack(0);
        }}
      >
        <select
          className="mono"
          aria-label={t("lab:terminal.prompt")}
          value={prompts.some(({ id }) => id === prompt) ? prompt : "host"}
          onChange={(event) => setPrompt(event.target.value)}
        >
          {prompts.map(({ id, text }) => (
            <option key={id} value={id}>
              {text}
            </option>
          ))}
        </select>
        <input
          className="mono"
          value={line}
          aria-label={t("lab:terminal.label", { prompt: nameOf(prompt) })}
          autoCapitalize="off"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="send"
          onChange={(event) => setLine(event.target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
            event.preventDefault();
            const next = Math.min(
              lines.length,
              Math.max(0, back + (event.key === "ArrowUp" ? 1 : -1)),
            );
            setBack(next);
            setLine(next === 0 ? "" : (lines[lines.length - next] ?? ""));
          }}
        />
        <button type="submit" className="button">
          {isBusy ? t("lab:terminal.busy") : t("lab:terminal.run")}
        </button>
      </form>
    </section>
  );
}
