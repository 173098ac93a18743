import type { EngineEvent } from "../engine/event.ts";
import type { FsId } from "../engine/machine.ts";
import type { EntryKind } from "../tree/column-tree.ts";
import { childrenOf, directoryKey, NO_NODE, type NodeId, nodeKind } from "../tree/live-tree.ts";
import { nodeInBranch, resolveIn, type Union, type UnionBranch } from "./lab-union.ts";

/** A name that a branch stores in the directory. */
export interface StoredName {
  readonly name: string;
  readonly node: NodeId;
  readonly kind: EntryKind;
  /** The file below all unions: "FS:NODE". */
  readonly inode: string;
  /** Equal for the same stored name of that file at any moment: several names of one in this directory are counted. */
  readonly key: string;
  /** overlayfs's whiteout: a character device 0:0. */
  readonly isWhiteoutDevice: boolean;
  /** The name a copy has until it is finished. */
  readonly isTemporary: boolean;
  /** The call under way made or changed it: its length stands in the machine after the call. */
  readonly isChanged: boolean;
}

/** What every branch stores in one directory. */
export interface DirectoryNames {
  readonly directory: string;
  /** By branch: what lies there, by the name on disk. */
  readonly stored: readonly ReadonlyMap<string, StoredName>[];
  /** By branch: the directory itself, NO_NODE where it is not. */
  readonly nodes: readonly NodeId[];
  readonly directoryState: readonly ("merged" | "hidden" | "absent")[];
  /** The names that the columns are about: whiteouts under the name they hide, marks and temporary files left out. */
  readonly columns: ReadonlySet<string>;
  readonly marksAsFiles: boolean;
  /** The branch whose directory is opaque; null: none is. */
  readonly opaqueIn: number | null;
  /** The branch above that hides the directory of lower ones; null: none does. */
  readonly hiddenBy: number | null;
  /** Directories in this one that the call under way has marked opaque, by branch and name: "0/sub". */
  readonly newOpaque: ReadonlySet<string>;
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
/** aufs's own: ".wh..wh.aufs", ".wh..wh.plnk", ".wh..wh.orph", and temporary names ".wh..wh.NAME.0a31". */
const OWN = ".wh..wh.";

/** The names of a directory, branch by branch, with the events of the call under way played onto them. */
export function namesAt(
  union: Union,
  directory: string,
  events: readonly EngineEvent[],
): DirectoryNames {
  const marksAsFiles = union.type === "aufs";
  const nodes = union.branches.map((branch) => nodeInBranch(branch, directory));
  const stored = union.branches.map((branch, index) => {
    const node = nodes[index] ?? NO_NODE;
    const isDir = node !== NO_NODE && nodeKind(branch.tree, node) === "dir";
    return isDir ? storedIn(branch, node) : NOTHING;
  });
  const newOpaque = new Set<string>();
  const withEvents = playEvents(union, directory, stored, newOpaque, events);
  const merged = mergedBranches(union, directory);
  const opaque = withEvents.findIndex((names) => marksAsFiles && names.has(OPAQUE));
  const columns = new Set<string>();
  for (const names of withEvents)
    for (const { name, isTemporary } of names.values()) {
      if (isTemporary || (marksAsFiles && name.startsWith(OWN))) continue;
      columns.add(marksAsFiles && name.startsWith(WHITEOUT) ? name.slice(WHITEOUT.length) : name);
    }
  const lowestMerged = Math.max(-1, ...merged);
  return {
    directory,
    stored: withEvents,
    nodes,
    directoryState: withEvents.map((names, index) => {
      if (merged.has(index)) return "merged";
      const isThere = (nodes[index] ?? NO_NODE) !== NO_NODE;
      if (!isThere && names.size === 0) return "absent";
      return isThere && lowestMerged >= 0 && index > lowestMerged ? "hidden" : "merged";
    }),
    columns,
    marksAsFiles,
    opaqueIn: opaque < 0 ? null : opaque,
    hiddenBy: lowestMerged < 0 ? null : lowestMerged,
    newOpaque,
  };
}

const NOTHING: ReadonlyMap<string, StoredName> = new Map();

/** The branches whose directory is part of the merged one. */
function mergedBranches(union: Union, directory: string): ReadonlySet<number> {
  const { found, kind } = resolveIn(union, directory, true);
  return new Set(kind === "dir" ? found.map(({ branch }) => branch) : []);
}

/** What lies in one directory of one branch; kept for as long as its names stay. */
function storedIn({ fs, tree, reader }: UnionBranch, dir: NodeId): ReadonlyMap<string, StoredName> {
  const key = directoryKey(tree, dir);
  let byInode = kept.get(key);
  if (!byInode) {
    byInode = new Map();
    kept.set(key, byInode);
  }
  const directory = inodeKey(fs, dir);
  const known = byInode.get(directory);
  if (known) return known;
  const links = new Map<NodeId, number>();
  const names = new Map<string, StoredName>();
  for (const [name, node] of childrenOf(tree, dir)) {
    const link = links.get(node) ?? 0;
    links.set(node, link + 1);
    const inode = inodeKey(fs, node);
    names.set(name, {
      name,
      node,
      kind: nodeKind(tree, node),
      inode,
      key: `${inode}:${link}`,
      isWhiteoutDevice: reader.isWhiteoutDevice(node),
      isTemporary: isTemporary(name),
      isChanged: false,
    });
  }
  byInode.set(directory, names);
  return names;
}
const kept = new WeakMap<object, Map<string, ReadonlyMap<string, StoredName>>>();

function inodeKey(fs: FsId, node: NodeId): string {
  return `${fs}:${node}`;
}

function isTemporary(name: string): boolean {
  return name.startsWith(OWN) && /\.[0-9a-f]{4}$/.test(name);
}

/** Plays what the call did to the branches so far onto the names of one directory. */
function playEvents(
  union: Union,
  directory: string,
  before: readonly ReadonlyMap<string, StoredName>[],
  newOpaque: Set<string>,
  events: readonly EngineEvent[],
): readonly ReadonlyMap<string, StoredName>[] {
  const after = [...before];
  const next = new Map(union.branches.map(({ fs, tree }) => [fs, tree.next]));
  const moved = new Map<string, StoredName>();
  const nameOf = (path: string) => {
    const cut = path.lastIndexOf("/");
    const parent = cut <= 0 ? "/" : path.slice(0, cut);
    return parent === directory ? path.slice(cut + 1) : null;
  };
  const edit = (branch: number, change: (names: Map<string, StoredName>) => void) => {
    const names = new Map(after[branch] ?? []);
    change(names);
    after[branch] = names;
  };
  const made = (fs: FsId, name: string, node: NodeId, kind: EntryKind): StoredName => ({
    name,
    node,
    kind,
    inode: inodeKey(fs, node),
    key: `${inodeKey(fs, node)}:0`,
    isWhiteoutDevice: kind === "char" && union.type === "overlay",
    isTemporary: isTemporary(name),
    isChanged: true,
  });
  for (const event of events) {
    if (event.type !== "branch-write" || event.branch === null) continue;
    const { branch, operation, path, to, inodes } = event;
    const fs = union.branches[branch]?.fs ?? -1;
    const name = nameOf(path);
    const target = to === undefined ? null : nameOf(to);
    switch (operation) {
      case "create":
      case "mkdir":
      case "symlink":
      case "mknod": {
        const node = next.get(fs) ?? 0;
        if (inodes > 0) next.set(fs, node + 1);
        const entry = made(fs, name ?? path, node, KINDS[operation]);
        if (name === null) moved.set(`${branch}${path}`, entry);
        else edit(branch, (names) => names.set(name, entry));
        break;
      }
      case "link":
        if (name?.endsWith(OPAQUE) === false || name === OPAQUE)
          edit(branch, (names) => names.set(name, made(fs, name, linkKey(name), "file")));
        else if (path.endsWith(`/${OPAQUE}`)) {
          const inside = nameOf(path.slice(0, -OPAQUE.length - 1));
          if (inside !== null) newOpaque.add(`${branch}/${inside}`);
        }
        break;
      case "unlink":
      case "rmdir":
        if (name !== null) edit(branch, (names) => names.delete(name));
        break;
      case "rename":
      case "exchange": {
        const source =
          name === null
            ? (moved.get(`${branch}${path}`) ?? storedAt(union.branches[branch], path))
            : after[branch]?.get(name);
        const other = target === null ? undefined : after[branch]?.get(target);
        if (name !== null) edit(branch, (names) => names.delete(name));
        if (target === null && source && to !== undefined) moved.set(`${branch}${to}`, source);
        if (target !== null && source)
          edit(branch, (names) =>
            names.set(target, { ...source, name: target, isTemporary: isTemporary(target) }),
          );
        if (operation === "exchange" && name !== null && other)
          edit(branch, (names) => names.set(name, { ...other, name }));
        break;
      }
      case "write":
      case "truncate":
        if (name !== null) {
          const entry = after[branch]?.get(name);
          if (entry) edit(branch, (names) => names.set(name, { ...entry, isChanged: true }));
        }
        break;
      default:
        break;
    }
  }
  return after;
}

/** A name elsewhere in a branch, as it was before the call. */
function storedAt(branch: UnionBranch | undefined, path: string): StoredName | undefined {
  const node = branch ? nodeInBranch(branch, path) : NO_NODE;
  if (!branch || node === NO_NODE) return undefined;
  const inode = inodeKey(branch.fs, node);
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    node,
    kind: nodeKind(branch.tree, node),
    inode,
    key: `${inode}:0`,
    isWhiteoutDevice: branch.reader.isWhiteoutDevice(node),
    isTemporary: false,
    isChanged: false,
  };
}

const KINDS = { create: "file", mkdir: "dir", symlink: "symlink", mknod: "char" } as const;

/** A number for a link whose inode the event does not tell: stands for the name alone. */
function linkKey(name: string): NodeId {
  let hash = 7;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) | 0;
  return -2 - Math.abs(hash);
}
