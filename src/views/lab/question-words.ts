import { type Speaker, setApart } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import type { Question } from "../../state/lab-question.ts";
import type { BytesQuestion } from "../../state/lab-question-bytes.ts";
import type { ExistsQuestion } from "../../state/lab-question-exists.ts";
import type { ListingQuestion } from "../../state/lab-question-listing.ts";
import type { MoveQuestion } from "../../state/lab-question-move.ts";
import type { OpaqueQuestion } from "../../state/lab-question-opaque.ts";
import type { ProviderQuestion } from "../../state/lab-question-provider.ts";

/** All that is said of a question, with its names set apart. */
export interface QuestionWords {
  readonly ask: string;
  /** Its choices, in order. */
  readonly choices: readonly string[];
  /** What became of a choice, for who took it, in sentences; none where the answer says it all. */
  readonly why: (choice: number) => readonly string[];
  /** What is so. */
  readonly answer: string;
}

/** What is said of a question. */
export function questionWords(t: Translate, question: Question, speaker: Speaker): QuestionWords {
  const path = setApart(speaker.path(question.path));
  const told: Told = { t, speaker, path, actor: speaker.kindOf(question.fs) };
  const ask = t(`lab:predict.ask.${question.type}`, { path });
  return { ask, ...answersTo(question, told) };
}

interface Told {
  readonly t: Translate;
  readonly speaker: Speaker;
  readonly path: string;
  readonly actor: ReturnType<Speaker["kindOf"]>;
}

type Answers = Omit<QuestionWords, "ask">;

function answersTo(question: Question, told: Told): Answers {
  switch (question.type) {
    case "provider":
      return providerWords(question, told);
    case "bytes":
      return bytesWords(question, told);
    case "exists":
      return existsWords(question, told);
    case "listing":
      return listingWords(question, told);
    case "opaque":
      return opaqueWords(question, told);
    case "move":
      return moveWords(question, told);
  }
}

function providerWords(question: ProviderQuestion, { t, speaker, path }: Told): Answers {
  const { fs, answer, choices, fates } = question;
  const name = (branch: number) => setApart(speaker.branchName(fs, branch));
  return {
    choices: choices.map((each) =>
      each === null
        ? t("lab:predict.none")
        : each === "other"
          ? t("lab:predict.other")
          : name(each),
    ),
    why: (at) => {
      const choice = choices[at] ?? null;
      if (choice === "other") return [t("lab:predict.provider.others", { path })];
      if (choice !== null) return [t(`lab:predict.provider.${fates[choice] ?? "other"}`, { path })];
      return [t(answer === null ? "lab:predict.provider.noneRight" : "lab:predict.provider.none")];
    },
    answer:
      answer === null
        ? t("lab:predict.provider.nobody", { path })
        : t("lab:predict.provider.answer", { path, answer: name(answer) }),
  };
}

function bytesWords(question: BytesQuestion, { t, speaker, actor }: Told): Answers {
  const { fs, answer, choices, to } = question;
  return {
    choices: choices.map(
      ({ bytes, role }) => `${speaker.bytes(bytes)}: ${t(`lab:predict.role.${role}`)}`,
    ),
    why: (at) => {
      const role = choices[at]?.role ?? "file";
      const isAnswer = choices[at]?.bytes === answer;
      if (role === "none" && isAnswer) return [t("lab:predict.bytes.noneRight")];
      if (role === "file" && !isAnswer) return [t("lab:predict.bytes.fileCut")];
      const values = {
        actor: t(`events:actor.${actor}`),
        to: setApart(speaker.branchName(fs, to)),
      };
      return [t(`lab:predict.bytes.${role}`, values)];
    },
    answer: t("lab:predict.bytes.answer", { answer: speaker.bytes(answer) }),
  };
}

function existsWords(question: ExistsQuestion, { t, speaker }: Told): Answers {
  const { fs, answer, choices, lower } = question;
  return {
    choices: choices.map((place) => t(`lab:predict.place.${place}`)),
    why: (at) => {
      const choice = choices[at] ?? answer;
      if (choice === answer) return [];
      const name = lower === null ? "" : speaker.branchName(fs, lower);
      return [t(`lab:predict.exists.${choice}Chosen`, { lower: setApart(name) })];
    },
    answer: t(`lab:predict.exists.${answer}`),
  };
}

