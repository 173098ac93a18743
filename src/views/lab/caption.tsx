import { memo, useMemo } from "react";
import { plainSentence } from "../../i18n/event-sentence.ts";
import { useLab } from "../../state/lab-store.ts";
import { mostLines } from "../text/line-count.ts";
import { Sentence } from "../text/sentence.tsx";
import { useWords } from "../text/words.ts";

/** Lines that the place has which every screen keeps free for the sentence. */
const KEPT = 2;
/** The room at both sides, in CSS pixels, and the size of the type, in root ems: as the style sheet has them. */
const BESIDE = 32;
const TYPE = 1.1875;

/** The sentence of the moment. One that surely fits into the lines that are kept free for it leaves all around it in place. */
export const Caption = memo(function Caption({
  sentence: said,
  rested,
  width,
}: {
  /** null: nothing has happened yet. */
  readonly sentence: string | null;
  /** The one at which time rested last. */
  readonly rested: string | null;
  /** Of the column it stands in, in CSS pixels. */
  readonly width: number;
}) {
  const { t } = useWords();
  const isPresenting = useLab((lab) => lab.isPresenting);
  const column = useMemo(() => {
    const { fontSize } = getComputedStyle(document.documentElement);
    return (width - BESIDE) / (TYPE * Number.parseFloat(fontSize));
  }, [width]);
  const sentence = said ?? t("lab:time.nothing");
  const isKept = !isPresenting && mostLines(plainSentence(sentence), column) <= KEPT;
  return (
    <div className="lab-caption">
      <div className={isKept ? "lab-said lab-said-kept" : "lab-said"}>
        <p data-caption>
          <Sentence of={sentence} />
        </p>
        <Spoken sentence={rested ?? t("lab:time.nothing")} />
      </div>
    </div>
  );
});

/** The live region: it says each step that a person makes and stays at, and of what plays by itself the last one. */
const Spoken = memo(function Spoken({ sentence }: { readonly sentence: string }) {
  const { t } = useWords();
  const isPlaying = useLab((lab) => lab.isPlaying);
  const played = useLab((lab) => lab.played);
  return (
    <p className="unseen" aria-live="polite">
      {isPlaying ? "" : plainSentence(sentence)}
      {!isPlaying && played !== null && ` ${t("lab:time.played", { count: played })}`}
    </p>
  );
});
