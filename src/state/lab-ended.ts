import { hostBefore, type LabCommand, sumAlong, type Timeline } from "./lab-timeline.ts";
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
  return sumAlong(timeline, kept, NONE, (command, before) => withEnded(timeline, command, before));
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
