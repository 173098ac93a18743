import { memo, useCallback, useEffect, useRef } from "react";
import type { Output } from "../../shell/session.ts";
import { useWords } from "../text/words.ts";

/** One line that was typed, and what it printed. */
export interface LogEntry {
  readonly id: string | number;
  /** The prompt's text: "host#". */
  readonly prompt: string;
  readonly line: string;
  /** Empty while it is not to be seen yet. */
  readonly output: readonly Output[];
}

/** What of the log belongs to what is selected elsewhere, and what can be selected in it. */
export interface LogMarks {
  /** The entries that touched the selection; null: nothing is selected. */
  readonly touched: ReadonlySet<string | number> | null;
  /** What an entry that did is said to have touched. */
  readonly name: string;
  /** Ids of layers, which a press on one in an output selects. */
  readonly layers: ReadonlySet<string>;
  /** The selected layer's id; null: none is. */
  readonly lit: string | null;
  readonly onLayer: (id: string) => void;
}

/**
 * What was typed and printed. It follows its latest line as it grows and as its place changes, at whichever end the style
 * sheet puts that; its text can be marked and copied.
 */
export const Log = memo(function Log({
  entries,
  marks,
  label,
}: {
  readonly marks: LogMarks;
  readonly entries: readonly LogEntry[];
  readonly label: string;
}) {
  const { t } = useWords();
  const log = useRef<HTMLDivElement>(null);
  const keepAtEnd = useCallback((element: HTMLDivElement | null) => {
    log.current = element;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => showLatest(element));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const last = entries.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the log as it grows
  useEffect(() => {
    if (log.current) showLatest(log.current);
  }, [entries.length, last?.output.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <div className="terminal-log mono" role="log" ref={keepAtEnd} tabIndex={0} aria-label={label}>
      <ol>
        {entries.map(({ id, prompt, line, output }) => (
          <li key={id} data-touched={marks.touched?.has(id) ?? false}>
            <div className="terminal-line">
              <span className="terminal-prompt">{prompt}</span> {line}
              {marks.touched?.has(id) && (
                <span className="unseen"> ({t("lab:touch.command", { name: marks.name })})</span>
              )}
            </div>
            {output.map(({ stream, text }, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: output never moves
              <pre key={place} className={`terminal-${stream}`}>
                <Printed text={text.replace(/\n$/, "")} marks={marks} />
              </pre>
            ))}
          </li>
        ))}
      </ol>
    </div>
  );
});

const FULL_ID = /([0-9a-f]{64}(?:-init)?)/;

/** An output; the ids of layers in it can be pressed. Tab comes to the first, arrows lead to the others. */
function Printed({ text, marks }: { readonly text: string; readonly marks: LogMarks }) {
  if (marks.layers.size === 0 || !FULL_ID.test(text)) return text;
  let isFirst = true;
  return text.split(FULL_ID).map((part, at) => {
    if (!marks.layers.has(part)) return part;
    const tabIndex = isFirst ? 0 : -1;
    isFirst = false;
    return (
      <button
        // biome-ignore lint/suspicious/noArrayIndexKey: output never moves
        key={at}
        type="button"
        className="terminal-id"
        tabIndex={tabIndex}
        aria-pressed={part === marks.lit}
        onClick={() => marks.onLayer(part)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          walkIds(event.currentTarget, event.key === "ArrowDown" ? 1 : -1);
        }}
      >
        {part}
      </button>
    );
  });
}

function walkIds(from: HTMLElement, by: 1 | -1): void {
  const ids = [...(from.closest("pre")?.querySelectorAll<HTMLElement>(".terminal-id") ?? [])];
  ids[ids.indexOf(from) + by]?.focus();
}

function showLatest(log: HTMLElement): void {
  const latest = log.querySelector<HTMLElement>("li:last-child");
  if (latest) log.scrollTo({ top: latest.offsetTop + latest.offsetHeight - log.clientHeight });
}
