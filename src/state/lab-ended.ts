import { commandOf, hostBefore, type LabCommand, type Timeline } from "./lab-timeline.ts";
import { type Union, unionOf } from "./lab-union.ts";

/** A union that a command unmounted, as it last was. */
export interface EndedUnion {
  readonly union: Union;
  /** Where it was mounted. */
  readonly path: string;
}

export type EndedUnions = ReadonlyMap<number, EndedUnion>;

const NONE: EndedUnions = new Map();

/** The unions that the branch has unmounted by the end of the current command, by number. O(1) but for new commands. */
export function endedUnions(timeline: Timeline): EndedUnions {
  const path: LabCommand[] = [];
  let at = timeline.cursor.command;
  let ended = NONE;
  while (at !== null) {
    const command = commandOf(timeline, at);
    const known = kept.get(command);
    if (known) {
      ended = known;
      break;
    }
    path.push(command);
    at = command.parent;
  }
  for (const command of path.reverse()) {
    ended = withEnded(timeline, command, ended);
    kept.set(command, ended);
  }
  return ended;
}
const kept = new WeakMap<LabCommand, EndedUnions>();

function withEnded(timeline: Timeline, command: LabCommand, before: EndedUnions): EndedUnions {
  let machine = hostBefore(timeline, command).machine;
  let ended: Map<number, EndedUnion> | null = null;
  for (const call of command.ran.calls) {
    for (const event of call.events) {
      if (event.type !== "unmounted") continue;
      const union = unionOf(machine, event.fs);
      if (!union) continue;
      ended ??= new Map(before);
      ended.set(event.fs, { union, path: event.path });
    }
    machine = call.machine;
  }
  return ended ?? before;
}
