import {
  type ColumnTree,
  contentOf,
  extraOf,
  kindOf,
  NO_ROW,
  nameOf,
  pathOf,
  type Row,
} from "../tree/column-tree.ts";
import { DaemonError, type Kernel, lstat, must, names, removeAll, writeFile } from "./kernel.ts";

/** The sizes of all that is not a directory, each inode once: what `directorySize` gives for the tree unpacked. */
export function treeSize(tree: ColumnTree): number {
  let size = 0;
  for (let row = 1; row < tree.length; row++)
    if (kindOf(tree, row) !== "dir" && tree.inode[row] === row) size += tree.size[row] ?? 0;
  return size;
}

/**
 * Unpacks a layer over a full tree: a whiteout removes the name, an opaque mark what the directory held before this
 * layer, a directory keeps what is in it, all else takes the place of what was there. Gives the sum of the sizes.
 *
 * Source: moby pkg/archive/diff.go, `UnpackLayer`.
 */
export function unpackLayer(kernel: Kernel, root: string, tree: ColumnTree): number {
  const entries = archiveOrder(tree);
  const written = new Set<string>();
  const made = new Map<Row, string>();
  const directories: Row[] = [];
  let size = 0;
  for (const row of entries) {
    const path = pathOf(tree, row);
    const name = nameOf(tree, row);
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (/^\/\.wh\.\.wh\.(?!\.opq$)/.test(path)) continue;
    if (name === ".wh..wh..opq") {
      for (const child of names(kernel, `${root}${parent}`))
        if (!written.has(`${parent}/${child}`)) removeAll(kernel, `${root}${parent}/${child}`);
      continue;
    }
    if (name.startsWith(".wh.")) {
      removeAll(kernel, `${root}${parent}/${name.slice(4)}`);
      continue;
    }
    const target = `${root}${path}`;
    const kind = kindOf(tree, row);
    const there = lstat(kernel, target);
    if (there && !(there.kind === "dir" && kind === "dir")) removeAll(kernel, target);
    const linked = made.get(tree.inode[row] ?? NO_ROW);
    if (linked !== undefined) must(kernel, "link", { from: linked, to: target });
    else make(kernel, tree, row, target);
    if (kind === "dir") directories.push(row);
    else made.set(tree.inode[row] ?? row, target);
    for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) written.add(at);
    if (kind === "file" && linked === undefined) size += tree.size[row] ?? 0;
  }
  for (const row of directories)
    must(kernel, "utimens", { target: `${root}${pathOf(tree, row)}`, mtime: timeOf(tree, row) });
  return size;
}

/** Rows as the archive had them, implied directories before what is in them. */
function archiveOrder(tree: ColumnTree): readonly Row[] {
  const first = new Float64Array(tree.length).fill(Number.POSITIVE_INFINITY);
  for (let row = tree.length - 1; row > 0; row--) {
    const entry = tree.entry[row] ?? -1;
    if (entry >= 0) first[row] = Math.min(entry, first[row] ?? entry);
    const parent = tree.parent[row] ?? NO_ROW;
    first[parent] = Math.min(first[parent] ?? 0, first[row] ?? 0);
  }
  return Array.from({ length: tree.length - 1 }, (_, index) => index + 1).sort(
    (a, b) => (first[a] ?? 0) - (first[b] ?? 0) || a - b,
  );
}

function make(kernel: Kernel, tree: ColumnTree, row: Row, path: string): void {
  const kind = kindOf(tree, row);
  const mode = tree.mode[row] ?? 0;
  const { target = "", rdev = [0, 0], xattrs = [] } = extraOf(tree, row);
  if (kind === "dir") {
    if (!lstat(kernel, path)) must(kernel, "mkdir", { path, mode });
  } else if (kind === "file") writeFile(kernel, path, contentOf(tree, row), mode);
  else if (kind === "symlink") must(kernel, "symlink", { target, path });
  else if (kind === "socket") throw new DaemonError(`unhandled tar header type of ${path}`);
  else must(kernel, "mknod", { path, kind, mode, rdev });
  const uid = tree.uid[row] ?? 0;
  const gid = tree.gid[row] ?? 0;
  must(kernel, "chown", { target: path, uid, gid, noFollow: true });
  if (kind === "symlink") return;
  must(kernel, "chmod", { target: path, mode });
  for (const [name, value] of xattrs) kernel.call("setxattr", { target: path, name, value });
  if (kind !== "dir") must(kernel, "utimens", { target: path, mtime: timeOf(tree, row) });
}

function timeOf(tree: ColumnTree, row: Row): { readonly sec: number; readonly nsec: number } {
  return { sec: tree.mtime[row] ?? 0, nsec: tree.mtimeNsec?.[row] ?? 0 };
}
