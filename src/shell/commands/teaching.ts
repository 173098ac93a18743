import type { EngineEvent } from "../../engine/event.ts";
import { stepText } from "../call-text.ts";
import { errorText } from "../error-text.ts";
import { type LabWords, wordsAt } from "../lab-words.ts";
import type { Step } from "../recorder.ts";
import type { Task } from "../task.ts";
import { errorLine } from "./command.ts";

/** What the lab's own commands see besides a task: the calls recorded so far, and the page cache. */
export interface Teaching {
  readonly steps: () => readonly Step[];
  readonly dropCaches: () => void;
}

/** `probe PATH`: which branches were asked for each name on the way, and what each said. */
export async function probe(task: Task, teaching: Teaching): Promise<number> {
  return eachPath(task, teaching, async (words, path, events, result) => {
    await task.out(`${words.looked(path, result)}\n`);
    for (const event of events)
      if (event.type === "visit") {
        const probes = event.probes
          .map(({ what, outcome }) => `${what === "real" ? "name" : what} ${outcome}`)
          .join(", ");
        await task.out(`  ${words.visited(event.path, event.branch, event.outcome, probes)}\n`);
      }
    return events.some((event) => event.type === "visit");
  });
}

/** `why PATH`: the branch that answers, or what hides the name, and why the others were not asked. */
export async function why(task: Task, teaching: Teaching): Promise<number> {
  return eachPath(task, teaching, async (words, path, events, result) => {
    const last = events.findLast((event) => event.type === "hit" || event.type === "miss");
    if (!last) return false;
    if (last.type === "hit") {
      const [first = 0, ...merged] = last.branches;
      await task.out(`${words.answers(path, last.kind, first)}\n`);
      if (merged.length > 0) await task.out(`  ${words.mergedWith(merged)}\n`);
    } else if (last.whiteout !== null) await task.out(`${words.whiteout(path, last.whiteout)}\n`);
    else await task.out(`${words.nowhere(path, result)}\n`);
    for (const { branch, reason } of last.unasked)
      await task.out(`  ${words.unasked(branch, reason)}\n`);
    return true;
  });
}

async function eachPath(
  task: Task,
  teaching: Teaching,
  tell: (
    words: LabWords,
    path: string,
    events: readonly EngineEvent[],
    result: string,
  ) => Promise<boolean>,
): Promise<number> {
  if (task.args.length === 0) {
    await task.error(wordsAt(task.process, 2).whichPath);
    return 1;
  }
  const words = wordsAt(task.process, 1);
  let status = 0;
  for (const path of task.args) {
    const found = task.call("lstat", { path });
    const events = teaching.steps().at(-1)?.events ?? [];
    const result = found.errno === null ? found.value.kind : errorText(found.errno);
    if (found.errno !== null) status = 1;
    if (!(await tell(words, path, events, result)))
      await task.out(`${words.noUnion(path, result)}\n`);
  }
  return status;
}

/** `strace COMMAND`: its system calls and their results, on descriptor 2. */
export async function strace(task: Task, teaching: Teaching): Promise<number> {
  const args = task.args.filter((word) => word !== "-f");
  if (args.length === 0) {
    await task.error("must have PROG [ARGS]");
    return 1;
  }
  const from = teaching.steps().length;
  const status = await task.run(args);
  for (const step of teaching.steps().slice(from)) {
    if (step.call.type === "fork") continue;
    await errorLine(task, `${stepText(step)}\n`);
  }
  await errorLine(task, `+++ exited with ${status} +++\n`);
  return status;
}

/** `drop-caches`: forgets the page cache, so that the next read of a file is from disk again. */
export async function dropCaches(_task: Task, teaching: Teaching): Promise<number> {
  teaching.dropCaches();
  return 0;
}
