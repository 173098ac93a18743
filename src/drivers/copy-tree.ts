import type { Stat } from "../engine/call.ts";
import { type Kernel, lstat, must, readFile, walk, writeFile } from "./kernel.ts";

/**
 * Copies what is at `from` to `to`, which must not be there unless both are directories; attributes, links and
 * extended attributes go along. Gives the sum of the sizes of the files.
 */
export function copyTree(kernel: Kernel, from: string, to: string): number {
  const at = must(kernel, "lstat", { path: from });
  const links = new Map<string, string>();
  let size = copyOne(kernel, from, to, at, links);
  if (at.kind !== "dir") return size;
  const directories: (readonly [path: string, stat: Stat])[] = [[to, at]];
  for (const { path, stat } of walk(kernel, from)) {
    size += copyOne(kernel, `${from}${path}`, `${to}${path}`, stat, links);
    if (stat.kind === "dir") directories.push([`${to}${path}`, stat]);
  }
  for (const [target, { mtime }] of directories.reverse())
    must(kernel, "utimens", { target, mtime });
  return size;
}

function copyOne(
  kernel: Kernel,
  from: string,
  to: string,
  stat: Stat,
  links: Map<string, string>,
): number {
  const inode = `${stat.dev}:${stat.ino}`;
  const first = stat.kind === "dir" ? undefined : links.get(inode);
  if (first !== undefined) {
    must(kernel, "link", { from: first, to });
    return 0;
  }
  if (stat.kind !== "dir" && stat.nlink > 1) links.set(inode, to);
  if (stat.kind === "dir") {
    if (lstat(kernel, to)?.kind !== "dir") must(kernel, "mkdir", { path: to, mode: stat.mode });
  } else if (stat.kind === "symlink")
    must(kernel, "symlink", { target: must(kernel, "readlink", { path: from }), path: to });
  else if (stat.kind === "file") writeFile(kernel, to, readFile(kernel, from), stat.mode);
  else must(kernel, "mknod", { path: to, kind: stat.kind, mode: stat.mode, rdev: stat.rdev });
  must(kernel, "chown", { target: to, uid: stat.uid, gid: stat.gid, noFollow: true });
  if (stat.kind === "symlink") return 0;
  must(kernel, "chmod", { target: to, mode: stat.mode });
  for (const name of kernel.call("listxattr", { target: from, noFollow: true }).value ?? []) {
    const value = kernel.call("getxattr", { target: from, name, noFollow: true }).value;
    if (value) kernel.call("setxattr", { target: to, name, value });
  }
  if (stat.kind !== "dir") must(kernel, "utimens", { target: to, mtime: stat.mtime });
  return stat.kind === "file" ? stat.size : 0;
}
