import type { Stat } from "../../engine/call.ts";
import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { command } from "./command.ts";
import { type CopyOptions, copyTree, PRESERVE_ALL } from "./copy-tree.ts";
import type { Options } from "./options.ts";
import { quoteAlways } from "./quote.ts";
import { removeTree } from "./rm.ts";
import { typed } from "./spot.ts";
import { pairsOf } from "./targets.ts";

const ACROSS: CopyOptions = {
  recursive: true,
  follow: "never",
  preserve: PRESERVE_ALL,
  make: "copy",
  force: true,
  removeFirst: false,
  verbose: false,
  noClobber: false,
  updateOnly: false,
  moving: true,
};

/** rename(2); where that says EXDEV, a copy with all attributes and then a removal of the source. */
export const mv = command(
  {
    short: "finTt:uv",
    long: {
      force: "f",
      "no-clobber": "n",
      "target-directory=": "t",
      "no-target-directory": "T",
      update: "u",
      verbose: "v",
    },
  },
  async (task, options) => {
    const pairs = await pairsOf(task, options, {
      none: "missing file operand",
      one: "missing destination file operand after",
    });
    if ("status" in pairs) return pairs.status;
    let status = 0;
    for (const { from, to } of pairs) if (!(await move(task, from, to, options))) status = 1;
    return status;
  },
);

async function move(task: Task, from: string, to: string, options: Options): Promise<boolean> {
  const source = task.call("lstat", { path: from });
  if (source.errno !== null) {
    await task.error(`cannot stat ${quoteAlways(from)}: ${errorText(source.errno)}`);
    return false;
  }
  const target = task.call("lstat", { path: to });
  const there = target.errno === null ? target.value : null;
  if (there) {
    if (options.last("f", "n") === "n") return true;
    if (options.has("u") && there.mtime.sec >= source.value.mtime.sec) return true;
    const refusal = refusalOf(from, to, source.value, there);
    if (refusal !== null) {
      await task.error(refusal);
      return false;
    }
  }
  const renamed = task.call("rename", { from, to });
  if (renamed.errno === null) {
    if (options.has("v")) await task.out(`renamed ${quoteAlways(from)} -> ${quoteAlways(to)}\n`);
    return true;
  }
  if (renamed.errno === "EINVAL" && source.value.kind === "dir") {
    await task.error(
      `cannot move ${quoteAlways(from)} to a subdirectory of itself, ${quoteAlways(to)}`,
    );
    return false;
  }
  if (renamed.errno === "EXDEV") return moveAcross(task, from, to, source.value, there, options);
  await task.error(
    `cannot move ${quoteAlways(from)} to ${quoteAlways(to)}: ${errorText(renamed.errno)}`,
  );
  return false;
}

function refusalOf(from: string, to: string, source: Stat, there: Stat): string | null {
  if (source.ino === there.ino && source.dev === there.dev)
    return `${quoteAlways(from)} and ${quoteAlways(to)} are the same file`;
  if (there.kind === "dir" && source.kind !== "dir")
    return `cannot overwrite directory ${quoteAlways(to)} with non-directory`;
  if (there.kind !== "dir" && source.kind === "dir")
    return `cannot overwrite non-directory ${quoteAlways(to)} with directory ${quoteAlways(from)}`;
  return null;
}

async function moveAcross(
  task: Task,
  from: string,
  to: string,
  source: Stat,
  there: Stat | null,
  options: Options,
): Promise<boolean> {
  if (there) {
    const removed = task.call(there.kind === "dir" ? "rmdir" : "unlink", { path: to });
    if (removed.errno !== null) {
      await task.error(
        `inter-device move failed: ${quoteAlways(from)} to ${quoteAlways(to)}; unable to remove target: ${errorText(removed.errno)}`,
      );
      return false;
    }
  }
  if (options.has("v")) {
    const verb = source.kind === "dir" ? "created directory" : "copied";
    await task.out(
      source.kind === "dir"
        ? `${verb} ${quoteAlways(to)}\n`
        : `${verb} ${quoteAlways(from)} -> ${quoteAlways(to)}\n`,
    );
  }
  if (
    !(await copyTree(task, typed(from), typed(to), ACROSS, {
      from,
      to,
      links: new Map(),
      made: new Set(),
    }))
  )
    return false;
  return removeTree(task, from, { verbose: options.has("v"), force: true, recursive: true });
}
