import type { EntryKind } from "./column-tree.ts";
import { ROOT_ROW, ROW_IMPLIED } from "./column-tree.ts";
import { type Content, contentLength } from "./content.ts";
import {
  childNode,
  childrenOf,
  diskOf,
  type FrozenLayer,
  isFrozenName,
  type LiveDirectory,
  type LiveNode,
  type LiveTree,
  NO_NODE,
  type NodeId,
  nodeKind,
  nodeOf,
  type Time,
  type XattrList,
  xattrOf,
} from "./live-tree.ts";
import { emptyMap, mapDelete, mapSet } from "./persistent-map.ts";

/** What a new inode is told. */
export interface NewNode {
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly target?: string;
  readonly rdev?: readonly [number, number];
}

/** Attributes to change; what is left out stays. */
export interface NodeChange {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: Time;
  readonly ctime?: Time;
}

/**
 * The next version of a `LiveTree`, while it is being made.
 *
 * Does what it is told: who may do it, whether a name is taken and whether a directory is empty is for the caller. Every
 * change costs O(log of the entries touched); the tree before stays as it was.
 */
export class TreeDraft {
  #tree: LiveTree;
  #owned: LiveTree | null = null;

  constructor(tree: LiveTree) {
    this.#tree = tree;
  }

  /** The tree as it is now; a value. */
  get tree(): LiveTree {
    return this.#tree;
  }

