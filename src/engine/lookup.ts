import {
  type ColumnTree,
  childOf,
  type EntryKind,
  extraOf,
  kindOf,
  NO_ROW,
} from "../tree/column-tree.ts";
import {
  childNode,
  type LiveNode,
  type LiveTree,
  NO_NODE,
  type NodeId,
  nodeKind,
  nodeOf,
  xattrOf,
} from "../tree/live-tree.ts";
import { mapGet } from "../tree/persistent-map.ts";
import type { Errno } from "./errno.ts";
import type { Probe, Unasked, UnaskedReason, VisitOutcome } from "./event.ts";

/** What lookup asks of one branch. Nodes are the branch's own numbers; a ColumnTree's are its rows. */
export interface BranchReader {
  /** The node called `name` in the directory `dir`, or -1. */
  child(dir: NodeId, name: string): NodeId;
  /** What says in `dir` that `name` is gone (`.wh.NAME`), or -1. */
  whiteout(dir: NodeId, name: string): NodeId;
  /** What says in the directory that it is opaque (`.wh..wh..opq`), or -1. */
  opaqueMark(dir: NodeId): NodeId;
  kind(node: NodeId): EntryKind;
  /** A symlink's target. */
  target(node: NodeId): string;
  /** Whether this is a character device 0:0. */
  isWhiteoutDevice(node: NodeId): boolean;
  /** An extended attribute as text (bytes as characters), or null. */
  xattr(node: NodeId, name: string): string | null;
}

/** A branch that is looked into. */
export interface LookupBranch {
  readonly reader: BranchReader;
  /** aufs: whiteouts and opaque marks of this branch count (rw, +wh). Nothing else asks. */
  readonly honoursWhiteouts: boolean;
}

/** One branch's share of a name. */
export interface BranchNode {
  readonly branch: number;
  readonly node: NodeId;
}

/** How a dialect reads branches. `LOOKUP_RULES` has the four there are. */
export interface LookupRules {
  /** Where marks are: files in the same directory, or the entry itself (device) and its xattr. */
  readonly marks: "files" | "devices";
  /** A name and its whiteout in one branch: the whiteout wins (aufs), or the name does and ends the search. */
  readonly whiteoutAndName: "whiteout" | "name";
  /** What a name that begins with ".wh." is: refused (aufs), never there, or a name like any other. */
  readonly reserved: "refused" | "absent" | "ordinary";
  /** Below a directory, a branch has something else: skip it (aufs) or end (overlayfs). */
  readonly otherType: "skip" | "stop";
  /**
   * An opaque directory ends the search. aufs goes on: what lies below the lowest opaque one does not count, so a second
   * opaque directory further down takes the effect of the first away.
   */
  readonly opaqueEnds: boolean;
  /** An opaque mark in a branch's root hides the roots below. */
  readonly opaqueRoot: boolean;
  /** trusted.overlay.redirect and .metacopy are followed. */
  readonly redirects: boolean;
  /** Bytes a name may have. */
  readonly maxName: number;
}

export type LookupDialect = "aufs" | "overlay" | "docker" | "oci";

/**
 * The dialects. `aufs` and `overlay` are mounts (specs/aufs.md 2; Linux fs/overlayfs/namei.c). `docker` and `oci` read
 * the layers of an image as they are applied: `docker` as overlayfs shows layers that Docker or containerd unpacked,
 * `oci` as an unpacker that works on one root file system (umoci) leaves them.
 */
export const LOOKUP_RULES: Readonly<Record<LookupDialect, LookupRules>> = Object.freeze({
  aufs: {
    marks: "files",
    whiteoutAndName: "whiteout",
    reserved: "refused",
    otherType: "skip",
    opaqueEnds: false,
    opaqueRoot: false,
    redirects: false,
    maxName: 242,
  },
  overlay: {
    marks: "devices",
    whiteoutAndName: "name",
    reserved: "ordinary",
    otherType: "stop",
    opaqueEnds: true,
    opaqueRoot: false,
    redirects: true,
    maxName: 255,
  },
  docker: {
    marks: "files",
    whiteoutAndName: "name",
    reserved: "absent",
    otherType: "stop",
    opaqueEnds: true,
    opaqueRoot: false,
    redirects: false,
    maxName: 255,
  },
  oci: {
    marks: "files",
    whiteoutAndName: "name",
    reserved: "absent",
    otherType: "stop",
    opaqueEnds: true,
    opaqueRoot: true,
    redirects: false,
    maxName: 255,
  },
});

