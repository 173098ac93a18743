import { PerformanceObserver } from "node:perf_hooks";
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
  hostBefore,
  hostToActOn,
  newTimeline,
  seek,
  withCommand,
} from "../state/lab-timeline.ts";
import { printHead, printTimes } from "./step-times.ts";

/**
 * Scrubbing: what it takes to work out all that is shown of a micro-step, for every one of more than ten thousand. Beside
 * it what has no history has to do: run the line again, up to the moment.
 *
 * A step's time is the least that bounds what its thread did: on a busy machine the processor's time is shorter than the
 * clock's; while collector threads help it is the other way round.
 */

/** Moments that are come to by running the line again. */
const AGAIN = 24;

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
if (!command) throw new RangeError("nothing was run");
const { id, moments, ran } = command;
const count = moments.length;
const choice = { union: null, directory: null, first: null, selected: null, prompt: "host" };

function show(tick: number): void {
  const at = seek(timeline, { command: id, tick });
  const { input } = stagedAt(at, { ...choice, detail: 3, showsPlumbing: false }, 12);
  if (input) stageOf(input);
  countsAt(at);
  cacheAt(at);
  actingAt(at);
}

function timed(work: () => void): number {
  const clock = performance.now();
  const processor = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(processor);
  return Math.min(performance.now() - clock, (user + system) / 1000);
}

const pauses: number[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) pauses.push(duration);
});

printHead(`${count} micro-steps`);
// The session is old by now, and the page has shown a moment of it.
const first = timed(() => show(count));
globalThis.gc?.();
observer.observe({ entryTypes: ["gc"] });
const times = new Array<number>(count).fill(0);
for (const [name, tickOf] of [
  ["forward, each in turn", (n: number) => n + 1],
  ["back, each in turn", (n: number) => count - 1 - n],
  ["by leaps, each once", (n: number) => (n * 7919) % count],
] as const) {
  for (let n = 0; n < count; n++) {
    const tick = tickOf(n);
    times[n] = timed(() => show(tick));
  }
  printTimes(name, times);
}
// Entries of the observer come when the loop is over.
await new Promise((done) => setTimeout(done, 100));
observer.disconnect();

const host = hostBefore(timeline, command);
const again: number[] = [];
for (let n = 1; n <= AGAIN; n++) {
  const processor = process.cpuUsage();
  const until = Math.floor((ran.calls.length * n) / AGAIN);
  await runLine(host, ran.line, NO_EDGE, ran.prompt, until);
  const { user, system } = process.cpuUsage(processor);
  again.push((user + system) / 1000);
}
printTimes(`without a history: the line again, up to ${AGAIN} moments`, again, false);
console.log(`the first of all, before its code is compiled: ${first.toFixed(2)} ms`);
console.log(
  `pauses of the garbage collector in ${3 * count} steps: ${pauses.length}, by the clock ${pauses.reduce((sum, each) => sum + each, 0).toFixed(0)} ms, the longest ${Math.max(0, ...pauses).toFixed(2)} ms`,
);