  kind(id: NodeId): EntryKind {
    return nodeKind(this.#tree, id);
  }

  node(id: NodeId): LiveNode {
    return nodeOf(this.#tree, id);
  }

  child(dir: NodeId, name: string): NodeId {
    return childNode(this.#tree, dir, name);
  }

  children(dir: NodeId): (readonly [name: string, node: NodeId])[] {
    return childrenOf(this.#tree, dir);
  }

  xattr(id: NodeId, name: string): Uint8Array | undefined {
    return xattrOf(this.#tree, id, name);
  }

  /** Names in a directory. */
  count(dir: NodeId): number {
    return this.#directory(dir).count;
  }

  /** Makes an inode without a name: nlink 0. */
  makeNameless(made: NewNode, time: Time): NodeId {
    const id = this.#tree.next;
    const isDir = made.kind === "dir";
    const target = made.target ?? "";
    const node: LiveNode = {
      kind: made.kind,
      mode: made.mode,
      uid: made.uid,
      gid: made.gid,
      nlink: 0,
      mtime: time,
      ctime: time,
      size: made.kind === "symlink" ? target.length : 0,
      content: NO_CONTENT,
      target,
      rdev: made.rdev ?? NO_DEVICE,
      xattrs: NO_XATTRS,
      directory: isDir
        ? { entries: emptyMap(), base: NO_NODE, count: 0, parent: NO_NODE, name: "" }
        : null,
    };
    const { nodes, inodes } = this.#tree;
    this.#set({ nodes: mapSet(nodes, id, node), next: id + 1, inodes: inodes + 1 });
    return id;
  }

  /** Makes an inode with a name. */
  make(dir: NodeId, name: string, made: NewNode, time: Time): NodeId {
    const id = this.makeNameless(made, time);
    this.#enter(dir, name, id, time);
    return id;
  }

  /** Gives an inode one more name. */
  link(id: NodeId, dir: NodeId, name: string, time: Time): void {
    this.#enter(dir, name, id, time);
  }

  /** Takes a name away. Gives the inode, which may have no name left; it stays until `free`. */
  unlink(dir: NodeId, name: string, time: Time): NodeId {
    const id = this.child(dir, name);
    this.#leave(dir, name, id, time);
    return id;
  }

  /** Moves a name; whatever `newName` was loses that name. Gives the inode it was, or NO_NODE. */
  rename(dir: NodeId, name: string, newDir: NodeId, newName: string, time: Time): NodeId {
    const id = this.child(dir, name);
    const replaced = this.child(newDir, newName);
    if (replaced !== NO_NODE) this.#leave(newDir, newName, replaced, time);
    this.#move(id, dir, name, newDir, newName, time);
    return replaced;
  }

  /** Swaps two names. */
  exchange(dir: NodeId, name: string, newDir: NodeId, newName: string, time: Time): void {
    const id = this.child(dir, name);
    const other = this.child(newDir, newName);
    this.#leave(newDir, newName, other, time);
    this.#leave(dir, name, id, time);
    this.#enter(newDir, newName, id, time);
    this.#enter(dir, name, other, time);
  }

  /** Lets an empty directory hold a frozen tree; it takes its attributes too, if the tree says what they are. */
  graft(dir: NodeId, layer: FrozenLayer): void {
    const { columns } = layer;
    const node = this.node(dir);
    const start = this.#tree.next;
    const { frozen, inodes, disk } = this.#tree;
    this.#set({
      frozen: [...frozen, { ...layer, start, root: dir }],
      next: start + columns.length,
      inodes: inodes + layer.inodes - 1,
      disk: disk + layer.disk,
    });
    const root = this.node(start);
    const isImplied = (columns.flags[ROOT_ROW]! & ROW_IMPLIED) !== 0;
    const { parent, name } = this.#directory(dir);
    this.#put(dir, {
      ...(isImplied ? node : root),
      nlink: root.nlink,
      ctime: node.ctime,
      directory: root.directory && { ...root.directory, parent, name },
    });
  }

  /**
   * Takes a name away with all that is below it, at once. Gives the inodes and bytes of data that this frees: files
   * with names elsewhere stay. O(what is below).
   */
  discard(
    dir: NodeId,
    name: string,
    time: Time,
  ): { readonly inodes: number; readonly disk: number } {
    const before = { inodes: this.#tree.inodes, disk: this.#tree.disk };
    const top = this.unlink(dir, name, time);
    const names = new Map<NodeId, number>();
    for (const todo = [top]; todo.length > 0; ) {
      const at = todo.pop();
      if (at === undefined) break;
      const seen = names.get(at) ?? 0;
      names.set(at, seen + 1);
      if (seen === 0 && this.kind(at) === "dir")
        for (const [, child] of this.children(at)) todo.push(child);
    }
    let { nodes, inodes, disk } = this.#tree;
    for (const [id, lost] of names) {
      const node = this.node(id);
      if (id !== top && node.directory === null && node.nlink > lost) {
        nodes = mapSet(nodes, id, { ...node, nlink: node.nlink - lost });
        continue;
      }
      nodes = mapDelete(nodes, id);
      inodes -= 1;
      disk -= diskOf(node.content);
    }
    this.#set({ nodes, inodes, disk });
    return { inodes: before.inodes - inodes, disk: before.disk - disk };
  }

  /** Drops an inode that has no name. */
  free(id: NodeId): void {
    const node = this.node(id);
    const { nodes, inodes, disk } = this.#tree;
    this.#set({
      nodes: mapDelete(nodes, id),
      inodes: inodes - 1,
      disk: disk - diskOf(node.content),
    });
  }

  change(id: NodeId, change: NodeChange): void {
    this.#put(id, { ...this.node(id), ...change });
  }

  setContent(id: NodeId, content: Content, times: NodeChange = {}): void {
    const node = this.node(id);
    this.#put(id, { ...node, ...times, content, size: contentLength(content) });
    const grown = diskOf(content) - diskOf(node.content);
    if (grown !== 0) this.#set({ disk: this.#tree.disk + grown });
  }

  setXattr(id: NodeId, name: string, value: Uint8Array): void {
    const others = this.node(id).xattrs.filter(([key]) => key !== name);
    const xattrs: XattrList = [...others, [name, value] as const].sort((a, b) =>
      a[0] < b[0] ? -1 : 1,
    );
    this.#put(id, { ...this.node(id), xattrs });
  }

  removeXattr(id: NodeId, name: string): void {
    const node = this.node(id);
    this.#put(id, { ...node, xattrs: node.xattrs.filter(([key]) => key !== name) });
  }

