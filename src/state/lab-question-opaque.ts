import { type Ahead, type Asked, stopAfterCall, unionBefore } from "./lab-question-ahead.ts";
import { hasDirectory, resolveIn, unionOf } from "./lab-union.ts";

/** Will what lies below show in a directory again? Asked before one comes where a name was hidden. */
export interface OpaqueQuestion extends Asked {
  readonly type: "opaque";
  readonly answer: Showing;
  readonly choices: readonly Showing[];
  /** The branch the directory comes into. */
  readonly branch: number;
  /** The branch whose whiteout hid the name; null: none did. */
  readonly whiteout: number | null;
  /** The topmost branch below the new directory that stores one of that name; null: none does. */
  readonly lower: number | null;
}

/** shown: what lies below shows · marked: it does not, for the directory is opaque · unmarked: nor without a mark. */
const SHOWINGS = ["shown", "marked", "unmarked"] as const;
export type Showing = (typeof SHOWINGS)[number];

/** See `OpaqueQuestion`. The directory is a new one, or one that moves there. */
export function opaqueAhead(ahead: Ahead): OpaqueQuestion | null {
  const { call, passed } = ahead;
  const { type } = call.call;
  if ((type !== "mkdir" && type !== "rename") || call.errno !== null) return null;
  if (passed?.type !== "miss") return null;
  const { fs, path, whiteout } = passed;
  if (!unionBefore(ahead, fs)) return null;
  const after = unionOf(call.machine, fs);
  if (!after) return null;
  const { kind, found } = resolveIn(after, path);
  const branch = found[0]?.branch;
  if (kind !== "dir" || branch === undefined) return null;
  const lower = after.branches.findIndex((each, at) => at > branch && hasDirectory(each, path));
  if (whiteout === null && lower < 0) return null;
  const isMarked = call.events.some((each) => each.type === "opaque-made" && each.fs === fs);
  return {
    type: "opaque",
    path,
    fs,
    answer: found.length > 1 ? "shown" : isMarked ? "marked" : "unmarked",
    choices: SHOWINGS,
    branch,
    whiteout,
    lower: lower < 0 ? null : lower,
    reveal: stopAfterCall(ahead),
  };
}
