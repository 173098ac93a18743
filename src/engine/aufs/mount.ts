import { NO_NODE, type NodeId, parentNode, ROOT_NODE } from "../../tree/live-tree.ts";
import { emptyMap, mapDelete, mapEntries } from "../../tree/persistent-map.ts";
import type { BranchPermission } from "../call.ts";
import type { DirectoryResolver } from "../dialect.ts";
import { type Errno, Failure, fail } from "../errno.ts";
import type { FsId } from "../machine.ts";
import type { Transaction } from "../transaction.ts";
import { holdLower } from "./inode.ts";
import { cleanBranch, prepareBranch } from "./marks.ts";
import { DEFAULT_OPTIONS, withOption } from "./options.ts";
import { readPermission } from "./permission.ts";
import { firstTurn } from "./policy.ts";
import { refreshHeld, shiftHeld } from "./refresh.ts";
import type { AufsBranch, AufsState } from "./state.ts";
import { isWritablePermission, lowerInode, Union } from "./union.ts";

/** A branch as it is given to mount: a directory of a plain file system. */
export interface NewBranch {
  readonly permission: BranchPermission;
  readonly fs: FsId;
  readonly root: NodeId;
  readonly path: string;
}

const MAX_BRANCHES = 127;
const FIRST_BRANCH_ID = 64;
/** `create=rr` is read before the branches are there, and counts down from what the failed search for one gives. */
const FIRST_TURN = 30;

/**
 * Mounts branches, top first, as the file system `fs` (rules M-01–M-04).
 *
 * Every writable branch gets `.wh..wh.aufs`, `.wh..wh.plnk/` and `.wh..wh.orph/` in its root, unless they are there.
 * EINVAL for no branch, the same one twice or one within another; ENOSPC for more than 127.
 */
export function mountAufs(
  tx: Transaction,
  fs: FsId,
  branches: readonly NewBranch[],
  options: readonly string[],
): AufsState {
  const union = new Union(tx, fs);
  tx.setFs(fs, {
    type: "aufs",
    branches: [],
    options: split(options).reduce(withOption, DEFAULT_OPTIONS),
    nextBranchId: FIRST_BRANCH_ID,
    numbers: emptyMap(),
    renumbered: 0,
    kept: emptyMap(),
    sealed: emptyMap(),
    stale: emptyMap(),
    counter: 0,
    turn: FIRST_TURN,
  });
  try {
    addAll(union, branches);
  } catch (problem) {
    tx.set({ fileSystems: mapDelete(tx.machine.fileSystems, fs) });
    throw problem;
  }
  return union.state;
}

/** The branches of a fresh mount. Nothing is written before all are accepted. */
function addAll(union: Union, branches: readonly NewBranch[]): void {
  if (branches.length === 0) fail("EINVAL");
  for (const branch of branches) {
    if (union.state.branches.some((one) => isSame(one, branch))) fail("EINVAL");
    insert(union, union.state.branches.length, branch);
  }
  for (let index = 0; index < branches.length; index++)
    if (union.isWritable(index)) prepareBranch(union, index);
}

/**
 * Changes options and branches, left to right; what was done before an error stays done (rule B-10).
 *
 * Paths are looked up before anything is changed.
 */
export function remountAufs(
  tx: Transaction,
  fs: FsId,
  options: readonly string[],
  directoryAt: DirectoryResolver,
): void {
  const union = new Union(tx, fs);
  const changes = options
    .filter((option) => option !== "")
    .map((one) => readChange(one, directoryAt));
  for (const change of changes) change(union);
}

/** A branch as `/sys/fs/aufs/si_*` shows it: index is its place in the list. */
export interface BranchFacts {
  readonly id: number;
  readonly path: string;
  readonly permission: BranchPermission;
}

/** What can be inspected of a mount: its branches, top first, and its options as /proc/mounts prints them (rule B-02). */
export function inspectAufs(state: AufsState): {
  readonly branches: readonly BranchFacts[];
  readonly options: readonly string[];
} {
  const { options } = state;
  const shown = [
    ...(options.udba === "reval" ? [] : [`udba=${options.udba}`]),
    ...(options.plink ? [] : ["noplink"]),
    ...options.other.filter((option) => option === "dio" || option === "noxino"),
    ...(options.dirperm1 ? ["dirperm1"] : []),
    ...(options.showWhiteouts ? ["shwh"] : []),
    ...(options.alwaysOpaque ? ["diropq=a"] : []),
    ...(options.create === "tdp" ? [] : [`create=${options.create}`]),
    ...(options.copyUp === "tdp" ? [] : [`cpup=${options.copyUp}`]),
  ];
  const branches = state.branches.map(({ id, path, permission }) => ({ id, path, permission }));
  return { branches, options: shown };
}

/** Options may come joined by commas, with one at the end, as Docker writes them. */
function split(options: readonly string[]): readonly string[] {
  return options.flatMap((one) => one.split(",")).filter((one) => one !== "");
}

type Change = (union: Union) => void;

