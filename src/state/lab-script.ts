import type { LabRunner } from "./lab-runner.ts";
import type { Selection } from "./lab-selection.ts";
import type { LabHost } from "./lab-session.ts";
import {
  type Cursor,
  commandOf,
  newTimeline,
  returnTo,
  seek,
  type Timeline,
  withCommand,
} from "./lab-timeline.ts";
import type { FigureName, Picture, WorldName } from "./lab-worlds.ts";

/** What a session began with. An opened archive is named by its image's ID, and asked for when it is not there. */
export type World =
  | { readonly type: "built-in"; readonly name: WorldName }
  | { readonly type: "image"; readonly imageId: string; readonly name: string };

/** What the stage was set to show; null: it follows what happens. */
export interface Showing {
  /** A container's id or the path of a union's mount. */
  readonly union: string | null;
  readonly directory: string | null;
  readonly picture: Picture;
  /** The text's figure that the stage was set for. */
  readonly figure: FigureName | null;
  readonly selected: Selection | null;
}

/** Nobody has set anything. */
export const ALL_FOLLOWS: Showing = {
  union: null,
  directory: null,
  picture: "matrix",
  figure: null,
  selected: null,
};

/** A session as what was typed: everything else follows from it. */
export interface Script {
  readonly world: World;
  readonly lines: readonly ScriptLine[];
  /** Index of the last line of the branch that is shown; -1 for none. */
  readonly tip: number;
  readonly cursor: Cursor;
  /** The hash of the host at the end of the branch that is shown. */
  readonly hash: string;
  readonly showing: Showing;
}

export interface ScriptLine {
  /** Index of the line before; -1 for the start. */
  readonly after: number;
  readonly prompt: string;
  readonly line: string;
  /** Stopped by Ctrl-C when so many system calls were made; null: it ran to its end. */
  readonly until: number | null;
}

/** What was typed, of every branch. */
export function scriptOf(timeline: Timeline, world: World, hash: string, showing: Showing): Script {
  return {
    world,
    lines: timeline.commands.map(({ parent, ran }) => ({
      after: (parent ?? 0) - 1,
      prompt: ran.prompt,
      line: ran.line,
      until: ran.until,
    })),
    tip: (timeline.tip ?? 0) - 1,
    cursor: timeline.cursor,
    hash,
    showing,
  };
}

/** The script of the branch that is shown alone. */
export function shownScript(script: Script): Script {
  const path: number[] = [];
  for (let at = script.tip; at >= 0; at = script.lines[at]?.after ?? -1) path.unshift(at);
  const lines = path.map((at, index) => ({
    prompt: script.lines[at]?.prompt ?? "host",
    line: script.lines[at]?.line ?? "",
    until: script.lines[at]?.until ?? null,
    after: index - 1,
  }));
  const { command, tick } = script.cursor;
  const place = command === null ? -1 : path.indexOf(command - 1);
  const cursor: Cursor = place < 0 ? { command: null, tick: 0 } : { command: place + 1, tick };
  return { ...script, lines, tip: lines.length - 1, cursor };
}

/** Runs every line again, each where it was run. Rejects with a RangeError for a script that makes no sense. */
export async function replay(
  script: Script,
  start: LabHost,
  run: LabRunner["run"],
): Promise<Timeline> {
  let timeline = newTimeline(start);
  for (const [index, { after, prompt, line, until }] of script.lines.entries()) {
    if (after >= index) throw new RangeError(`line ${index + 1} comes before the one it follows`);
    const before = after < 0 ? null : commandOf(timeline, after + 1);
    const cursor: Cursor = before
      ? { command: before.id, tick: before.moments.length }
      : { command: null, tick: 0 };
    const ran = await run(before?.ran.host ?? start, prompt, line, until ?? undefined);
    timeline = withCommand(seek(timeline, cursor), ran);
  }
  if (timeline.commands.length === 0) return timeline;
  if (script.tip >= 0) timeline = returnTo(timeline, script.tip + 1);
  return seek(timeline, script.cursor);
}
