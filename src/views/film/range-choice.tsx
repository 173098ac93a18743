import { cursorAt, type FilmRange, wholeBranch, wholeCommand } from "../../state/lab-film.ts";
import {
  branchOf,
  type Cursor,
  currentCommand,
  type Detail,
  type LabCommand,
  stopsOf,
  stopsPassed,
  type Timeline,
} from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";

const PARTS = ["command", "rest", "all", "between"] as const;
export type Part = (typeof PARTS)[number];

/** The moments a part of the session is between; `between`: those a person set. */
export function rangeOf(timeline: Timeline, part: Part, between: FilmRange): FilmRange {
  const command = currentCommand(timeline);
  switch (part) {
    case "command":
      return command ? wholeCommand(command) : wholeBranch(timeline);
    case "rest":
      return { from: timeline.cursor, to: wholeBranch(timeline).to };
    case "all":
      return wholeBranch(timeline);
    case "between":
      return between;
  }
}

/** Which part of the session is filmed. */
export function RangeChoice({
  timeline,
  detail,
  part,
  between,
  onPart,
  onBetween,
}: {
  readonly timeline: Timeline;
  readonly detail: Detail;
  readonly part: Part;
  readonly between: FilmRange;
  readonly onPart: (part: Part) => void;
  readonly onBetween: (between: FilmRange) => void;
}) {
  const { t } = useWords();
  const command = currentCommand(timeline);
  return (
    <fieldset className="film-parts">
      <legend>{t("lab:film.part")}</legend>
      {PARTS.filter((each) => each !== "command" || command !== null).map((each) => (
        <label key={each}>
          <input
            type="radio"
            name="film-part"
            value={each}
            checked={each === part}
            onChange={() => onPart(each)}
          />
          <span>
            {t(`lab:film.parts.${each}`)}
            {each === "command" && <code className="film-line">{command?.ran.line}</code>}
          </span>
        </label>
      ))}
      {part === "between" && (
        <div className="film-between">
          <MomentChoice
            label={t("lab:film.from")}
            {...{ timeline, detail }}
            cursor={between.from}
            onChange={(from) => onBetween({ ...between, from })}
          />
          <MomentChoice
            label={t("lab:film.to")}
            {...{ timeline, detail }}
            cursor={between.to}
            onChange={(to) => onBetween({ ...between, to })}
          />
        </div>
      )}
    </fieldset>
  );
}

/** A moment of the branch shown: a command, and one of its micro-steps. */
function MomentChoice({
  label,
  timeline,
  detail,
  cursor,
  onChange,
}: {
  readonly label: string;
  readonly timeline: Timeline;
  readonly detail: Detail;
  readonly cursor: Cursor;
  readonly onChange: (cursor: Cursor) => void;
}) {
  const { t } = useWords();
  const branch = branchOf(timeline);
  const command = branch.find(({ id }) => id === cursor.command) ?? null;
  const steps = (of: LabCommand) => (of.moments.length === 0 ? 0 : stopsOf(of, detail).length);
  return (
    <fieldset className="film-moment">
      <legend className="unseen">{label}</legend>
      <span aria-hidden="true">{label}</span>
      <select
        aria-label={t("lab:film.command")}
        value={cursor.command ?? ""}
        onChange={(event) => {
          const chosen = branch.find(({ id }) => String(id) === event.target.value);
          onChange(chosen ? cursorAt(chosen, detail, 0) : { command: null, tick: 0 });
        }}
      >
        <option value="">{t("lab:time.before")}</option>
        {branch.map(({ id, ran }, at) => (
          <option key={id} value={id}>{`${at + 1}. ${ran.line}`}</option>
        ))}
      </select>
      {command && (
        <input
          type="number"
          aria-label={t("lab:film.step", { steps: steps(command) })}
          min={0}
          max={steps(command)}
          value={stopsPassed(command, detail, cursor.tick)}
          onChange={({ target }) => {
            const step = Math.min(steps(command), Math.max(0, Math.trunc(target.valueAsNumber)));
            if (!Number.isNaN(step)) onChange(cursorAt(command, detail, step));
          }}
        />
      )}
    </fieldset>
  );
}
