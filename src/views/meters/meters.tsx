import { memo } from "react";
import type { Counts } from "../../state/lab-costs.ts";
import type { StageCopy } from "../../state/lab-stage.ts";
import { countsAt, type Timeline } from "../../state/lab-timeline.ts";
import { formatCount } from "../text/format.ts";
import type { Telling } from "../text/telling.ts";
import { useWords } from "../text/words.ts";
import { barWidths } from "./scale.ts";
import "./meters.css";

interface MetersProps {
  readonly timeline: Timeline;
  /** At which time rested last: the session's sums are those of it. */
  readonly rested: Timeline;
  /** Bytes in the page cache. */
  readonly cached: number;
  readonly copy: StageCopy | null;
  readonly actor: string;
  readonly telling: Telling;
  /** What of the command's costs was for what is selected; null: nothing is. */
  readonly part: { readonly name: string; readonly counts: Counts } | null;
}

/** What it costs: the last command in solid bars, the session in outline. The sentences say the same numbers. */
export function Meters({ timeline, rested, cached, copy, actor, telling, part }: MetersProps) {
  const { t, language } = useWords();
  const { detail } = telling;
  const { command } = countsAt(timeline);
  const { session } = countsAt(rested);
  const bytes = telling.size;
  const number = (count: number) => formatCount(count, language);
  const visits = (counts: Counts) =>
    detail === 1 ? counts.fileVisits : detail === 2 ? counts.visits : counts.probes;
  const isCopying = copy !== null && !copy.isDone && copy.ofBytes > 0;
  const meters = [
    {
      key: "visits",
      label: t(`lab:meters.visits${detail}`),
      value: visits(command),
      total: visits(session),
      part: part && visits(part.counts),
      show: number,
    },
    {
      key: "copied",
      label: t("lab:meters.copied"),
      value: command.copied,
      total: session.copied,
      part: part?.counts.copied ?? null,
      show: bytes,
    },
    {
      key: "written",
      label: t("lab:meters.written"),
      value: command.written,
      total: session.written,
      part: part?.counts.written ?? null,
      show: bytes,
    },
    {
      key: "cells",
      label: t("lab:meters.cells"),
      value: command.inodes,
      total: session.inodes,
      part: part?.counts.inodes ?? null,
      show: number,
    },
    {
      key: "disk",
      label: t("lab:meters.disk"),
      value: command.disk,
      total: session.disk,
      part: part?.counts.disk ?? null,
      show: bytes,
    },
    {
      key: "cache",
      label: t("lab:meters.cache"),
      value: command.read,
      total: cached,
      part: part?.counts.read ?? null,
      show: bytes,
    },
  ];
  const times = command.written > 0 ? Math.round(command.copied / command.written) : 0;
  return (
    <section className="meters" aria-label={t("lab:meters.label")}>
      <h2>{t("lab:meters.command")}</h2>
      <dl>
        {meters.map(({ key, label, value, total, part: own, show }) => (
          <Meter
            key={key}
            kind={key}
            label={label}
            {...barWidths(value, total)}
            inked={own === null ? 0 : barWidths(own, total).solid}
            part={
              part && own !== null && own !== 0
                ? t("lab:touch.part", { name: part.name, value: show(own) })
                : null
            }
            value={
              key === "copied" && isCopying
                ? t("lab:meters.ofTotal", {
                    done: copiedSoFar(telling, value),
                    total: show(copy.ofBytes),
                  })
                : show(value)
            }
            total={t("lab:meters.session", { value: show(total) })}
          />
        ))}
      </dl>
      {times > 1 && (
        <p className="meters-times">{t("lab:meters.times", { times: number(times), actor })}</p>
      )}
    </section>
  );
}

/** The part of a whole that is told in full beside it. */
function copiedSoFar({ detail, size, sizes }: Telling, bytes: number): string {
  return detail === 2 ? (sizes(bytes).at(-1) ?? "") : size(bytes);
}

/** One meter; a step moves few of them. */
const Meter = memo(function Meter({
  kind,
  label,
  value,
  total,
  solid,
  outline,
  part,
  inked,
}: {
  /** Of what is selected; null: nothing, or it cost nothing. */
  readonly part: string | null;
  readonly kind: string;
  readonly label: string;
  readonly value: string;
  readonly total: string;
  /** The bars' widths in hundredths. */
  readonly solid: number;
  readonly outline: number;
  /** That of the part. */
  readonly inked: number;
}) {
  return (
    <div className="meter" data-meter={kind}>
      <dt>{label}</dt>
      <dd className="meter-value">{value}</dd>
      <dd className="meter-bar" aria-hidden="true">
        <svg width="100%" height="8" aria-hidden="true" focusable="false">
          <rect className="meter-scale" width="100%" height="8" rx="4" />
          <rect
            className="meter-session"
            x="0.5"
            y="0.5"
            width={`${outline}%`}
            height="7"
            rx="3.5"
          />
          <rect className={`meter-solid meter-${kind}`} width={`${solid}%`} height="8" rx="4" />
          {part !== null && (
            <rect className="meter-part-bar" y="3" width={`${inked}%`} height="2" />
          )}
        </svg>
      </dd>
      <dd className="meter-total">{total}</dd>
      {part !== null && <dd className="meter-part">{part}</dd>}
    </div>
  );
});
