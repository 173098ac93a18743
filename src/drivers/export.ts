import type { Stat } from "../engine/call.ts";
import { isOpaque, isWhiteout } from "./changes.ts";
import type { Change, Layer } from "./driver.ts";
import { type Kernel, lstat, must, parentOf, readFile, walk } from "./kernel.ts";
import { type LayerEntry, writeLayer } from "./layer-tar.ts";

/** How the marks of deleted names lie in a directory: as aufs's files, or as overlayfs's devices and xattrs. */
export type Marks = "aufs" | "overlay";

/**
 * A layer's own directory as a tar, marks in the form of the image format. Hard links are links to the first name.
 * Names of aufs itself in the root (`.wh..wh.aufs`, `.wh..wh.plnk`, `.wh..wh.orph`) are left out; as the whiteouts'
 * base is one of them, the first whiteout is a file and the others are links to it.
 *
 * Source: moby pkg/archive/archive.go, `TarWithOptions`, `addTarFile`; overlay's converter in archive_linux.go.
 */
export function exportDirectory(kernel: Kernel, root: string, marks: Marks, blob: string): Layer {
  return writeLayer(directoryEntries(kernel, root, marks), blob);
}

function* directoryEntries(kernel: Kernel, root: string, marks: Marks): Generator<LayerEntry> {
  const links = new Map<string, string>();
  for (const { path, name, stat } of walk(kernel, root)) {
    if (marks === "aufs" && /^\/\.wh\.\.wh\.(?!\.opq(\/|$))/.test(path)) continue;
    if (stat.kind === "socket") continue;
    if (marks === "overlay" && isWhiteout(stat)) {
      const parent = parentOf(path);
      yield mark(stat, `${parent === "/" ? "" : parent}/.wh.${name}`, 0o600);
      continue;
    }
    yield entryOf(kernel, root, path, stat, links);
    if (marks === "overlay" && stat.kind === "dir" && isOpaque(kernel, `${root}${path}`))
      yield mark(stat, `${path}/.wh..wh..opq`, stat.mode);
  }
}

function mark(stat: Stat, path: string, mode: number): LayerEntry {
  return {
    path: path.slice(1),
    kind: "file",
    mode,
    uid: stat.uid,
    gid: stat.gid,
    mtime: stat.mtime.sec,
  };
}

/**
 * The changes between two trees as a tar: what was added or changed as it is in `tree`, a whiteout, of time
 * `now` (seconds), for what is gone.
 *
 * Source: moby pkg/archive/changes.go, `ExportChanges`.
 */
export function exportChanges(
  kernel: Kernel,
  tree: string,
  changes: readonly Change[],
  blob: string,
  now: number,
): Layer {
  return writeLayer(changeEntries(kernel, tree, changes, now), blob);
}

function* changeEntries(
  kernel: Kernel,
  tree: string,
  changes: readonly Change[],
  now: number,
): Generator<LayerEntry> {
  const links = new Map<string, string>();
  for (const { kind, path } of changes) {
    if (kind === "D") {
      const slash = path.lastIndexOf("/");
      yield {
        path: `${path.slice(1, slash + 1)}.wh.${path.slice(slash + 1)}`,
        kind: "file",
        mode: 0o600,
        uid: 0,
        gid: 0,
        mtime: now,
      };
      continue;
    }
    const stat = lstat(kernel, `${tree}${path}`);
    if (stat && stat.kind !== "socket") yield entryOf(kernel, tree, path, stat, links);
  }
}

function entryOf(
  kernel: Kernel,
  root: string,
  path: string,
  stat: Stat,
  links: Map<string, string>,
): LayerEntry {
  const full = `${root}${path}`;
  const relative = path.slice(1);
  const inode = `${stat.dev}:${stat.ino}`;
  const linkTo = stat.kind !== "dir" && stat.nlink > 1 ? links.get(inode) : undefined;
  if (stat.kind !== "dir" && stat.nlink > 1 && linkTo === undefined) links.set(inode, relative);
  const capability = kernel.call("getxattr", {
    target: full,
    name: "security.capability",
    noFollow: true,
  }).value;
  return {
    path: relative,
    kind: stat.kind === "socket" ? "file" : stat.kind,
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    mtime: stat.mtime.sec,
    ...(stat.kind === "file" && linkTo === undefined && { content: readFile(kernel, full) }),
    ...(stat.kind === "symlink" && { target: must(kernel, "readlink", { path: full }) }),
    ...((stat.kind === "char" || stat.kind === "block") && { rdev: stat.rdev }),
    ...(capability && { xattrs: [["security.capability", capability]] }),
    ...(linkTo !== undefined && { linkTo }),
  };
}
