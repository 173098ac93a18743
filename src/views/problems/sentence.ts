import type { Problem } from "../../image/problem.ts";

/** What turns a problem into a sentence of the chosen language. */
export function useSentence(): (problem: Problem) => string {
  return (problem) => problem.type;
}