/** What one name in one directory turned out to be. */
export interface Lookup {
  /** EPERM, EIO or ENAMETOOLONG; null when the search ended well, with or without a find. */
  readonly errno: Errno | null;
  /** Where the name is, top first: one place, or all the directories that merge. Empty: not there. */
  readonly found: readonly BranchNode[];
  /** Of what is found first; null when nothing is. */
  readonly kind: EntryKind | null;
  /** The branch whose whiteout ended the search, or -1. */
  readonly whiteout: number;
  /** The branch whose directory of this name is opaque, or -1. */
  readonly opaque: number;
  /** The last branch asked, or -1. */
  readonly last: number;
  /** What follows from a redirect xattr of overlayfs: where lower branches were asked instead; null mostly. */
  readonly redirect: string | null;
}

/** Hears of each branch that is asked, in order. */
export type Visitor = (branch: number, outcome: VisitOutcome, probes: readonly Probe[]) => void;

const WHITEOUT_PREFIX = ".wh.";
const OPAQUE_MARK = ".wh..wh..opq";
const NOTHING: readonly BranchNode[] = Object.freeze([]);

/**
 * Looks one name up in one merged directory: the only lookup there is (DESIGN, decision 3).
 *
 * `parents` are the directories that merge, top first, as an earlier lookup gave them. O(parents), O(log names) each.
 * `roots` gives those of all branches, where an absolute redirect begins.
 */
export function lookupName(
  rules: LookupRules,
  branches: readonly LookupBranch[],
  parents: readonly BranchNode[],
  name: string,
  visit: Visitor,
  roots: () => readonly BranchNode[] = () => NOTHING,
): Lookup {
  if (byteLength(name) > rules.maxName) return refused("ENAMETOOLONG");
  if (rules.reserved !== "ordinary" && name.startsWith(WHITEOUT_PREFIX))
    return rules.reserved === "refused" ? refused("EPERM") : ABSENT;
  const found: BranchNode[] = [];
  let kind: EntryKind | null = null;
  let opaque = -1;
  let last = -1;
  let redirect: string | null = null;
  let asked = name;
  let metacopy = false;
  let redirectEnds = false;
  let fromRoots = false;
  let from = parents;
  for (let i = 0; i < from.length; i++) {
    const { branch, node: dir } = from[i]!;
    const { reader, honoursWhiteouts } = branches[branch]!;
    const filesCount = rules.marks === "files" && honoursWhiteouts;
    last = branch;

    let hasWhiteout = false;
    if (filesCount) {
      const mark = reader.whiteout(dir, asked);
      if (mark !== NO_ROW) {
        if (rules.whiteoutAndName === "whiteout" && reader.kind(mark) !== "file") {
          visit(branch, "invalid", PROBES.invalidWhiteout);
          return { ...refused("EIO"), last };
        }
        hasWhiteout = true;
      }
      // aufs: once anything is recorded, even that the first branch has nothing, a whiteout ends the search at once.
      if (hasWhiteout && rules.whiteoutAndName === "whiteout" && i > 0) {
        visit(branch, "whiteout", PROBES.whiteoutFile);
        const kept = downTo(found, opaque);
        return { errno: null, found: kept, kind, whiteout: branch, opaque, last, redirect };
      }
    }

    const redirected = redirect === null ? null : follow(reader, dir, asked);
    const node: NodeId = redirected === null ? reader.child(dir, asked) : redirected.node;
    if (redirected?.ends) redirectEnds = true;
    if (node === NO_ROW) {
      if (hasWhiteout) {
        visit(branch, "whiteout", PROBES.whiteoutFileAlone);
        return { errno: null, found, kind, whiteout: branch, opaque, last, redirect };
      }
      visit(branch, "missing", filesCount ? PROBES.bothMissing : PROBES.missing);
      if (redirectEnds) break;
      continue;
    }
    if (hasWhiteout && rules.whiteoutAndName === "whiteout") {
      visit(branch, "invalid", PROBES.whiteoutAndName);
      return { ...refused("EIO"), whiteout: branch, last };
    }
    if (rules.marks === "devices" && reader.isWhiteoutDevice(node)) {
      visit(branch, "whiteout", PROBES.whiteoutDevice);
      return { errno: null, found, kind, whiteout: branch, opaque, last, redirect };
    }

    const nodeKind = reader.kind(node);
    const differs =
      kind !== null &&
      (rules.otherType === "skip" ? kind !== nodeKind : !metacopy && nodeKind !== "dir");
    if (differs) {
      visit(branch, "type-differs", filesCount ? PROBES.found : PROBES.foundReal);
      if (rules.otherType === "skip") continue;
      return { errno: null, found, kind, whiteout: -1, opaque, last, redirect };
    }
    found.push({ branch, node });
    kind ??= nodeKind;
    if (nodeKind !== "dir") {
      visit(branch, "found", filesCount ? PROBES.found : PROBES.foundReal);
      metacopy = rules.redirects && reader.xattr(node, "trusted.overlay.metacopy") !== null;
      if (!metacopy) return { errno: null, found, kind, whiteout: -1, opaque, last, redirect };
    } else {
      const isOpaque =
        rules.marks === "files"
          ? honoursWhiteouts && reader.opaqueMark(node) !== NO_ROW
          : reader.xattr(node, "trusted.overlay.opaque") === "y";
      if (isOpaque && rules.whiteoutAndName === "whiteout" && isStrangeMark(reader, node)) {
        visit(branch, "invalid", PROBES.invalidOpaque);
        return { ...refused("EIO"), last };
      }
      if (isOpaque) opaque = branch;
      if (isOpaque || hasWhiteout) {
        const probes = rules.marks === "files" ? PROBES.opaque : PROBES.opaqueXattr;
        visit(branch, isOpaque ? "opaque" : "found", probes);
        if (!rules.opaqueEnds) continue;
        const whiteout = isOpaque ? -1 : branch;
        return { errno: null, found, kind, whiteout, opaque, last, redirect };
      }
      visit(branch, "found", filesCount ? PROBES.directory : PROBES.directoryXattr);
      if (redirectEnds) break;
    }

    const next: string | null = rules.redirects
      ? reader.xattr(node, "trusted.overlay.redirect")
      : null;
    if (next !== null) {
      redirect = next;
      asked = next;
      if (next.startsWith("/") && !fromRoots) {
        fromRoots = true;
        from = roots();
        i = from.findIndex((root) => root.branch === branch);
      }
    }
  }
  return { errno: null, found: downTo(found, opaque), kind, whiteout: -1, opaque, last, redirect };
}

