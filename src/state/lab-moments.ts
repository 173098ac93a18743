import type { Errno } from "../engine/errno.ts";
import type { EngineEvent } from "../engine/event.ts";
import type { RecordedCall } from "./lab-session.ts";

/**
 * One micro-step: an event, one probe of a visit, or the refusal of a call.
 *
 * `level` is the coarsest detail at which it is a step of its own (specs/teaching.md 3.7): 1 file by file, 2 every
 * component of a path, 3 every name looked up on disk.
 */
export interface Moment {
  /** Index into the command's calls. */
  readonly call: number;
  /** Index into the call's events; for a refusal, their number. */
  readonly event: number;
  /** Index into the visit's probes; null: the event as a whole. */
  readonly probe: number | null;
  readonly level: 1 | 2 | 3;
}

/** The micro-steps of a command, in order. O(events²) in one call at worst, for paths that are looked up in it. */
export function momentsOf(calls: readonly RecordedCall[]): readonly Moment[] {
  const moments: Moment[] = [];
  calls.forEach(({ errno, events }, call) => {
    const ancestors = ancestorsIn(events);
    let inCopy = 0;
    events.forEach((event, at) => {
      if (event.type === "copy-up-begin") inCopy += 1;
      const level = levelOf(event, ancestors, inCopy > 0, events[at - 1]);
      if (event.type === "copy-up-end" || event.type === "copy-up-failed") inCopy -= 1;
      if (event.type === "visit" && event.probes.length > 1)
        for (let probe = 0; probe < event.probes.length; probe++)
          moments.push({ call, event: at, probe, level: 3 });
      moments.push({ call, event: at, probe: null, level });
    });
    if (errno !== null)
      moments.push({
        call,
        event: events.length,
        probe: null,
        level: isTold(events, errno) ? 2 : 1,
      });
  });
  return moments;
}

/** The paths of a call that were only walked through: something below them was looked up later. */
function ancestorsIn(events: readonly EngineEvent[]): ReadonlySet<string> {
  const ancestors = new Set<string>();
  for (const event of events) {
    if (event.type !== "visit" && event.type !== "miss") continue;
    for (let cut = event.path.lastIndexOf("/"); cut > 0; cut = event.path.lastIndexOf("/", cut - 1))
      ancestors.add(event.path.slice(0, cut));
  }
  return ancestors;
}

function levelOf(
  event: EngineEvent,
  ancestors: ReadonlySet<string>,
  isInCopy: boolean,
  before: EngineEvent | undefined,
): Moment["level"] {
  switch (event.type) {
    case "visit":
    case "hit":
      return ancestors.has(event.path) ? 2 : 1;
    case "permission":
      return event.granted ? 2 : 1;
    case "process-made":
    case "process-ended":
      return 3;
    // Out of a union, past its branches; a plain path to a mount is only a way.
    case "mount-crossed":
      return before?.type === "hit" && before.path === event.path ? 1 : 2;
    case "readdir-hidden":
      return 2;
    case "data-read":
      return event.bytes === 0 ? 2 : 1;
    case "branch-write": {
      const isMark = /(^|\/)\.wh\.[^/]*$/.test(event.path);
      const isFromMark = event.to !== undefined && /(^|\/)\.wh\.[^/]*$/.test(event.to);
      return isInCopy || isMark || isFromMark ? 3 : 1;
    }
    default:
      return 1;
  }
}

/** Whether the last event already says that, and why, the call is refused. */
function isTold(events: readonly EngineEvent[], errno: Errno): boolean {
  const last = events.at(-1);
  if (last?.type === "miss") return errno === "ENOENT";
  if (last?.type === "permission") return !last.granted;
  return last?.type === "copy-up-failed" && last.errno === errno;
}
