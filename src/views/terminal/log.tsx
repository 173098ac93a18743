import { memo, useCallback, useEffect, useRef } from "react";
import type { Output } from "../../shell/session.ts";

/** One line that was typed, and what it printed. */
export interface LogEntry {
  readonly id: string | number;
  /** The prompt's text: "host#". */
  readonly prompt: string;
  readonly line: string;
  /** Empty while it is not to be seen yet. */
  readonly output: readonly Output[];
}

/**
 * What was typed and printed. It follows its latest line as it grows and as its place changes, at whichever end the style
 * sheet puts that; its text can be marked and copied.
 */
export const Log = memo(function Log({
  entries,
  label,
}: {
  readonly entries: readonly LogEntry[];
  readonly label: string;
}) {
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
          <li key={id}>
            <div className="terminal-line">
              <span className="terminal-prompt">{prompt}</span> {line}
            </div>
            {output.map(({ stream, text }, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: output never moves
              <pre key={place} className={`terminal-${stream}`}>
                {text.replace(/\n$/, "")}
              </pre>
            ))}
          </li>
        ))}
      </ol>
    </div>
  );
});

function showLatest(log: HTMLElement): void {
  const latest = log.querySelector<HTMLElement>("li:last-child");
  if (latest) log.scrollTo({ top: latest.offsetTop + latest.offsetHeight - log.clientHeight });
}
