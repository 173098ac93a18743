import type { EntryKind } from "../../tree/column-tree.ts";
import { NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import {
  type BranchNode,
  LOOKUP_RULES,
  type Lookup,
  type LookupRules,
  liveReader,
  lookupName,
  unaskedBranches,
} from "../lookup.ts";
import { isSealed } from "./sealed.ts";
import { type AufsDentryData, NEGATIVE, NOTHING } from "./state.ts";
import { honoursWhiteouts, type Union } from "./union.ts";

/** With `shwh`, whiteouts are names like any other. */
const SHOWING_RULES: LookupRules = Object.freeze({ ...LOOKUP_RULES.aufs, reserved: "ordinary" });

/** What a search found. */
export interface Searched {
  readonly data: AufsDentryData;
  readonly kind: EntryKind | null;
}

/**
 * One name in one merged directory (rules L-01–L-17).
 *
 * Fails with EIO when a mark is not a regular file, or when the first branch asked has both the name and its whiteout;
 * EPERM and ENAMETOOLONG for names that are aufs's own or too long.
 */
export function lookUp(union: Union, dir: Dentry, name: string, path: string): Searched {
  const parents = partsOf(union.dentry(dir));
  const found = sealed(union, ask(union, parents, name, path));
  if (found.errno === "EIO" && found.whiteout >= 0 && union.options.udba === "none") {
    union.emit({ type: "miss", fs: union.fs, path, whiteout: found.whiteout, unasked: [] });
    const hidden = { ...EMPTY_DENTRY, whiteout: found.whiteout };
    return { data: hidden, kind: null };
  }
  if (found.errno !== null) fail(found.errno);
  const unasked = unaskedBranches(union.state.branches.length, parents, found);
  const { kind, whiteout } = found;
  if (kind === null) {
    const hiding = whiteout < 0 ? null : whiteout;
    union.emit({ type: "miss", fs: union.fs, path, whiteout: hiding, unasked });
  } else {
    const branches = found.found.map(({ branch }) => branch);
    union.emit({ type: "hit", fs: union.fs, path, kind, branches, unasked });
  }
  return { data: dentryOf(found, parents), kind };
}

/** Whether something of this name would show once the dentry's top branch no longer has it (rules W-03, W-04). */
export function showsBelow(
  union: Union,
  dir: AufsDentryData,
  name: string,
  path: string,
  dentry: AufsDentryData,
): boolean {
  const parents = partsOf(dir).filter(({ branch }) => branch > dentry.top);
  const first = parents[0];
  if (first === undefined) return false;
  union.needSearch(first.branch, first.node, path);
  const found = ask(union, parents, name, path);
  if (found.errno !== null && found.whiteout < 0) fail(found.errno);
  return found.found.length > 0;
}

/** A name nothing is known of. */
export const EMPTY_DENTRY: AufsDentryData = Object.freeze({
  type: "aufs",
  lower: [],
  top: -1,
  bottom: -1,
  whiteout: -1,
  opaque: -1,
});

/** The last branch that counts for what a dentry is. */
export function lastOf(dentry: AufsDentryData): number {
  const { bottom, whiteout } = dentry;
  if (bottom < 0) return bottom;
  if (whiteout === 0) return 0;
  return whiteout > 0 && whiteout < bottom ? whiteout - 1 : bottom;
}

/** The last branch that counts for what is in a directory: an opaque branch still does, those below it do not. */
export function tailOf(dentry: AufsDentryData): number {
  const last = lastOf(dentry);
  return last >= 0 && dentry.opaque >= 0 && dentry.opaque < last ? dentry.opaque : last;
}

/** The inode a branch holds for a dentry, or NO_NODE. */
export function lowerOf(dentry: AufsDentryData, branch: number): NodeId {
  const node = branch < dentry.top ? NOTHING : (dentry.lower[branch] ?? NOTHING);
  return node < 0 ? NO_NODE : node;
}

/** The directories that merge into one, top first. */
export function partsOf(dentry: AufsDentryData): readonly BranchNode[] {
  const parts: BranchNode[] = [];
  const tail = tailOf(dentry);
  for (let branch = Math.max(dentry.top, 0); branch <= tail; branch++) {
    const node = lowerOf(dentry, branch);
    if (node !== NO_NODE) parts.push({ branch, node });
  }
  return parts;
}

/** The dentry with another inode (or NOTHING, or NEGATIVE) in one branch; top and bottom grow to hold it. */
export function withLower(dentry: AufsDentryData, branch: number, node: NodeId): AufsDentryData {
  const lower = withNode(dentry.lower, branch, node);
  if (node === NOTHING) return { ...dentry, lower };
  return {
    ...dentry,
    lower,
    top: dentry.top < 0 || branch < dentry.top ? branch : dentry.top,
    bottom: Math.max(dentry.bottom, branch),
  };
}

/** The list with another inode in one branch. An array made in its full length takes no more room than it needs. */
export function withNode(
  lower: readonly NodeId[],
  branch: number,
  node: NodeId,
): readonly NodeId[] {
  const changed = new Array<NodeId>(Math.max(lower.length, branch + 1)).fill(NOTHING);
  for (const [at, old] of lower.entries()) changed[at] = old;
  changed[branch] = node;
  return changed;
}

/** The dentry with top and bottom at the first and last branch that holds anything. */
export function withRange(dentry: AufsDentryData, dropNegative: boolean): AufsDentryData {
  const lower = dropNegative
    ? dentry.lower.map((node) => (node === NEGATIVE ? NOTHING : node))
    : dentry.lower;
  return {
    ...dentry,
    lower,
    top: lower.findIndex((node) => node !== NOTHING),
    bottom: lower.findLastIndex((node) => node !== NOTHING),
  };
}

function ask(union: Union, parents: readonly BranchNode[], name: string, path: string): Lookup {
  const { tx, fs } = union;
  const branches = tx.branchesOf(fs, () =>
    union.state.branches.map((branch) => ({
      reader: liveReader(tx.plain(branch.fs).tree),
      honoursWhiteouts: honoursWhiteouts(branch.permission),
    })),
  );
  const rules = union.options.showWhiteouts ? SHOWING_RULES : LOOKUP_RULES.aufs;
  return lookupName(rules, branches, parents, name, (branch, outcome, probes) =>
    union.emit({ type: "visit", fs, path, branch, outcome, probes }),
  );
}

/** What was found, without what lies below a directory that was made opaque while the union was mounted. */
function sealed(union: Union, lookup: Lookup): Lookup {
  if (lookup.kind !== "dir") return lookup;
  const at = lookup.found.findIndex(({ branch, node }) => isSealed(union, branch, node));
  const end = lookup.found[at];
  if (end === undefined) return lookup;
  return { ...lookup, found: lookup.found.slice(0, at + 1), opaque: end.branch };
}

/** A dentry as the kernel fills it: where the name is, or the first branch asked as the one that has it not. */
function dentryOf(
  { found, kind, whiteout, opaque }: Lookup,
  parents: readonly BranchNode[],
): AufsDentryData {
  const held = kind === null ? parents.slice(0, 1) : found;
  const top = held[0]?.branch ?? -1;
  const bottom = held.at(-1)?.branch ?? -1;
  const lower: NodeId[] = new Array<NodeId>(bottom + 1).fill(NOTHING);
  for (const { branch, node } of held) lower[branch] = kind === null ? NEGATIVE : node;
  return { type: "aufs", lower, top, bottom, whiteout, opaque };
}