/** The directories that count: none below the lowest opaque one. */
function downTo(found: readonly BranchNode[], opaque: number): readonly BranchNode[] {
  return opaque < 0 ? found : found.filter(({ branch }) => branch <= opaque);
}

/** Why each branch that was not asked was not asked. */
export function unaskedBranches(
  branchCount: number,
  parents: readonly BranchNode[],
  lookup: Lookup,
): readonly Unasked[] {
  if (parents.length === branchCount && lookup.last === branchCount - 1) return NONE_UNASKED;
  const unasked: Unasked[] = [];
  let at = 0;
  for (let branch = 0; branch < branchCount; branch++) {
    while (at < parents.length && parents[at]!.branch < branch) at += 1;
    if (parents[at]?.branch !== branch) unasked.push({ branch, reason: "no-parent" });
    else if (branch > lookup.last) unasked.push({ branch, reason: whyEnded(lookup) });
  }
  return unasked;
}
const NONE_UNASKED: readonly Unasked[] = Object.freeze([]);

function whyEnded(lookup: Lookup): UnaskedReason {
  if (lookup.errno !== null) return "failed";
  if (lookup.whiteout >= 0) return "whiteout-above";
  if (lookup.opaque >= 0) return "opaque-above";
  return lookup.kind === "dir" ? "type-differs-above" : "covered";
}

/** Reads a frozen tree's rows as they are. */
export function columnReader(tree: ColumnTree): BranchReader {
  return {
    child: (dir, name) => childOf(tree, dir, name),
    whiteout: (dir, name) => childOf(tree, dir, WHITEOUT_PREFIX + name),
    opaqueMark: (dir) => childOf(tree, dir, OPAQUE_MARK),
    kind: (row) => kindOf(tree, row),
    target: (row) => extraOf(tree, row).target ?? "",
    isWhiteoutDevice: (row) => kindOf(tree, row) === "char" && isZero(extraOf(tree, row).rdev),
    xattr: (row, name) => {
      for (const [key, value] of extraOf(tree, row).xattrs ?? [])
        if (key === name) return textOf(value);
      return null;
    },
  };
}

/** Reads a live tree as it is now. */
export function liveReader(tree: LiveTree): BranchReader {
  return new LiveReader(tree);
}

/** A class, so that making one for each of many branches costs one allocation each. */
class LiveReader implements BranchReader {
  readonly #tree: LiveTree;
  /** The inode asked about last: lookup asks several things of each. */
  #at: NodeId = NO_NODE;
  #node: LiveNode | undefined;

  constructor(tree: LiveTree) {
    this.#tree = tree;
  }

