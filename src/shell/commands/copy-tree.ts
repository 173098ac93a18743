import type { Stat } from "../../engine/call.ts";
import type { Errno } from "../../engine/errno.ts";
import { contentLength } from "../../tree/content.ts";
import { errorText } from "../error-text.ts";
import { BLOCK, type Task } from "../task.ts";
import { quoteAlways } from "./quote.ts";
import { below, inDirectory, type Spot, wholePath } from "./spot.ts";

/** What of the source the copy gets besides its content. */
export interface Preserve {
  readonly mode: boolean;
  readonly owner: boolean;
  readonly times: boolean;
  readonly xattrs: boolean;
  /** Hard links among the copied files stay hard links. */
  readonly links: boolean;
}

export interface CopyOptions {
  readonly recursive: boolean;
  /** Follow symlinks: never, those named on the command line, or all. */
  readonly follow: "never" | "named" | "all";
  readonly preserve: Preserve;
  readonly make: "copy" | "hard-link" | "symlink";
  readonly force: boolean;
  readonly removeFirst: boolean;
  readonly verbose: boolean;
  readonly noClobber: boolean;
  readonly updateOnly: boolean;
  /** mv's copy: messages and attributes are its own. */
  readonly moving: boolean;
}

/** One operand's copying. */
export interface CopyRun {
  /** The operand and where it goes, for messages. */
  readonly from: string;
  readonly to: string;
  /** Copies of files with several names, by the source's file system and inode; shared by all operands. */
  readonly links: Map<string, string>;
  /** Directories made so far. */
  readonly made: Set<string>;
}

export const PRESERVE_NOTHING: Preserve = {
  mode: false,
  owner: false,
  times: false,
  xattrs: false,
  links: false,
};

export const PRESERVE_ALL: Preserve = {
  mode: true,
  owner: true,
  times: true,
  xattrs: true,
  links: true,
};

/** Copies one file or tree to exactly `to`, by read and write. Reports what fails; false when anything did. */
export async function copyTree(
  task: Task,
  from: Spot,
  to: Spot,
  options: CopyOptions,
  run: CopyRun,
  named = true,
): Promise<boolean> {
  const { links } = run;
  const follow = options.follow === "all" || (options.follow === "named" && named);
  const source = task.call(follow ? "stat" : "lstat", { at: from.at, path: from.name });
  if (source.errno !== null) {
    await task.error(`cannot stat ${quoted(from)}: ${errorText(source.errno)}`);
    return false;
  }
  const stat = source.value;
  if (stat.kind === "dir" && !options.recursive) {
    await task.error(`-r not specified; omitting directory ${quoted(from)}`);
    return false;
  }
  const target = task.call("lstat", { at: to.at, path: to.name });
  let there = target.errno === null ? target.value : null;
  if (
    there?.kind === "symlink" &&
    stat.kind !== "symlink" &&
    !options.removeFirst &&
    !options.moving
  ) {
    const behind = task.call("stat", { at: to.at, path: to.name });
    if (behind.errno === null) there = behind.value;
    else if (stat.kind === "file") {
      await task.error(`not writing through dangling symlink ${quoted(to)}`);
      return false;
    }
  }
  if (there && !(await mayReplace(task, from, to, stat, there, options))) return false;
  if (there && there.kind !== "dir") {
    if (options.noClobber) return true;
    if (options.updateOnly && !isNewer(stat, there)) return true;
  }
  const key = `${stat.dev}:${stat.ino}`;
  const earlier = links.get(key);
  if (stat.kind === "dir" && run.made.has(key)) {
    await task.error(
      `cannot copy a directory, ${quoteAlways(run.from)}, into itself, ${quoteAlways(run.to)}`,
    );
    return false;
  }
  if (options.verbose) await task.out(`${quoted(from)} -> ${quoted(to)}\n`);
  if (earlier !== undefined && options.preserve.links && stat.kind !== "dir") {
    if (there) task.call("unlink", { at: to.at, path: to.name });
    const linked = task.call("link", { from: earlier, to: to.name, toAt: to.at });
    if (linked.errno === null) return true;
  }
  if (options.preserve.links && stat.nlink > 1 && stat.kind !== "dir") links.set(key, to.path);
  if (stat.kind === "dir") return copyDirectory(task, from, to, stat, there, options, run);
  if (options.make !== "copy") return makeLink(task, from, to, there, options);
  if (there && (options.removeFirst || stat.kind !== "file" || there.kind !== "file")) {
    const removed = task.call("unlink", { at: to.at, path: to.name });
    if (removed.errno !== null) {
      await task.error(`cannot remove ${quoted(to)}: ${errorText(removed.errno)}`);
      return false;
    }
    there = null;
  }
  const done =
    stat.kind === "file"
      ? await copyFile(task, from, to, stat, there !== null, options)
      : await copySpecial(task, from, to, stat);
  return done && setAttributes(task, from, to, stat, options, there === null);
}

