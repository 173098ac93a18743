import type { EngineEvent } from "../engine/event.ts";
import { resolvePath } from "../engine/resolve.ts";
import { NO_NODE, nodeKind, nodeOf } from "../tree/live-tree.ts";
import type { RecordedCall } from "./lab-session.ts";
import {
  type Cursor,
  type Detail,
  hostBefore,
  type LabCommand,
  shownMoment,
  stepForward,
  stopsOf,
  type Timeline,
} from "./lab-timeline.ts";
import { nodeInBranch, type Union, unionOf } from "./lab-union.ts";

/** How many bytes somebody may expect a copy-up to copy, and why. */
export type BytesRole = "none" | "written" | "block" | "kept" | "file";
/** Where a name is after it was removed. */
const PLACES = ["view", "below", "nowhere"] as const;
export type Place = (typeof PLACES)[number];

/** Something that can be foretold before a micro-step, made from the session's state. Nobody is graded for it. */
export type Question = {
  readonly path: string;
  readonly fs: number;
  /** The moment that answers it. */
  readonly reveal: Cursor;
} & (
  | {
      /** Which branch will answer? `answer`: null for none of them. */
      readonly type: "provider";
      readonly answer: number | null;
      readonly choices: readonly (number | null)[];
      /** What became of each branch: asked, with what outcome, or why not. */
      readonly fates: readonly Fate[];
    }
  | {
      /** How many bytes will be copied up? */
      readonly type: "bytes";
      readonly answer: number;
      readonly choices: readonly { readonly bytes: number; readonly role: BytesRole }[];
      readonly to: number;
    }
  | {
      /** Where will the name be afterwards? */
      readonly type: "exists";
      readonly answer: Place;
      readonly choices: readonly Place[];
      /** The topmost branch below the writable one that stores the name; null: none does. */
      readonly lower: number | null;
    }
);

/** What became of a branch in a lookup. */
export type Fate = "missing" | "found" | "whiteout" | "no-parent" | "below" | "other";

/** What is foretold: an index into the question's choices; null: not sure. */
export interface Foretold {
  readonly question: Question;
  readonly choice: number | null;
}

/** The question that stands before the next micro-step at this detail; null: that one asks nothing. */
export function questionAhead(timeline: Timeline, detail: Detail): Question | null {
  const ahead = stepForward(timeline, detail);
  if (ahead === timeline || ahead.cursor.command === null) return null;
  const command = ahead.commands[ahead.cursor.command - 1];
  const isHere = command?.id === timeline.cursor.command;
  const passed = command && isHere ? shownMoment(command, detail, timeline.cursor.tick) : null;
  const moment = command && shownMoment(command, detail, ahead.cursor.tick);
  const call = moment && command.ran.calls[moment.call];
  const event = call?.events[moment?.event ?? -1];
  if (!command || !moment || moment === passed || !call || !event) return null;
  const earlier =
    command.ran.calls[moment.call - 1]?.machine ?? hostBefore(timeline, command).machine;
  if (!("fs" in event)) return null;
  const before = unionOf(earlier, event.fs);
  if (!before || before.branches.length < 2) return null;
  // A visit of several probes is asked about before the first of them.
  const isWithin = passed?.call === moment.call && passed.event === moment.event;
  if (isWithin) return null;
  const at = { command, call, callIndex: moment.call, eventIndex: moment.event, detail };
  switch (event.type) {
    case "visit":
      return providerOf(at, event, before);
    case "copy-up-begin":
      return event.kind === "file" ? bytesOf(at, event, before) : null;
    case "whiteout-made":
    case "branch-write":
      return existsOf(at, event, before);
    default:
      return null;
  }
}

interface Asked {
  readonly command: LabCommand;
  readonly call: RecordedCall;
  readonly callIndex: number;
  readonly eventIndex: number;
  readonly detail: Detail;
}

