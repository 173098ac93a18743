import type { Stat } from "../../engine/call.ts";
import type { Task } from "../task.ts";
import { baseName, directoryName } from "./command.ts";
import { modeText } from "./mode.ts";
import { nameSource } from "./names.ts";
import type { Spot } from "./spot.ts";
import { formatTime } from "./time.ts";

/** A file the walk has reached. The stat is asked for when a test first needs it. */
export interface Visit {
  readonly spot: Spot;
  readonly path: string;
  readonly start: string;
  readonly depth: number;
  readonly kind: Stat["kind"];
  readonly stat: () => Stat | null;
  prune: boolean;
}

/** What `-printf FORMAT` prints of a file. */
export async function formatVisit(task: Task, visit: Visit, format: string): Promise<string> {
  const stat = visit.stat();
  const names = nameSource(task);
  let text = "";
  let from = 0;
  for (const match of format.matchAll(/%([-0]?)(\d*)(T?[a-zA-Z%@+])|\\([nt0\\])/g)) {
    const [all, flag = "", width = "", letter = "", escaped] = match;
    text += format.slice(from, match.index);
    from = match.index + all.length;
    if (escaped !== undefined) {
      text += { n: "\n", t: "\t", "0": "\0", "\\": "\\" }[escaped] ?? "";
      continue;
    }
    let value: string;
    if (letter.startsWith("T") && letter.length === 2)
      value = stat
        ? letter === "T@"
          ? `${stat.mtime.sec}.${String(stat.mtime.nsec).padStart(9, "0")}0`
          : formatTime(stat.mtime, `%${letter[1]}`)
        : "";
    else value = await visitField(task, visit, letter, stat, names);
    text += flag === "-" ? value.padEnd(Number(width || 0)) : value.padStart(Number(width || 0));
  }
  return text + format.slice(from);
}

async function visitField(
  task: Task,
  visit: Visit,
  letter: string,
  stat: Stat | null,
  names: ReturnType<typeof nameSource>,
): Promise<string> {
  switch (letter) {
    case "%":
      return "%";
    case "p":
      return visit.path;
    case "f":
      return baseName(visit.path);
    case "h":
      return directoryName(visit.path);
    case "P":
      return visit.path.slice(visit.start.length).replace(/^\//, "");
    case "H":
      return visit.start;
    case "d":
      return String(visit.depth);
    case "s":
      return String(stat?.size ?? 0);
    case "b":
      return String(stat?.blocks ?? 0);
    case "k":
      return String(Math.ceil((stat?.blocks ?? 0) / 2));
    case "m":
      return (stat?.mode ?? 0).toString(8);
    case "M":
      return stat ? modeText(stat) : "";
    case "n":
      return String(stat?.nlink ?? 0);
    case "i":
      return String(stat?.ino ?? 0);
    case "D":
      return String(stat?.dev ?? 0);
    case "u":
      return names.user(stat?.uid ?? 0);
    case "U":
      return String(stat?.uid ?? 0);
    case "g":
      return names.group(stat?.gid ?? 0);
    case "G":
      return String(stat?.gid ?? 0);
    case "y":
      return { file: "f", dir: "d", symlink: "l", char: "c", block: "b", fifo: "p", socket: "s" }[
        visit.kind
      ];
    case "t":
      return stat ? formatTime(stat.mtime, "%a %b %e %H:%M:%S.%N0 %Y") : "";
    case "l": {
      const link =
        visit.kind === "symlink"
          ? task.call("readlink", { at: visit.spot.at, path: visit.spot.name })
          : null;
      return link && link.errno === null ? link.value : "";
    }
    default:
      return `%${letter}`;
  }
}