function readChange(option: string, directoryAt: DirectoryResolver): Change {
  const [verb = "", rest = ""] = cut(option, ":");
  switch (verb) {
    case "append":
    case "prepend": {
      const branch = resolveBranch(rest, verb === "prepend", directoryAt);
      return (union) =>
        addBranch(union, verb === "append" ? union.state.branches.length : 0, branch);
    }
    case "add":
    case "ins": {
      const [index = "", spec = ""] = cut(rest, ":");
      const branch = resolveBranch(spec, wholeNumber(index) === 0, directoryAt);
      return (union) => addBranch(union, wholeNumber(index), branch);
    }
    case "del":
      return (union) => {
        const at = union.state.branches.findIndex(({ path }) => path === rest);
        if (at >= 0) deleteBranch(union, at);
      };
    case "idel":
      return (union) => deleteBranch(union, inRange(union, wholeNumber(rest)));
    case "mod": {
      const [path = "", permission = ""] = cut(rest, "=");
      return (union) => {
        const at = union.state.branches.findIndex((branch) => branch.path === path);
        if (at >= 0) changeBranch(union, at, readPermission(permission));
      };
    }
    case "imod": {
      const [index = "", permission = ""] = cut(rest, "=");
      return (union) =>
        changeBranch(union, inRange(union, wholeNumber(index)), readPermission(permission));
    }
    default:
      return (union) => {
        union.set({ options: withOption(union.options, option) });
        if (option.startsWith("create=")) union.set({ turn: firstTurn(union) });
      };
  }
}

function addBranch(union: Union, index: number, branch: NewBranch): void {
  if (union.state.branches.some((one) => isSame(one, branch))) return;
  if (index > union.state.branches.length) fail("EDOM");
  const held = shiftHeld(union);
  insert(union, index, branch);
  if (isWritablePermission(branch.permission)) prepareBranch(union, index);
  refreshHeld(union, held);
}

function insert(union: Union, index: number, branch: NewBranch): void {
  const { branches, nextBranchId } = union.state;
  if (branches.length >= MAX_BRANCHES) fail("ENOSPC");
  if (branches.some((one) => isWithin(union, one, branch) || isWithin(union, branch, one)))
    fail("EINVAL");
  const added: AufsBranch = { ...branch, id: nextBranchId };
  union.set({
    branches: [...branches.slice(0, index), added, ...branches.slice(index)],
    nextBranchId: nextBranchId + 1,
  });
  union.emit({
    type: "branch-added",
    fs: union.fs,
    branch: index,
    branchPath: branch.path,
    permission: branch.permission,
  });
}

/** EBUSY for the last branch, and for one on which something in use lies that is not a merged directory (rule B-03). */
function deleteBranch(union: Union, index: number): void {
  const { branches } = union.state;
  if (branches.length === 1) fail("EBUSY");
  for (const [id, record] of mapEntries(union.tx.machine.inodes)) {
    if (record.fs !== union.fs) continue;
    const inode = union.tx.pinnedInode(id);
    const data = union.inode(inode);
    if (lowerInode(data, index) === NO_NODE) continue;
    if (inode.kind !== "dir" || data.top === data.bottom) fail("EBUSY");
  }
  for (const [, { data }] of mapEntries(union.state.kept))
    if (lowerInode(data, index) !== NO_NODE) fail("EBUSY");
  const { path } = union.entry(index);
  const held = shiftHeld(union);
  union.set({ branches: branches.filter((_, at) => at !== index) });
  union.emit({ type: "branch-removed", fs: union.fs, branch: index, branchPath: path });
  refreshHeld(union, held);
}

function changeBranch(union: Union, index: number, permission: BranchPermission): void {
  const entry = union.entry(index);
  const held = shiftHeld(union);
  const was = isWritablePermission(entry.permission);
  const is = isWritablePermission(permission);
  if (was && !is) cleanBranch(union, index);
  union.set({
    branches: union.state.branches.map((one, at) => (at === index ? { ...one, permission } : one)),
  });
  if (is) prepareBranch(union, index);
  union.emit({
    type: "branch-changed",
    fs: union.fs,
    branch: index,
    branchPath: entry.path,
    permission,
  });
  refreshHeld(union, held);
}

/** Lets go of what a mount keeps in memory. */
export function shutdownAufs(tx: Transaction, fs: FsId): void {
  const union = new Union(tx, fs);
  for (const [, { data }] of mapEntries(union.state.kept)) holdLower(union, data, false);
  union.set({ kept: emptyMap(), stale: emptyMap(), sealed: emptyMap() });
}

/** What a mount gives for a branch that cannot be found: EINVAL whatever the walk says (rule M-02). */
export function asMountError<R>(work: () => R): R {
  try {
    return work();
  } catch (problem) {
    if (problem instanceof Failure && HIDDEN_ERRORS.has(problem.errno)) fail("EINVAL");
    throw problem;
  }
}
const HIDDEN_ERRORS: ReadonlySet<Errno> = new Set<Errno>(["ENOENT", "ENOTDIR", "EEXIST", "EIO"]);

/** Reads "PATH=PERMISSION"; without a permission the first branch is rw and any other ro (rule M-05). */
function resolveBranch(spec: string, isFirst: boolean, directoryAt: DirectoryResolver): NewBranch {
  const at = spec.lastIndexOf("=");
  const path = at < 0 ? spec : spec.slice(0, at);
  const { fs, root } = asMountError(() => directoryAt(path));
  const text = at < 0 ? "" : spec.slice(at + 1);
  const permission = text === "" && isFirst ? "rw" : readPermission(text);
  return { permission, fs, root, path };
}

function isSame(a: NewBranch, b: NewBranch): boolean {
  return a.fs === b.fs && a.root === b.root;
}

/** Whether `inner` lies below `outer`. */
function isWithin(union: Union, inner: NewBranch, outer: NewBranch): boolean {
  if (inner.fs !== outer.fs) return false;
  const { tree } = union.tx.plain(inner.fs);
  for (let at = inner.root; at !== ROOT_NODE && at !== NO_NODE; ) {
    at = parentNode(tree, at);
    if (at === outer.root) return true;
  }
  return false;
}

function inRange(union: Union, index: number): number {
  return index < union.state.branches.length ? index : fail("EDOM");
}

function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : fail("EINVAL");
}

function cut(text: string, at: string): readonly string[] {
  const where = text.indexOf(at);
  return where < 0 ? [text] : [text.slice(0, where), text.slice(where + 1)];
}
