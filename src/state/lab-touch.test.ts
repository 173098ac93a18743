import { expect, it } from "vitest";
import { addCosts, NO_COSTS } from "../engine/costs.ts";
import { stillLab, type TypedLine } from "./lab.fixture.ts";
import { containersOf } from "./lab-containers.ts";
import type { Selection } from "./lab-selection.ts";
import { stagedAt } from "./lab-staged.ts";
import {
  commandBack,
  countsAt,
  currentCommand,
  presentOf,
  seek,
  stopsOf,
  type Timeline,
} from "./lab-timeline.ts";
import {
  costsUpTo,
  nextTouch,
  subjectOf,
  touchedCommands,
  touchedStops,
  touchOf,
} from "./lab-touch.ts";

async function session(...lines: readonly TypedLine[]) {
  const { timeline } = (await stillLab("kv", lines)).getState();
  if (!timeline) throw new Error("no session");
  return timeline;
}

function chosenAt(timeline: Timeline) {
  const choice = { union: null, directory: null, first: null, selected: null, prompt: "host" };
  return stagedAt(timeline, { ...choice, detail: 1, showsPlumbing: false }, 8).chosen;
}

function subjectAt(timeline: Timeline, selected: Selection) {
  const subject = subjectOf(selected, chosenAt(timeline));
  if (!subject) throw new Error("nothing is selected");
  return subject;
}

const path = (text: string): Selection => ({ type: "path", path: text, branch: null });

function layerOf(timeline: Timeline, label: string): Selection {
  const [container] = containersOf(presentOf(timeline).host);
  const directory = container?.branches.find((branch) => branch.label === label)?.path;
  if (directory === undefined) throw new Error(`no branch ${label}`);
  return { type: "layer", directory };
}

function present(timeline: Timeline) {
  const command = currentCommand(timeline);
  if (!command) throw new Error("no command");
  return command;
}

it("gives the file of a copy-up all that the command cost, at every tick and detail", async () => {
  const end = await session(["c1", "echo x=1 >> /kv.db"]);
  const command = present(end);
  const touch = touchOf(end, command, subjectAt(end, path("/kv.db")));
  expect(costsUpTo(touch, command.moments.length).copied).toBe(100_000_000);
  for (const detail of [1, 2, 3] as const)
    for (const tick of stopsOf(command, detail)) {
      const all = countsAt(seek(end, { command: command.id, tick })).command;
      const { visits, fileVisits, probes, copied, written, inodes, disk } = costsUpTo(touch, tick);
      expect({ visits, fileVisits, probes, copied, written, inodes, disk }).toEqual({
        visits: all.visits,
        fileVisits: all.fileVisits,
        probes: all.probes,
        copied: all.copied,
        written: all.written,
        inodes: all.inodes,
        disk: all.disk,
      });
    }
});

it("divides a command's visits among the paths that it looked up", async () => {
  const end = await session(["c1", "cat /motd /app.conf"]);
  const command = present(end);
  const visits = (text: string) =>
    costsUpTo(touchOf(end, command, subjectAt(end, path(text))), command.moments.length).fileVisits;
  expect(visits("/motd")).toBeGreaterThan(0);
  expect(visits("/app.conf")).toBeGreaterThan(0);
  expect(visits("/motd") + visits("/app.conf")).toBe(countsAt(end).command.fileVisits);
  expect(visits("/kv.db")).toBe(0);
});

it("finds what touched a branch: where it was asked, read, copied from, written", async () => {
  const end = await session(["c1", "echo x=1 >> /kv.db"]);
  const command = present(end);
  const sentencesOf = (label: string) =>
    touchedStops(end, command, subjectAt(end, layerOf(end, label)), 1).flatMap((stop) => {
      const moment = command.moments[stop - 1];
      const event = moment && command.ran.calls[moment.call]?.events[moment.event];
      return event ? [event.type] : [];
    });
  expect(sentencesOf("L2")).toEqual(["visit"]);
  expect(sentencesOf("base")).toEqual(expect.arrayContaining(["visit", "hit", "copy-up-data"]));
  expect(sentencesOf("c1")).toEqual(
    expect.arrayContaining(["visit", "copy-up-end", "branch-write"]),
  );
});

