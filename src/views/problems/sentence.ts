import { problemSentence } from "../../i18n/problem-sentence.ts";
import type { Problem } from "../../image/problem.ts";
import { useWords } from "../text/words.ts";

/** What turns a problem into a sentence of the chosen language. */
export function useSentence(): (problem: Problem) => string {
  const { t } = useWords();
  return (problem) => problemSentence(t, problem);
}
