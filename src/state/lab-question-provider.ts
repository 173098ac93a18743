import type { EngineEvent } from "../engine/event.ts";
import { NO_NODE } from "../tree/live-tree.ts";
import {
  type Ahead,
  type Asked,
  isNews,
  momentOfEvent,
  stopAfter,
  unionBefore,
} from "./lab-question-ahead.ts";
import { nodeInBranch, type Union } from "./lab-union.ts";

/** Which branch will answer for a name? Asked before the first visit. */
export interface ProviderQuestion extends Asked {
  readonly type: "provider";
  /** null: none of them. */
  readonly answer: number | null;
  /** A branch, one of those that are not listed, or none. */
  readonly choices: readonly (number | "other" | null)[];
  /** What became of each branch: asked, with what outcome, or why not. */
  readonly fates: readonly Fate[];
}

/** What became of a branch in a lookup. */
export type Fate = "missing" | "found" | "whiteout" | "no-parent" | "below" | "other";

/** Branches that can be chosen from at a glance. Of a longer stack the telling ones are listed. */
const MOST = 8;

/** See `ProviderQuestion`. A directory has no one branch that answers. */
export function providerAhead(ahead: Ahead): ProviderQuestion | null {
  const { command, call, moment, event } = ahead;
  if (event.type !== "visit") return null;
  if (!isNews(command, event)) return null;
  const { fs, path } = event;
  const end = call.events.findIndex(
    (each, at) => at > moment.event && isAnswer(each) && each.fs === fs && each.path === path,
  );
  const answered = call.events[end];
  if (!answered || !isAnswer(answered)) return null;
  if (answered.type === "hit" && answered.kind === "dir") return null;
  const whole = momentOfEvent(ahead, end);
  if (command.moments[whole]?.level !== 1) return null;
  const union = unionBefore(ahead, fs);
  if (!union) return null;
  const visits = call.events
    .slice(moment.event, end)
    .filter((each) => each.type === "visit" && each.fs === fs && each.path === path);
  const answer = answered.type === "hit" ? (answered.branches[0] ?? null) : null;
  const fates = union.branches.map((_, at): Fate => {
    const visit = visits.find((each) => each.type === "visit" && each.branch === at);
    if (visit?.type === "visit") {
      const { outcome } = visit;
      return outcome === "found" || outcome === "missing" || outcome === "whiteout"
        ? outcome
        : "other";
    }
    const reason = answered.unasked.find((each) => each.branch === at)?.reason;
    return reason === "no-parent" ? "no-parent" : "below";
  });
  const choices = choicesIn(union, path, answer);
  return { type: "provider", path, fs, answer, choices, fates, reveal: stopAfter(ahead, whole) };
}

function isAnswer(event: EngineEvent): event is Extract<EngineEvent, { type: "hit" | "miss" }> {
  return event.type === "hit" || event.type === "miss";
}

/** All branches of a short stack; of a long one both ends and the first that store the name. */
function choicesIn(
  { branches }: Union,
  path: string,
  answer: number | null,
): ProviderQuestion["choices"] {
  const all = [...branches.keys()];
  if (all.length <= MOST) return [...all, null];
  const storing = branches.flatMap((each, at) =>
    nodeInBranch(each, path) === NO_NODE ? [] : [at],
  );
  const telling = new Set([...(answer === null ? [] : [answer]), 0, all.length - 1, ...storing]);
  const listed = [...telling].slice(0, MOST - 1).sort((a, b) => a - b);
  return [...listed, "other", null];
}
