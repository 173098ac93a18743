import { expect, it } from "vitest";
import { pageCacheOf } from "../shell/session.ts";
import { stateHash } from "../shell/state-hash.ts";
import { stillLab, type TypedLine } from "./lab.fixture.ts";
import { cacheAt } from "./lab-cache.ts";
import { stageOf } from "./lab-stage.ts";
import { stagedAt } from "./lab-staged.ts";
import {
  countsAt,
  currentCommand,
  type Detail,
  presentOf,
  seek,
  stepBack,
  stepForward,
  type Timeline,
} from "./lab-timeline.ts";

const lab = (...lines: readonly TypedLine[]) => stillLab("files", lines);

function timelineOf(store: Awaited<ReturnType<typeof lab>>): Timeline {
  const { timeline } = store.getState();
  if (!timeline) throw new Error("no session");
  return timeline;
}

const choice = { union: null, directory: null, first: null, selected: null, prompt: "host" };

it("goes n steps on and n back to the same state, at every detail", async () => {
  const store = await lab(["c1", "echo x >> /file3"], ["c1", "rm /file4; mkdir /d; mv /file1 /d"]);
  const end = timelineOf(store);
  for (const detail of [1, 2, 3] as const satisfies readonly Detail[]) {
    const hashes: string[] = [];
    let at = end;
    for (let n = 0; n < 14; n++) {
      hashes.push(stateHash(presentOf(at).host));
      at = stepBack(at, detail);
    }
    for (const hash of hashes.reverse()) {
      at = stepForward(at, detail);
      expect(stateHash(presentOf(at).host)).toBe(hash);
    }
    expect(at.cursor).toEqual(end.cursor);
  }
});

it("tells the same numbers in the meters as the shell counts for a script", async () => {
  const store = await lab(
    ["c1", "cat /file3"],
    ["c1", "cat /file3; drop-caches; cat /file3 /file4; echo k=v >> /file3"],
  );
  const timeline = timelineOf(store);
  const { ran, along } = currentCommand(timeline) ?? {};
  expect(countsAt(timeline).command).toMatchObject({ copied: 32, written: 4, inodes: 1 });
  expect(countsAt(timeline).command.pageCache).toBe(along?.at(-1)?.pageCache);
  expect(ran && pageCacheOf(ran.host)).toEqual(along?.at(-1)?.pageCache);
  expect(cacheAt(timeline).map(({ path }) => path)).toEqual(["/file3", "/file4"]);
  const whole = await lab(["c1", "cat /file3"]);
  expect(cacheAt(seek(timeline, { command: 3, tick: 0 })).map(({ path }) => path)).toEqual(
    cacheAt(timelineOf(whole)).map(({ path }) => path),
  );
});

it("counts what a command has done up to any tick as the sum over its events", async () => {
  const store = await lab(["c1", "echo x >> /file3; cat /file4; rm /file1; drop-caches; mkdir /d"]);
  const timeline = timelineOf(store);
  const command = currentCommand(timeline);
  if (!command) throw new Error("no command");
  const { moments, ran } = command;
  const seen = { visits: 0, fileVisits: 0, probes: 0, copied: 0, read: 0, disk: 0, inodes: 0 };
  moments.forEach(({ call, event: place, probe, level }, at) => {
    const event = ran.calls[call]?.events[place];
    if (event?.type === "visit") {
      if (probe !== null || event.probes.length === 1) seen.probes += 1;
      if (probe === null) seen.visits += 1;
      if (probe === null && level === 1) seen.fileVisits += 1;
    }
    if (event?.type === "copy-up-data") seen.copied += event.bytes;
    if (event?.type === "data-read") seen.read += event.bytes;
    if (event?.type === "branch-write") {
      seen.disk += event.disk;
      seen.inodes += event.inodes;
    }
    expect(countsAt(seek(timeline, { command: command.id, tick: at + 1 })).command).toMatchObject(
      seen,
    );
  });
});

it("runs typed-ahead lines one after the other", async () => {
  const store = await lab();
  const both = [store.getState().run("echo a > /a", "c1"), store.getState().run("rm /a", "c1")];
  await Promise.all(both);
  while (store.getState().isBusy) await new Promise((resolve) => setTimeout(resolve, 5));
  const lines = timelineOf(store).commands.map(({ ran }) => ran.line);
  expect(lines.slice(-2)).toEqual(["echo a > /a", "rm /a"]);
});

it("reads no more than the call under way to show a step, however many there are", async () => {
  const store = await lab(["c1", "for i in $(seq 1 40); do echo $i > /f; cat /f; rm /f; done"]);
  const timeline = timelineOf(store);
  const command = currentCommand(timeline);
  const calls = command?.ran.calls ?? [];
  const most = Math.max(...calls.map(({ events }) => events.length));
  for (let tick = 0; tick < (command?.moments.length ?? 0); tick += 7) {
    const at = seek(timeline, { command: command?.id ?? 0, tick });
    const { input } = stagedAt(at, { ...choice, detail: 3, showsPlumbing: false }, 12);
    expect(input?.events.length).toBeLessThanOrEqual(most);
    expect(input && stageOf(input).rows.length).toBe(5);
    expect(countsAt(at).command.probes).toBeGreaterThanOrEqual(0);
  }
});
