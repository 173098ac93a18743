import { addCosts } from "../engine/costs.ts";
import type { EngineEvent } from "../engine/event.ts";
import type { FsId, Machine } from "../engine/machine.ts";
import { mapGet } from "../tree/persistent-map.ts";
import { containersOf } from "./lab-containers.ts";
import { type Counts, isFileVisit, NO_COUNTS } from "./lab-costs.ts";
import type { Moment } from "./lab-moments.ts";
import type { Selection } from "./lab-selection.ts";
import type { LabHost } from "./lab-session.ts";
import type { Stageable } from "./lab-staged.ts";
import {
  branchOf,
  type CommandId,
  type Cursor,
  countUpTo,
  type Detail,
  hostBefore,
  type LabCommand,
  shownMoment,
  stopsOf,
  type Timeline,
} from "./lab-timeline.ts";
import { mountedUnions } from "./lab-union.ts";

/** What is selected, as events speak of it: a name of one union, or a layer in whatever union it is. */
export type Subject = { readonly key: string } & (
  | {
      readonly type: "path";
      /** Where the union is mounted while it is. */
      readonly mount: string;
      readonly path: string;
    }
  | { readonly type: "layer"; readonly directory: string }
);

/** The subject of a selection; null when nothing is selected, or nothing is on the stage. */
export function subjectOf(selected: Selection | null, chosen: Stageable | null): Subject | null {
  if (selected === null) return null;
  if (selected.type === "layer")
    return { type: "layer", key: selected.directory, directory: selected.directory };
  if (chosen === null) return null;
  const mount = chosen.container?.mountPath ?? chosen.id;
  const { path } = selected;
  return { type: "path", key: `${mount} ${path}`, mount, path };
}

/** What of a command touched the subject, and what that cost. */
export interface Touch {
  readonly moments: ReadonlySet<Moment>;
  /** The ticks after which something more had touched it, rising; and the costs up to each. */
  readonly ticks: readonly number[];
  readonly costs: readonly Counts[];
}

/** O(moments) for the first question about a command and a subject; the last answer is kept. */
export function touchOf(timeline: Timeline, command: LabCommand, subject: Subject): Touch {
  const known = kept.get(command);
  if (known?.key === subject.key) return known.touch;
  const touch = newTouch(timeline, command, subject);
  kept.set(command, { key: subject.key, touch });
  return touch;
}
const kept = new WeakMap<LabCommand, { readonly key: string; readonly touch: Touch }>();

function newTouch(timeline: Timeline, command: LabCommand, subject: Subject): Touch {
  const { calls } = command.ran;
  const host = hostBefore(timeline, command);
  const own = subject.type === "path" ? ownBranches(subject.mount, host, command.ran.host) : [];
  const moments = new Set<Moment>();
  const ticks: number[] = [];
  const costs: Counts[] = [];
  let call = -1;
  let touched: ReadonlySet<number> = NONE;
  /** The costs without those of a visit that is under way. */
  let whole: Counts = NO_COUNTS;
  let copying = 0;
  command.moments.forEach((moment, at) => {
    if (moment.call !== call) {
      call = moment.call;
      const earlier = calls[call - 1]?.machine ?? host.machine;
      const machines = { earlier, later: calls[call]?.machine ?? earlier, own };
      touched = touchedEvents(calls[call]?.events ?? [], subject, machines);
      whole = costs.at(-1) ?? NO_COUNTS;
      copying = 0;
    }
    if (!touched.has(moment.event)) return;
    const event = calls[call]?.events[moment.event];
    if (!event) return;
    const last = costs.at(-1) ?? NO_COUNTS;
    moments.add(moment);
    ticks.push(at + 1);
    if (moment.probe !== null) {
      costs.push({ ...last, probes: last.probes + 1 });
      return;
    }
    whole = {
      ...addCosts(whole, [event], copying),
      fileVisits: last.fileVisits + (isFileVisit(moment, calls) ? 1 : 0),
    };
    costs.push(whole);
    if (event.type === "copy-up-begin") copying += 1;
    if (event.type === "copy-up-end" || event.type === "copy-up-failed") copying -= 1;
  });
  return { moments, ticks, costs };
}

const NONE: ReadonlySet<number> = new Set();

/** What there is around a call. */
interface Around {
  readonly earlier: Machine;
  readonly later: Machine;
  /** The directories that are the branches of the subject's container while its union is not mounted. */
  readonly own: readonly string[];
}

/** The branches of the container whose union is mounted there when it runs: it may end or begin with a command. */
function ownBranches(mount: string, ...hosts: readonly LabHost[]): readonly string[] {
  for (const host of hosts) {
    const container = containersOf(host).find(({ mountPath }) => mountPath === mount);
    if (container) return container.branches.map(({ path }) => path);
  }
  return [];
}

/** Which events of a call touch the subject. What a copy-up does on its way belongs to it. */
function touchedEvents(
  events: readonly EngineEvent[],
  subject: Subject,
  around: Around,
): ReadonlySet<number> {
  let touched: Set<number> | null = null;
  const copies: boolean[] = [];
  events.forEach((event, at) => {
    const isOwn =
      subject.type === "path"
        ? isOfPath(event, subject, around)
        : isOfLayer(event, subject.directory, around);
    if (event.type === "copy-up-begin") copies.push(isOwn);
    if (isOwn || (copies.at(-1) ?? false)) {
      touched ??= new Set();
      touched.add(at);
    }
    if (event.type === "copy-up-end" || event.type === "copy-up-failed") copies.pop();
  });
  return touched ?? NONE;
}

