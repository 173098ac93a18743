import { plainSentence } from "../../i18n/event-sentence.ts";
import { useLab } from "../../state/lab-store.ts";
import { Sentence } from "../text/sentence.tsx";
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
  const sentence = scene.caption ?? t("lab:time.nothing");
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
