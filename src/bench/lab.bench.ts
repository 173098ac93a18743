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
import { MOST, printHead, printTimes } from "./step-times.ts";

/**
 * Scrubbing: what it takes to work out all that is shown of a micro-step, for every one of more than ten thousand. Beside
 * it what has no history has to do: run the line again, up to the moment.
 *
 * A step's time is the processor's or the clock's, whichever is less: either bounds what its thread did. The collector has
 * no threads of its own here (run.mjs), so its pauses are part of the steps that they fall into.
 */

/** Moments that are come to by running the line again. */
const AGAIN = 24;
/** Steps after which the code that shows them is compiled. */
const WARM = 4000;
/** Each step is made so often, and its least time counts: what a busy machine does beside meets one of them. */
const RUNS = 2;

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

/** Each of the collector's pauses: when it began, and how long it was. */
const pauses: { readonly from: number; readonly ms: number }[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries())
    pauses.push({ from: startTime, ms: duration });
});

printHead(`${count} micro-steps`);
// The session is old by now: what was made for it is no longer young.
globalThis.gc?.();
observer.observe({ entryTypes: ["gc"] });
const slow: { readonly from: number; readonly to: number }[] = [];
for (const [name, steps, tickOf] of [
  [`the first ${WARM}, while code is compiled`, WARM, (n: number) => (n * 7919) % count],
  ["forward, each in turn", count, (n: number) => n + 1],
  ["back, each in turn", count, (n: number) => count - 1 - n],
  ["by leaps, each once", count, (n: number) => (n * 7919) % count],
] as const) {
  const times = new Array<number>(steps).fill(Number.POSITIVE_INFINITY);
  for (let run = 0; run < RUNS; run++)
    for (let n = 0; n < steps; n++) {
      const tick = tickOf(n);
      const from = performance.now();
      const ms = timed(() => show(tick));
      times[n] = Math.min(times[n] ?? ms, ms);
      if (ms >= MOST) slow.push({ from, to: performance.now() });
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
const collected = slow.filter(({ from, to }) =>
  pauses.some((pause) => pause.from < to && pause.from + pause.ms > from),
);
const longest = Math.max(0, ...pauses.map(({ ms }) => ms));
console.log(
  `${slow.length} of all ${RUNS * (WARM + 3 * count)} took ${MOST} ms and more, ${collected.length} of them with a pause of the collector in them`,
);
console.log(`it paused ${pauses.length} times, ${longest.toFixed(2)} ms of the clock at most`);