it("knows a name by its whiteout and by its path on the host, and in its own container only", async () => {
  const end = await session(
    ["c1", "rm /motd"],
    ["host", "docker run -dit --name c2 kv sh"],
    ["c2", "cat /motd"],
    ["host", "cat /var/lib/docker/aufs/diff/*/motd"],
    ["host", "docker stop c1"],
    ["host", "docker start c1"],
    ["c1", "ls /motd"],
  );
  const [c1] = containersOf(presentOf(end).host);
  const subject = subjectOf(path("/motd"), {
    id: c1?.id ?? "",
    name: "c1",
    container: c1 ?? null,
    fs: null,
  });
  if (!subject) throw new Error("nothing is selected");
  const touched = touchedCommands(end, subject);
  const lines = end.commands.filter(({ id }) => touched.has(id)).map(({ ran }) => ran.line);
  expect(lines).toContain("rm /motd");
  expect(lines).toContain("cat /var/lib/docker/aufs/diff/*/motd");
  expect(lines).toContain("ls /motd");
  const inC2 = end.commands.findLast(({ ran }) => ran.line === "cat /motd");
  expect(inC2?.ran.output.map(({ text }) => text)).toEqual(["hello there\n"]);
  expect(touched.has(inC2?.id ?? 0)).toBe(false);
});

it("leads from one touch to the next, over commands in between, and back again", async () => {
  const end = await session(["c1", "cat /motd"], ["c1", "cat /app.conf"], ["c1", "rm /motd"]);
  const subject = subjectAt(end, path("/motd"));
  let at = commandBack(end);
  const back = nextTouch(at, subject, 1, "back");
  expect(back && end.commands[(back.command ?? 0) - 1]?.ran.line).toBe("cat /motd");
  if (back) at = seek(at, back);
  const on = nextTouch(at, subject, 1, "on");
  expect(on && end.commands[(on.command ?? 0) - 1]?.ran.line).toBe("rm /motd");
  expect(nextTouch(end, subject, 1, "on")).toBeNull();
});

it("knows a name on the host by the branches that the union had at that moment", async () => {
  const end = await session(
    ["host", "mkdir /added; echo new > /added/motd"],
    ["host", "cat /added/motd"],
    [
      "host",
      "mount -o remount,add:1:/added=ro $(grep -o '/var/lib/docker/aufs/mnt/[0-9a-f]*' /proc/mounts)",
    ],
    ["host", "cat /added/motd; echo again"],
    ["host", "docker stop c1"],
    ["host", "cat /added/motd; echo stopped"],
    ["host", "cat /var/lib/docker/aufs/diff/*/motd"],
  );
  const touched = touchedCommands(end, subjectAt(end, path("/motd")));
  const lines = end.commands.filter(({ id }) => touched.has(id)).map(({ ran }) => ran.line);
  const host = lines.filter((line) => /^cat \/(added|var)\//.test(line));
  expect(host).toEqual(["cat /added/motd; echo again", "cat /var/lib/docker/aufs/diff/*/motd"]);
});

it("adds up the costs of a call as those of all its events are", async () => {
  const end = await session(["c1", "mkdir /new; echo x=1 >> /kv.db; rm -r /app; mv /etc /moved"]);
  const command = present(end);
  const subject = subjectAt(end, layerOf(end, "c1"));
  const touch = touchOf(end, command, subject);
  let sum = NO_COSTS;
  for (const [call, { events }] of command.ran.calls.entries()) {
    const own = command.moments.filter(
      (moment) => moment.call === call && touch.moments.has(moment),
    );
    const whole = own.flatMap(({ event, probe }) => (probe === null ? (events[event] ?? []) : []));
    sum = addCosts(sum, whole);
  }
  const { fileVisits, ...costs } = costsUpTo(touch, command.moments.length);
  expect(costs).toEqual(sum);
  expect(costs.written).toBeGreaterThan(0);
  expect(costs.copied).toBeGreaterThan(0);
  expect(fileVisits).toBeGreaterThan(0);
});