  #put(id: NodeId, node: LiveNode): void {
    this.#set({ nodes: mapSet(this.#tree.nodes, id, node) });
  }

  /** Changes the tree in the making, which is a copy from the first change on. */
  #set(change: Partial<LiveTree>): void {
    if (this.#owned === null) {
      const { frozen, nodes, next, order, disk, inodes } = this.#tree;
      this.#owned = { frozen, nodes, next, order, disk, inodes };
      this.#tree = this.#owned;
    }
    Object.assign(this.#owned, change);
  }

  #directory(dir: NodeId): LiveDirectory {
    const directory = this.node(dir).directory;
    if (directory === null) throw new RangeError(`inode ${dir} is not a directory`);
    return directory;
  }

  #enter(dir: NodeId, name: string, id: NodeId, time: Time): void {
    const child = this.node(id);
    const isDir = child.directory !== null;
    this.#put(id, {
      ...child,
      nlink: child.nlink + (isDir ? 2 : 1),
      ctime: time,
      directory: child.directory && { ...child.directory, parent: dir, name },
    });
    const parent = this.node(dir);
    const directory = this.#directory(dir);
    const order = this.#tree.order;
    const entries = mapSet(directory.entries, name, { node: id, order });
    this.#put(dir, {
      ...parent,
      nlink: parent.nlink + (isDir ? 1 : 0),
      mtime: time,
      ctime: time,
      directory: { ...directory, entries, count: directory.count + 1 },
    });
    this.#set({ order: order + 1 });
  }

  #leave(dir: NodeId, name: string, id: NodeId, time: Time): void {
    const child = this.node(id);
    const isDir = child.directory !== null;
    this.#put(id, {
      ...child,
      nlink: child.nlink - (isDir ? 2 : 1),
      ctime: time,
      directory: child.directory && { ...child.directory, parent: NO_NODE },
    });
    const parent = this.node(dir);
    const directory = this.#directory(dir);
    const entries = this.#without(directory, name);
    this.#put(dir, {
      ...parent,
      nlink: parent.nlink - (isDir ? 1 : 0),
      mtime: time,
      ctime: time,
      directory: { ...directory, entries, count: directory.count - 1 },
    });
  }

  /** As `#leave` and `#enter`, with each inode written once. */
  #move(id: NodeId, dir: NodeId, name: string, newDir: NodeId, newName: string, time: Time): void {
    const child = this.node(id);
    this.#put(id, {
      ...child,
      ctime: time,
      directory: child.directory && { ...child.directory, parent: newDir, name: newName },
    });
    const order = this.#tree.order;
    this.#set({ order: order + 1 });
    const entry = { node: id, order };
    const from = this.node(dir);
    const left = this.#directory(dir);
    const entries = this.#without(left, name);
    if (dir === newDir) {
      const directory = { ...left, entries: mapSet(entries, newName, entry) };
      this.#put(dir, { ...from, mtime: time, ctime: time, directory });
      return;
    }
    const links = child.directory === null ? 0 : 1;
    this.#put(dir, {
      ...from,
      nlink: from.nlink - links,
      mtime: time,
      ctime: time,
      directory: { ...left, entries, count: left.count - 1 },
    });
    const to = this.node(newDir);
    const entered = this.#directory(newDir);
    this.#put(newDir, {
      ...to,
      nlink: to.nlink + links,
      mtime: time,
      ctime: time,
      directory: {
        ...entered,
        entries: mapSet(entered.entries, newName, entry),
        count: entered.count + 1,
      },
    });
  }

  /** The entries without a name; a frozen one leaves a note that it is gone. */
  #without(directory: LiveDirectory, name: string): LiveDirectory["entries"] {
    return isFrozenName(this.#tree, directory.base, name)
      ? mapSet(directory.entries, name, { node: NO_NODE, order: 0 })
      : mapDelete(directory.entries, name);
  }
}

const NO_CONTENT: Content = Object.freeze([]);
const NO_XATTRS: XattrList = Object.freeze([]);
const NO_DEVICE: readonly [number, number] = Object.freeze([0, 0] as const);
