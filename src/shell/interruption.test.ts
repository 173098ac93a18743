import { describe, expect, it } from "vitest";
import type { Host } from "../docker/host.ts";
import { stateHash as machineHash } from "../engine/state-hash.ts";
import { mapEntries } from "../tree/persistent-map.ts";
import { NO_EDGE } from "./edge.ts";
import { FRESH, hostAfter } from "./lab.fixture.ts";
import { type LineResult, runLine } from "./session.ts";
import { stateHash } from "./state-hash.ts";

/** The counts of calls after which a line can be cut: before a call that is not held. */
const cutsOf = ({ steps }: LineResult) => steps.flatMap(({ isHeld }, at) => (isHeld ? [] : [at]));

/** How many descriptors each process has open. */
const descriptors = ({ machine }: Host) =>
  [...mapEntries(machine.processes)].map(
    ([, process]) => [...mapEntries(process.descriptors)].length,
  );

async function withContainer(): Promise<Host> {
  return hostAfter(["docker run -dit --name c1 files sh", "mkdir /w; cd /w; seq 30 > n"], FRESH);
}

describe("Ctrl-C after so many system calls", () => {
  const container = withContainer();
  it.each([
    ["host", "echo x >> n; cp n m; rm n"],
    ["host", "for i in 1 2; do echo $i > f$i; cat f$i; done"],
    ["host", "cat n | grep 1 | sort -r > out; wc -l < out"],
    ["host", "f() { cat n > a$1; }; f $(head -n 1 n) 2> /w/err; (cd /; ls > /w/l)"],
    ["host", "{ cat < n; ls; } > both 2>&1; exec 5> five; echo to >&5"],
    ["c1", "echo x >> /file3; rm /file4; mkdir /d; mv /file1 /d"],
  ])("%s: %s", async (prompt, line) => {
    const host = await container;
    const whole = await runLine(host, line, NO_EDGE, prompt);
    expect(whole.interrupted).toBe(false);
    const shells = await runLine(host, ":", NO_EDGE, prompt);
    const cuts = cutsOf(whole);
    expect(cuts.length).toBeGreaterThan(4);
    for (const until of cuts) {
      const cut = await runLine(host, line, NO_EDGE, prompt, until);
      expect([cut.interrupted, cut.exitCode]).toEqual([true, 130]);
      expect(cut.output.at(-1)?.text.endsWith("^C\n")).toBe(true);
      expect(cut.steps.slice(0, until).map(({ call }) => call)).toEqual(
        whole.steps.slice(0, until).map(({ call }) => call),
      );
      const [mine, other] = [cut.steps[until - 1], whole.steps[until - 1]];
      if (mine && other) expect(machineHash(mine.machine)).toBe(machineHash(other.machine));
      expect(cut.steps.slice(until).every(({ isHeld }) => isHeld)).toBe(true);
      const [kept, before] = [descriptors(cut.host), descriptors(shells.host)];
      expect(kept.length).toBe(before.length);
      const most = Math.max(...before) + (line.includes("exec 5>") ? 1 : 0);
      expect(Math.max(...kept)).toBeLessThanOrEqual(most);
      expect(stateHash((await runLine(host, line, NO_EDGE, prompt, until)).host)).toBe(
        stateHash(cut.host),
      );
      const next = await runLine(cut.host, "echo $?; echo on", NO_EDGE, prompt);
      expect(next.output.map(({ text }) => text).join("")).toBe("130\non\n");
    }
  });

  it("does not reach docker's daemon: what the client has asked for is done", async () => {
    const line = "docker run -d --name c2 files sleep 9; touch /after";
    const whole = await runLine(FRESH, line, NO_EDGE);
    const cuts = cutsOf(whole);
    for (const until of cuts) {
      const { host } = await runLine(FRESH, line, NO_EDGE, "host", until);
      const containers = await runLine(
        host,
        "docker ps -q | wc -l; docker ps -aq | wc -l",
        NO_EDGE,
      );
      expect(["0\n0\n", "1\n1\n"]).toContain(containers.output[0]?.text);
    }
    const early = await runLine(FRESH, line, NO_EDGE, "host", 40);
    expect(early.steps.length).toBeGreaterThan(100);
    const { output } = await runLine(early.host, "docker ps --format '{{.Names}}'", NO_EDGE);
    expect(output[0]?.text).toBe("c2\n");
  });

  it("does not reach a job in the background, and is nothing after the line's end", async () => {
    const job = await runLine(
      FRESH,
      "seq 3 > /one & cat /one; echo two > /two",
      NO_EDGE,
      "host",
      9,
    );
    expect(job.interrupted).toBe(true);
    const { output } = await runLine(job.host, "cat /one; ls /two", NO_EDGE);
    expect(output[0]?.text).toBe("1\n2\n3\n");
    const whole = await runLine(FRESH, "ls /etc", NO_EDGE, "host", 10_000);
    expect([whole.interrupted, whole.exitCode]).toEqual([false, 0]);
  });
});
