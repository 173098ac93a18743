import type { Stat } from "../engine/call.ts";
import { type Kernel, lstat, must, readFile, removeAll, walk, writeFile } from "./kernel.ts";

/** What a copy does differently. */
export interface CopyOptions {
  /** All that is copied belongs to this owner. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Directories that are there already keep their attributes. */
  readonly keepsDirectories?: true;
}

/**
 * Copies what is at `from` to `to`. Attributes, links and extended attributes go along; directories merge, and anything
 * else in the way is removed first. Gives the sum of the sizes of the files.
 */
export function copyTree(
  kernel: Kernel,
  from: string,
  to: string,
  options: CopyOptions = {},
): number {
  const copy = new Copy(kernel, options);
  const at = must(kernel, "lstat", { path: from });
  copy.add(from, to, at);
  if (at.kind === "dir")
    for (const { path, stat } of walk(kernel, from))
      copy.add(`${from}${path}`, `${to}${path}`, stat);
  return copy.finish();
}

class Copy {
  readonly #kernel: Kernel;
  readonly #options: CopyOptions;
  /** First copies of files with several names, by inode. */
  readonly #links = new Map<string, string>();
  readonly #directories: (readonly [path: string, stat: Stat])[] = [];
  #size = 0;

  constructor(kernel: Kernel, options: CopyOptions) {
    this.#kernel = kernel;
    this.#options = options;
  }

  add(from: string, to: string, stat: Stat): void {
    const kernel = this.#kernel;
    const there = lstat(kernel, to);
    if (there?.kind === "dir" && stat.kind === "dir") {
      if (this.#options.keepsDirectories) return;
    } else if (there) removeAll(kernel, to);
    const inode = `${stat.dev}:${stat.ino}`;
    const first = stat.kind === "dir" ? undefined : this.#links.get(inode);
    if (first !== undefined) {
      must(kernel, "link", { from: first, to });
      return;
    }
    if (stat.kind !== "dir" && stat.nlink > 1) this.#links.set(inode, to);
    this.#make(from, to, stat, there?.kind === "dir");
    const { uid, gid } = this.#options.owner ?? stat;
    must(kernel, "chown", { target: to, uid, gid, noFollow: true });
    if (stat.kind === "symlink") return;
    must(kernel, "chmod", { target: to, mode: stat.mode });
    for (const name of kernel.call("listxattr", { target: from, noFollow: true }).value ?? []) {
      const value = kernel.call("getxattr", { target: from, name, noFollow: true }).value;
      if (value) kernel.call("setxattr", { target: to, name, value });
    }
    if (stat.kind === "dir") this.#directories.push([to, stat]);
    else must(kernel, "utimens", { target: to, mtime: stat.mtime });
    if (stat.kind === "file") this.#size += stat.size;
  }

  /** Gives directories their times, which what went into them has changed. */
  finish(): number {
    for (const [target, { mtime }] of this.#directories.reverse())
      must(this.#kernel, "utimens", { target, mtime });
    return this.#size;
  }

  #make(from: string, to: string, { kind, mode, rdev }: Stat, isThere: boolean): void {
    const kernel = this.#kernel;
    if (kind === "dir") {
      if (!isThere) must(kernel, "mkdir", { path: to, mode });
    } else if (kind === "symlink")
      must(kernel, "symlink", { target: must(kernel, "readlink", { path: from }), path: to });
    else if (kind === "file") writeFile(kernel, to, readFile(kernel, from), mode);
    else must(kernel, "mknod", { path: to, kind, mode, rdev });
  }
}