/** So many branches of a list are named; of a longer one the first. */
const NAMED = 5;

function listingWords(question: ListingQuestion, { t, speaker }: Told): Answers {
  const { fs, answer, choices, parts } = question;
  const some = (items: readonly string[]) => {
    if (items.length <= NAMED) return items.join(t("events:list"));
    const first = items.slice(0, NAMED - 1);
    const count = items.length - first.length;
    return t("lab:predict.more", { count, items: first.join(t("events:list")) });
  };
  const name = (branch: number) => setApart(speaker.branchName(fs, branch));
  const namesOf = (branches: readonly number[]) => some(branches.map(name));
  const listed = parts.filter(({ shown }) => shown !== null && shown > 0);
  return {
    choices: choices.map((each) => (each.length === 0 ? t("lab:predict.none") : namesOf(each))),
    why: (at) => {
      const choice = choices[at] ?? answer;
      const taken = (shown: number | null) =>
        parts.flatMap((part) =>
          part.shown === shown && choice.includes(part.branch) ? [part.branch] : [],
        );
      const left = answer.filter((branch) => !choice.includes(branch));
      const [first = Number.POSITIVE_INFINITY] = choice;
      const told = {
        unread: taken(null),
        unseen: taken(0),
        above: choice.length > 0 ? left.filter((branch) => branch < first) : [],
        merged: left.filter((branch) => branch > first),
      };
      return (["unread", "unseen", "above", "merged"] as const).flatMap((key) =>
        told[key].length === 0
          ? []
          : [t(`lab:predict.listing.${key}`, { branches: namesOf(told[key]) })],
      );
    },
    answer:
      listed.length === 0
        ? t("lab:predict.listing.empty")
        : t("lab:predict.listing.answer", {
            parts: some(
              listed.map(({ branch, shown }) =>
                t("lab:predict.listing.part", { count: shown ?? 0, branch: name(branch) }),
              ),
            ),
          }),
  };
}

function opaqueWords(question: OpaqueQuestion, { t, speaker, path }: Told): Answers {
  const { fs, answer, choices, branch, whiteout, lower } = question;
  const name = (at: number) => setApart(speaker.branchName(fs, at));
  const why = (at: number) => {
    const choice = choices[at] ?? answer;
    if (choice === answer) return [];
    if (choice === "shown")
      return [
        lower === null
          ? t("lab:predict.opaque.nothing", { path })
          : t("lab:predict.opaque.kept", { path, lower: name(lower) }),
      ];
    if (choice === "unmarked" && answer === "marked")
      return [
        lower === null
          ? t("lab:predict.opaque.always")
          : t("lab:predict.opaque.needed", { lower: name(lower) }),
      ];
    if (choice === "marked" && answer === "unmarked") {
      if (whiteout === null) return [t("lab:predict.opaque.parent", { path })];
      if (whiteout > branch) return [t("lab:predict.opaque.stays", { branch: name(whiteout) })];
    }
    return [];
  };
  return {
    choices: choices.map((each) => t(`lab:predict.showing.${each}`)),
    why,
    answer: t(`lab:predict.opaque.${answer}`, { path }),
  };
}

function moveWords(question: MoveQuestion, { t, speaker, path, actor }: Told): Answers {
  const { fs, answer, choices, lower, isRedirected, bytes } = question;
  const values = {
    path,
    lower: setApart(speaker.branchName(fs, lower)),
    actor: t(`events:actor.${actor}`),
  };
  const why = (at: number) => {
    const choice = choices[at] ?? answer;
    if (choice === answer) return [];
    if (choice === "raised" || answer !== "renamed")
      return [t(`lab:predict.move.${choice}Chosen`, values)];
    return [t(isRedirected ? "lab:predict.move.redirected" : "lab:predict.move.empty", values)];
  };
  return {
    choices: choices.map((each) => t(`lab:predict.moving.${each}`, values)),
    why,
    answer: t(`lab:predict.move.${answer}`, { path, bytes: speaker.bytes(bytes) }),
  };
}
