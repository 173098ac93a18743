import type { EntryKind } from "../../tree/column-tree.ts";
import { NO_NODE, type NodeId } from "../../tree/live-tree.ts";
import { fail } from "../errno.ts";
import type { Probe, Unasked, UnaskedReason, VisitOutcome } from "../event.ts";
import { MAY_EXEC } from "../dialect.ts";
import { isTooLongForDisk, OPAQUE_MARK, whiteoutOf } from "./name.ts";
import { type AufsDentryData, NEGATIVE, NOTHING } from "./state.ts";
import type { Union } from "./union.ts";

/** Where a search begins and what it takes for granted. */
interface Search {
  /** The first branch asked. */
  readonly from: number;
  /** The first branch asked may hold a name that is not there (a fresh lookup), or only names that are (a count). */
  readonly allowNegative: boolean;
  /** What is known of the name already: its whiteout and opaque mark, and whether it is a directory. */
  readonly known: { readonly whiteout: number; readonly opaque: number; readonly isDir: boolean };
}

/** What a search found. */
export interface Searched {
  readonly data: AufsDentryData;
  readonly kind: EntryKind | null;
  /** Branches that have the name, and count. */
  readonly positives: readonly number[];
}

const UNKNOWN = { whiteout: -1, opaque: -1, isDir: false };

/** A name nothing is known of. */
export const EMPTY_DENTRY: AufsDentryData = {
  type: "aufs",
  lower: [],
  top: -1,
  bottom: -1,
  whiteout: -1,
  opaque: -1,
};

/**
 * One name in one merged directory, branch by branch from the top (rules L1–L10).
 *
 * Each branch that has the directory is asked for the whiteout (if it honours them), then for the name. The search ends
 * at a whiteout, and at the first thing that is not a directory; a thing of another type than the first is passed over.
 * An opaque directory does not end it, but what lies below the lowest opaque one does not count (`tailOf`).
 *
 * Fails with EIO when a mark is not a regular file, or when the only branch asked has both the name and its whiteout.
 * Source: specs/aufs.md 2.2.
 */
export function lookUp(union: Union, dir: AufsDentryData, name: string, path: string): Searched {
  const found = search(union, dir, name, path, {
    from: dir.top,
    allowNegative: true,
    known: UNKNOWN,
  });
  if (found.data.top < 0 && union.options.udba !== "none") fail("EIO");
  return found;
}

/** Whether something of this name would show once branch `dentry.top` no longer has it (rules W3, W4). */
export function showsBelow(
  union: Union,
  dir: AufsDentryData,
  name: string,
  path: string,
  dentry: AufsDentryData,
  isDir: boolean,
): boolean {
  const found = search(union, dir, name, path, {
    from: dentry.top + 1,
    allowNegative: false,
    known: { whiteout: dentry.whiteout, opaque: dentry.opaque, isDir },
  });
  return found.positives.length > 0;
}

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

/** The dentry with another inode (or NOTHING, or NEGATIVE) in one branch; top and bottom grow to hold it. */
export function withLower(dentry: AufsDentryData, branch: number, node: NodeId): AufsDentryData {
  const lower = filled(dentry.lower, branch);
  lower[branch] = node;
  if (node === NOTHING) return { ...dentry, lower };
  return {
    ...dentry,
    lower,
    top: dentry.top < 0 || branch < dentry.top ? branch : dentry.top,
    bottom: Math.max(dentry.bottom, branch),
  };
}

/** The dentry with top and bottom at the first and last branch that holds anything. */
export function withRange(dentry: AufsDentryData, dropNegative: boolean): AufsDentryData {
  const lower = dentry.lower.map((node) =>
    node === NEGATIVE && dropNegative ? NOTHING : node,
  );
  return {
    ...dentry,
    lower,
    top: lower.findIndex((node) => node !== NOTHING),
    bottom: lower.findLastIndex((node) => node !== NOTHING),
  };
}

function filled(lower: readonly NodeId[], branch: number): NodeId[] {
  const copy = [...lower];
  while (copy.length <= branch) copy.push(NOTHING);
  return copy;
}

