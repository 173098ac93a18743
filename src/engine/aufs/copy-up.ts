import type { Content } from "../../tree/content.ts";
import { contentLength, pieceLength } from "../../tree/content.ts";
import { sliceContent } from "../../tree/content-edit.ts";
import { NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import type { Dentry, Inode } from "../dialect.ts";
import { Failure, fail } from "../errno.ts";
import type { CopyUpReason } from "../event.ts";
import {
  keepInode,
  rememberDirectory,
  renumber,
  setInode,
  setNumber,
  withLowerInode,
} from "./inode.ts";
import { lowerOf, withLower } from "./lookup.ts";
import { directoryOf, makeOpaque, ownDirectory, removeWhiteout } from "./marks.ts";
import { ORPHAN_DIRECTORY, PLINK_DIRECTORY, temporaryName } from "./name.ts";
import { NOTHING } from "./state.ts";
import { lowerInode, type Union } from "./union.ts";

/** What a copy-up is for. */
export interface CopyUp {
  readonly from: number;
  readonly to: number;
  readonly reason: CopyUpReason;
  /** Bytes of data wanted; what is longer is cut. */
  readonly length?: number;
  /** Another name, which is copied under this one (link): it stays in view and keeps its inode number. */
  readonly original?: Dentry;
}

/**
 * Copies a name into a branch that has its directory already, under a temporary name that is then renamed.
 *
 * Data, owner, mode, times and xattrs come along. Of a file with more names the copy is listed as a pseudo-link. When
 * the inode is in the branch already (another name of it was copied up before), the name becomes a hard link of it. The
 * directory's mtime is put back before the rename, so it ends at now unless only a link was made.
 *
 * Source: specs/aufs.md 4.3; rules C-02, C-09, P-02.
 */
export function copyUp(union: Union, dentry: Dentry, inode: Inode, what: CopyUp): void {
  const dir = directoryOf(union, dentry, what.to);
  const temporary = temporaryName(dentry.name, union.nextCounter());
  const path = union.tx.pathOf(dentry);
  const disk = union.branch(what.to);
  const { mtime } = disk.node(dir);
  const there = lowerInode(union.inode(inode), what.to);
  if (there !== NO_NODE && !union.options.plink) fail("EIO");
  if (dentry.parent?.inode) rememberDirectory(union, dentry.parent.inode);
  if (inode.kind === "dir") rememberDirectory(union, inode);
  if (there !== NO_NODE && disk.node(there).nlink > 0) {
    needPlink(union, inode, what.to, there);
    disk.link(there, dir, temporary);
    disk.rename(dir, temporary, dir, dentry.name);
    if (what.original === undefined) disk.adjust(dir, { mtime });
    union.emit({ type: "plink-linked", fs: union.fs, path, branch: what.to });
    dentry.data = withLower(union.dentry(dentry), what.to, there);
    return;
  }
  if (union.child(what.to, dir, dentry.name) !== NO_NODE) fail("EIO");
  const node = copyEntry(union, dentry, inode, what, dir, temporary);
  disk.rename(dir, temporary, dir, dentry.name);
  union.emit({
    type: "copy-up-rename",
    fs: union.fs,
    path,
    to: what.to,
    name: temporary,
  });
  dentry.data = withLower(union.dentry(dentry), what.to, node);
  union.emit({
    type: "copy-up-end",
    fs: union.fs,
    path,
    source: union.tx.pathOf(what.original ?? dentry),
    from: what.from,
    to: what.to,
    bytes: disk.kind(node) === "file" ? disk.node(node).size : 0,
  });
}

/** Copies up the missing directories above a name, outermost first, without what is in them (rule C-02). */
export function copyUpParents(union: Union, dentry: Dentry, to: number): void {
  for (const dir of missingParents(union, dentry, to)) {
    const data = union.dentry(dir);
    let from = to + 1;
    while (from <= data.bottom && lowerOf(data, from) === NO_NODE) from++;
    if (from > data.bottom || dir.inode === null) fail("EIO");
    union.emit({ type: "copy-up-parent", fs: union.fs, path: union.tx.pathOf(dir), to });
    copyUp(union, dir, dir.inode, { from, to, reason: "parent" });
  }
}

/** Makes the missing directories above a name in a lower writable branch (rule D-04). EIO where something else is. */
export function copyDownParents(union: Union, dentry: Dentry, to: number): void {
  for (const dir of missingParents(union, dentry, to)) {
    const parent = directoryOf(union, dir, to);
    const disk = union.branch(to);
    const path = union.tx.pathOf(dir);
    if (disk.child(parent, dir.name) !== NO_NODE || dir.inode === null) fail("EIO");
    const data = union.dentry(dir);
    const source = union.node(data.top, lowerOf(data, data.top));
    union.emit({ type: "copy-up-parent", fs: union.fs, path, to });
    const node = disk.make(parent, dir.name, { kind: "dir", mode: 0o755, uid: 0, gid: 0 });
    dir.data = withLower(data, to, node);
    const isHidden = data.whiteout === to;
    if (isHidden) makeOpaque(union, dir, to, path);
    disk.change(node, { mode: source.mode, uid: source.uid, gid: source.gid }, path);
    if (isHidden) removeWhiteout(union, dir, to);
    const inode = union.inode(dir.inode);
    setNumber(union, to, node, inode.number);
    setInode(union, dir.inode, withLowerInode(inode, to, node));
  }
}

/**
 * Copies a file whose name is gone (or whose directory is), for a descriptor that writes to it: a temporary file that
 * is removed at once and lives on without a name (rules C-13, C-14). `from` is the inode that the descriptor reads.
 */
export function copyUpNameless(
  union: Union,
  dentry: Dentry,
  inode: Inode,
  what: CopyUp,
  fromNode: NodeId,
): void {
  let dir = directoryOf(union, dentry, what.to);
  const disk = union.branch(what.to);
  if (disk.node(dir).nlink === 0) dir = ownDirectory(union, what.to, ORPHAN_DIRECTORY);
  const temporary = temporaryName(dentry.name, union.nextCounter());
  const { mtime } = disk.node(dir);
  const there = lowerInode(union.inode(inode), what.to);
  if (there !== NO_NODE && !union.options.plink) fail("EIO");
  if (there !== NO_NODE && disk.node(there).nlink > 0) {
    needPlink(union, inode, what.to, there);
    disk.link(there, dir, temporary);
  } else copyEntry(union, dentry, inode, what, dir, temporary, fromNode);
  disk.unlink(dir, temporary);
  disk.adjust(dir, { mtime });
  const data = union.inode(inode);
  if (!data.nameless.includes(what.to))
    setInode(union, inode, { ...data, nameless: [...data.nameless, what.to] });
  const path = union.tx.pathOf(dentry);
  if (there === NO_NODE)
    union.emit({
      type: "copy-up-end",
      fs: union.fs,
      path,
      source: path,
      from: what.from,
      to: what.to,
      bytes: disk.node(lowerInode(data, what.to)).size,
    });
}

/** Lists an inode as a pseudo-link and keeps its copy by one more hard link (rules P-01, P-02). */
export function appendPlink(union: Union, inode: Inode, branch: number, path: string): void {
  const data = union.inode(inode);
  if (data.plinked) return;
  const node = lowerInode(data, branch);
  const name = plinkName(data.number, node);
  const dir = ownDirectory(union, branch, PLINK_DIRECTORY);
  const disk = union.branch(branch);
  inode.data = { ...data, plinked: true };
  keepInode(union, inode);
  const there = disk.child(dir, name);
  if (there !== NO_NODE && there !== node) disk.unlink(dir, name);
  if (there !== node) disk.link(node, dir, name);
  union.emit({ type: "copy-up-plink", fs: union.fs, path, to: branch, name });
}

/** The name of a pseudo-link on disk. */
function plinkName(number: number, node: NodeId): string {
  return `${number}.${node}`;
}

/** Makes the copy under its temporary name. Gives its inode. */
function copyEntry(
  union: Union,
  dentry: Dentry,
  inode: Inode,
  what: CopyUp,
  dir: NodeId,
  temporary: string,
  fromNode?: NodeId,
): NodeId {
  const { from, to } = what;
  const source = fromNode ?? lowerOf(union.dentry(dentry), from);
  const original = union.node(from, source);
  const path = union.tx.pathOf(dentry);
  const named = union.tx.pathOf(what.original ?? dentry);
  const disk = union.branch(to);
  const { mtime } = disk.node(dir);
  const isFile = original.kind === "file";
  const bytes = isFile ? Math.min(original.size, what.length ?? original.size) : 0;
  union.emit({
    type: "copy-up-begin",
    fs: union.fs,
    path,
    source: named,
    kind: original.kind,
    from,
    to,
    reason: what.reason,
    bytes,
  });
  const node = disk.make(dir, temporary, {
    kind: original.kind,
    mode: isFile ? 0o600 : original.mode,
    uid: union.tx.credentials.uid,
    gid: union.tx.credentials.gid,
    target: original.target,
    rdev: original.rdev,
  });
  union.emit({
    type: "copy-up-temp",
    fs: union.fs,
    path,
    to,
    directory: disk.pathOf(dir),
    name: temporary,
  });
  try {
    const directory = disk.pathOf(dir);
    const at = directory === "/" ? `/${temporary}` : `${directory}/${temporary}`;
    if (isFile) copyData(union, node, original.content, what, { path, source: named, at });
  } catch (problem) {
    if (problem instanceof Failure) {
      disk.unlink(dir, temporary);
      disk.adjust(dir, { mtime });
      union.emit({ type: "copy-up-failed", fs: union.fs, path, to, errno: problem.errno });
    }
    throw problem;
  }
  disk.adjust(node, {
    mode: original.mode,
    uid: original.uid,
    gid: original.gid,
    mtime: original.mtime,
  });
  union.emit({
    type: "copy-up-attributes",
    fs: union.fs,
    path,
    to,
    mode: original.mode,
    uid: original.uid,
    gid: original.gid,
  });
  for (const [name, value] of original.xattrs) disk.setXattr(node, name, value, path);
  if (original.xattrs.length > 0)
    union.emit({
      type: "copy-up-xattrs",
      fs: union.fs,
      path,
      to,
      names: original.xattrs.map(([name]) => name),
    });
  disk.adjust(dir, { mtime });
  const isDir = original.kind === "dir";
  if (
    union.options.udba !== "none" &&
    !isDir &&
    original.nlink === 1 &&
    to < from &&
    what.original === undefined
  )
    renumber(union, from, source);
  const data = withLowerInode(union.inode(inode), to, node);
  setNumber(union, to, node, data.number);
  setInode(union, inode, data);
  if (!isDir && original.nlink > 1 && union.options.plink) appendPlink(union, inode, to, path);
  return node;
}

/** Copies as much of a file's data as is wanted. `at` is where the copy lies, `source` what is copied as `path`. */
function copyData(
  union: Union,
  node: NodeId,
  content: Content,
  what: CopyUp,
  { path, source, at }: { readonly path: string; readonly source: string; readonly at: string },
): void {
  const { to } = what;
  const copied = sliceContent(content, 0, what.length ?? Number.POSITIVE_INFINITY);
  let bytes = 0;
  let holes = 0;
  for (const piece of copied)
    if (piece.type === "zeros") holes += piece.length;
    else bytes += pieceLength(piece);
  const size = contentLength(content);
  if (copied.length > 0) union.branch(to).setContent(node, copied, at, "write", bytes);
  union.emit({ type: "copy-up-data", fs: union.fs, path, source, to, bytes, holes, size });
}

/** Directories above a name that a branch lacks, outermost first. */
function missingParents(union: Union, dentry: Dentry, branch: number): Dentry[] {
  const missing: Dentry[] = [];
  for (let dir = dentry.parent; dir !== null && dir.parent !== null; dir = dir.parent) {
    if (lowerOf(union.dentry(dir), branch) !== NO_NODE) break;
    missing.unshift(dir);
  }
  return missing;
}

/** EIO when the inode lies in the branch and no pseudo-link keeps it. */
function needPlink(union: Union, inode: Inode, branch: number, node: NodeId): void {
  const dir = ownDirectory(union, branch, PLINK_DIRECTORY);
  const name = plinkName(union.inode(inode).number, node);
  if (dir === NOTHING || union.child(branch, dir, name) === NO_NODE) fail("EIO");
}
