import type { Language } from "../../i18n/catalogue.ts";
import { sentenceParts } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import { promptsOf } from "../../shell/session.ts";
import { containersOf } from "../../state/lab-containers.ts";
import type { Counts } from "../../state/lab-costs.ts";
import { type EndedUnions, endedUnions } from "../../state/lab-ended.ts";
import {
  branchOf,
  countsAt,
  type Detail,
  type LabCommand,
  seek,
  shownMoment,
  stopsOf,
  type Timeline,
} from "../../state/lab-timeline.ts";
import { formatCount } from "../text/format.ts";
import { type Telling, tellingIn } from "../text/telling.ts";
import { visibleText } from "../text/visible-name.ts";
import { branchNames, momentSentence, promptText, speakerFor } from "./narration.ts";

/**
 * The session up to the cursor as Markdown: each command with its prompt and output, one sentence a micro-step, and what
 * it cost; at the end the session's costs, and where the moment can be opened again. Another future is left out.
 */
export function transcriptOf(
  t: Translate,
  timeline: Timeline,
  detail: Detail,
  language: Language,
  link: string | null,
): string {
  const telling = tellingIn(t, language, detail);
  const branch = branchOf(timeline);
  const ended = endedUnions(timeline);
  const last = branch.findIndex(({ id }) => id === timeline.cursor.command);
  const parts = branch.slice(0, last + 1).map((command) => {
    const isPresent = command.id === timeline.cursor.command;
    const tick = isPresent ? timeline.cursor.tick : command.moments.length;
    const counts = countsAt(seek(timeline, { command: command.id, tick })).command;
    return [
      console(command, tick === command.moments.length),
      sentencesOf(t, command, tick, ended, telling),
      costsOf(t, counts, telling, language),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
  });
  const { session } = countsAt(timeline);
  const total = t("lab:transcript.session", { costs: costsOf(t, session, telling, language) });
  const end = link === null ? [] : [`<${link}>`];
  return `${[`# ${t("lab:transcript.heading")}`, ...parts, "---", total, ...end].join("\n\n")}\n`;
}

/** What was typed and printed, in a fence that is longer than any in it. */
function console({ ran }: LabCommand, isOver: boolean): string {
  const prompt = promptText(promptsOf(ran.host), ran.prompt);
  const typed = `${prompt} ${ran.line}${ran.until === null ? "" : " ^C"}\n`;
  const printed = isOver ? ran.output.map(({ text }) => text).join("") : "";
  const text = visibleLines(`${typed}${printed}`.replace(/\n$/, ""));
  const ticks = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(3, ...ticks.map((length) => length + 1)));
  return `${fence}console\n${text}\n${fence}`;
}

/** Control characters as signs, lines and tabs as they are. */
function visibleLines(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part) => (part === "\n" || part === "\t" ? part : visibleText(part)))
    .join("");
}

function sentencesOf(
  t: Translate,
  command: LabCommand,
  tick: number,
  ended: EndedUnions,
  telling: Telling,
): string {
  const { calls, host } = command.ran;
  const names = branchNames(containersOf(host));
  const stops = stopsOf(command, telling.detail).filter((stop) => stop <= tick);
  const sentences = stops.flatMap((stop) => {
    const moment = shownMoment(command, telling.detail, stop);
    const machine = moment && calls[moment.call]?.machine;
    if (!moment || !machine) return [];
    const before = calls[moment.call - 1]?.machine ?? machine;
    const speaker = speakerFor([before, machine], ended, names, telling);
    return [markdown(momentSentence(t, moment, calls, speaker))];
  });
  return sentences.map((sentence, at) => `${at + 1}. ${sentence}`).join("\n");
}

/** A sentence whose names are set as code. */
function markdown(sentence: string): string {
  return sentenceParts(sentence)
    .map(({ text, isName }) => (isName ? code(text) : text.replace(/[\\`*_[\]<>]/g, "\\$&")))
    .join("");
}

function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** The meters' numbers in one line; what cost nothing is left out. */
function costsOf(
  t: Translate,
  counts: Counts,
  { detail, size }: Telling,
  language: Language,
): string {
  const { fileVisits, visits, probes, copied, written, inodes, disk, read } = counts;
  const bytes = (count: number) => (count === 0 ? null : size(count));
  const number = (count: number) => (count === 0 ? null : formatCount(count, language));
  const meters = [
    [t(`lab:meters.visits${detail}`), number([fileVisits, visits, probes][detail - 1] ?? 0)],
    [t("lab:meters.copied"), bytes(copied)],
    [t("lab:meters.written"), bytes(written)],
    [t("lab:meters.cells"), number(inodes)],
    [t("lab:meters.disk"), bytes(disk)],
    [t("lab:meters.cache"), bytes(read)],
  ] as const;
  return meters
    .flatMap(([label, value]) =>
      value === null ? [] : [t("lab:transcript.cost", { label, value })],
    )
    .join(" · ");
}