function quoted({ path }: Spot): string {
  return quoteAlways(path);
}

async function mayReplace(
  task: Task,
  from: Spot,
  to: Spot,
  stat: Stat,
  there: Stat,
  options: CopyOptions,
): Promise<boolean> {
  if (
    stat.ino === there.ino &&
    stat.dev === there.dev &&
    options.make === "copy" &&
    !options.removeFirst
  ) {
    await task.error(`${quoted(from)} and ${quoted(to)} are the same file`);
    return false;
  }
  if (there.kind === "dir" && stat.kind !== "dir") {
    await task.error(`cannot overwrite directory ${quoted(to)} with non-directory`);
    return false;
  }
  if (stat.kind === "dir" && there.kind !== "dir") {
    await task.error(`cannot overwrite non-directory ${quoted(to)} with directory ${quoted(from)}`);
    return false;
  }
  return true;
}

function isNewer(a: Stat, b: Stat): boolean {
  return (a.mtime.sec - b.mtime.sec || a.mtime.nsec - b.mtime.nsec) > 0;
}

async function copyDirectory(
  task: Task,
  from: Spot,
  to: Spot,
  stat: Stat,
  there: Stat | null,
  options: CopyOptions,
  run: CopyRun,
): Promise<boolean> {
  if (!there) {
    const made = task.call("mkdir", { at: to.at, path: to.name, mode: stat.mode & 0o777 });
    if (made.errno !== null) {
      await task.error(`cannot create directory ${quoted(to)}: ${errorText(made.errno)}`);
      return false;
    }
  }
  const opened = task.call("open", { at: to.at, path: to.name, flags: ["O_PATH", "O_DIRECTORY"] });
  if (opened.errno !== null) {
    await task.error(`cannot access ${quoted(to)}: ${errorText(opened.errno)}`);
    return false;
  }
  const target = opened.value;
  if (!there) {
    const copy = task.call("fstat", { fd: target });
    if (copy.errno === null) run.made.add(`${copy.value.dev}:${copy.value.ino}`);
  }
  const copied = await inDirectory(task, from, async (entries) => {
    let all = true;
    for (const { name, spot } of entries) {
      const [source, copy] = [wholePath(spot), wholePath(below(target, to.path, name))];
      if (!(await copyTree(task, source, copy, options, run, false))) all = false;
    }
    return all;
  });
  task.call("close", { fd: target });
  if (copied.errno !== null) {
    await task.error(`cannot access ${quoted(from)}: ${errorText(copied.errno)}`);
    return false;
  }
  return (await setAttributes(task, from, to, stat, options, !there)) && copied.value;
}

async function makeLink(
  task: Task,
  from: Spot,
  to: Spot,
  there: Stat | null,
  options: CopyOptions,
): Promise<boolean> {
  const { at, name: path } = to;
  if (there && (options.force || options.removeFirst)) task.call("unlink", { at, path });
  const hard = options.make === "hard-link";
  const made = hard
    ? task.call("link", { from: from.name, fromAt: from.at, to: path, toAt: at })
    : task.call("symlink", { target: from.path, at, path });
  if (made.errno === null) return true;
  await task.error(
    hard
      ? `cannot create hard link ${quoted(to)} to ${quoted(from)}: ${errorText(made.errno)}`
      : `cannot create symbolic link ${quoted(to)} to ${quoted(from)}: ${errorText(made.errno)}`,
  );
  return false;
}

