/**
 * Time in the Lab: a tree of commands, each with its moments, and a cursor in it.
 *
 * Everything is a value and every move gives a new one. Acting anywhere but at the end of the branch begins another
 * branch; the old future stays and can be returned to.
 */
import type { EngineEvent } from "../engine/event.ts";
import type { Machine } from "../engine/machine.ts";
import { type Counts, countsAfter, countsAlong, NO_COUNTS, sumCounts } from "./lab-costs.ts";
import { type Moment, momentsOf } from "./lab-moments.ts";
import type { LabHost, RanLine, RecordedCall } from "./lab-session.ts";

export type CommandId = number;

/** A line that was run, and what came of it. */
export interface LabCommand {
  readonly id: CommandId;
  /** The command before it; null for the first of a branch that begins at the start. */
  readonly parent: CommandId | null;
  readonly ran: RanLine;
  readonly moments: readonly Moment[];
  /** What the branch had done before it. */
  readonly before: Counts;
  /** `along[n]`: what it had done when `n` of its calls were over. */
  readonly along: readonly Counts[];
}

/** Where we are: so many moments of a command have passed. `command` null: before the first. */
export interface Cursor {
  readonly command: CommandId | null;
  readonly tick: number;
}

export interface Timeline {
  readonly start: LabHost;
  /** By id; ids count up from 1. */
  readonly commands: readonly LabCommand[];
  /** The last command of the branch that is shown; null while there is none. */
  readonly tip: CommandId | null;
  readonly cursor: Cursor;
}

/** How closely lookups are told: files, every component of a path, or every name looked up on disk. */
export const DETAILS = [1, 2, 3] as const;
export type Detail = (typeof DETAILS)[number];

const START: Cursor = { command: null, tick: 0 };

export function newTimeline(start: LabHost): Timeline {
  return { start, commands: [], tip: null, cursor: START };
}

/** A command by its id. */
export function commandOf({ commands }: Pick<Timeline, "commands">, id: CommandId): LabCommand {
  const command = commands[id - 1];
  if (!command) throw new RangeError(`no command ${id}`);
  return command;
}

/** The command under the cursor. */
export function currentCommand({ commands, cursor }: Timeline): LabCommand | null {
  return cursor.command === null ? null : (commands[cursor.command - 1] ?? null);
}

/** The commands of the branch that is shown, first to last. O(their number). */
export function branchOf(
  timeline: Pick<Timeline, "commands" | "tip">,
  tip = timeline.tip,
): readonly LabCommand[] {
  const path: LabCommand[] = [];
  for (let at = tip; at !== null; ) {
    const command = commandOf(timeline, at);
    path.push(command);
    at = command.parent;
  }
  return path.reverse();
}

/**
 * What the branch up to the current command's end comes to, command by command from `start`; `kept` has it for those that
 * were asked about. O(new commands).
 */
export function sumAlong<T>(
  timeline: Timeline,
  kept: WeakMap<LabCommand, T>,
  start: T,
  after: (command: LabCommand, before: T) => T,
): T {
  const path: LabCommand[] = [];
  let at = timeline.cursor.command;
  let sum = start;
  while (at !== null) {
    const command = commandOf(timeline, at);
    const known = kept.get(command);
    if (known !== undefined) {
      sum = known;
      break;
    }
    path.push(command);
    at = command.parent;
  }
  for (const command of path.reverse()) {
    sum = after(command, sum);
    kept.set(command, sum);
  }
  return sum;
}

/** A branch that is not shown, from where it leaves the one that is. */
export interface Fork {
  /** The last command it shares with the branch shown; null: they part at the start. */
  readonly after: CommandId | null;
  /** Its first command of its own. */
  readonly first: LabCommand;
  /** How many are its own. */
  readonly count: number;
  /** Its last command. */
  readonly tip: CommandId;
}

/** The branches that are not shown, oldest tip first. O(commands × branches) at worst. */
export function forksOf(timeline: Pick<Timeline, "commands" | "tip">): readonly Fork[] {
  const { commands } = timeline;
  const shown = new Set(branchOf(timeline).map(({ id }) => id));
  const parents = new Set(commands.map(({ parent }) => parent));
  return commands
    .filter(({ id }) => !parents.has(id) && !shown.has(id))
    .map((last) => {
      let first = last;
      let count = 1;
      while (first.parent !== null && !shown.has(first.parent)) {
        first = commandOf(timeline, first.parent);
        count += 1;
      }
      return { after: first.parent, first, count, tip: last.id };
    });
}

