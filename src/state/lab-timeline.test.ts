import { expect, it } from "vitest";
import type { EngineEvent } from "../engine/event.ts";
import { createMachine } from "../engine/machine.ts";
import type { RanLine, RecordedCall } from "./lab-session.ts";
import {
  branchOf,
  commandBack,
  commandForward,
  countsAt,
  forksOf,
  hostToActOn,
  newTimeline,
  presentOf,
  redo,
  reset,
  returnTo,
  seek,
  stepBack,
  stepForward,
  type Timeline,
  undo,
  withCommand,
} from "./lab-timeline.ts";

const probes = [
  { what: "whiteout", outcome: "missing" },
  { what: "real", outcome: "missing" },
] as const;
const visit = (path: string, branch: number): EngineEvent => ({
  type: "visit",
  fs: 9,
  path,
  branch,
  outcome: "missing",
  probes,
});

/** A host that is told from others by its clock. */
function host(sec: number): RanLine["host"] {
  return {
    machine: createMachine({ sec, nsec: 0 }),
    clock: { sec, nsec: 0 },
    docker: {
      daemon: null,
      ids: { seed: "", count: 0, queue: [] },
      mountCounts: {},
      graphs: {},
      volumes: {},
      blobs: {},
      library: [],
    },
    shells: {},
  };
}

let clock = 100;
function ran(line: string, events: readonly (readonly EngineEvent[])[]): RanLine {
  const calls = events.map(
    (each): RecordedCall => ({
      call: { type: "stat", path: "/etc/motd", pid: 1, time: { sec: 0, nsec: 0 } },
      errno: null,
      events: each,
      machine: createMachine({ sec: ++clock, nsec: 0 }),
      isHeld: false,
    }),
  );
  return {
    prompt: "host",
    line,
    output: [],
    exitCode: 0,
    cacheDrops: [],
    until: null,
    calls,
    hash: "",
    incomplete: false,
    host: { ...host(clock), machine: calls.at(-1)?.machine ?? createMachine({ sec: 0, nsec: 0 }) },
  };
}

const lookup = [visit("/etc", 0), visit("/etc", 1), visit("/etc/motd", 0), visit("/etc/motd", 1)];
const start = newTimeline(host(0));
const two = withCommand(
  commandForward(withCommand(start, ran("one", [lookup, lookup]))),
  ran("two", [lookup]),
);
const atStart = reset(two);

function walk(from: Timeline, detail: 1 | 2 | 3): readonly string[] {
  const seen: string[] = [];
  for (let at = stepForward(from, detail); ; ) {
    seen.push(`${at.cursor.command}.${at.cursor.tick}`);
    const next = stepForward(at, detail);
    if (next === at) return seen;
    at = next;
  }
}

it("stops at files, at every component, or at every name on disk", () => {
  expect(walk(atStart, 1)).toHaveLength(2 * 2 + 2);
  expect(walk(atStart, 2)).toHaveLength(4 * 2 + 4);
  expect(walk(atStart, 3)).toHaveLength(12 * 2 + 12);
});

it("comes back over the same stops", () => {
  for (const detail of [1, 2, 3] as const) {
    const there = walk(atStart, detail);
    const back: string[] = [];
    let at = seek(two, { command: 2, tick: 12 });
    while (at.cursor.command !== null) {
      back.push(`${at.cursor.command}.${at.cursor.tick}`);
      at = stepBack(at, detail);
    }
    expect(back.reverse()).toEqual(there);
  }
});

it("gives the machine after the last call that is done", () => {
  const calls = two.commands[0]?.ran.calls;
  const machineAt = (tick: number) => presentOf(seek(two, { command: 1, tick })).machine;
  expect(machineAt(1)).toBe(two.start.machine);
  expect(machineAt(11)).toBe(two.start.machine);
  expect(machineAt(12)).toBe(calls?.[0]?.machine);
  expect(machineAt(14)).toBe(calls?.[0]?.machine);
  expect(presentOf(seek(two, { command: 1, tick: 24 })).host).toBe(two.commands[0]?.ran.host);
});

it("keeps the old future when somebody acts in the past", () => {
  const past = undo(seek(two, { command: 2, tick: 12 }));
  expect(hostToActOn(past)).toBe(two.commands[0]?.ran.host);
  const forked = withCommand(past, ran("other", [lookup]));
  expect(branchOf(forked).map(({ ran: { line } }) => line)).toEqual(["one", "other"]);
  expect(forksOf(forked).map(({ first }) => first.ran.line)).toEqual(["two"]);
  const returned = returnTo(forked, 2);
  expect(branchOf(returned).map(({ ran: { line } }) => line)).toEqual(["one", "two"]);
  expect(presentOf(returned).host).toBe(two.commands[1]?.ran.host);
});

it("undoes and does again, by whole commands, and loses nothing", () => {
  const end = seek(two, { command: 2, tick: 12 });
  expect(undo(end).cursor).toEqual({ command: 1, tick: 24 });
  expect(redo(undo(end))).toEqual(end);
  expect(commandBack(undo(end)).cursor).toEqual({ command: null, tick: 0 });
});

it("finishes a command that has begun before another line acts", () => {
  expect(hostToActOn(seek(two, { command: 1, tick: 3 }))).toBe(two.commands[0]?.ran.host);
  expect(hostToActOn(seek(two, { command: 1, tick: 0 }))).toBe(two.start);
});

it("counts what has happened, for the command and for the branch", () => {
  const { command, session } = countsAt(seek(two, { command: 2, tick: 12 }));
  expect(command).toMatchObject({ visits: 4, fileVisits: 2, probes: 8 });
  expect(session).toMatchObject({ visits: 12, fileVisits: 6, probes: 24 });
  expect(countsAt(seek(two, { command: 2, tick: 1 })).command).toMatchObject({
    visits: 0,
    probes: 1,
  });
});
