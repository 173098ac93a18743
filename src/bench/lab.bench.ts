import { GCProfiler } from "node:v8";
import { createHost } from "../docker/boot.ts";
import { miniatures } from "../docker/miniatures.ts";
import { NO_EDGE } from "../shell/edge.ts";
import { runLine } from "../shell/session.ts";
import { actingAt } from "../state/lab-acting.ts";
import { cacheAt } from "../state/lab-cache.ts";
import { stageOf } from "../state/lab-stage.ts";
import { stagedAt } from "../state/lab-staged.ts";
import {
  commandForward,
  countsAt,
  currentCommand,
  hostToActOn,
  newTimeline,
  seek,
  withCommand,
} from "../state/lab-timeline.ts";

/** Scrubbing: what it takes to show any of ten thousand micro-steps, in processor time, so that a busy machine counts alike. */

const start = createHost({
  library: miniatures(),
  driver: "aufs",
  release: "19.03",
  seed: "bench",
  clock: { sec: 1_700_000_000, nsec: 0 },
});
const LINES = [
  ["host", "docker run -dit --name c1 files"],
  ["c1", "for i in $(seq 1 260); do echo $i > /f$i; cat /f$i; rm /f$i; done"],
] as const;

let timeline = newTimeline(start);
for (const [prompt, line] of LINES) {
  const { steps, ...ran } = await runLine(hostToActOn(timeline), line, NO_EDGE, prompt);
  timeline = commandForward(withCommand(timeline, { ...ran, calls: steps, until: null }));
}
const command = currentCommand(timeline);
const ticks = command?.moments.length ?? 0;
const choice = { union: null, directory: null, first: null, selected: null, prompt: "host" };
const times: number[] = [];
const collector = new GCProfiler();
collector.start();
for (let n = 0; n < 2000; n++) {
  const began = process.cpuUsage();
  const at = seek(timeline, { command: command?.id ?? 0, tick: (n * 7919) % ticks });
  const { input } = stagedAt(at, { ...choice, detail: 3, showsPlumbing: false }, 12);
  if (input) stageOf(input);
  countsAt(at);
  cacheAt(at);
  actingAt(at);
  const { user, system } = process.cpuUsage(began);
  times.push((user + system) / 1000);
}
const pauses = collector.stop().statistics.length;
const [first = 0] = times;
console.log(
  `${"the first, before any code is compiled".padEnd(58)} ${`${first.toFixed(2)} ms`.padStart(24)}`,
);
times.shift();
times.sort((a, b) => a - b);
for (const [name, part] of [
  ["median", 0.5],
  ["99 of 100", 0.99],
  ["slowest", 1],
] as const) {
  const ms = times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  console.log(
    `${`scrubbing ${ticks} micro-steps, ${name}`.padEnd(58)} ${`${ms.toFixed(2)} ms`.padStart(24)}   < 8 ms`,
  );
}
console.log(
  `${"pauses of the garbage collector in 2000 steps".padEnd(58)} ${String(pauses).padStart(24)}`,
);
