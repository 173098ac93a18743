import { GLYPH_SIGNS, glyphOf } from "../../state/lab-glyph.ts";
import { SPEEDS } from "../../state/lab-settings.ts";
import { useLab } from "../../state/lab-store.ts";
import {
  branchOf,
  currentCommand,
  DETAILS,
  type LabCommand,
  otherTips,
  shownMoment,
  stopsOf,
  stopsPassed,
  type Timeline as Time,
} from "../../state/lab-timeline.ts";
import { useSize } from "../text/use-size.ts";
import { useWords } from "../text/words.ts";
import "./timeline.css";

/** The room a tick takes, with and without its word. A longer command is walked by its slider. */
const TICK = 33;
const LABELLED_TICK = 62;

/** Time: the commands, the micro-steps of the one under way, and how to walk in both. */
export function Timeline({ timeline }: { readonly timeline: Time }) {
  const { t } = useWords();
  const command = currentCommand(timeline);
  return (
    <section className="timeline" aria-label={t("lab:time.label")}>
      <div className="timeline-row">
        <Controls />
        <span className="timeline-line mono" title={command?.ran.line}>
          {command ? command.ran.line : t("lab:time.start")}
        </span>
        {command && command.moments.length > 0 && <Ticks command={command} />}
      </div>
      <div className="timeline-row">
        <Commands timeline={timeline} />
        <Place timeline={timeline} command={command} />
      </div>
    </section>
  );
}

function Controls() {
  const { t } = useWords();
  const isPlaying = useLab((lab) => lab.isPlaying);
  const { play, pause, seek, stepBack, stepForward } = useLab.getState();
  return (
    <div className="timeline-controls">
      <button
        type="button"
        className="button"
        aria-label={t("lab:time.toStart")}
        onClick={() => seek({ command: null, tick: 0 })}
      >
        <span aria-hidden="true">|◀</span>
      </button>
      <button type="button" className="button" aria-label={t("lab:time.back")} onClick={stepBack}>
        <span aria-hidden="true">◀ {t("lab:time.backShort")}</span>
      </button>
      <button
        type="button"
        className="button timeline-play"
        onClick={isPlaying ? pause : play}
        aria-pressed={isPlaying}
        aria-label={isPlaying ? t("lab:time.pause") : t("lab:time.play")}
      >
        <span aria-hidden="true">{isPlaying ? "❚❚" : "▶"}</span>
      </button>
      <button type="button" className="button" aria-label={t("lab:time.on")} onClick={stepForward}>
        <span aria-hidden="true">{t("lab:time.backShort")} ▶</span>
      </button>
    </div>
  );
}

/** A summary in glyphs: the past inked, the present filled, the future outlined. */
function Ticks({ command }: { readonly command: LabCommand }) {
  const { t } = useWords();
  const detail = useLab((lab) => lab.detail);
  const tick = useLab((lab) => lab.timeline?.cursor.tick ?? 0);
  const stops = stopsOf(command, detail);
  const passed = stopsPassed(command, detail, tick);
  const [ref, { width }] = useSize();
  const isRoomy = stops.length * LABELLED_TICK <= width;
  const room = Math.max(3, Math.floor((width - LABELLED_TICK) / TICK));
  const first = Math.max(0, Math.min(passed - Math.ceil(room / 2), stops.length - room));
  const shown = stops.slice(first, first + room);
  const { seek } = useLab.getState();
  return (
    <div className="timeline-ticks" ref={ref}>
      <ol className="timeline-glyphs">
        {shown.map((stop, at) => {
          const number = first + at + 1;
          const moment = shownMoment(command, detail, stop);
          if (!moment) return null;
          const glyph = glyphOf(moment, command.ran.calls);
          const when = number < passed ? "past" : number === passed ? "now" : "future";
          const isLabelled = isRoomy || number === passed;
          return (
            <li key={stop} className={`timeline-tick timeline-${when}`}>
              <button
                type="button"
                tabIndex={-1}
                aria-label={`${number}: ${t(`lab:glyph.${glyph}`)}`}
                aria-current={when === "now" ? "step" : undefined}
                title={t(`lab:glyph.${glyph}`)}
                onClick={() => seek({ command: command.id, tick: stop })}
              >
                <span className="timeline-disc" aria-hidden="true">
                  {GLYPH_SIGNS[glyph]}
                </span>
                {isLabelled && <span className="timeline-word">{t(`lab:glyph.${glyph}`)}</span>}
              </button>
            </li>
          );
        })}
      </ol>
      <input
        type="range"
        className="timeline-scrubber"
        aria-label={t("lab:time.scrub")}
        min={0}
        max={stops.length}
        value={passed}
        aria-valuetext={t("lab:time.place", { step: passed, steps: stops.length })}
        onChange={(event) => {
          const place = Number(event.target.value);
          seek({ command: command.id, tick: place === 0 ? 0 : (stops[place - 1] ?? 0) });
        }}
      />
    </div>
  );
}

