import { readPermission } from "../../engine/aufs/permission.ts";
import type { BranchSpec, MountSource } from "../../engine/call.ts";
import { errorText } from "../error-text.ts";
import { wordsAt } from "../lab-words.ts";
import type { Task } from "../task.ts";
import { command, readFile } from "./command.ts";
import { realPath } from "./stat.ts";

export interface MountRow {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

/** What /proc/mounts lists. */
export async function readMounts(task: Task): Promise<MountRow[]> {
  const content = await readFile(task, "/proc/mounts");
  if (content.errno !== null) return [];
  const plainOf = (text: string): string =>
    text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    );
  return (await task.text(content.value))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [source = "", target = "", type = "", options = ""] = line.split(" ").map(plainOf);
      return { source, target, type, options };
    });
}

/** mount(8): lists, mounts aufs, overlay, tmpfs and bind, and remounts. */
export const mount = command(
  {
    short: "t:o:rwvBRafnl",
    long: { "types=": "t", "options=": "o", bind: "B", rbind: "R", "read-only": "r", verbose: "v" },
  },
  async (task, options) => {
    const words = [...options.operands];
    if (words.length === 0) {
      for (const row of await readMounts(task)) {
        if (options.value("t") !== undefined && options.value("t") !== row.type) continue;
        await task.out(`${row.source} on ${row.target} type ${row.type} (${row.options})\n`);
      }
      return 0;
    }
    const list = options.list
      .filter(([key]) => key === "o")
      .flatMap(([, value]) => value.split(","))
      .filter((word) => word !== "");
    const readOnly = options.has("r") || list.includes("ro");
    const plain = list.filter(
      (word) => !["ro", "rw", "remount", "bind", "rbind", "defaults"].includes(word),
    );
    const target = words.at(-1) ?? "";
    if (list.includes("remount")) return remount(task, target, plain, list, readOnly);
    const source = words.length > 1 ? (words[0] ?? "none") : "none";
    const bind = options.has("B", "R") || list.includes("bind") || list.includes("rbind");
    const wanted = bind
      ? ({ type: "bind", path: source } as const)
      : sourceOf(task, options.value("t") ?? "auto", plain);
    if (typeof wanted === "string") return fault(task, wanted);
    const stat = task.call("stat", { path: target });
    if (stat.errno !== null) return fault(task, `${target}: mount point does not exist.`);
    const done = task.call("mount", { source: wanted, path: target, readOnly });
    if (done.errno === null) return 0;
    return fault(task, mountFault(target, source, done.errno, wanted.type));
  },
);

async function fault(task: Task, text: string): Promise<number> {
  await task.error(text);
  return 32;
}

function mountFault(
  target: string,
  source: string,
  errno: Parameters<typeof errorText>[0],
  type: string,
): string {
  switch (errno) {
    case "EPERM":
    case "EACCES":
      return `${target}: permission denied.`;
    case "EBUSY":
      return `${target}: ${source} already mounted or mount point busy.`;
    case "ENODEV":
      return `${target}: unknown filesystem type '${type}'.`;
    case "ENOTDIR":
      return `${target}: mount point is not a directory.`;
    case "ENOENT":
      return `${target}: special device ${source} does not exist.`;
    case "EINVAL":
      return `${target}: wrong fs type, bad option, bad superblock on ${source}, missing codepage or helper program, or other error.`;
    default:
      return `${target}: mount(2) system call failed: ${errorText(errno)}.`;
  }
}

async function remount(
  task: Task,
  target: string,
  plain: readonly string[],
  list: readonly string[],
  readOnly: boolean,
): Promise<number> {
  const aufs = plain.some((word) =>
    /^(add|append|prepend|del|mod|imod|ins|br|xino|diropq|udba)\b/.test(word),
  );
  const change = {
    ...(list.includes("ro") || list.includes("rw") ? { readOnly } : {}),
    ...(plain.length > 0
      ? { options: plain.map((word) => (aufs ? absoluteBranch(task, word) : word)) }
      : {}),
  };
  const done = task.call("remount", { path: target, change });
  if (done.errno === null) return 0;
  const text =
    done.errno === "EINVAL"
      ? `${target}: mount point not mounted or bad option.`
      : mountFault(target, target, done.errno, "aufs");
  return fault(task, text);
}

