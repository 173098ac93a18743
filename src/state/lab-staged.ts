import type { EngineEvent } from "../engine/event.ts";
import type { Machine } from "../engine/machine.ts";
import { containersOf, type StagedContainer } from "./lab-containers.ts";
import type { Selection } from "./lab-selection.ts";
import type { LabHost } from "./lab-session.ts";
import { nameIn, type StageInput } from "./lab-stage.ts";
import {
  commandOf,
  type Detail,
  type LabCommand,
  type Present,
  presentOf,
  type Timeline,
} from "./lab-timeline.ts";
import { mountedUnions, type Union, unionOf, unmountedUnion } from "./lab-union.ts";

/** What can be put on the stage: a container's union, or one that was mounted by hand. */
export interface Stageable {
  /** The container's id, or the path of the mount. */
  readonly id: string;
  readonly name: string;
  readonly container: StagedContainer | null;
  /** The mounted file system; null: not mounted. */
  readonly fs: number | null;
}

/** What is on the stage at a moment. */
export interface Staged {
  readonly present: Present;
  readonly choices: readonly Stageable[];
  /** null: there is nothing to show yet. */
  readonly chosen: Stageable | null;
  readonly input: StageInput | null;
}

/** What the stage shows, as far as a person chose. */
export interface Choice {
  readonly union: string | null;
  readonly directory: string | null;
  readonly first: number | null;
  readonly selected: Selection | null;
  readonly prompt: string;
  readonly detail: Detail;
  readonly showsPlumbing: boolean;
}

/** Puts together what the stage needs at the cursor. */
export function stagedAt(timeline: Timeline, choice: Choice, maxColumns: number): Staged {
  const present = presentOf(timeline);
  const { call, isDone, machine } = present;
  const choices = stageables(present.host);
  const chosen =
    choices.find(({ id }) => id === choice.union) ??
    actingUnion(timeline, choices) ??
    choices.find(({ id }) => id === choice.prompt) ??
    choices.findLast(({ fs }) => fs !== null) ??
    choices.at(-1) ??
    null;
  const union = chosen && unionFor(machine, chosen);
  if (!chosen || !union) return { present, choices, chosen: null, input: null };
  const path = lastPath(timeline, union.fs, choice.detail);
  const directory = choice.directory ?? path?.directory ?? "/";
  const selected = choice.selected?.type === "path" ? choice.selected.path : undefined;
  return {
    present,
    choices,
    chosen,
    input: {
      union,
      directory,
      after: call?.machine ?? machine,
      events: present.events,
      lookup: lastEvents(present, (event) => event.type === "visit" && event.fs === union.fs),
      recent: lastEvents(present, (event) => "fs" in event && event.fs === union.fs),
      isDone,
      maxColumns,
      first: choice.first,
      selected: nameIn(directory, selected) ?? path?.name ?? null,
      folded: choice.showsPlumbing ? null : initBranch(union, chosen),
    },
  };
}

/** How many calls back of one command are looked at: a large file is opened long before its last read. */
const CALLS_BACK = 1024;

/** The events of the last call up to the present one of which one is asked for; the present call's when there is none. */
function lastEvents(
  { command, events, moment }: Present,
  isAsked: (event: EngineEvent) => boolean,
): readonly EngineEvent[] {
  if (events.some(isAsked) || !command || !moment) return events;
  for (let at = moment.call - 1; at >= Math.max(0, moment.call - CALLS_BACK); at--) {
    const earlier = command.ran.calls[at]?.events ?? [];
    if (earlier.some(isAsked)) return earlier;
  }
  return events;
}

/** Containers in their order, then unions that belong to none. */
function stageables(host: LabHost): readonly Stageable[] {
  const unions = mountedUnions(host.machine);
  const containers = containersOf(host).map(
    (container): Stageable => ({
      id: container.id,
      name: container.name,
      container,
      fs: unions.find(({ path }) => path === container.mountPath)?.fs ?? null,
    }),
  );
  const known = new Set(containers.map(({ fs }) => fs));
  const others = unions
    .filter(({ fs }) => !known.has(fs))
    .map(({ path, fs }): Stageable => ({ id: path, name: path, container: null, fs }));
  return [...containers, ...others];
}

/** Where the -init layer is in a container's union; null: it has none. */
function initBranch(union: Union, { container }: Stageable): number | null {
  const init = container?.branches.find(({ part }) => part === "init")?.path;
  const at = union.branches.findIndex(({ path }) => path === init);
  return at <= 0 ? null : at;
}

function unionFor(machine: Machine, { fs, container }: Stageable): Union | null {
  if (fs !== null) return unionOf(machine, fs);
  if (!container) return null;
  const paths = container.branches.map(({ path, part }) => ({ path, isWritable: part === "rw" }));
  return unmountedUnion(machine, container.type, paths);
}

/** The union that the current command's events up to the cursor speak of last. */
function actingUnion(timeline: Timeline, choices: readonly Stageable[]): Stageable | undefined {
  const { command: id, tick } = timeline.cursor;
  if (id === null) return undefined;
  const { moments, ran } = commandOf(timeline, id);
  for (let at = tick - 1; at >= 0; at--) {
    const moment = moments[at];
    const event = moment && ran.calls[moment.call]?.events[moment.event];
    if (!event || !("fs" in event)) continue;
    const found = choices.find(({ fs }) => fs === event.fs);
    if (found) return found;
  }
  return undefined;
}

interface Followed {
  readonly directory: string;
  readonly name: string | null;
}

/** Where the last thing happened that this union tells of, up to the cursor and before. */
function lastPath(timeline: Timeline, fs: number | null, detail: Detail): Followed | null {
  if (fs === null) return null;
  const { command: id, tick } = timeline.cursor;
  let end = tick;
  for (let at = id; at !== null; ) {
    const command = commandOf(timeline, at);
    const found = pathIn(command, fs, detail, end);
    if (found) return found;
    at = command.parent;
    end = Number.POSITIVE_INFINITY;
  }
  return null;
}

function pathIn(command: LabCommand, fs: number, detail: Detail, end: number): Followed | null {
  for (let at = Math.min(end, command.moments.length) - 1; at >= 0; at--) {
    const moment = command.moments[at];
    if (!moment || moment.level > detail) continue;
    const event = command.ran.calls[moment.call]?.events[moment.event];
    const found = event && "fs" in event && event.fs === fs ? placeOf(event) : null;
    if (found) return found;
  }
  return null;
}

/** Events whose path is one of the host, or that say nothing of a place. */
const UNPLACED: ReadonlySet<EngineEvent["type"]> = new Set([
  "mounted",
  "remounted",
  "unmounted",
  "permission",
]);

/** The directory an event is about, and the name in it. */
function placeOf(event: EngineEvent): Followed | null {
  if (event.type === "readdir-visit" || event.type === "readdir-hidden")
    return { directory: event.path, name: null };
  if (UNPLACED.has(event.type)) return null;
  const path = "to" in event && typeof event.to === "string" ? event.to : pathOf(event);
  if (path === null || path === "/" || /\/\.wh\.[^/]*$/.test(path)) return null;
  const cut = path.lastIndexOf("/");
  const directory = cut <= 0 ? "/" : path.slice(0, cut);
  return { directory, name: nameIn(directory, path) };
}

function pathOf(event: EngineEvent): string | null {
  return "path" in event ? event.path : null;
}