async function copyFile(
  task: Task,
  from: Spot,
  to: Spot,
  stat: Stat,
  exists: boolean,
  options: CopyOptions,
): Promise<boolean> {
  const source = task.call("open", { at: from.at, path: from.name, flags: ["O_RDONLY"] });
  if (source.errno !== null) {
    await task.error(`cannot open ${quoted(from)} for reading: ${errorText(source.errno)}`);
    return false;
  }
  const mode = stat.mode & (options.preserve.owner ? 0o700 : 0o777);
  const { at, name: path } = to;
  const make = () =>
    task.call("open", { at, path, flags: ["O_WRONLY", "O_CREAT", "O_EXCL"], mode });
  let target = exists
    ? task.call("open", { at, path, flags: ["O_WRONLY", "O_TRUNC"], mode })
    : make();
  if (target.errno !== null && exists && options.force) {
    const removed = task.call("unlink", { at, path });
    if (removed.errno === null) target = make();
  }
  if (target.errno !== null) {
    task.call("close", { fd: source.value });
    const errno = target.errno === "EISDIR" && to.path.endsWith("/") ? "ENOTDIR" : target.errno;
    await task.error(`cannot create regular file ${quoted(to)}: ${errorText(errno)}`);
    return false;
  }
  const fault = copyBlocks(task, source.value, target.value);
  task.call("close", { fd: target.value });
  task.call("close", { fd: source.value });
  if (fault === null) return true;
  const verb = fault.reading ? "reading" : "writing";
  await task.error(`error ${verb} ${quoted(fault.reading ? from : to)}: ${errorText(fault.errno)}`);
  return false;
}

/** Copies all that is left of one descriptor to another, in blocks. */
export function copyBlocks(
  task: Task,
  from: number,
  to: number,
): { errno: Errno; reading: boolean } | null {
  for (;;) {
    const block = task.call("read", { fd: from, length: BLOCK });
    if (block.errno !== null) return { errno: block.errno, reading: true };
    const length = contentLength(block.value);
    if (length === 0) return null;
    const written = task.call("write", { fd: to, data: block.value });
    if (written.errno !== null) return { errno: written.errno, reading: false };
    if (written.value < length) return { errno: "ENOSPC", reading: false };
  }
}

async function copySpecial(task: Task, from: Spot, to: Spot, stat: Stat): Promise<boolean> {
  if (stat.kind === "symlink") {
    const link = task.call("readlink", { at: from.at, path: from.name });
    if (link.errno !== null) {
      await task.error(`cannot read symbolic link ${quoted(from)}: ${errorText(link.errno)}`);
      return false;
    }
    const made = task.call("symlink", { target: link.value, at: to.at, path: to.name });
    if (made.errno === null) return true;
    await task.error(`cannot create symbolic link ${quoted(to)}: ${errorText(made.errno)}`);
    return false;
  }
  if (stat.kind === "file" || stat.kind === "dir") return true;
  const made = task.call("mknod", {
    at: to.at,
    path: to.name,
    kind: stat.kind,
    mode: stat.mode & 0o777,
    rdev: stat.rdev,
  });
  if (made.errno === null) return true;
  const what = stat.kind === "fifo" ? "fifo" : "special file";
  await task.error(`cannot create ${what} ${quoted(to)}: ${errorText(made.errno)}`);
  return false;
}

/** Gives the copy the times, owner, mode and xattrs that are kept, in coreutils' order. */
async function setAttributes(
  task: Task,
  from: Spot,
  to: Spot,
  stat: Stat,
  options: CopyOptions,
  made: boolean,
): Promise<boolean> {
  const { preserve } = options;
  const noFollow = stat.kind === "symlink";
  const { at, name: target } = to;
  if (preserve.times) {
    const set = task.call("utimens", { at, target, mtime: stat.mtime, noFollow });
    if (set.errno !== null) {
      await task.error(`preserving times for ${quoted(to)}: ${errorText(set.errno)}`);
      return false;
    }
  }
  if (preserve.owner) {
    const set = task.call("chown", { at, target, uid: stat.uid, gid: stat.gid, noFollow });
    if (set.errno !== null && set.errno !== "EPERM") {
      await task.error(`failed to preserve ownership for ${quoted(to)}: ${errorText(set.errno)}`);
      return false;
    }
  }
  if (preserve.xattrs) copyXattrs(task, from, to, noFollow);
  if (noFollow) return true;
  const special = preserve.owner && made && stat.kind === "dir";
  if (preserve.mode || special) task.call("chmod", { at, target, mode: stat.mode });
  return true;
}

function copyXattrs(task: Task, from: Spot, to: Spot, noFollow: boolean): void {
  const source = { at: from.at, target: from.name, noFollow };
  const target = { at: to.at, target: to.name, noFollow };
  const names = task.call("listxattr", source);
  if (names.errno !== null) return;
  for (const name of names.value) {
    const value = task.call("getxattr", { ...source, name });
    if (value.errno === null) task.call("setxattr", { ...target, name, value: value.value });
  }
}
