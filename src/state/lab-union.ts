import type { AufsState } from "../engine/aufs/state.ts";
import type { LookupBranch, LookupRules } from "../engine/lookup.ts";
import { LOOKUP_RULES, liveReader } from "../engine/lookup.ts";
import type { FsId, Machine } from "../engine/machine.ts";
import { type Resolution, resolvePath } from "../engine/resolve.ts";
import { childNode, type LiveTree, NO_NODE, type NodeId, nodeKind } from "../tree/live-tree.ts";
import { isEmptyMap, mapEntries, mapGet } from "../tree/persistent-map.ts";

/** One branch of a union, as the machine has it. */
export interface UnionBranch extends LookupBranch {
  readonly fs: FsId;
  readonly tree: LiveTree;
  readonly root: NodeId;
  /** The path it was mounted by. */
  readonly path: string;
  readonly isWritable: boolean;
  /** As in the mount options: "rw", "ro+wh"; overlayfs has "upper" and "lower". */
  readonly permission: string;
}

/** A union: its dialect and its branches, top first, as the engine's events number them. */
export interface Union {
  /** null: not mounted, only the branches are there. */
  readonly fs: FsId | null;
  readonly type: "aufs" | "overlay";
  readonly rules: LookupRules;
  readonly branches: readonly UnionBranch[];
  /** aufs's pseudo-links: files below, by "FS:NODE", to the union's inode whose names they are. */
  readonly pseudoLinks: ReadonlyMap<string, string>;
}

const NO_LINKS: ReadonlyMap<string, string> = new Map();

/** The union with this number; null when it is none, or gone. O(branches). */
export function unionOf(machine: Machine, fs: FsId): Union | null {
  const state = mapGet(machine.fileSystems, fs);
  if (!state || state.type === "plain") return null;
  const branch = (place: BranchPlace, permission: string) => branchAt(machine, place, permission);
  if (state.type === "aufs") {
    const branches = state.branches.map((each) => branch(each, each.permission));
    const pseudoLinks = pseudoLinksOf(state, branches);
    return { fs, type: "aufs", rules: LOOKUP_RULES.aufs, branches, pseudoLinks };
  }
  const upper = state.upper ? [branch(state.upper, "upper")] : [];
  const branches = [...upper, ...state.lower.map((each) => branch(each, "lower"))];
  return { fs, type: "overlay", rules: LOOKUP_RULES.overlay, branches, pseudoLinks: NO_LINKS };
}

function pseudoLinksOf(
  { kept }: AufsState,
  branches: readonly UnionBranch[],
): ReadonlyMap<string, string> {
  if (isEmptyMap(kept)) return NO_LINKS;
  const links = new Map<string, string>();
  for (const [number, { kind, data }] of mapEntries(kept)) {
    if (kind === "dir" || !data.plinked) continue;
    for (const [at, node] of data.lower.entries()) {
      const branch = branches[at];
      if (branch && node >= 0) links.set(`${branch.fs}:${node}`, `union:${number}`);
    }
  }
  return links;
}

interface BranchPlace {
  readonly fs: FsId;
  readonly root: NodeId;
  readonly path: string;
}

function branchAt(machine: Machine, place: BranchPlace, permission: string): UnionBranch {
  const plain = mapGet(machine.fileSystems, place.fs);
  if (plain?.type !== "plain") throw new RangeError(`branch ${place.path} is not plain`);
  const isWritable = permission.startsWith("rw") || permission === "upper";
  return {
    fs: place.fs,
    root: place.root,
    path: place.path,
    tree: plain.tree,
    reader: liveReader(plain.tree),
    honoursWhiteouts: isWritable || permission.endsWith("+wh"),
    isWritable,
    permission,
  };
}

/** Every union that is mounted, with the path it is mounted on, oldest first. O(mounts). */
export function mountedUnions(machine: Machine): readonly MountedUnion[] {
  const known = keptMounted.get(machine.mounts);
  if (known) return known;
  const found = unionsAmongMounts(machine);
  keptMounted.set(machine.mounts, found);
  return found;
}
const keptMounted = new WeakMap<Machine["mounts"], readonly MountedUnion[]>();

interface MountedUnion {
  readonly path: string;
  readonly fs: FsId;
}

function unionsAmongMounts(machine: Machine): readonly MountedUnion[] {
  const found: MountedUnion[] = [];
  for (const [, { path, fs }] of mapEntries(machine.mounts)) {
    const type = mapGet(machine.fileSystems, fs)?.type;
    if ((type === "aufs" || type === "overlay") && !found.some((each) => each.fs === fs))
      found.push({ path, fs });
  }
  return found.sort((a, b) => a.fs - b.fs);
}

/**
 * The branches of a union that is not mounted now, from the paths they would be mounted by, top first: what a stopped
 * container still has on disk. Paths that are not there are left out. O(paths × mounts).
 */
export function unmountedUnion(
  machine: Machine,
  type: Union["type"],
  paths: readonly { readonly path: string; readonly isWritable: boolean }[],
): Union {
  const branches = paths.flatMap(({ path, isWritable }) => {
    const place = placeAt(machine, path);
    if (!place) return [];
    const [rw, ro] = type === "aufs" ? ["rw", "ro+wh"] : ["upper", "lower"];
    return [branchAt(machine, place, (isWritable ? rw : ro) ?? "")];
  });
  return { fs: null, type, rules: LOOKUP_RULES[type], branches, pseudoLinks: NO_LINKS };
}

/** Where a path of the host lies: on the deepest mount above it, by names alone. */
export function placeAt(
  machine: Machine,
  path: string,
): (BranchPlace & { readonly tree: LiveTree }) | null {
  let best: { readonly path: string; readonly fs: FsId; readonly root: NodeId } | null = null;
  for (const [, mount] of mapEntries(machine.mounts)) {
    if (mount.root.type !== "node") continue;
    const isAbove = mount.path === "/" || path === mount.path || path.startsWith(`${mount.path}/`);
    if (isAbove && (best === null || mount.path.length >= best.path.length))
      best = { path: mount.path, fs: mount.fs, root: mount.root.node };
  }
  if (best === null) return null;
  const state = mapGet(machine.fileSystems, best.fs);
  if (state?.type !== "plain") return null;
  const rest = best.path === "/" ? path : path.slice(best.path.length);
  const root = nodeInTree(state.tree, best.root, rest);
  return root === NO_NODE ? null : { fs: best.fs, root, path, tree: state.tree };
}

/** A path looked up in the view of a union. `follow`: through its last symlink too. O(components × branches). */
export function resolveIn({ rules, branches }: Union, path: string, follow = false): Resolution {
  const roots = branches.map(({ root }, branch) => ({ branch, node: root }));
  return resolvePath(rules, branches, roots, path, follow);
}

/** The node of a path in one branch, by its names alone; NO_NODE where it has none. */
export function nodeInBranch({ tree, root }: UnionBranch, path: string): NodeId {
  return nodeInTree(tree, root, path);
}

/** Whether a branch stores a directory of this path, by its names alone. */
export function hasDirectory(branch: UnionBranch, path: string): boolean {
  const node = nodeInBranch(branch, path);
  return node !== NO_NODE && nodeKind(branch.tree, node) === "dir";
}

function nodeInTree(tree: LiveTree, root: NodeId, path: string): NodeId {
  let node = root;
  for (const name of path.split("/")) {
    if (name === "") continue;
    if (nodeKind(tree, node) !== "dir") return NO_NODE;
    node = childNode(tree, node, name);
    if (node === NO_NODE) return NO_NODE;
  }
  return node;
}
