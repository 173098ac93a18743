import { NO_NODE } from "../tree/live-tree.ts";
import { type Ahead, type Asked, stopAfterCall, unionBefore } from "./lab-question-ahead.ts";
import { nodeInBranch, resolveIn, unionOf } from "./lab-union.ts";

/** Where will a name be? Asked before it is removed. */
export interface ExistsQuestion extends Asked {
  readonly type: "exists";
  readonly answer: Place;
  readonly choices: readonly Place[];
  /** The topmost branch below the writable one that stores the name; null: none does. */
  readonly lower: number | null;
}

/** Where a name is after it was removed. */
const PLACES = ["view", "below", "nowhere"] as const;
export type Place = (typeof PLACES)[number];

/** See `ExistsQuestion`. */
export function existsAhead(ahead: Ahead): ExistsQuestion | null {
  const { call, event, moment } = ahead;
  if (call.call.type !== "unlink" && call.call.type !== "rmdir") return null;
  const removes =
    event.type === "whiteout-made" ||
    (event.type === "branch-write" &&
      (event.operation === "unlink" || event.operation === "rmdir"));
  if (!removes || /\/\.wh\.[^/]*$/.test(event.path)) return null;
  const { path, fs } = event;
  const isLater = call.events
    .slice(0, moment.event)
    .some(
      (each) =>
        (each.type === "whiteout-made" || each.type === "branch-write") && each.path === path,
    );
  if (isLater) return null;
  const before = unionBefore(ahead, fs);
  const after = unionOf(call.machine, fs);
  if (!before || !after) return null;
  const lower = before.branches.findIndex(
    (branch, at) => at > 0 && nodeInBranch(branch, path) !== NO_NODE,
  );
  const isSeen = resolveIn(after, path).kind !== null;
  const answer = isSeen ? "view" : lower < 0 ? "nowhere" : "below";
  return {
    type: "exists",
    path,
    fs,
    answer,
    choices: PLACES,
    lower: lower < 0 ? null : lower,
    reveal: stopAfterCall(ahead),
  };
}