function isOfPath(
  event: EngineEvent,
  subject: Extract<Subject, { type: "path" }>,
  around: Around,
): boolean {
  if (!("fs" in event && "path" in event)) return false;
  const { path, mount } = subject;
  const to = "to" in event && typeof event.to === "string" ? event.to : null;
  if (isOnHost(event.path, subject, around) || (to !== null && isOnHost(to, subject, around)))
    return true;
  const hidden = event.type === "readdir-hidden" ? below(event.path, event.name) : null;
  const isNamed = [event.path, to, hidden].some(
    (each) => each !== null && (each === path || unmarked(each) === path),
  );
  if (!isNamed) return false;
  return (mountOf(around.earlier, event.fs) ?? mountOf(around.later, event.fs)) === mount;
}

/** Whether a path of the host is the subject's name in one of the branches that its union has at that call. */
function isOnHost(
  onHost: string,
  { path, mount }: Extract<Subject, { type: "path" }>,
  { earlier, later, own }: Around,
): boolean {
  if (!onHost.endsWith(path)) return false;
  const directory = onHost.slice(0, -path.length);
  const unions = [earlier, later].flatMap((machine) => {
    const mounted = mountedUnions(machine).find((each) => each.path === mount);
    return mounted ? [{ machine, fs: mounted.fs }] : [];
  });
  if (unions.length === 0) return own.includes(directory);
  return unions.some(({ machine, fs }) => branchAt(machine, fs, directory) !== null);
}

function below(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/** The name that a whiteout is about. */
function unmarked(path: string): string {
  return path.replace(/\/\.wh\.([^/]+)$/, "/$1");
}

function mountOf(machine: Machine, fs: FsId): string | undefined {
  return mountedUnions(machine).find((each) => each.fs === fs)?.path;
}

function isOfLayer(event: EngineEvent, directory: string, { earlier, later }: Around): boolean {
  if (!("fs" in event)) return false;
  if ("branch" in event && event.branch === null) {
    const path = "path" in event ? event.path : "";
    return path === directory || path.startsWith(`${directory}/`);
  }
  const index = branchAt(earlier, event.fs, directory) ?? branchAt(later, event.fs, directory);
  if (index === null) return false;
  return (
    ("branch" in event && event.branch === index) ||
    ("from" in event && event.from === index) ||
    ("to" in event && event.to === index) ||
    (event.type === "hit" && event.branches.includes(index))
  );
}

/** The index of a directory among the branches of a union; null: it is none of them. */
function branchAt(machine: Machine, fs: FsId, directory: string): number | null {
  const state = mapGet(machine.fileSystems, fs);
  if (!state || state.type === "plain") return null;
  const index =
    state.type === "aufs"
      ? state.branches.findIndex(({ path }) => path === directory)
      : [...(state.upper ? [state.upper] : []), ...state.lower].findIndex(
          ({ path }) => path === directory,
        );
  return index < 0 ? null : index;
}

/** What of a command's costs up to a tick was the subject's. O(log moments). */
export function costsUpTo({ ticks, costs }: Touch, tick: number): Counts {
  return costs[countUpTo(ticks, tick) - 1] ?? NO_COUNTS;
}

/** The commands of the branch shown that touched the subject. O(moments of the branch) at first. */
export function touchedCommands(timeline: Timeline, subject: Subject): ReadonlySet<CommandId> {
  const { commands, tip } = timeline;
  const key = `${tip} ${subject.key}`;
  const known = keptCommands.get(commands);
  if (known?.key === key) return known.ids;
  const ids = new Set<CommandId>();
  for (const command of branchOf(timeline))
    if (touchOf(timeline, command, subject).moments.size > 0) ids.add(command.id);
  keptCommands.set(commands, { key, ids });
  return ids;
}
const keptCommands = new WeakMap<
  Timeline["commands"],
  { readonly key: string; readonly ids: ReadonlySet<CommandId> }
>();

/** The stops of a command at this detail whose moments touched the subject. O(stops) for the first question. */
export function touchedStops(
  timeline: Timeline,
  command: LabCommand,
  subject: Subject,
  detail: Detail,
): readonly number[] {
  const touch = touchOf(timeline, command, subject);
  if (touch.moments.size === 0) return [];
  const known = keptStops.get(touch);
  if (known?.detail === detail) return known.stops;
  const stops = stopsOf(command, detail).filter((stop) => {
    const moment = shownMoment(command, detail, stop);
    return moment !== null && touch.moments.has(moment);
  });
  keptStops.set(touch, { detail, stops });
  return stops;
}
const keptStops = new WeakMap<
  Touch,
  { readonly detail: Detail; readonly stops: readonly number[] }
>();

/** The nearest touched stop after the cursor on the branch shown, or before it; null: there is none. */
export function nextTouch(
  timeline: Timeline,
  subject: Subject,
  detail: Detail,
  way: "on" | "back",
): Cursor | null {
  const branch = branchOf(timeline);
  const { command: id, tick } = timeline.cursor;
  const place = branch.findIndex((command) => command.id === id);
  const isOn = way === "on";
  const order = isOn ? branch.slice(Math.max(0, place)) : branch.slice(0, place + 1).reverse();
  for (const command of order) {
    const stops = touchedStops(timeline, command, subject, detail);
    const isHere = command.id === id;
    const stop = isOn
      ? stops.find((each) => !isHere || each > tick)
      : stops.findLast((each) => !isHere || each < tick);
    if (stop !== undefined) return { command: command.id, tick: stop };
  }
  return null;
}
