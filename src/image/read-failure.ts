import type { ProblemFacts } from "./problem.ts";

/** Reading cannot go on: thrown where bytes are read, turned into a `Problem` at the edge of this folder. */
export class ReadFailure extends Error {
  readonly facts: ProblemFacts;
  /** Bytes from the start of what was being read; null when it has no place. */
  readonly offset: number | null;

  constructor(facts: ProblemFacts, offset: number | null = null) {
    super(facts.type);
    this.name = "ReadFailure";
    this.facts = facts;
    this.offset = offset;
  }
}

/** The failure an error stands for. An abort is no failure: it is thrown again. */
export function failureOf(error: unknown, signal?: AbortSignal): ReadFailure {
  signal?.throwIfAborted();
  if (error instanceof ReadFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ReadFailure({ type: "unreadable", message });
}
