import { expect, it } from "vitest";
import { stateHash as machineHash } from "../engine/state-hash.ts";
import { stateHash } from "../shell/state-hash.ts";
import { actingAt, interrupted } from "./lab-acting.ts";
import { ALL_FOLLOWS, replay, scriptOf, shownScript } from "./lab-script.ts";
import { shellRunner } from "./lab-shell-runner.ts";
import {
  branchOf,
  commandForward,
  currentCommand,
  forksOf,
  hostToActOn,
  newTimeline,
  presentOf,
  returnTo,
  seek,
  type Timeline,
  undo,
  withCommand,
} from "./lab-timeline.ts";

const runner = shellRunner();
const world = { type: "built-in", name: "files" } as const;

async function after(...lines: readonly (readonly [prompt: string, line: string])[]) {
  const start = await runner.start(world);
  if (!start) throw new Error("no host");
  let timeline = newTimeline(start);
  for (const [prompt, line] of [["host", "docker run -dit --name c1 files"] as const, ...lines]) {
    const ran = await runner.run(hostToActOn(timeline), prompt, line);
    timeline = commandForward(withCommand(timeline, ran));
  }
  return timeline;
}

async function act(timeline: Timeline, prompt: string, line: string): Promise<Timeline> {
  const from = await interrupted(timeline, runner.run);
  return commandForward(withCommand(from, await runner.run(hostToActOn(from), prompt, line)));
}

const endOf = (timeline: Timeline) => stateHash(presentOf(timeline).host);
const lines = (timeline: Timeline) =>
  branchOf(timeline).map(({ ran: { line, until } }) => (until === null ? line : `${line} ^C`));

it("a line typed inside a command stops it when the call under way returns, and forks", async () => {
  const whole = await after(["c1", "echo x >> /file3; rm /file4"]);
  const command = currentCommand(whole);
  if (!command) throw new Error("no command");
  const hash = endOf(whole);
  const states = new Set<string>();
  for (let tick = 1; tick < command.moments.length; tick += 9) {
    const inside = seek(whole, { command: command.id, tick });
    const acting = actingAt(inside);
    if (acting.type === "finishes") continue;
    if (acting.type !== "interrupts") throw new Error(acting.type);
    const forked = await act(inside, "c1", "ls /");
    expect(lines(forked).slice(1)).toEqual(["echo x >> /file3; rm /file4 ^C", "ls /"]);
    const [, cut] = branchOf(forked);
    expect(cut?.ran.exitCode).toBe(130);
    const last = acting.calls - 1;
    expect(machineHash(cut?.ran.calls[last]?.machine ?? whole.start.machine)).toBe(
      machineHash(command.ran.calls[last]?.machine ?? whole.start.machine),
    );
    expect(forksOf(forked).map(({ tip }) => tip)).toEqual([command.id]);
    expect(endOf(returnTo(forked, command.id))).toBe(hash);
    const script = shownScript(scriptOf(forked, world, endOf(forked), ALL_FOLLOWS));
    const again = await replay(script, whole.start, runner.run);
    expect(endOf(again)).toBe(script.hash);
    states.add(script.hash);
  }
  expect(states.size).toBeGreaterThan(3);
});

it("stopping a command at one place twice is one command", async () => {
  const whole = await after(["c1", "rm /file4; rm /file3"]);
  const inside = seek(whole, { command: 2, tick: 20 });
  const first = await act(inside, "c1", "ls /");
  const second = await act(seek(first, { command: 2, tick: 20 }), "c1", "ls /d");
  expect(second.commands).toHaveLength(5);
  expect(lines(second).at(-2)).toBe("rm /file4; rm /file3 ^C");
  expect(forksOf(second)).toHaveLength(2);
});

it("docker's daemon finishes what it was asked before a line is stopped", async () => {
  const whole = await after(["host", "docker run -d --name c2 busybox sleep 9; touch /after"]);
  const inside = seek(whole, { command: 2, tick: 200 });
  expect(actingAt(inside)).toMatchObject({ type: "interrupts", isHeld: true });
  const forked = await act(inside, "host", "docker ps -q | wc -l; ls /after");
  const output = branchOf(forked)
    .at(-1)
    ?.ran.output.map(({ text }) => text);
  expect(output?.join("")).toMatch(/^2\n.*cannot access/);
});

it("says what a line would do, before it is typed", async () => {
  const whole = await after(["c1", "rm /file4"], ["c1", "ls /"]);
  expect(actingAt(whole)).toEqual({ type: "goes-on" });
  expect(actingAt(undo(whole))).toMatchObject({ type: "forks", after: { id: 2 } });
  expect(actingAt(seek(whole, { command: 3, tick: 0 }))).toMatchObject({ after: { id: 2 } });
  expect(actingAt(seek(whole, { command: null, tick: 0 }))).toMatchObject({ after: null });
  const { moments } = whole.commands[1] ?? { moments: [] };
  const last = seek(whole, { command: 2, tick: moments.length - 1 });
  expect(actingAt(last).type).toBe("finishes");
  expect((await interrupted(last, runner.run)).commands).toHaveLength(3);
});