/** Adds a line that was run where the cursor stands (see `hostToActOn`), and puts the cursor at its beginning. */
export function withCommand(timeline: Timeline, ran: RanLine): Timeline {
  const id = timeline.commands.length + 1;
  const moments = momentsOf(ran.calls);
  const parent = actingAfter(timeline);
  const before = parent === null ? NO_COUNTS : countsThrough(commandOf(timeline, parent));
  const along = countsAlong(ran, moments, before.pageCache);
  const command: LabCommand = { id, parent, ran, moments, before, along };
  return {
    ...timeline,
    commands: [...timeline.commands, command],
    tip: id,
    cursor: { command: id, tick: 0 },
  };
}

/** The host a new line runs on. A command that has begun counts as finished; see `interrupted` for what stops it. */
export function hostToActOn(timeline: Timeline): LabHost {
  const after = actingAfter(timeline);
  return after === null ? timeline.start : commandOf(timeline, after).ran.host;
}

function actingAfter(timeline: Timeline): CommandId | null {
  const command = currentCommand(timeline);
  if (!command) return null;
  const isBefore = timeline.cursor.tick === 0 && command.moments.length > 0;
  return isBefore ? command.parent : command.id;
}

/** What there is at the cursor. */
export interface Present {
  readonly command: LabCommand | null;
  /** The call under way, or the last one when all are done; null when there is none. */
  readonly call: RecordedCall | null;
  /** The events of `call` that have happened. */
  readonly events: readonly EngineEvent[];
  /** The machine as it is: before `call` while it is under way, after it when it is done. */
  readonly machine: Machine;
  /** The host at this moment. Docker's own part changes at the end of a command only. */
  readonly host: LabHost;
  readonly isDone: boolean;
  /** The moment that happened last; null at the beginning of a command. */
  readonly moment: Moment | null;
}

/** What there is at the cursor. O(1) but for the events of one call. */
export function presentOf(timeline: Timeline): Present {
  const command = currentCommand(timeline);
  if (!command) return betweenCommands(null, timeline.start);
  const { tick } = timeline.cursor;
  const { calls } = command.ran;
  const before = hostBefore(timeline, command);
  const moment = tick === 0 ? null : (command.moments[tick - 1] ?? null);
  const call = moment && calls[moment.call];
  if (!call) return betweenCommands(command, tick === 0 ? before : command.ran.host);
  const isDone = command.moments[tick]?.call !== moment.call;
  const machine = isDone ? call.machine : (calls[moment.call - 1]?.machine ?? before.machine);
  const isEnd = tick === command.moments.length;
  return {
    command,
    call,
    events: isDone ? call.events : call.events.slice(0, moment.event + 1),
    machine,
    host: isEnd ? command.ran.host : { ...before, machine },
    isDone,
    moment,
  };
}

function betweenCommands(command: LabCommand | null, host: LabHost): Present {
  const nothing = { call: null, events: [], isDone: true, moment: null } as const;
  return { ...nothing, command, machine: host.machine, host };
}

/** The host that a command ran on. */
export function hostBefore(timeline: Timeline, command: LabCommand): LabHost {
  return command.parent === null ? timeline.start : commandOf(timeline, command.parent).ran.host;
}

/**
 * The ticks where a walk at this detail stops, rising. The last is the command's end; a command without a moment has
 * one stop, 0. O(moments), kept by command.
 */
export function stopsOf(command: LabCommand, detail: Detail): readonly number[] {
  let byDetail = keptStops.get(command);
  if (!byDetail) {
    byDetail = new Map();
    keptStops.set(command, byDetail);
  }
  let stops = byDetail.get(detail);
  if (!stops) {
    const ticks = command.moments.flatMap(({ level }, at) => (level <= detail ? [at + 1] : []));
    ticks.pop();
    stops = [...ticks, command.moments.length];
    byDetail.set(detail, stops);
  }
  return stops;
}
const keptStops = new WeakMap<LabCommand, Map<Detail, readonly number[]>>();

/** How many stops have passed at the cursor. */
export function stopsPassed(command: LabCommand, detail: Detail, tick: number): number {
  return command.moments.length === 0 ? 0 : countUpTo(stopsOf(command, detail), tick);
}

/** How many of some rising ticks are not after this one. O(log ticks). */
export function countUpTo(ticks: readonly number[], tick: number): number {
  let low = 0;
  let high = ticks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ticks[middle] ?? 0) <= tick) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a command has a micro-step at this detail; else it is one step as a whole. O(moments) at worst. */
export function hasSteps({ moments }: LabCommand, detail: Detail): boolean {
  return moments.some(({ level }) => level <= detail);
}

