import type { MouseEvent } from "react";
import { plainSentence } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import type { Foretold, Question } from "../../state/lab-question.ts";
import { useLab } from "../../state/lab-store.ts";
import { Sentence } from "../text/sentence.tsx";
import { useWords } from "../text/words.ts";
import { type QuestionWords, questionWords } from "./question-words.ts";
import type { Scene } from "./use-staged.ts";

/**
 * What is asked before the next micro-step, in the caption's place. Choices are buttons; a branch of the stage is one
 * too. While presenting each counts hands, by its number's key as well, and a step on shows the answer.
 */
export function Asking({
  scene,
  question,
}: {
  readonly scene: Scene;
  readonly question: Question;
}) {
  const { t } = useWords();
  const isPresenting = useLab((lab) => lab.isPresenting);
  const hands = useLab((lab) => lab.hands);
  const { answer, foretell } = useLab.getState();
  const { ask, choices } = questionWords(t, question, scene.speaker);
  const choose = (at: number, { currentTarget, detail }: MouseEvent<HTMLButtonElement>) => {
    // After a click the keys are the presenter's, as for the button that begins it.
    if (isPresenting && detail > 0) currentTarget.blur();
    answer(at);
  };
  return (
    <section className="lab-asking" aria-label={plainSentence(ask)} data-question={question.type}>
      <p className="lab-caption" data-caption aria-live="polite">
        <Sentence of={ask} />
      </p>
      <div className="lab-asking-choices">
        {choices.map((words, at) => (
          <button
            key={words}
            type="button"
            className="button"
            onClick={(event) => choose(at, event)}
          >
            {isPresenting && <kbd className="lab-choice-key">{at + 1}</kbd>}
            {plainSentence(words)}
            {isPresenting && <Hands count={hands[at] ?? 0} />}
          </button>
        ))}
        <button type="button" className="button" onClick={() => foretell(null)}>
          {t(isPresenting ? "lab:predict.reveal" : "lab:predict.unsure")}
        </button>
      </div>
    </section>
  );
}

function Hands({ count }: { readonly count: number }) {
  const { t } = useWords();
  return (
    <span className="lab-hands" data-raised={count > 0}>
      <span aria-hidden="true">{count}</span>
      <span className="unseen">{t("lab:predict.hands", { count })}</span>
    </span>
  );
}

/** What was chosen, what became of it, and what is so; beside it the hands that were counted. */
export function ForetoldNote({
  scene,
  foretold,
}: {
  readonly scene: Scene;
  readonly foretold: Foretold;
}) {
  const { t, gap } = useWords();
  const { question, hands } = foretold;
  const words = questionWords(t, question, scene.speaker);
  const told = [...chosenSentences(t, foretold, words), words.answer];
  return (
    <div className="lab-foretold">
      <p data-foretold aria-live="polite">
        <Sentence of={told.join(gap)} />
      </p>
      {hands.length > 0 && (
        <ul className="lab-foretold-hands" data-hands>
          {words.choices.map((choice, at) => {
            const count = hands[at] ?? 0;
            return (
              count > 0 && (
                <li key={choice}>
                  <span>{plainSentence(choice)}</span>
                  <Hands count={count} />
                </li>
              )
            );
          })}
        </ul>
      )}
    </div>
  );
}

/** The choice first, for it is what somebody has in mind; of a room's, those with the most hands. */
function chosenSentences(
  t: Translate,
  { choice, hands }: Foretold,
  { choices, why }: QuestionWords,
): readonly string[] {
  if (choice !== null)
    return [t("lab:predict.chose", { choice: choices[choice] ?? "" }), ...why(choice)];
  const most = Math.max(1, ...hands);
  return hands.flatMap((count, at) =>
    count < most
      ? []
      : [t("lab:predict.mostHands", { choice: choices[at] ?? "", count }), ...why(at)],
  );
}
