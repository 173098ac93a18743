import type { EntryKind } from "../../tree/column-tree.ts";
import { type LiveNode, NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import type { Branch } from "../branch.ts";
import type { BranchPermission, Credentials } from "../call.ts";
import type { Dentry, Inode } from "../dialect.ts";
import { fail } from "../errno.ts";
import type { EngineEvent } from "../event.ts";
import type { FileData, FsId } from "../machine.ts";
import type { Transaction } from "../transaction.ts";
import type { AufsOptions } from "./options.ts";
import {
  type AufsBranch,
  type AufsDentryData,
  type AufsFileData,
  type AufsInodeData,
  type AufsState,
  NOTHING,
} from "./state.ts";

/** One aufs mount during one step: its branches, and short ways to what lies on them. */
export class Union {
  readonly tx: Transaction;
  readonly fs: FsId;
  /** Nothing else changes it while a call of the dialect runs. */
  #state: AufsState | null = null;

  constructor(tx: Transaction, fs: FsId) {
    this.tx = tx;
    this.fs = fs;
  }

  get state(): AufsState {
    if (this.#state !== null) return this.#state;
    const state = this.tx.fs(this.fs);
    if (state.type !== "aufs") throw new RangeError(`file system ${this.fs} is not aufs`);
    this.#state = state;
    return state;
  }

  get options(): AufsOptions {
    return this.state.options;
  }

  set(change: Partial<AufsState>): void {
    this.#state = { ...this.state, ...change };
    this.tx.setFs(this.fs, this.#state);
  }

  emit(event: EngineEvent): void {
    this.tx.emit(event);
  }

  /** What the mount says of a branch. */
  entry(branch: number): AufsBranch {
    const entry = this.state.branches[branch];
    if (entry === undefined) throw new RangeError(`no branch ${branch}`);
    return entry;
  }

  branch(branch: number): Branch {
    const { fs, root } = this.entry(branch);
    return this.tx.branch(this.fs, branch, fs, root);
  }

  isWritable(branch: number): boolean {
    return isWritablePermission(this.entry(branch).permission);
  }

  honoursWhiteouts(branch: number): boolean {
    return honoursWhiteouts(this.entry(branch).permission);
  }

  /** Names an inode of a branch, whatever index the branch has. */
  nodeKey(branch: number, node: NodeId): string {
    return `${this.entry(branch).id}:${node}`;
  }

  kind(branch: number, node: NodeId): EntryKind {
    return this.branch(branch).kind(node);
  }

  node(branch: number, node: NodeId): LiveNode {
    return this.branch(branch).node(node);
  }

  child(branch: number, dir: NodeId, name: string): NodeId {
    return this.branch(branch).child(dir, name);
  }

  /** Whether a mark (a whiteout, an opaque mark) lies in a directory; anything but a regular file is "invalid". */
  mark(branch: number, dir: NodeId, name: string): "found" | "missing" | "invalid" {
    const node = this.child(branch, dir, name);
    if (node === NO_NODE) return "missing";
    return this.kind(branch, node) === "file" ? "found" : "invalid";
  }

  /** Fails with EACCES unless the caller may search this directory of a branch. */
  needSearch(branch: number, dir: NodeId, path: string): void {
    const { credentials } = this.tx;
    if (credentials.uid === 0) return;
    const node = this.node(branch, dir);
    const granted = (modeFor(node, credentials) & 1) !== 0;
    if (granted) return;
    this.emit({
      type: "permission",
      fs: this.fs,
      path,
      branch,
      want: "x",
      who: credentials,
      mode: node.mode,
      rule: "lower-branch",
      granted,
    });
    fail("EACCES");
  }

  /** The next number of a temporary name. */
  nextCounter(): number {
    const { counter } = this.state;
    this.set({ counter: (counter + 1) & 0xffff });
    return counter;
  }

  /** What the union knows of a name. */
  dentry(dentry: Dentry): AufsDentryData {
    if (dentry.data?.type !== "aufs") throw new RangeError(`${dentry.name} is not of an aufs`);
    return dentry.data;
  }

  /** What it knows of its root: every branch's. */
  rootDentry(): AufsDentryData {
    const lower = this.state.branches.map((branch) => branch.root);
    return { type: "aufs", lower, top: 0, bottom: lower.length - 1, whiteout: -1, opaque: -1 };
  }

  inode(inode: Inode): AufsInodeData {
    if (inode.data?.type !== "aufs") throw new RangeError("not an inode of an aufs");
    return inode.data;
  }

  /** The inode of a name that is there. */
  inodeOf(dentry: Dentry): { readonly inode: Inode; readonly data: AufsInodeData } {
    if (dentry.inode === null) fail("ENOENT");
    return { inode: dentry.inode, data: this.inode(dentry.inode) };
  }

  file(data: FileData): AufsFileData {
    if (data?.type !== "aufs") throw new RangeError("not a file of an aufs");
    return data;
  }
}

/** The inode a branch holds for an inode of the union, or NO_NODE. */
export function lowerInode(data: AufsInodeData, branch: number): NodeId {
  const node = data.lower[branch] ?? NOTHING;
  return node < 0 ? NO_NODE : node;
}

export function isWritablePermission(permission: BranchPermission): boolean {
  return permission.startsWith("rw");
}

/** Writable branches and those with +wh; a plain ro branch's whiteouts and opaque marks mean nothing (rule L-11). */
export function honoursWhiteouts(permission: BranchPermission): boolean {
  return isWritablePermission(permission) || permission.includes("+wh");
}

/** The three permission bits that apply to someone who is not root. */
export function modeFor(
  node: Pick<LiveNode, "mode" | "uid" | "gid">,
  { uid, gid, groups }: Credentials,
): number {
  if (node.uid === uid) return (node.mode >> 6) & 7;
  if (node.gid === gid || groups.includes(node.gid)) return (node.mode >> 3) & 7;
  return node.mode & 7;
}