function search(
  union: Union,
  dir: AufsDentryData,
  name: string,
  path: string,
  { from, allowNegative, known }: Search,
): Searched {
  const tail = tailOf(dir);
  const lower: NodeId[] = [];
  let { whiteout, opaque } = known;
  let negative = allowNegative;
  let kind: EntryKind | null = null;
  let ignorePermission = false;
  let end: UnaskedReason | null = null;
  let last = from - 1;
  const positives: number[] = [];
  const unasked: Unasked[] = [];

  for (let branch = from; branch <= tail; branch++) {
    last = branch;
    const parent = lowerOf(dir, branch);
    if (parent === NO_NODE || union.kind(branch, parent) !== "dir") {
      unasked.push({ branch, reason: "no-parent" });
      continue;
    }
    if (!ignorePermission) union.needSearch(branch, parent, path);
    if (union.options.dirperm1) ignorePermission = true;

    const probes: Probe[] = [];
    const visited = (outcome: VisitOutcome) =>
      union.emit({ type: "visit", fs: union.fs, path, branch, outcome, probes });
    const honours = union.honoursWhiteouts(branch);
    let isHidden = false;
    if (honours) {
      const mark = union.mark(branch, parent, whiteoutOf(name));
      probes.push({ what: "whiteout", outcome: mark });
      if (mark === "invalid") {
        visited("invalid");
        fail("EIO");
      }
      isHidden = mark === "found";
      if (isHidden) {
        whiteout = branch;
        if (!negative) {
          visited("whiteout");
          end = "whiteout-above";
          break;
        }
      }
    }

    if (negative && isTooLongForDisk(name)) fail("ENAMETOOLONG");
    const node = union.child(branch, parent, name);
    probes.push({ what: "real", outcome: node === NO_NODE ? "missing" : "found" });
    const nodeKind = node === NO_NODE ? null : union.kind(branch, node);
    if (nodeKind === null) {
      if (negative) lower[branch] = NEGATIVE;
      negative = false;
      visited(isHidden ? "whiteout" : "missing");
    } else if (isHidden) {
      visited("whiteout");
    } else if (kind !== null && kind !== nodeKind) {
      visited("type-differs");
      if (known.isDir || !isHidden) continue;
    } else {
      lower[branch] = node;
      negative = false;
      positives.push(branch);
      kind ??= nodeKind;
      let isOpaque = false;
      if (nodeKind === "dir" && honours) {
        const mark = union.mark(branch, node, OPAQUE_MARK);
        probes.push({ what: "opaque", outcome: mark });
        if (mark === "invalid") {
          visited("invalid");
          fail("EIO");
        }
        isOpaque = mark === "found";
        if (isOpaque) opaque = branch;
      }
      visited(isOpaque ? "opaque" : "found");
      if (kind !== "dir") {
        end = "covered";
        break;
      }
      if (known.isDir && opaque >= 0 && opaque <= branch) {
        end = "opaque-above";
        break;
      }
    }
    if (isHidden) {
      end = "whiteout-above";
      break;
    }
  }

  const size = union.state.branches.length;
  for (let branch = last + 1; branch < size; branch++)
    unasked.push({ branch, reason: end !== null && branch <= tail ? end : "no-parent" });

  const held = Array.from({ length: Math.max(lower.length, 0) }, (_, b) => lower[b] ?? NOTHING);
  const data = withRange(
    { type: "aufs", lower: held, top: -1, bottom: -1, whiteout, opaque },
    positives.length > 0,
  );
  if (allowNegative) report(union, path, kind, positives, data, unasked);
  return { data, kind, positives };
}

function report(
  union: Union,
  path: string,
  kind: EntryKind | null,
  positives: readonly number[],
  data: AufsDentryData,
  unasked: readonly Unasked[],
): void {
  if (kind === null)
    union.emit({
      type: "miss",
      fs: union.fs,
      path,
      whiteout: data.whiteout < 0 ? null : data.whiteout,
      unasked,
    });
  else union.emit({ type: "hit", fs: union.fs, path, kind, branches: positives, unasked });
}