/** The last moment at or before `tick` that this detail shows: what the caption tells. */
export function shownMoment(command: LabCommand, detail: Detail, tick: number): Moment | null {
  for (let at = tick - 1; at >= 0; at--) {
    const moment = command.moments[at];
    if (moment && moment.level <= detail) return moment;
  }
  return null;
}

/** The next micro-step, over to the next command at the end of one. */
export function stepForward(timeline: Timeline, detail: Detail): Timeline {
  const command = currentCommand(timeline);
  const { tick } = timeline.cursor;
  const stop = command ? stopsOf(command, detail)[stopsPassed(command, detail, tick)] : undefined;
  if (command && stop !== undefined && stop > tick)
    return at(timeline, { command: command.id, tick: stop });
  const next = nextOf(timeline);
  if (!next) return timeline;
  return at(timeline, { command: next.id, tick: stopsOf(next, detail)[0] ?? 0 });
}

/** The micro-step before, back to the end of the command before at the beginning of one. */
export function stepBack(timeline: Timeline, detail: Detail): Timeline {
  const command = currentCommand(timeline);
  if (!command) return timeline;
  const { tick } = timeline.cursor;
  if (tick === 0) return at(timeline, endOf(timeline, command.parent));
  const stop = stopsOf(command, detail).findLast((each) => each < tick);
  if (stop === undefined && command.parent !== null)
    return at(timeline, endOf(timeline, command.parent));
  return at(timeline, stop === undefined ? START : { command: command.id, tick: stop });
}

/** To the end of this command, or of the next one when it is there already. */
export function commandForward(timeline: Timeline): Timeline {
  const command = currentCommand(timeline);
  if (command && timeline.cursor.tick < command.moments.length)
    return at(timeline, endOf(timeline, command.id));
  const next = nextOf(timeline);
  return next ? at(timeline, endOf(timeline, next.id)) : timeline;
}

/** To the beginning of this command: the end of the one before. */
export function commandBack(timeline: Timeline): Timeline {
  const command = currentCommand(timeline);
  return command ? at(timeline, endOf(timeline, command.parent)) : timeline;
}

/** `undo` at the prompt is a step back in time by a command, `redo` one forward; nothing is lost by either. */
export const undo = commandBack;
export const redo = commandForward;

/** To before the first command. */
export function reset(timeline: Timeline): Timeline {
  return at(timeline, START);
}

/** To any moment; its command becomes part of the branch shown when it is not. */
export function seek(timeline: Timeline, cursor: Cursor): Timeline {
  if (cursor.command === null) return reset(timeline);
  const command = commandOf(timeline, cursor.command);
  const tick = Math.min(Math.max(cursor.tick, 0), command.moments.length);
  const isShown = branchOf(timeline).includes(command);
  const tip = isShown ? timeline.tip : newestBelow(timeline, command.id);
  return { ...timeline, tip, cursor: { command: command.id, tick } };
}

/** Shows another branch, at its end. */
export function returnTo(timeline: Timeline, tip: CommandId): Timeline {
  return { ...timeline, tip, cursor: endOf(timeline, tip) };
}

function newestBelow(timeline: Timeline, id: CommandId): CommandId {
  let tip = id;
  for (const { id: each, parent } of timeline.commands) if (parent === tip) tip = each;
  return tip;
}

function nextOf(timeline: Timeline): LabCommand | null {
  const branch = branchOf(timeline);
  const { command } = timeline.cursor;
  if (command === null) return branch[0] ?? null;
  const place = branch.findIndex(({ id }) => id === command);
  return branch[place + 1] ?? null;
}

function endOf(timeline: Timeline, command: CommandId | null): Cursor {
  if (command === null) return START;
  return { command, tick: commandOf(timeline, command).moments.length };
}

function at(timeline: Timeline, cursor: Cursor): Timeline {
  return { ...timeline, cursor };
}

/** What the current command has done so far, and what the branch has up to here. */
export function countsAt(timeline: Timeline): {
  readonly command: Counts;
  readonly session: Counts;
} {
  const current = currentCommand(timeline);
  if (!current) return { command: NO_COUNTS, session: NO_COUNTS };
  const { along, moments, ran, before } = current;
  const command = countsAfter(along, moments, ran.calls, timeline.cursor.tick);
  return { command, session: sumCounts(before, command) };
}

/** What the branch had done at a command's end. */
function countsThrough({ before, along }: LabCommand): Counts {
  return sumCounts(before, along.at(-1) ?? NO_COUNTS);
}