  child(dir: NodeId, name: string): NodeId {
    return childNode(this.#tree, dir, name);
  }

  whiteout(dir: NodeId, name: string): NodeId {
    return childNode(this.#tree, dir, WHITEOUT_PREFIX + name);
  }

  opaqueMark(dir: NodeId): NodeId {
    return childNode(this.#tree, dir, OPAQUE_MARK);
  }

  kind(node: NodeId): EntryKind {
    return this.#written(node)?.kind ?? nodeKind(this.#tree, node);
  }

  target(node: NodeId): string {
    return nodeOf(this.#tree, node).target;
  }

  isWhiteoutDevice(node: NodeId): boolean {
    return this.kind(node) === "char" && isZero(nodeOf(this.#tree, node).rdev);
  }

  xattr(node: NodeId, name: string): string | null {
    if (this.#written(node)?.xattrs.length === 0) return null;
    const value = xattrOf(this.#tree, node, name);
    return value === undefined ? null : textOf(value);
  }

  /** The inode's object, if it was ever written. */
  #written(node: NodeId): LiveNode | undefined {
    if (this.#at !== node) {
      this.#at = node;
      this.#node = mapGet(this.#tree.nodes, node);
    }
    return this.#node;
  }
}

/**
 * What a redirect names in one branch: a name in `dir`, or a path from the branch's root, which `dir` then is. `ends`: a
 * whiteout, an opaque directory or something that is no directory lies on the way, so no branch below is asked.
 */
function follow(
  reader: BranchReader,
  dir: NodeId,
  redirect: string,
): { readonly node: NodeId; readonly ends: boolean } {
  const parts = redirect.split("/").filter((part) => part !== "");
  let node = dir;
  let ends = false;
  for (const [i, part] of parts.entries()) {
    node = reader.child(node, part);
    if (node === NO_ROW || i === parts.length - 1) break;
    if (reader.kind(node) !== "dir") return { node: NO_ROW, ends: true };
    if (reader.xattr(node, "trusted.overlay.opaque") === "y") ends = true;
  }
  return { node, ends };
}

function isStrangeMark(reader: BranchReader, dir: NodeId): boolean {
  return reader.kind(reader.opaqueMark(dir)) !== "file";
}

function refused(errno: Errno): Lookup {
  return { ...ABSENT, errno };
}
const ABSENT: Lookup = Object.freeze({
  errno: null,
  found: NOTHING,
  kind: null,
  whiteout: -1,
  opaque: -1,
  last: -1,
  redirect: null,
});

function isZero(device: readonly [number, number] | undefined): boolean {
  return device === undefined || (device[0] === 0 && device[1] === 0);
}

function textOf(value: Uint8Array): string {
  return String.fromCharCode(...value);
}

/** The length of a name in bytes; a byte that is not UTF-8 (see tree/name.ts) counts as one. */
export function byteLength(name: string): number {
  let length = name.length;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x80 || (code >= 0xdc80 && code <= 0xdcff && !isPaired(name, i))) continue;
    length += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return length;
}

function isPaired(name: string, at: number): boolean {
  const before = at > 0 ? name.charCodeAt(at - 1) : 0;
  return before >= 0xd800 && before <= 0xdbff;
}

const real = (outcome: Probe["outcome"]): Probe => Object.freeze({ what: "real", outcome });
const mark = (outcome: Probe["outcome"]): Probe => Object.freeze({ what: "whiteout", outcome });
const opq = (outcome: Probe["outcome"]): Probe => Object.freeze({ what: "opaque", outcome });
/** The probes of every kind of visit, shared by all events. */
const PROBES = Object.freeze({
  missing: Object.freeze([real("missing")]),
  bothMissing: Object.freeze([mark("missing"), real("missing")]),
  found: Object.freeze([mark("missing"), real("found")]),
  foundReal: Object.freeze([real("found")]),
  whiteoutFile: Object.freeze([mark("found")]),
  whiteoutFileAlone: Object.freeze([mark("found"), real("missing")]),
  whiteoutDevice: Object.freeze([real("whiteout")]),
  whiteoutAndName: Object.freeze([mark("found"), real("found")]),
  invalidWhiteout: Object.freeze([mark("invalid")]),
  directory: Object.freeze([mark("missing"), real("found"), opq("missing")]),
  directoryXattr: Object.freeze([real("found"), opq("missing")]),
  opaque: Object.freeze([mark("missing"), real("found"), opq("found")]),
  opaqueXattr: Object.freeze([real("found"), opq("found")]),
  invalidOpaque: Object.freeze([mark("missing"), real("found"), opq("invalid")]),
});
