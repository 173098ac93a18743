import type { LookupBranch, LookupRules } from "../engine/lookup.ts";
import { LOOKUP_RULES, liveReader } from "../engine/lookup.ts";
import type { FsId, Machine } from "../engine/machine.ts";
import { childNode, type LiveTree, NO_NODE, type NodeId, nodeKind } from "../tree/live-tree.ts";
import { mapEntries, mapGet } from "../tree/persistent-map.ts";

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

/** A mounted union: its dialect and its branches, top first, as the engine's events number them. */
export interface Union {
  readonly fs: FsId;
  readonly type: "aufs" | "overlay";
  readonly rules: LookupRules;
  readonly branches: readonly UnionBranch[];
}

/** The union with this number; null when it is none, or gone. O(branches). */
export function unionOf(machine: Machine, fs: FsId): Union | null {
  const state = mapGet(machine.fileSystems, fs);
  if (!state || state.type === "plain") return null;
  const branch = (
    place: { readonly fs: FsId; readonly root: NodeId; readonly path: string },
    permission: string,
  ): UnionBranch => {
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
  };
  if (state.type === "aufs") {
    const branches = state.branches.map((each) => branch(each, each.permission));
    return { fs, type: "aufs", rules: LOOKUP_RULES.aufs, branches };
  }
  const upper = state.upper ? [branch(state.upper, "upper")] : [];
  const branches = [...upper, ...state.lower.map((each) => branch(each, "lower"))];
  return { fs, type: "overlay", rules: LOOKUP_RULES.overlay, branches };
}

/** The union mounted at a path; null when nothing or something else is. O(mounts). */
export function unionAt(machine: Machine, path: string): Union | null {
  for (const [, mount] of mapEntries(machine.mounts))
    if (mount.path === path) {
      const union = unionOf(machine, mount.fs);
      if (union) return union;
    }
  return null;
}

/** The node of a path in one branch, by its names alone; NO_NODE where it has none. */
export function nodeInBranch({ tree, root }: UnionBranch, path: string): NodeId {
  let node = root;
  for (const name of path.split("/")) {
    if (name === "") continue;
    if (nodeKind(tree, node) !== "dir") return NO_NODE;
    node = childNode(tree, node, name);
    if (node === NO_NODE) return NO_NODE;
  }
  return node;
}
