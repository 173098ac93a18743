import type { Stat } from "../../engine/call.ts";
import type { Errno } from "../../engine/errno.ts";
import { contentLength } from "../../tree/content.ts";
import { errorText } from "../error-text.ts";
import { BLOCK, type Task } from "../task.ts";
import { join } from "./command.ts";
import { quoteAlways } from "./quote.ts";

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
  from: string,
  to: string,
  options: CopyOptions,
  run: CopyRun,
  named = true,
): Promise<boolean> {
  const { links } = run;
  const follow = options.follow === "all" || (options.follow === "named" && named);
  const source = task.call(follow ? "stat" : "lstat", { path: from });
  if (source.errno !== null) {
    await task.error(`cannot stat ${quoteAlways(from)}: ${errorText(source.errno)}`);
    return false;
  }
  const stat = source.value;
  if (stat.kind === "dir" && !options.recursive) {
    await task.error(`-r not specified; omitting directory ${quoteAlways(from)}`);
    return false;
  }
  const target = task.call("lstat", { path: to });
  let there = target.errno === null ? target.value : null;
  if (
    there?.kind === "symlink" &&
    stat.kind !== "symlink" &&
    !options.removeFirst &&
    !options.moving
  ) {
    const behind = task.call("stat", { path: to });
    if (behind.errno === null) there = behind.value;
    else if (stat.kind === "file") {
      await task.error(`not writing through dangling symlink ${quoteAlways(to)}`);
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
  if (options.verbose) await task.out(`${quoteAlways(from)} -> ${quoteAlways(to)}\n`);
  if (earlier !== undefined && options.preserve.links && stat.kind !== "dir") {
    if (there) task.call("unlink", { path: to });
    const linked = task.call("link", { from: earlier, to });
    if (linked.errno === null) return true;
  }
  if (options.preserve.links && stat.nlink > 1 && stat.kind !== "dir") links.set(key, to);
  if (stat.kind === "dir") return copyDirectory(task, from, to, stat, there, options, run);
  if (options.make !== "copy") return makeLink(task, from, to, there, options);
  if (there && (options.removeFirst || stat.kind !== "file" || there.kind !== "file")) {
    const removed = task.call("unlink", { path: to });
    if (removed.errno !== null) {
      await task.error(`cannot remove ${quoteAlways(to)}: ${errorText(removed.errno)}`);
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

async function mayReplace(
  task: Task,
  from: string,
  to: string,
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
    await task.error(`${quoteAlways(from)} and ${quoteAlways(to)} are the same file`);
    return false;
  }
  if (there.kind === "dir" && stat.kind !== "dir") {
    await task.error(`cannot overwrite directory ${quoteAlways(to)} with non-directory`);
    return false;
  }
  if (stat.kind === "dir" && there.kind !== "dir") {
    await task.error(
      `cannot overwrite non-directory ${quoteAlways(to)} with directory ${quoteAlways(from)}`,
    );
    return false;
  }
  return true;
}

function isNewer(a: Stat, b: Stat): boolean {
  return (a.mtime.sec - b.mtime.sec || a.mtime.nsec - b.mtime.nsec) > 0;
}

async function copyDirectory(
  task: Task,
  from: string,
  to: string,
  stat: Stat,
  there: Stat | null,
  options: CopyOptions,
  run: CopyRun,
): Promise<boolean> {
  if (!there) {
    const made = task.call("mkdir", { path: to, mode: stat.mode & 0o777 });
    if (made.errno !== null) {
      await task.error(`cannot create directory ${quoteAlways(to)}: ${errorText(made.errno)}`);
      return false;
    }
    const copy = task.call("lstat", { path: to });
    if (copy.errno === null) run.made.add(`${copy.value.dev}:${copy.value.ino}`);
  }
  const listing = task.call("readdir", { target: from });
  if (listing.errno !== null) {
    await task.error(`cannot access ${quoteAlways(from)}: ${errorText(listing.errno)}`);
    return false;
  }
  let all = true;
  for (const { name } of listing.value)
    if (!(await copyTree(task, join(from, name), join(to, name), options, run, false))) all = false;
  return (await setAttributes(task, from, to, stat, options, !there)) && all;
}

async function makeLink(
  task: Task,
  from: string,
  to: string,
  there: Stat | null,
  options: CopyOptions,
): Promise<boolean> {
  if (there && (options.force || options.removeFirst)) task.call("unlink", { path: to });
  const hard = options.make === "hard-link";
  const made = hard
    ? task.call("link", { from, to })
    : task.call("symlink", { target: from, path: to });
  if (made.errno === null) return true;
  await task.error(
    hard
      ? `cannot create hard link ${quoteAlways(to)} to ${quoteAlways(from)}: ${errorText(made.errno)}`
      : `cannot create symbolic link ${quoteAlways(to)} to ${quoteAlways(from)}: ${errorText(made.errno)}`,
  );
  return false;
}

async function copyFile(
  task: Task,
  from: string,
  to: string,
  stat: Stat,
  exists: boolean,
  options: CopyOptions,
): Promise<boolean> {
  const source = task.call("open", { path: from, flags: ["O_RDONLY"] });
  if (source.errno !== null) {
    await task.error(`cannot open ${quoteAlways(from)} for reading: ${errorText(source.errno)}`);
    return false;
  }
  const mode = stat.mode & (options.preserve.owner ? 0o700 : 0o777);
  let target = task.call("open", {
    path: to,
    flags: exists ? ["O_WRONLY", "O_TRUNC"] : ["O_WRONLY", "O_CREAT", "O_EXCL"],
    mode,
  });
  if (target.errno !== null && exists && options.force) {
    const removed = task.call("unlink", { path: to });
    if (removed.errno === null)
      target = task.call("open", { path: to, flags: ["O_WRONLY", "O_CREAT", "O_EXCL"], mode });
  }
  if (target.errno !== null) {
    task.call("close", { fd: source.value });
    const errno = target.errno === "EISDIR" && to.endsWith("/") ? "ENOTDIR" : target.errno;
    await task.error(`cannot create regular file ${quoteAlways(to)}: ${errorText(errno)}`);
    return false;
  }
  const fault = copyBlocks(task, source.value, target.value);
  task.call("close", { fd: target.value });
  task.call("close", { fd: source.value });
  if (fault === null) return true;
  const verb = fault.reading ? "reading" : "writing";
  await task.error(
    `error ${verb} ${quoteAlways(fault.reading ? from : to)}: ${errorText(fault.errno)}`,
  );
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

async function copySpecial(task: Task, from: string, to: string, stat: Stat): Promise<boolean> {
  if (stat.kind === "symlink") {
    const link = task.call("readlink", { path: from });
    if (link.errno !== null) {
      await task.error(`cannot read symbolic link ${quoteAlways(from)}: ${errorText(link.errno)}`);
      return false;
    }
    const made = task.call("symlink", { target: link.value, path: to });
    if (made.errno === null) return true;
    await task.error(`cannot create symbolic link ${quoteAlways(to)}: ${errorText(made.errno)}`);
    return false;
  }
  if (stat.kind === "file" || stat.kind === "dir") return true;
  const made = task.call("mknod", {
    path: to,
    kind: stat.kind,
    mode: stat.mode & 0o777,
    rdev: stat.rdev,
  });
  if (made.errno === null) return true;
  const what = stat.kind === "fifo" ? "fifo" : "special file";
  await task.error(`cannot create ${what} ${quoteAlways(to)}: ${errorText(made.errno)}`);
  return false;
}

/** Gives the copy the times, owner, mode and xattrs that are kept, in coreutils' order. */
async function setAttributes(
  task: Task,
  from: string,
  to: string,
  stat: Stat,
  options: CopyOptions,
  made: boolean,
): Promise<boolean> {
  const { preserve } = options;
  const noFollow = stat.kind === "symlink";
  if (preserve.times) {
    const set = task.call("utimens", { target: to, mtime: stat.mtime, noFollow });
    if (set.errno !== null) {
      await task.error(`preserving times for ${quoteAlways(to)}: ${errorText(set.errno)}`);
      return false;
    }
  }
  if (preserve.owner) {
    const set = task.call("chown", { target: to, uid: stat.uid, gid: stat.gid, noFollow });
    if (set.errno !== null && set.errno !== "EPERM") {
      await task.error(
        `failed to preserve ownership for ${quoteAlways(to)}: ${errorText(set.errno)}`,
      );
      return false;
    }
  }
  if (preserve.xattrs) copyXattrs(task, from, to, noFollow);
  if (noFollow) return true;
  const special = preserve.owner && made && stat.kind === "dir";
  if (preserve.mode || special) task.call("chmod", { target: to, mode: stat.mode });
  return true;
}

function copyXattrs(task: Task, from: string, to: string, noFollow: boolean): void {
  const names = task.call("listxattr", { target: from, noFollow });
  if (names.errno !== null) return;
  for (const name of names.value) {
    const value = task.call("getxattr", { target: from, name, noFollow });
    if (value.errno === null)
      task.call("setxattr", { target: to, name, value: value.value, noFollow });
  }
}
