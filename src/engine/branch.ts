import type { EntryKind } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import {
  directoryPath,
  diskOf,
  type FrozenLayer,
  hasNode,
  type LiveNode,
  type LiveTree,
  NO_NODE,
  type NodeId,
  ROOT_NODE,
} from "../tree/live-tree.ts";
import { mapDelete, mapGet, mapSet } from "../tree/persistent-map.ts";
import { type NewNode, type NodeChange, TreeDraft } from "../tree/tree-draft.ts";
import { fail } from "./errno.ts";
import type { WriteOperation } from "./event.ts";
import type { FsId, PlainState } from "./machine.ts";
import type { Transaction } from "./transaction.ts";

/**
 * One branch of a union, or a plain file system on its own, while a step reads and writes it.
 *
 * Writes emit `branch-write`, keep the limits of the file system (ENOSPC) and leave an inode that is held alive. Who may
 * do what, and whether a name is free, is for the caller: a union works here with the rights of the one who mounted it.
 */
export class Branch {
  readonly #tx: Transaction;
  readonly #union: FsId;
  readonly #index: number | null;
  readonly fs: FsId;
  readonly root: NodeId;

  constructor(tx: Transaction, union: FsId, index: number | null, fs: FsId, root: NodeId) {
    this.#tx = tx;
    this.#union = union;
    this.#index = index;
    this.fs = fs;
    this.root = root;
  }

  get tree(): LiveTree {
    return this.#tx.plain(this.fs).tree;
  }

  kind(node: NodeId): EntryKind {
    return this.#draft().kind(node);
  }

  node(node: NodeId): LiveNode {
    return this.#draft().node(node);
  }

  /** The inode of a name, or NO_NODE. */
  child(dir: NodeId, name: string): NodeId {
    return this.#draft().child(dir, name);
  }

  /** Names newest first, frozen ones last. */
  children(dir: NodeId): (readonly [name: string, node: NodeId])[] {
    return this.#draft().children(dir);
  }

  xattr(node: NodeId, name: string): Uint8Array | undefined {
    return this.#draft().xattr(node, name);
  }

  /** The length that stat gives: a directory's is 40 and 20 for each name, as on tmpfs. */
  size(node: NodeId): number {
    const { directory, size } = this.node(node);
    return directory === null ? size : 40 + 20 * directory.count;
  }

  /** The path of a directory in this branch. */
  pathOf(dir: NodeId): string {
    return directoryPath(this.tree, dir, this.root);
  }

  make(dir: NodeId, name: string, made: NewNode): NodeId {
    this.#needInode();
    const node = this.#write((draft) => draft.make(dir, name, made, this.#tx.time));
    this.#emit(operationFor(made.kind), this.#join(dir, name), { inodes: 1, entries: 1 });
    return node;
  }

  /** A file without a name (O_TMPFILE), in the directory `dir`. Hold it, or it is gone after the step. */
  makeNameless(dir: NodeId, made: NewNode): NodeId {
    this.#needInode();
    const node = this.#write((draft) => draft.makeNameless(made, this.#tx.time));
    this.#tx.orphan(this.fs, node);
    this.#emit("create", this.pathOf(dir), { inodes: 1 });
    return node;
  }

  link(node: NodeId, dir: NodeId, name: string): void {
    this.#write((draft) => draft.link(node, dir, name, this.#tx.time));
    this.#emit("link", this.#join(dir, name), { entries: 1 });
  }

  unlink(dir: NodeId, name: string): void {
    const node = this.#write((draft) => draft.unlink(dir, name, this.#tx.time));
    this.#emit("unlink", this.#join(dir, name), { entries: -1, ...this.#freed(node) });
    this.#tx.orphan(this.fs, node);
  }

  rmdir(dir: NodeId, name: string): void {
    const node = this.#write((draft) => draft.unlink(dir, name, this.#tx.time));
    this.#emit("rmdir", this.#join(dir, name), { entries: -1, ...this.#freed(node) });
    this.#tx.orphan(this.fs, node);
  }

  /** Lets an empty directory hold a frozen tree. */
  graft(dir: NodeId, layer: FrozenLayer): void {
    const { disk, inodes } = layer;
    this.#write((draft) => draft.graft(dir, layer));
    const entries = layer.columns.length - 1;
    this.#emit("create", this.pathOf(dir), { inodes: inodes - 1, entries, bytes: disk, disk });
  }

  /** Takes a name away with all that is below it. */
  discard(dir: NodeId, name: string): void {
    const { inodes, disk } = this.#write((draft) => draft.discard(dir, name, this.#tx.time));
    this.#emit("rmdir", this.#join(dir, name), { inodes: -inodes, entries: -1, disk: -disk });
  }

