/** Acting in the past: what a line that is typed at the cursor does to the command it stands in. */
import type { LabRunner } from "./lab-runner.ts";
import {
  type CommandId,
  commandForward,
  currentCommand,
  hostBefore,
  type LabCommand,
  seek,
  type Timeline,
  withCommand,
} from "./lab-timeline.ts";

/** What a line typed now does first. The future that was stays a branch, whatever it does. */
export type Acting =
  /** It follows the last command. */
  | { readonly type: "goes-on" }
  /** It begins another branch: after this command, or at the start. */
  | { readonly type: "forks"; readonly after: LabCommand | null }
  /** The command is stopped by Ctrl-C first, when so many of its system calls are made. */
  | {
      readonly type: "interrupts";
      readonly command: LabCommand;
      readonly calls: number;
      /** More calls than the one under way have to be waited for: docker's daemon is at work. */
      readonly isHeld: boolean;
    }
  /** There is nothing left of the command that Ctrl-C would stop. */
  | { readonly type: "finishes"; readonly command: LabCommand };

/** What a line typed at the cursor does first. O(calls of the command under way). */
export function actingAt(timeline: Timeline): Acting {
  const command = currentCommand(timeline);
  const { tick } = timeline.cursor;
  const moment = command?.moments[tick - 1];
  if (command && moment && tick < command.moments.length) {
    const { calls } = command.ran;
    const next = calls.findIndex(({ isHeld }, at) => at > moment.call && !isHeld);
    if (next < 0) return { type: "finishes", command };
    const waits = calls.slice(moment.call + 1, next);
    const isHeld = waits.some(({ call }) => !TIDYING.has(call.type));
    return { type: "interrupts", command, calls: next, isHeld };
  }
  const isBefore = command !== null && tick === 0 && command.moments.length > 0;
  const after = isBefore ? command.parent : (command?.id ?? null);
  if (after === timeline.tip) return { type: "goes-on" };
  return { type: "forks", after: commandAt(timeline, after) };
}

/** Calls that an interrupted process still makes; they take no time to speak of. */
const TIDYING: ReadonlySet<string> = new Set(["close", "dup", "exit"]);

function commandAt({ commands }: Timeline, id: CommandId | null): LabCommand | null {
  return id === null ? null : (commands[id - 1] ?? null);
}

/**
 * The timeline at the end of the command under the cursor, stopped where the cursor stands: a command of its own, beside
 * the whole one. The timeline itself where there is nothing to stop.
 */
export async function interrupted(timeline: Timeline, run: LabRunner["run"]): Promise<Timeline> {
  const acting = actingAt(timeline);
  if (acting.type !== "interrupts") return timeline;
  const { command, calls } = acting;
  const { prompt, line } = command.ran;
  const known = timeline.commands.find(
    ({ parent, ran }) =>
      parent === command.parent &&
      ran.prompt === prompt &&
      ran.line === line &&
      ran.until === calls,
  );
  if (known) return seek(timeline, { command: known.id, tick: known.moments.length });
  const cut = await run(hostBefore(timeline, command), prompt, line, calls);
  return commandForward(withCommand(seek(timeline, { command: command.id, tick: 0 }), cut));
}
