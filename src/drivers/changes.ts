import type { Stat } from "../engine/call.ts";
import { compareNames } from "../tree/name.ts";
import type { Change } from "./driver.ts";
import { type Kernel, lstat, names, parentOf, stat, walk } from "./kernel.ts";

const WHITEOUT = ".wh.";

/**
 * The changes a layer's own directory says it makes over the directories below it (nearest first), read as the aufs
 * driver does it: a walk in lexical order. Whiteouts in the layers between are not looked at, so a file that one layer
 * deletes and a later one makes again is "C". A nested opaque mark shows as `D DIR/.wh..opq`.
 *
 * Source: moby pkg/archive/changes.go, `changes`, `aufsMetadataSkip`, `aufsDeletedFile`.
 */
export function layerChanges(
  kernel: Kernel,
  layer: string,
  below: readonly string[],
): readonly Change[] {
  const changes: Change[] = [];
  const walkedDirectories = new Set<string>();
  const recorded = new Set<string>();
  for (const entry of walk(kernel, layer)) {
    if (/^\/\.wh\.\.wh\.[^/]*$/.test(entry.path)) continue;
    const change = changeOf(kernel, entry, below);
    if (entry.stat.kind === "dir") walkedDirectories.add(entry.path);
    if (!change) continue;
    const parent = parentOf(change.path);
    if (change.kind !== "C" && parent !== "/" && !recorded.has(parent)) {
      if (walkedDirectories.has(parent)) changes.push({ kind: "C", path: parent });
      recorded.add(parent);
    }
    if (entry.stat.kind === "dir") recorded.add(change.path);
    changes.push(change);
  }
  return changes;
}

function changeOf(
  kernel: Kernel,
  entry: { readonly path: string; readonly name: string; readonly stat: Stat },
  below: readonly string[],
): Change | null {
  if (entry.name.startsWith(WHITEOUT)) {
    const parent = parentOf(entry.path);
    const hidden = entry.name.slice(WHITEOUT.length);
    return { kind: "D", path: parent === "/" ? `/${hidden}` : `${parent}/${hidden}` };
  }
  for (const directory of below) {
    const old = stat(kernel, `${directory}${entry.path}`);
    if (!old) continue;
    const isUnchangedDirectory =
      old.kind === "dir" &&
      entry.stat.kind === "dir" &&
      old.size === entry.stat.size &&
      old.mode === entry.stat.mode &&
      isSameTime(old, entry.stat);
    return isUnchangedDirectory ? null : { kind: "C", path: entry.path };
  }
  return { kind: "A", path: entry.path };
}

/** Equal, or equal in seconds when one of the two knows no finer time. */
function isSameTime(a: Stat, b: Stat): boolean {
  return (
    a.mtime.sec === b.mtime.sec &&
    (a.mtime.nsec === b.mtime.nsec || a.mtime.nsec === 0 || b.mtime.nsec === 0)
  );
}

/**
 * The changes from one directory tree (null: an empty one) to another, both looked through name by name: what drivers do that keep no
 * difference of their own (NaiveDiff). A change of content that keeps size and time is missed. In each directory what went
 * comes last; moby takes the others in no order (a Go map's), here they are sorted.
 *
 * Source: moby pkg/archive/changes.go, `ChangesDirs`, and changes_linux.go, `statDifferent`.
 */
export function treeChanges(kernel: Kernel, tree: string, old: string | null): readonly Change[] {
  return changesIn(kernel, tree, old, "");
}