  /** Moves a name over whatever has the new one. */
  rename(dir: NodeId, name: string, newDir: NodeId, newName: string): void {
    const replaced = this.#write((draft) =>
      draft.rename(dir, name, newDir, newName, this.#tx.time),
    );
    const to = this.#join(newDir, newName);
    if (replaced === NO_NODE) this.#emit("rename", this.#join(dir, name), { to });
    else {
      const freed = this.#freed(replaced);
      this.#emit("rename", this.#join(dir, name), { to, entries: -1, ...freed });
      this.#tx.orphan(this.fs, replaced);
    }
  }

  exchange(dir: NodeId, name: string, newDir: NodeId, newName: string): void {
    this.#write((draft) => draft.exchange(dir, name, newDir, newName, this.#tx.time));
    this.#emit("exchange", this.#join(dir, name), { to: this.#join(newDir, newName) });
  }

  /** Sets a file's content, and its times if they are given. `path` and `bytes` are for the event. */
  setContent(
    node: NodeId,
    content: Content,
    path: string,
    operation: "write" | "truncate",
    bytes: number,
    times: NodeChange = {},
  ): void {
    const { tree, maxDisk } = this.#tx.plain(this.fs);
    const disk = diskOf(content) - diskOf(this.node(node).content);
    if (maxDisk !== null && disk > 0 && tree.disk + disk > maxDisk) fail("ENOSPC");
    this.#write((draft) => draft.setContent(node, content, times));
    this.#emit(operation, path, { bytes, disk });
  }

  change(node: NodeId, change: NodeChange, path: string): void {
    this.#write((draft) => draft.change(node, change));
    this.#emit("setattr", path, {});
  }

  /** As `change`, for what the kernel does as part of something else: no event. */
  adjust(node: NodeId, change: NodeChange): void {
    this.#write((draft) => draft.change(node, change));
  }

  setXattr(node: NodeId, name: string, value: Uint8Array, path: string): void {
    this.#write((draft) => draft.setXattr(node, name, value));
    this.#emit("setxattr", path, { bytes: value.length });
  }

  removeXattr(node: NodeId, name: string, path: string): void {
    this.#write((draft) => draft.removeXattr(node, name));
    this.#emit("removexattr", path, {});
  }

  /** Keeps an inode alive when its last name goes. */
  hold(node: NodeId): void {
    const state = this.#tx.plain(this.fs);
    const holds = mapSet(state.holds, node, (mapGet(state.holds, node) ?? 0) + 1);
    this.#set({ holds });
  }

  release(node: NodeId): void {
    const state = this.#tx.plain(this.fs);
    const left = (mapGet(state.holds, node) ?? 1) - 1;
    const holds = left === 0 ? mapDelete(state.holds, node) : mapSet(state.holds, node, left);
    this.#set({ holds });
    this.#tx.orphan(this.fs, node);
  }

  /** Drops an inode that has neither a name nor a holder. */
  freeOrphan(node: NodeId): void {
    if (!hasNode(this.tree, node) || node === ROOT_NODE) return;
    if (this.node(node).nlink > 0 || mapGet(this.#tx.plain(this.fs).holds, node) !== undefined)
      return;
    if (mapGet(this.tree.nodes, node) === undefined) return;
    this.#write((draft) => draft.free(node));
  }

  #draft(): TreeDraft {
    return new TreeDraft(this.tree);
  }

  #write<R>(change: (draft: TreeDraft) => R): R {
    const draft = new TreeDraft(this.tree);
    const result = change(draft);
    this.#set({ tree: draft.tree });
    return result;
  }

  #set(change: Pick<PlainState, "tree"> | Pick<PlainState, "holds">): void {
    const { type, tree, holds, maxDisk, maxInodes } = { ...this.#tx.plain(this.fs), ...change };
    this.#tx.setFs(this.fs, { type, tree, holds, maxDisk, maxInodes });
  }

  #needInode(): void {
    const { tree, maxInodes } = this.#tx.plain(this.fs);
    if (maxInodes !== null && tree.inodes >= maxInodes) fail("ENOSPC");
  }

  /** What the loss of its last name frees. */
  #freed(node: NodeId): { inodes: number; disk: number } {
    const { nlink, content } = this.node(node);
    if (nlink > 0 || mapGet(this.#tx.plain(this.fs).holds, node) !== undefined)
      return { inodes: 0, disk: 0 };
    return { inodes: -1, disk: -diskOf(content) };
  }

  #join(dir: NodeId, name: string): string {
    const above = this.pathOf(dir);
    return above === "/" ? `/${name}` : `${above}/${name}`;
  }

  #emit(
    operation: WriteOperation,
    path: string,
    rest: { to?: string; bytes?: number; inodes?: number; entries?: number; disk?: number },
  ): void {
    this.#tx.emit({
      type: "branch-write",
      fs: this.#union,
      branch: this.#index,
      operation,
      path,
      inodes: 0,
      entries: 0,
      disk: 0,
      ...rest,
    });
  }
}

function operationFor(kind: EntryKind): WriteOperation {
  if (kind === "dir") return "mkdir";
  if (kind === "symlink") return "symlink";
  return kind === "file" ? "create" : "mknod";
}