function absoluteBranch(task: Task, word: string): string {
  const match =
    /^(add:\d+:|ins:\d+:|append:|append=|prepend:|del:|del=|mod:|mod=)([^=]+)(=.*)?$/.exec(word);
  if (!match) return word;
  return `${match[1]}${realPath(task, match[2] ?? "", "parent") ?? match[2]}${match[3] ?? ""}`;
}

/** The engine's source for `-t TYPE -o …`; a string says what is wrong. */
function sourceOf(task: Task, type: string, words: readonly string[]): MountSource | string {
  const value = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const absolute = (path: string): string => realPath(task, path, "parent") ?? path;
  switch (type) {
    case "aufs": {
      const text =
        value("br") ?? words.find((word) => word.startsWith("br:"))?.slice(3) ?? value("dirs");
      if (text === undefined) return "aufs: no branches: -o br=DIR=rw:DIR=ro+wh";
      const branches: BranchSpec[] = [];
      for (const [index, part] of text.split(":").entries()) {
        const at = part.lastIndexOf("=");
        const isFirst = at < 0 && index === 0;
        const permission = isFirst ? "rw" : readPermission(at < 0 ? "" : part.slice(at + 1));
        branches.push({ path: absolute(at < 0 ? part : part.slice(0, at)), permission });
      }
      const options = words.filter((word) => !/^(br[=:]|dirs=)/.test(word));
      return { type: "aufs", branches, ...(options.length > 0 ? { options } : {}) };
    }
    case "overlay": {
      const lower = value("lowerdir");
      if (lower === undefined) return "overlay: missing 'lowerdir'";
      const upper = value("upperdir");
      const work = value("workdir");
      const options = words.filter((word) => !/^(lowerdir|upperdir|workdir)=/.test(word));
      return {
        type: "overlay",
        lower: lower.split(/(?<!\\):/).map((path) => absolute(path.replaceAll("\\:", ":"))),
        ...(upper === undefined ? {} : { upper: absolute(upper) }),
        ...(work === undefined ? {} : { work: absolute(work) }),
        ...(options.length > 0 ? { options } : {}),
      };
    }
    case "tmpfs": {
      const size = sizeOption(value("size"));
      const inodes = sizeOption(value("nr_inodes"));
      const mode = value("mode");
      return {
        type: "tmpfs",
        ...(size === null ? {} : { size }),
        ...(inodes === null ? {} : { inodes }),
        ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }),
      };
    }
    default:
      return `unknown filesystem type '${type}'. Here are: aufs, overlay, tmpfs, and --bind.`;
  }
}

function sizeOption(text: string | undefined): number | null {
  const match = /^(\d+)([kKmMgG]?)$/.exec(text ?? "");
  if (!match) return null;
  const power = { "": 0, k: 1, m: 2, g: 3 }[(match[2] ?? "").toLowerCase()] ?? 0;
  return Number(match[1]) * 1024 ** power;
}

export const umount = command(
  {
    short: "flrvRt:",
    long: { lazy: "l", force: "f", recursive: "R" },
  },
  async (task, { operands }) => {
    let status = 0;
    for (const path of operands) {
      const done = task.call("umount", { path });
      if (done.errno === null) continue;
      const text =
        done.errno === "EINVAL"
          ? "not mounted."
          : done.errno === "EBUSY"
            ? "target is busy."
            : done.errno === "ENOENT"
              ? "no mount point specified."
              : done.errno === "EPERM"
                ? "must be superuser to unmount."
                : `umount failed: ${errorText(done.errno)}.`;
      await task.error(`${path}: ${text}`);
      status = 32;
    }
    return status;
  },
);

/** `auplink MOUNT flush`, as Docker's driver calls it before it unmounts. */
export async function auplink(task: Task): Promise<number> {
  const [path = "", what = "list"] = task.args;
  if (what !== "flush") {
    await task.error(`${what}: ${wordsAt(task.process, 2).onlyFlush}`);
    return 22;
  }
  const done = task.call("plinkFlush", { path });
  if (done.errno === null) return 0;
  await task.error(`${path}: ${errorText(done.errno)}`);
  return 22;
}