function Place({
  timeline,
  command,
}: {
  readonly timeline: Time;
  readonly command: LabCommand | null;
}) {
  const { t } = useWords();
  const speed = useLab((lab) => lab.speed);
  const detail = useLab((lab) => lab.detail);
  const { set } = useLab.getState();
  const steps = command ? stopsOf(command, detail).length : 0;
  const step = command ? stopsPassed(command, detail, timeline.cursor.tick) : 0;
  return (
    <div className="timeline-place">
      <label>
        <span className="unseen">{t("lab:time.speed")}</span>
        <select
          aria-label={t("lab:time.speed")}
          value={speed}
          onChange={(event) => {
            const chosen = SPEEDS.find((each) => String(each) === event.target.value);
            if (chosen !== undefined) set({ speed: chosen });
          }}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={each}>
              {each === 0 ? t("lab:time.still") : t("lab:time.times", { speed: each })}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="timeline-label">{t("lab:time.detail")}</span>
        <select
          aria-label={t("lab:time.detail")}
          value={detail}
          onChange={(event) => {
            const chosen = DETAILS.find((each) => String(each) === event.target.value);
            if (chosen !== undefined) set({ detail: chosen });
          }}
        >
          {DETAILS.map((each) => (
            <option key={each} value={each}>
              {t(`lab:time.detail${each}`)}
            </option>
          ))}
        </select>
      </label>
      <span className="timeline-count">
        {command === null
          ? t("lab:time.before")
          : command.moments.length === 0
            ? t("lab:time.noSteps")
            : t("lab:time.place", { step, steps })}
      </span>
    </div>
  );
}

/** Keeps the present command in sight as the list of commands grows. */
function intoView(button: HTMLButtonElement | null): void {
  const list = button?.closest("nav");
  if (!button || !list) return;
  list.scrollTo({ left: button.offsetLeft - list.clientWidth / 2 + button.offsetWidth / 2 });
}

/** What was typed, and whether it was stopped before its end. */
function Line({ ran: { line, until } }: { readonly ran: LabCommand["ran"] }) {
  const { t } = useWords();
  return (
    <>
      {line}
      {until !== null && (
        <>
          <span aria-hidden="true"> ^C</span>
          <span className="unseen">, {t("lab:time.stopped")}</span>
        </>
      )}
    </>
  );
}

/** The large ticks: every command of the branch shown, and the futures that were left. */
function Commands({ timeline }: { readonly timeline: Time }) {
  const { t } = useWords();
  const { seek, returnTo } = useLab.getState();
  const branch = branchOf(timeline);
  const current = timeline.cursor.command;
  const place = branch.findIndex(({ id }) => id === current);
  const others = otherTips(timeline);
  return (
    <div className="timeline-history">
      <nav aria-label={t("lab:time.commands")}>
        <ol className="timeline-commands">
          <li>
            <button
              type="button"
              className="timeline-command"
              aria-current={current === null ? "step" : undefined}
              onClick={() => seek({ command: null, tick: 0 })}
            >
              {t("lab:time.start")}
            </button>
          </li>
          {branch.map(({ id, ran, moments }, at) => (
            <li key={id}>
              <button
                type="button"
                className={`timeline-command mono${at > place ? " timeline-later" : ""}`}
                ref={id === current ? intoView : undefined}
                aria-current={id === current ? "step" : undefined}
                title={ran.line}
                onClick={() => seek({ command: id, tick: moments.length })}
              >
                <Line ran={ran} />
              </button>
            </li>
          ))}
        </ol>
      </nav>
      {others.length > 0 && (
        <ul className="timeline-forks" aria-label={t("lab:time.forks")}>
          {others.map(({ id, ran }) => (
            <li key={id}>
              <button
                type="button"
                className="timeline-command timeline-fork mono"
                title={t("lab:time.fork", { line: ran.line })}
                aria-label={t("lab:time.fork", { line: ran.line })}
                onClick={() => returnTo(id)}
              >
                ⑂ <Line ran={ran} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