function providerOf(
  { command, call, callIndex, eventIndex, detail }: Asked,
  { path, fs }: Extract<EngineEvent, { type: "visit" }>,
  union: Union,
): Question | null {
  const isVisit = (event: EngineEvent) =>
    event.type === "visit" && event.fs === fs && event.path === path;
  const isKnown = command.ran.calls
    .slice(0, callIndex + 1)
    .some(({ events }, at) =>
      (at === callIndex ? events.slice(0, eventIndex) : events).some(isVisit),
    );
  if (isKnown) return null;
  const end = call.events.findIndex(
    (event, at) =>
      at > eventIndex &&
      (event.type === "hit" || event.type === "miss") &&
      event.fs === fs &&
      event.path === path,
  );
  const answered = call.events[end];
  if (answered?.type !== "hit" && answered?.type !== "miss") return null;
  if (answered.type === "hit" && answered.kind === "dir") return null;
  const whole = command.moments.find(
    ({ call: of, event, probe }) => of === callIndex && event === end && probe === null,
  );
  if (!whole || whole.level > 1) return null;
  const visits = call.events.slice(eventIndex, end).filter(isVisit);
  const answer = answered.type === "hit" ? (answered.branches[0] ?? null) : null;
  const fates = union.branches.map((_, at): Fate => {
    const visit = visits.find((event) => event.type === "visit" && event.branch === at);
    if (visit?.type === "visit") {
      const { outcome } = visit;
      return outcome === "found" || outcome === "missing" || outcome === "whiteout"
        ? outcome
        : "other";
    }
    const reason = answered.unasked.find((each) => each.branch === at)?.reason;
    return reason === "no-parent" ? "no-parent" : "below";
  });
  return {
    type: "provider",
    path,
    fs,
    answer,
    choices: [...union.branches.keys(), null],
    fates,
    reveal: revealOf(command, detail, command.moments.indexOf(whole) + 1),
  };
}

/** A driver that works on blocks would copy one. */
const BLOCK = 4096;

function bytesOf(
  { command, callIndex, eventIndex, detail }: Asked,
  { path, fs, from, to, bytes }: Extract<EngineEvent, { type: "copy-up-begin" }>,
  union: Union,
): Question | null {
  const branch = union.branches[from];
  const node = branch ? nodeInBranch(branch, path) : NO_NODE;
  if (!branch || node === NO_NODE || nodeKind(branch.tree, node) !== "file") return null;
  const written = writtenAfter(command, callIndex, fs, path);
  const all = new Map<number, BytesRole>([
    [bytes, "kept"],
    [BLOCK, "block"],
    ...(written === null ? [] : [[written, "written"] as const]),
    [0, "none"],
    [nodeOf(branch.tree, node).size, "file"],
  ]);
  const choices = [...all].map(([count, role]) => ({ bytes: count, role }));
  choices.sort((a, b) => a.bytes - b.bytes);
  const whole = command.moments.findIndex(
    ({ call, event }) => call === callIndex && event === eventIndex,
  );
  const reveal = revealOf(command, detail, whole + 1);
  return { type: "bytes", path, fs, answer: bytes, choices, to, reveal };
}

/** What the program writes into the copy next; null: nothing. */
function writtenAfter(
  { ran }: LabCommand,
  callIndex: number,
  fs: number,
  path: string,
): number | null {
  for (const { events } of ran.calls.slice(callIndex))
    for (const event of events)
      if (
        event.type === "branch-write" &&
        event.operation === "write" &&
        event.fs === fs &&
        event.path === path
      )
        return event.bytes ?? null;
  return null;
}

function existsOf(
  { command, call, callIndex, eventIndex, detail }: Asked,
  event: Extract<EngineEvent, { type: "whiteout-made" | "branch-write" }>,
  before: Union,
): Question | null {
  const { path, fs } = event;
  if (call.call.type !== "unlink" && call.call.type !== "rmdir") return null;
  if (event.type === "branch-write" && event.operation !== "unlink" && event.operation !== "rmdir")
    return null;
  if (/\/\.wh\.[^/]*$/.test(path)) return null;
  const isLater = call.events
    .slice(0, eventIndex)
    .some(
      ({ type, ...rest }) =>
        (type === "whiteout-made" || type === "branch-write") &&
        "path" in rest &&
        rest.path === path,
    );
  const after = unionOf(call.machine, fs);
  if (isLater || !after) return null;
  const lower = before.branches.findIndex(
    (branch, at) => at > 0 && nodeInBranch(branch, path) !== NO_NODE,
  );
  const isSeen = isInView(after, path);
  const last = command.moments.findLastIndex(({ call: of }) => of === callIndex);
  return {
    type: "exists",
    path,
    fs,
    answer: isSeen ? "view" : lower < 0 ? "nowhere" : "below",
    choices: PLACES,
    lower: lower < 0 ? null : lower,
    reveal: revealOf(command, detail, last + 1),
  };
}

/** Whether the view of a union has a name. */
function isInView(union: Union, path: string): boolean {
  const roots = union.branches.map(({ root }, branch) => ({ branch, node: root }));
  return resolvePath(union.rules, union.branches, roots, path, false).kind !== null;
}

/** The first stop at this detail by which a tick has passed. */
function revealOf(command: LabCommand, detail: Detail, tick: number): Cursor {
  const stop = stopsOf(command, detail).find((each) => each >= tick);
  return { command: command.id, tick: stop ?? command.moments.length };
}
