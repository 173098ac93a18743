import { plainSentence, setApart } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import type { Foretold, Question } from "../../state/lab-question.ts";
import { useLab } from "../../state/lab-store.ts";
import { Sentence } from "../text/sentence.tsx";
import { useWords } from "../text/words.ts";
import type { Scene } from "./use-staged.ts";

/** What is asked before the next micro-step, in the caption's place. Choices are buttons; a branch of the stage is one too. */
export function Asking({
  scene,
  question,
}: {
  readonly scene: Scene;
  readonly question: Question;
}) {
  const { t } = useWords();
  const { foretell } = useLab.getState();
  const asked = t(`lab:predict.ask.${question.type}`, {
    path: setApart(scene.speaker.path(question.path)),
  });
  return (
    <section className="lab-asking" aria-label={plainSentence(asked)} data-question={question.type}>
      <p className="lab-caption" data-caption aria-live="polite">
        <Sentence of={asked} />
      </p>
      <div className="lab-asking-choices">
        {question.choices.map((_, at) => {
          const words = plainSentence(choiceWords(t, question, at, scene));
          return (
            <button key={words} type="button" className="button" onClick={() => foretell(at)}>
              {words}
            </button>
          );
        })}
        <button type="button" className="button" onClick={() => foretell(null)}>
          {t("lab:predict.unsure")}
        </button>
      </div>
    </section>
  );
}

/** What was chosen, what became of it, and what is so. */
export function ForetoldNote({
  scene,
  foretold,
}: {
  readonly scene: Scene;
  readonly foretold: Foretold;
}) {
  const { t, gap } = useWords();
  const told = foretoldSentences(t, foretold, scene).join(gap);
  return (
    <p className="lab-foretold" data-foretold aria-live="polite">
      <Sentence of={told} />
    </p>
  );
}

function choiceWords(t: Translate, question: Question, at: number, scene: Scene): string {
  const { speaker } = scene;
  switch (question.type) {
    case "provider": {
      const branch = question.choices[at] ?? null;
      return branch === null
        ? t("lab:predict.none")
        : setApart(speaker.branchName(question.fs, branch));
    }
    case "bytes": {
      const choice = question.choices[at];
      return choice
        ? `${speaker.bytes(choice.bytes)}: ${t(`lab:predict.role.${choice.role}`)}`
        : "";
    }
    default:
      return t(`lab:predict.place.${question.choices[at] ?? "view"}`);
  }
}

/** The choice first, for it is what somebody has in mind; then what is so. */
function foretoldSentences(t: Translate, { question, choice }: Foretold, scene: Scene): string[] {
  const answer = answerSentence(t, question, scene);
  if (choice === null) return [answer];
  const chose = t("lab:predict.chose", { choice: choiceWords(t, question, choice, scene) });
  const why = choiceSentence(t, question, choice, scene);
  return [chose, ...(why === "" ? [] : [why]), answer];
}

function answerSentence(t: Translate, question: Question, { speaker }: Scene): string {
  const path = setApart(speaker.path(question.path));
  switch (question.type) {
    case "provider":
      return question.answer === null
        ? t("lab:predict.provider.nobody", { path })
        : t("lab:predict.provider.answer", {
            path,
            answer: setApart(speaker.branchName(question.fs, question.answer)),
          });
    case "bytes":
      return t("lab:predict.bytes.answer", { answer: speaker.bytes(question.answer) });
    default:
      return t(`lab:predict.exists.${question.answer}`);
  }
}

/** What became of the option that was chosen. */
function choiceSentence(t: Translate, question: Question, at: number, { speaker }: Scene): string {
  const path = setApart(speaker.path(question.path));
  switch (question.type) {
    case "provider": {
      const branch = question.choices[at] ?? null;
      if (branch === null)
        return t(
          question.answer === null ? "lab:predict.provider.noneRight" : "lab:predict.provider.none",
        );
      return t(`lab:predict.provider.${question.fates[branch] ?? "other"}`, { path });
    }
    case "bytes": {
      const role = question.choices[at]?.role ?? "file";
      const isAnswer = question.choices[at]?.bytes === question.answer;
      const values = {
        actor: t(`events:actor.${speaker.kindOf(question.fs)}`),
        to: setApart(speaker.branchName(question.fs, question.to)),
      };
      if (role === "none" && isAnswer) return t("lab:predict.bytes.noneRight");
      if (role === "file" && !isAnswer) return t("lab:predict.bytes.fileCut");
      return t(`lab:predict.bytes.${role}`, values);
    }
    default: {
      const chosen = question.choices[at] ?? "view";
      if (chosen === question.answer) return "";
      const lower = question.lower === null ? "" : speaker.branchName(question.fs, question.lower);
      return t(`lab:predict.exists.${chosen}Chosen`, { lower: setApart(lower) });
    }
  }
}
