import { type BranchReader, lookupName } from "../engine/lookup.ts";
import { NO_NODE, type NodeId } from "../tree/live-tree.ts";
import type { DirectoryNames, StoredName } from "./lab-directory.ts";
import type { StageColumn } from "./lab-stage.ts";
import type { Union } from "./lab-union.ts";

/** Looks up names of the directory on the stage, as they are at this moment, by the engine's own lookup. */
export function columnReader(union: Union, names: DirectoryNames): (name: string) => StageColumn {
  const branches = union.branches.map((branch, index) => ({
    honoursWhiteouts: branch.honoursWhiteouts,
    reader: presentReader(branch.reader, names, index),
  }));
  const parents = branches.flatMap((_, branch) =>
    names.directoryState[branch] === "merged" ? [{ branch, node: DIRECTORY }] : [],
  );
  return (name) => {
    const { found, kind, opaque } = lookupName(union.rules, branches, parents, name, () => {});
    return {
      name,
      kind,
      providers: found.map(({ branch }) => branch),
      opaqueIn: opaque < 0 ? null : opaque,
    };
  };
}

/** Stands for the directory on the stage. */
const DIRECTORY: NodeId = -10;
/** Stands for an opaque mark that the call under way has made. */
const NEW_MARK: NodeId = -11;

/** Reads the directory on the stage as it is at this moment, and everything else as it was before the call. */
function presentReader(reader: BranchReader, names: DirectoryNames, branch: number): BranchReader {
  const stored = names.stored[branch];
  let nodes: Map<NodeId, StoredName> | null = null;
  const byNode = (node: NodeId) => {
    nodes ??= new Map([...(stored?.values() ?? [])].map((each) => [each.node, each]));
    return nodes.get(node);
  };
  return {
    target: (node) => reader.target(node),
    child: (dir, name) => {
      if (dir === DIRECTORY) return stored?.get(name)?.node ?? NO_NODE;
      return byNode(dir)?.isChanged ? NO_NODE : reader.child(dir, name);
    },
    whiteout: (dir, name) => {
      if (dir === DIRECTORY) return stored?.get(`.wh.${name}`)?.node ?? NO_NODE;
      return byNode(dir)?.isChanged ? NO_NODE : reader.whiteout(dir, name);
    },
    opaqueMark: (dir) => {
      const own = byNode(dir);
      if (own && names.newOpaque.has(`${branch}/${own.name}`)) return NEW_MARK;
      return own?.isChanged ? NO_NODE : reader.opaqueMark(dir);
    },
    kind: (node) => (node === NEW_MARK ? "file" : (byNode(node)?.kind ?? reader.kind(node))),
    isWhiteoutDevice: (node) => byNode(node)?.isWhiteoutDevice ?? reader.isWhiteoutDevice(node),
    xattr: (node, name) => (byNode(node)?.isChanged ? null : reader.xattr(node, name)),
  };
}
