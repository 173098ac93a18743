import type { EngineEvent, Unasked, VisitOutcome } from "../../engine/event.ts";
import { stepText } from "../call-text.ts";
import { errorText } from "../error-text.ts";
import type { Step } from "../recorder.ts";
import type { Task } from "../task.ts";
import { errorLine } from "./command.ts";

/** What the lab's own commands see besides a task: the calls recorded so far, and the page cache. */
export interface Teaching {
  readonly steps: () => readonly Step[];
  readonly dropCaches: () => void;
}

const OUTCOMES: Readonly<Record<VisitOutcome, string>> = {
  found: "has it",
  missing: "does not have it",
  whiteout: "has a whiteout: hidden here and below",
  "type-differs": "has it as another type: not merged",
  opaque: "has it as an opaque directory: nothing below is asked",
  invalid: "has something that makes no sense: EIO",
};

const REASONS: Readonly<Record<Unasked["reason"], string>> = {
  "no-parent": "it does not have the parent directory",
  covered: "a branch above has a file of that name",
  "whiteout-above": "a whiteout above hides the name",
  "opaque-above": "the directory above is opaque",
  "type-differs-above": "a branch above has it as another type",
  failed: "the search had failed",
};

/** `probe PATH`: which branches were asked for each name on the way, and what each said. */
export async function probe(task: Task, teaching: Teaching): Promise<number> {
  return eachPath(task, teaching, async (path, events, result) => {
    await task.out(`${path}: ${result}\n`);
    for (const event of events)
      if (event.type === "visit") {
        const probes = event.probes
          .map(({ what, outcome }) => `${what === "real" ? "name" : what} ${outcome}`)
          .join(", ");
        await task.out(
          `  ${event.path}  branch ${event.branch} ${OUTCOMES[event.outcome]} (${probes})\n`,
        );
      }
    return events.some((event) => event.type === "visit");
  });
}

/** `why PATH`: the branch that answers, or what hides the name, and why the others were not asked. */
export async function why(task: Task, teaching: Teaching): Promise<number> {
  return eachPath(task, teaching, async (path, events, result) => {
    const last = events.findLast((event) => event.type === "hit" || event.type === "miss");
    if (!last) return false;
    if (last.type === "hit") {
      const [first, ...merged] = last.branches;
      await task.out(`${path}: ${last.kind} of branch ${first}\n`);
      if (merged.length > 0) await task.out(`  merged with branch ${merged.join(", ")}\n`);
    } else if (last.whiteout !== null)
      await task.out(`${path}: hidden by the whiteout in branch ${last.whiteout}\n`);
    else await task.out(`${path}: ${result}: no branch has it\n`);
    for (const { branch, reason } of last.unasked)
      await task.out(`  branch ${branch} was not asked: ${REASONS[reason]}\n`);
    return true;
  });
}

async function eachPath(
  task: Task,
  teaching: Teaching,
  tell: (path: string, events: readonly EngineEvent[], result: string) => Promise<boolean>,
): Promise<number> {
  if (task.args.length === 0) {
    await task.error("which path?");
    return 1;
  }
  let status = 0;
  for (const path of task.args) {
    const found = task.call("lstat", { path });
    const events = teaching.steps().at(-1)?.events ?? [];
    const result = found.errno === null ? found.value.kind : errorText(found.errno);
    if (found.errno !== null) status = 1;
    if (!(await tell(path, events, result)))
      await task.out(`${path}: ${result}; no union was asked: it lies on a plain file system\n`);
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
