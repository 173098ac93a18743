import { plainSentence, setApart } from "../../i18n/event-sentence.ts";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand, hasSteps } from "../../state/lab-timeline.ts";
import { Sentence } from "../text/sentence.tsx";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import type { Scene } from "./use-staged.ts";

/**
 * The sentence of the moment. The live region says it for every step a person makes; while time plays by itself it says
 * the last one only.
 */
export function Caption({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const isPlaying = useLab((lab) => lab.isPlaying);
  const played = useLab((lab) => lab.played);
  const { caption } = scene;
  const detail = useLab((lab) => lab.detail);
  const command = currentCommand(scene.timeline);
  const silence =
    command && !hasSteps(command, detail)
      ? t("lab:time.silent", { line: setApart(shortText(command.ran.line)) })
      : t("lab:time.nothing");
  const sentence = caption ?? silence;
  return (
    <>
      <p className="lab-caption" data-caption>
        <Sentence of={sentence} />
      </p>
      <p className="unseen" aria-live="polite">
        {isPlaying ? "" : plainSentence(sentence)}
        {!isPlaying && played !== null && ` ${t("lab:time.played", { count: played })}`}
      </p>
    </>
  );
}
