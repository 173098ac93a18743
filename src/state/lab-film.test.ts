import { expect, it } from "vitest";
import { cursorAt, filmDurations, filmMoments, wholeBranch, wholeCommand } from "./lab-film.ts";
import { shellRunner } from "./lab-shell-runner.ts";
import {
  commandForward,
  currentCommand,
  hostToActOn,
  newTimeline,
  stopsOf,
  type Timeline,
  withCommand,
} from "./lab-timeline.ts";

const runner = shellRunner();

/** A session of the built-in world whose containers are on one image of one file. */
async function sessionOf(...lines: readonly string[]): Promise<Timeline> {
  const start = await runner.start({ type: "built-in", name: "kv" });
  if (!start) throw new RangeError("no such world");
  let timeline = newTimeline(start);
  for (const line of lines)
    timeline = commandForward(
      withCommand(timeline, await runner.run(hostToActOn(timeline), "host", line)),
    );
  return timeline;
}

const session = await sessionOf("docker run -d --name c1 kv", "echo x > /tmp/x", "true");
const [run, echo, nothing] = session.commands;
if (!run || !echo || !nothing) throw new RangeError("three commands were run");

it("has a picture of each command as it is typed and of every stop; a command without micro-steps has one", () => {
  const all = filmMoments(session, 1, wholeBranch(session), "read");
  const stops = stopsOf(run, 1).length + stopsOf(echo, 1).length;
  expect(all).toHaveLength(1 + stops + 1 + 1);
  expect(all[0]).toMatchObject({ command: run, isTyped: true });
  expect(filmMoments(newTimeline(session.start), 1, wholeBranch(session), 1)).toHaveLength(1);
  expect(all.at(-1)?.command).toBe(nothing);
  const ticks = filmMoments(session, 1, wholeCommand(echo), "read").map(
    ({ cursor }) => cursor.tick,
  );
  expect(ticks).toEqual([0, ...stopsOf(echo, 1)]);
});

it("shows a long command as playing does: several micro-steps at once, its end always", () => {
  const slow = filmMoments(session, 3, wholeCommand(run), "read");
  const quick = filmMoments(session, 3, wholeCommand(run), 1);
  expect(slow.length).toBeGreaterThan(200);
  expect(quick.length).toBeLessThan(60);
  expect(quick.at(-1)).toEqual(slow.at(-1));
});

it("begins and ends where it is told, between two stops too; backwards there is nothing", () => {
  const from = cursorAt(run, 3, 2);
  const to = cursorAt(run, 3, 5);
  const cursors = filmMoments(session, 3, { from, to }, "read").map(({ cursor }) => cursor);
  expect(cursors).toEqual([2, 3, 4, 5].map((step) => cursorAt(run, 3, step)));
  expect(filmMoments(session, 3, { from: to, to: from }, "read")).toEqual([]);
  const finer = stopsOf(run, 3).find((tick) => !stopsOf(run, 1).includes(tick)) ?? 0;
  const odd = { from: { command: run.id, tick: finer }, to: wholeCommand(run).to };
  expect(filmMoments(session, 1, odd, "read")[0]?.cursor).toEqual(odd.from);
});

it("lasts as long as playing, twice as long at half the speed, or as long as its sentences take to read", () => {
  const moments = filmMoments(session, 1, wholeCommand(echo), 1);
  const all = filmDurations(moments, 1, 1, []);
  for (const duration of all) expect(duration % 10).toBe(0);
  const within = (durations: readonly number[]) => durations.slice(1, -1);
  const half = filmDurations(moments, 1, 0.5, []);
  within(half).forEach((duration, at) => {
    expect(Math.abs(duration - 2 * (within(all)[at] ?? 0))).toBeLessThanOrEqual(10);
  });
  const read = filmDurations(
    moments,
    1,
    "read",
    moments.map((_, at) => 20 * at),
  );
  expect([...read].sort((a, b) => a - b)).toEqual(read);
  expect(currentCommand(session)).toBe(nothing);
});
