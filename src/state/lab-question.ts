import { type Ahead, aheadOf } from "./lab-question-ahead.ts";
import { type BytesQuestion, bytesAhead } from "./lab-question-bytes.ts";
import { type ExistsQuestion, existsAhead } from "./lab-question-exists.ts";
import { type ListingQuestion, listingAhead } from "./lab-question-listing.ts";
import { type MoveQuestion, moveAhead } from "./lab-question-move.ts";
import { type OpaqueQuestion, opaqueAhead } from "./lab-question-opaque.ts";
import { type ProviderQuestion, providerAhead } from "./lab-question-provider.ts";
import type { Detail, Timeline } from "./lab-timeline.ts";

/** Something that can be foretold before a micro-step, made from the session's state. Nobody is graded for it. */
export type Question =
  | ProviderQuestion
  | BytesQuestion
  | ExistsQuestion
  | ListingQuestion
  | OpaqueQuestion
  | MoveQuestion;

/** What is foretold. */
export interface Foretold {
  readonly question: Question;
  /** An index into the question's choices; null: not sure. */
  readonly choice: number | null;
  /** Hands that were counted, by choice. */
  readonly hands: readonly number[];
}

/** Each tells by the step's event whether it can ask, before it looks at anything else. */
const KINDS: readonly ((ahead: Ahead) => Question | null)[] = [
  moveAhead,
  opaqueAhead,
  providerAhead,
  listingAhead,
  bytesAhead,
  existsAhead,
];

/** The question that stands before the next micro-step at this detail; null: that one asks nothing. */
export function questionAhead(timeline: Timeline, detail: Detail): Question | null {
  const ahead = aheadOf(timeline, detail);
  if (!ahead) return null;
  for (const kind of KINDS) {
    const question = kind(ahead);
    if (question) return question;
  }
  return null;
}
