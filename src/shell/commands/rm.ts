import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { command, directoryName, usage } from "./command.ts";
import { quoteAlways } from "./quote.ts";
import { inDirectory, type Spot, typed } from "./spot.ts";

export interface RemoveOptions {
  readonly recursive: boolean;
  readonly force: boolean;
  readonly verbose: boolean;
  /** Empty directories too (`-d`). */
  readonly directories?: boolean;
}

export const rm = command(
  {
    short: "dfiIrRv",
    long: {
      dir: "d",
      force: "f",
      recursive: "r",
      verbose: "v",
      "no-preserve-root": "no-preserve-root",
      "preserve-root?=": "preserve-root",
      "one-file-system": "one",
    },
  },
  async (task, options) => {
    const removing: RemoveOptions = {
      recursive: options.has("r", "R"),
      force: options.has("f"),
      verbose: options.has("v"),
      directories: options.has("d"),
    };
    if (options.operands.length === 0 && !removing.force) return usage(task, "missing operand");
    let status = 0;
    for (const path of options.operands) {
      if (removing.recursive && /(^|\/)\.\.?\/*$/.test(path)) {
        await task.error(`refusing to remove '.' or '..' directory: skipping ${quoteAlways(path)}`);
        status = 1;
      } else if (removing.recursive && /^\/+$/.test(path) && !options.has("no-preserve-root")) {
        await task.error("it is dangerous to operate recursively on '/'");
        await task.error("use --no-preserve-root to override this failsafe");
        status = 1;
      } else if (!(await removeTree(task, path, removing))) status = 1;
    }
    return status;
  },
);

/** Removes a file, or with `recursive` a directory and what is in it, deepest first. False when something stayed. */
export async function removeTree(
  task: Task,
  path: string,
  options: RemoveOptions,
): Promise<boolean> {
  const stat = task.call("lstat", { path });
  if (stat.errno !== null) {
    if (options.force && (stat.errno === "ENOENT" || stat.errno === "ENOTDIR")) return true;
    await task.error(`cannot remove ${quoteAlways(path)}: ${errorText(stat.errno)}`);
    return false;
  }
  return removeKnown(task, typed(path), stat.value.kind, options);
}

async function removeKnown(
  task: Task,
  spot: Spot,
  kind: string,
  options: RemoveOptions,
): Promise<boolean> {
  const { at, name, path } = spot;
  const removeDirectory = () =>
    report(task, path, task.call("rmdir", { at, path: name }).errno, "removed directory", options);
  if (kind !== "dir") {
    const removed = task.call("unlink", { at, path: name });
    return report(task, path, removed.errno, "removed", options);
  }
  if (!options.recursive) {
    if (!options.directories) return report(task, path, "EISDIR", "removed", options);
    return removeDirectory();
  }
  const emptied = await inDirectory(task, spot, async (entries) => {
    let all = true;
    for (const entry of entries)
      if (!(await removeKnown(task, entry.spot, entry.kind, options))) all = false;
    return all;
  });
  if (emptied.errno !== null) return report(task, path, emptied.errno, "removed", options);
  return emptied.value && removeDirectory();
}

async function report(
  task: Task,
  path: string,
  errno: Parameters<typeof errorText>[0] | null,
  verb: string,
  options: RemoveOptions,
): Promise<boolean> {
  if (errno === null) {
    if (options.verbose) await task.out(`${verb} ${quoteAlways(path)}\n`);
    return true;
  }
  if (errno === "ENOENT" && options.force) return true;
  await task.error(`cannot remove ${quoteAlways(path)}: ${errorText(errno)}`);
  return false;
}

export const unlink = command({ short: "" }, async (task, options) => {
  const [path, extra] = options.operands;
  if (path === undefined) return usage(task, "missing operand");
  if (extra !== undefined) return usage(task, `extra operand ${quoteAlways(extra)}`);
  const removed = task.call("unlink", { path });
  if (removed.errno === null) return 0;
  await task.error(`cannot unlink ${quoteAlways(path)}: ${errorText(removed.errno)}`);
  return 1;
});

export const rmdir = command(
  {
    short: "pv",
    long: { parents: "p", verbose: "v", "ignore-fail-on-non-empty": "ignore" },
  },
  async (task, options) => {
    if (options.operands.length === 0) return usage(task, "missing operand");
    let status = 0;
    for (const operand of options.operands) {
      let path = operand;
      for (let named = true; ; named = false) {
        if (options.has("v")) await task.out(`rmdir: removing directory, ${quoteAlways(path)}\n`);
        const removed = task.call("rmdir", { path });
        if (removed.errno !== null) {
          if (options.has("ignore") && removed.errno === "ENOTEMPTY") break;
          const what = named ? "" : "directory ";
          await task.error(
            `failed to remove ${what}${quoteAlways(path)}: ${errorText(removed.errno)}`,
          );
          status = 1;
          break;
        }
        const parent = directoryName(path);
        if (!options.has("p") || parent === "." || parent === "/") break;
        path = parent;
      }
    }
    return status;
  },
);
