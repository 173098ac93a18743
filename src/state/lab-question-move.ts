import { type Ahead, type Asked, stopAfterCall, unionBefore } from "./lab-question-ahead.ts";
import { resolveIn } from "./lab-union.ts";

/** Will a directory of which a read-only branch has a part be renamed? Asked before rename(2). */
export interface MoveQuestion extends Asked {
  readonly type: "move";
  readonly answer: Exclude<Move, "raised">;
  readonly choices: readonly Move[];
  /** The topmost read-only branch that has a part of it. */
  readonly lower: number;
  /** A redirect in the directory says where it was. */
  readonly isRedirected: boolean;
  /** Bytes that the program writes at the new place itself. */
  readonly bytes: number;
}

/**
 * renamed: it has its new name, and nothing in it is copied · raised: the driver copies up all that is in it, which none
 * does · copied: EXDEV, and the program copies it · refused: EXDEV, and it stays
 */
const MOVES = ["renamed", "raised", "copied", "refused"] as const;
export type Move = (typeof MOVES)[number];

/** See `MoveQuestion`. */
export function moveAhead(ahead: Ahead): MoveQuestion | null {
  const { call, passed } = ahead;
  if (call.call.type !== "rename" || passed) return null;
  if (call.errno !== null && call.errno !== "EXDEV") return null;
  const [from, to] = [lastName(call.call.from), lastName(call.call.to)];
  const source = call.events.find(
    (each) => each.type === "hit" && each.kind === "dir" && lastName(each.path) === from,
  );
  // rename(2) looks both names up when they are on one mount; else its EXDEV is not the union's.
  const target = call.events.find(
    (each) => (each.type === "hit" || each.type === "miss") && lastName(each.path) === to,
  );
  if (source?.type !== "hit" || !target || !("path" in target)) return null;
  const { fs, path } = source;
  const union = unionBefore(ahead, fs);
  if (!union) return null;
  const lower = resolveIn(union, path).found.find(
    ({ branch }) => !union.branches[branch]?.isWritable,
  );
  if (!lower) return null;
  const { isMade, bytes } = copiedTo(ahead, fs, target.path);
  const answer = call.errno === null ? "renamed" : isMade ? "copied" : "refused";
  return {
    type: "move",
    path,
    fs,
    answer,
    choices: MOVES,
    lower: lower.branch,
    isRedirected: call.events.some(({ type }) => type === "redirect-made"),
    bytes,
    reveal: stopAfterCall(ahead),
  };
}

/** Whether the program makes a directory at a path before it ends, and what it writes there. O(its calls). */
function copiedTo(
  { command, moment, call }: Ahead,
  fs: number,
  path: string,
): { readonly isMade: boolean; readonly bytes: number } {
  let isMade = false;
  let bytes = 0;
  for (const { call: made, events } of command.ran.calls.slice(moment.call + 1)) {
    if (made.pid !== call.call.pid) continue;
    if (made.type === "exit") break;
    for (const each of events) {
      if (each.type !== "branch-write" || each.fs !== fs) continue;
      if (each.operation === "mkdir" && each.path === path) isMade = true;
      if (each.operation === "write" && each.path.startsWith(`${path}/`)) bytes += each.bytes ?? 0;
    }
  }
  return { isMade, bytes };
}

/** The last name of a path, whatever slashes end it. */
function lastName(path: string): string {
  const name = /([^/]*)\/*$/.exec(path)?.[1];
  return name ?? "";
}
