import { memo, useCallback, useState } from "react";
import { useLab } from "../../state/lab-store.ts";
import {
  branchOf,
  type CommandId,
  type Fork,
  forksOf,
  type LabCommand,
} from "../../state/lab-timeline.ts";
import { Icon } from "../marks/icons.tsx";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { cutOf } from "./ticks.tsx";

interface CommandsProps {
  readonly commands: readonly LabCommand[];
  readonly tip: CommandId | null;
  readonly current: CommandId | null;
  /** Commands that touched what is selected; null: nothing is. */
  readonly touched: ReadonlySet<CommandId> | null;
}

/** The large ticks: every command of the branch shown, and where they leave it the futures that are not. */
export const Commands = memo(function Commands({ commands, tip, current, touched }: CommandsProps) {
  const { t } = useWords();
  const { seek, commandBack, commandForward } = useLab.getState();
  const branch = branchOf({ commands, tip });
  const place = branch.findIndex(({ id }) => id === current);
  const forks = forksOf({ commands, tip });
  const [ref, cut] = useCut();
  const forksAt = (id: CommandId | null) =>
    forks
      .filter(({ after }) => after === id)
      .map((fork) => <ForkChip key={fork.tip} fork={fork} />);
  return (
    <div className="timeline-history">
      <button
        type="button"
        className="button timeline-arrow"
        aria-label={t("lab:time.commandBack")}
        title={t("lab:time.commandBack")}
        disabled={current === null}
        onClick={commandBack}
      >
        <span aria-hidden="true">‹</span>
      </button>
      <nav aria-label={t("lab:time.commands")} ref={ref} data-cut={cut}>
        <ol className="timeline-commands">
          <li>
            <button
              type="button"
              className="timeline-command"
              ref={current === null ? intoView : undefined}
              aria-current={current === null ? "step" : undefined}
              onClick={() => seek({ command: null, tick: 0 })}
            >
              {t("lab:time.start")}
            </button>
          </li>
          {forksAt(null)}
          {branch.map(({ id, ran, moments }, at) => [
            <li key={id} data-touched={touched?.has(id) ?? false}>
              <button
                type="button"
                className={`timeline-command mono${at > place ? " timeline-later" : ""}`}
                ref={id === current ? intoView : undefined}
                aria-current={id === current ? "step" : undefined}
                title={visibleText(ran.line)}
                onClick={() => seek({ command: id, tick: moments.length })}
              >
                <Line ran={ran} />
              </button>
            </li>,
            ...forksAt(id),
          ])}
        </ol>
      </nav>
      <button
        type="button"
        className="button timeline-arrow"
        aria-label={t("lab:time.commandOn")}
        title={t("lab:time.commandOn")}
        disabled={current === tip && !isInside(commands, current)}
        onClick={commandForward}
      >
        <span aria-hidden="true">›</span>
      </button>
    </div>
  );
});

/** Whether a command has micro-steps, so that there may be a way on to its end. */
function isInside(commands: readonly LabCommand[], id: CommandId | null): boolean {
  return id !== null && (commands[id - 1]?.moments.length ?? 0) > 0;
}

/** A future that was left: its first command, and how many follow. */
function ForkChip({ fork }: { readonly fork: Fork }) {
  const { t } = useWords();
  const { first, count, tip } = fork;
  const line = visibleText(first.ran.line);
  const words =
    count === 1 ? t("lab:time.fork", { line }) : t("lab:time.forkMore", { line, count: count - 1 });
  return (
    <li>
      <button
        type="button"
        className="timeline-command timeline-fork mono"
        title={words}
        aria-label={words}
        onClick={() => useLab.getState().returnTo(tip)}
      >
        <Icon name="fork" /> <Line ran={first.ran} />
        {count > 1 && <span className="timeline-more"> +{count - 1}</span>}
      </button>
    </li>
  );
}

/** What was typed, and whether it was stopped before its end. */
function Line({ ran: { line, until } }: { readonly ran: LabCommand["ran"] }) {
  const { t } = useWords();
  return (
    <>
      {visibleText(line)}
      {until !== null && (
        <>
          <span aria-hidden="true"> ^C</span>
          <span className="unseen">, {t("lab:time.stopped")}</span>
        </>
      )}
    </>
  );
}

/** Keeps the present command in sight as the list of commands grows. */
function intoView(button: HTMLButtonElement | null): void {
  const list = button?.closest("nav");
  if (!button || !list) return;
  list.scrollTo({ left: button.offsetLeft - list.clientWidth / 2 + button.offsetWidth / 2 });
}

/** Which ends of a scrolled row are out of sight, kept up to date; and the ref to give it. */
function useCut(): readonly [
  ref: (row: HTMLElement | null) => (() => void) | undefined,
  cut: string | undefined,
] {
  const [cut, setCut] = useState<string>();
  const ref = useCallback((row: HTMLElement | null) => {
    if (!row) return undefined;
    const look = () => {
      const end = row.scrollWidth - row.clientWidth;
      setCut(cutOf(row.scrollLeft > 1, row.scrollLeft < end - 1));
    };
    const observer = new ResizeObserver(() => {
      intoView(row.querySelector<HTMLButtonElement>("button[aria-current=step]"));
      look();
    });
    observer.observe(row);
    for (const inner of row.children) observer.observe(inner);
    row.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      row.removeEventListener("scroll", look);
    };
  }, []);
  return [ref, cut];
}
