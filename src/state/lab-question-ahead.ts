import type { EngineEvent } from "../engine/event.ts";
import type { Machine } from "../engine/machine.ts";
import type { Moment } from "./lab-moments.ts";
import type { RecordedCall } from "./lab-session.ts";
import {
  type Cursor,
  countUpTo,
  type Detail,
  hostBefore,
  type LabCommand,
  shownMoment,
  stepForward,
  stopsOf,
  type Timeline,
} from "./lab-timeline.ts";
import { type Union, unionOf } from "./lab-union.ts";

/** What every question has: what it is about, and when it is answered. */
export interface Asked {
  readonly path: string;
  readonly fs: number;
  /** The moment that answers it. */
  readonly reveal: Cursor;
}

/** The micro-step that comes next, with what a question about it is made from. */
export interface Ahead {
  readonly command: LabCommand;
  readonly detail: Detail;
  readonly moment: Moment;
  /** Its index among the command's moments. */
  readonly at: number;
  readonly call: RecordedCall;
  readonly event: Extract<EngineEvent, { readonly fs: number }>;
  /** The event that is shown now; null: none of this call. */
  readonly passed: EngineEvent | null;
  /** Before the call. */
  readonly machine: Machine;
}

/** The micro-step that comes next at this detail; null: there is none, or it tells nothing of a file system. */
export function aheadOf(timeline: Timeline, detail: Detail): Ahead | null {
  const next = stepForward(timeline, detail);
  if (next === timeline || next.cursor.command === null) return null;
  const command = next.commands[next.cursor.command - 1];
  const moment = command && shownMoment(command, detail, next.cursor.tick);
  const call = moment && command.ran.calls[moment.call];
  const event = call?.events[moment?.event ?? -1];
  if (!command || !moment || !call || !event || !("fs" in event)) return null;
  const isHere = command.id === timeline.cursor.command;
  const shown = isHere ? shownMoment(command, detail, timeline.cursor.tick) : null;
  const passed = shown?.call === moment.call ? (call.events[shown.event] ?? null) : null;
  // A visit of several probes is asked about before the first of them.
  if (passed === event) return null;
  const at = command.moments.lastIndexOf(moment, next.cursor.tick - 1);
  const machine =
    command.ran.calls[moment.call - 1]?.machine ?? hostBefore(timeline, command).machine;
  return { command, detail, moment, at, call, event, passed, machine };
}

/** A union before the call; null when it is none, or has nothing to choose from. O(branches). */
export function unionBefore({ machine }: Ahead, fs: number): Union | null {
  const union = unionOf(machine, fs);
  return union && union.branches.length > 1 ? union : null;
}

/** The index of the moment that is an event of the call as a whole. O(moments of the call). */
export function momentOfEvent({ command, moment, at }: Ahead, event: number): number {
  let index = at;
  for (;;) {
    const each = command.moments[index];
    if (each?.call !== moment.call) throw new RangeError(`event ${event} has no moment ahead`);
    if (each.event === event && each.probe === null) return index;
    index += 1;
  }
}

/** The first stop by which a moment has passed. */
export function stopAfter({ command, detail }: Ahead, index: number): Cursor {
  const stops = stopsOf(command, detail);
  return { command: command.id, tick: stops[countUpTo(stops, index)] ?? command.moments.length };
}

/** The first stop by which the call has passed. O(moments of the call). */
export function stopAfterCall(ahead: Ahead): Cursor {
  const { command, moment, at } = ahead;
  let index = at;
  while (command.moments[index + 1]?.call === moment.call) index += 1;
  return stopAfter(ahead, index);
}

/**
 * Whether a command has not told this before: it is the first visit of a path, or the first part of a listing that found
 * something else in the directory than the listings before it. O(1), after O(events) once a command.
 */
export function isNews(command: LabCommand, event: EngineEvent): boolean {
  let news = kept.get(command);
  if (!news) {
    news = newsIn(command);
    kept.set(command, news);
  }
  return news.has(event);
}
const kept = new WeakMap<LabCommand, ReadonlySet<EngineEvent>>();

function newsIn({ ran }: LabCommand): ReadonlySet<EngineEvent> {
  const news = new Set<EngineEvent>();
  const told = new Set<string>();
  const tell = (event: EngineEvent, what: string) => {
    if (told.has(what)) return;
    told.add(what);
    news.add(event);
  };
  for (const { events } of ran.calls) {
    for (const event of events)
      if (event.type === "visit") tell(event, `${event.fs} ${event.path}`);
    const parts = events.filter((event) => event.type === "readdir-visit");
    const [first] = parts;
    const found = parts.map(({ branch, names, shown }) => `${branch}:${names}:${shown}`);
    if (first) tell(first, `${first.fs} ${first.path} ${found.join()}`);
  }
  return news;
}
