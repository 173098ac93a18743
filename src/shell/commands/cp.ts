import type { Task } from "../task.ts";
import { command } from "./command.ts";
import {
  type CopyOptions,
  copyTree,
  PRESERVE_ALL,
  PRESERVE_NOTHING,
  type Preserve,
} from "./copy-tree.ts";
import type { Options } from "./options.ts";
import { typed } from "./spot.ts";
import { pairsOf } from "./targets.ts";

export const cp = command(
  {
    short: "abdfiHlLnPpRrst:Tuvx",
    long: {
      archive: "a",
      force: "f",
      link: "l",
      dereference: "L",
      "no-dereference": "P",
      "no-clobber": "n",
      "preserve?=": "preserve",
      recursive: "R",
      "symbolic-link": "s",
      "target-directory=": "t",
      "no-target-directory": "T",
      update: "u",
      verbose: "v",
      "remove-destination": "remove",
      "reflink?=": "reflink",
      "sparse=": "sparse",
      parents: "parents",
    },
  },
  async (task, options) => {
    const pairs = await pairsOf(task, options, {
      none: "missing file operand",
      one: "missing destination file operand after",
    });
    if ("status" in pairs) return pairs.status;
    const copying = copyOptions(options);
    const links = new Map<string, string>();
    let status = 0;
    for (const { from, to } of pairs) {
      const target = toName(task, from, to);
      const run = { from, to: target, links, made: new Set<string>() };
      if (!(await copyTree(task, typed(from), typed(target), copying, run))) status = 1;
    }
    return status;
  },
);

/** `cp -r d/. e` copies into e. */
function toName(task: Task, from: string, to: string): string {
  const into = /(^|\/)\.\.?\/*$/.test(from) && /\/\.\.?$/.test(to);
  if (!into) return to;
  const parent = to.replace(/\/\.\.?$/, "");
  const stat = task.call("stat", { path: parent });
  return stat.errno === null && stat.value.kind === "dir" ? `${parent}/.` : to;
}

function copyOptions(options: Options): CopyOptions {
  const recursive = options.has("a", "R", "r");
  const last = options.last("L", "P", "H", "d", "a");
  const follow =
    last === "L"
      ? "all"
      : last === "H"
        ? "named"
        : last !== undefined || recursive
          ? "never"
          : "all";
  return {
    recursive,
    follow,
    preserve: preserveOf(options),
    make: options.has("l") ? "hard-link" : options.has("s") ? "symlink" : "copy",
    force: options.has("f"),
    removeFirst: options.has("remove"),
    verbose: options.has("v"),
    noClobber: options.has("n"),
    updateOnly: options.has("u"),
    moving: false,
  };
}

function preserveOf(options: Options): Preserve {
  if (options.has("a")) return PRESERVE_ALL;
  const list = options.value("preserve");
  const names =
    list === undefined ? [] : list === "" ? ["mode", "ownership", "timestamps"] : list.split(",");
  if (names.includes("all")) return PRESERVE_ALL;
  const usual = options.has("p");
  return {
    ...PRESERVE_NOTHING,
    mode: usual || names.includes("mode"),
    owner: usual || names.includes("ownership"),
    times: usual || names.includes("timestamps"),
    xattrs: names.includes("xattr"),
    links: options.has("d") || names.includes("links"),
  };
}