function changesIn(
  kernel: Kernel,
  tree: string,
  old: string | null,
  path: string,
): readonly Change[] {
  const oldNames = new Set(old === null ? [] : names(kernel, `${old}${path}`));
  const all = [...new Set([...oldNames, ...names(kernel, `${tree}${path}`)])].sort(compareNames);
  const changes: Change[] = [];
  const removed: Change[] = [];
  for (const name of all) {
    const child = `${path}/${name}`;
    const now = lstat(kernel, `${tree}${child}`);
    const before = oldNames.has(name) ? lstat(kernel, `${old}${child}`) : null;
    if (!now) removed.push({ kind: "D", path: child });
    else if (!before) changes.push({ kind: "A", path: child }, ...added(kernel, tree, child, now));
    else {
      const below =
        now.kind === "dir"
          ? before.kind === "dir"
            ? changesIn(kernel, tree, old, child)
            : added(kernel, tree, child, now)
          : [];
      if (isDifferent(before, now) || below.length > 0) changes.push({ kind: "C", path: child });
      changes.push(...below);
    }
  }
  return [...changes, ...removed];
}

/**
 * What `treeChanges` finds between an overlay's view and the view `old` of what is below it, worked out from the upper
 * directory alone: a name that is not there has not changed. O(names in the upper directory), where comparing both views
 * looks at every name there is.
 */
export function upperChanges(kernel: Kernel, upper: string, old: string): readonly Change[] {
  return changesInUpper(kernel, upper, old, "", false);
}

function changesInUpper(
  kernel: Kernel,
  upper: string,
  old: string,
  path: string,
  isHidden: boolean,
): readonly Change[] {
  const here = names(kernel, `${upper}${path}`);
  const hides = isHidden || isOpaque(kernel, `${upper}${path}`);
  const hidden = hides ? names(kernel, `${old}${path}`) : [];
  const changes: Change[] = [];
  const removed: Change[] = [];
  for (const name of [...new Set([...here, ...hidden])].sort(compareNames)) {
    const child = `${path}/${name}`;
    const now = lstat(kernel, `${upper}${child}`);
    const before = lstat(kernel, `${old}${child}`);
    if (!now || isWhiteout(now)) {
      if (before) removed.push({ kind: "D", path: child });
    } else if (!before)
      changes.push({ kind: "A", path: child }, ...added(kernel, upper, child, now));
    else {
      const bothDirectories = now.kind === "dir" && before.kind === "dir";
      const below = bothDirectories
        ? changesInUpper(kernel, upper, old, child, hides)
        : added(kernel, upper, child, now);
      if (isDifferent(before, now) || below.length > 0) changes.push({ kind: "C", path: child });
      changes.push(...below);
    }
  }
  return [...changes, ...removed];
}

/** Whether a file is overlayfs's mark of a deleted name. */
export function isWhiteout({ kind, rdev }: Stat): boolean {
  return kind === "char" && rdev[0] === 0 && rdev[1] === 0;
}

/** Whether a directory is marked to hide what is below it, as overlayfs does it. */
export function isOpaque(kernel: Kernel, path: string): boolean {
  const value = kernel.call("getxattr", { target: path, name: "trusted.overlay.opaque" }).value;
  return value?.length === 1 && value[0] === "y".charCodeAt(0);
}

function added(kernel: Kernel, tree: string, path: string, at: Stat): readonly Change[] {
  if (at.kind !== "dir") return [];
  return Array.from(walk(kernel, tree, path), (entry): Change => ({ kind: "A", path: entry.path }));
}

function isDifferent(a: Stat, b: Stat): boolean {
  return (
    a.kind !== b.kind ||
    a.mode !== b.mode ||
    a.uid !== b.uid ||
    a.gid !== b.gid ||
    a.rdev[0] !== b.rdev[0] ||
    a.rdev[1] !== b.rdev[1] ||
    (a.kind !== "dir" && (a.size !== b.size || !isSameTime(a, b)))
  );
}

/** The sizes of all that is not a directory, each inode once (moby pkg/directory). */
export function directorySize(kernel: Kernel, root: string): number {
  const seen = new Set<string>();
  let size = 0;
  for (const { stat: found } of walk(kernel, root)) {
    const inode = `${found.dev}:${found.ino}`;
    if (found.kind === "dir" || (found.nlink > 1 && seen.has(inode))) continue;
    if (found.nlink > 1) seen.add(inode);
    size += found.size;
  }
  return size;
}
