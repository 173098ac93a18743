import { childrenOf, NO_NODE, type NodeId, nodeKind } from "../tree/live-tree.ts";
import type { DirectoryNames } from "./lab-directory.ts";
import type { Union, UnionBranch } from "./lab-union.ts";

/** Empty directories that images keep for mounts and scratch, and the note in the built-in images. */
const FRAME: ReadonlySet<string> = new Set(["dev", "proc", "sys", "tmp", "run"]);
const NOTE = "README.unionscope";

/**
 * The names of a directory that are plumbing: what Docker's -init layer (branch `init`) puts over every image, empty
 * directories for mounts, the note of a built-in image. A name that the writable branch stores, that is hidden by a mark,
 * or that has something of the image's own in it is none. O(names of the directory).
 */
export function plumbingNames(
  union: Union,
  names: DirectoryNames,
  init: number,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of names.columns) if (isPlumbing(union, names, init, name)) found.add(name);
  return found;
}

function isPlumbing(union: Union, names: DirectoryNames, init: number, name: string): boolean {
  const isOfInit = names.stored[init]?.has(name) ?? false;
  const isOfRoot = names.directory === "/" && (FRAME.has(name) || name === NOTE);
  if (!isOfInit && !isOfRoot) return false;
  return union.branches.every((branch, index) => {
    const stored = names.stored[index];
    const own = stored?.get(name);
    if (index === 0 || branch.isWritable) return !own && !stored?.has(`.wh.${name}`);
    if (index === init || !own) return true;
    if (own.kind !== "dir") return isOfInit || name === NOTE;
    return isWithin(branch, own.node, union.branches[init], names.stored[init]?.get(name)?.node);
  });
}

/** Whether a directory of a layer holds nothing but names that the -init layer's directory has too. */
function isWithin(
  { tree }: UnionBranch,
  directory: NodeId,
  init: UnionBranch | undefined,
  initDirectory = NO_NODE,
): boolean {
  const own = childrenOf(tree, directory);
  if (own.length === 0) return true;
  if (!init || initDirectory === NO_NODE || nodeKind(init.tree, initDirectory) !== "dir")
    return false;
  const known = new Set(childrenOf(init.tree, initDirectory).map(([name]) => name));
  return own.every(([name]) => known.has(name));
}
