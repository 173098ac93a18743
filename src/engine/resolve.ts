import type { EntryKind } from "../tree/column-tree.ts";
import { NO_NODE } from "../tree/live-tree.ts";
import type { Errno } from "./errno.ts";
import type { Probe, Unasked, VisitOutcome } from "./event.ts";
import {
  type BranchNode,
  type Lookup,
  type LookupBranch,
  type LookupRules,
  lookupName,
  unaskedBranches,
} from "./lookup.ts";

/** One branch asked for one name. */
export interface Visit {
  readonly branch: number;
  readonly outcome: VisitOutcome;
  readonly probes: readonly Probe[];
}

/** One component of a path, resolved. */
export interface ResolutionStep {
  /** The path of the name in the merged tree. */
  readonly path: string;
  readonly name: string;
  /** The directories that were asked. */
  readonly parents: readonly BranchNode[];
  readonly visits: readonly Visit[];
  readonly unasked: readonly Unasked[];
  readonly result: Lookup;
  /** A symlink's target when it was followed from here, else null. */
  readonly followed: string | null;
}

export interface Resolution {
  /** ENOENT, ENOTDIR, ELOOP, …; null when the path is there. */
  readonly errno: Errno | null;
  /** Where it is, with symlinks followed: the branches that hold it, top first. */
  readonly found: readonly BranchNode[];
  readonly kind: EntryKind | null;
  /** The path with every symlink that was followed replaced. */
  readonly path: string;
  readonly steps: readonly ResolutionStep[];
}

/** A name that was found: its path in the merged tree, and the branches that hold it. */
interface Place {
  readonly path: string;
  readonly nodes: readonly BranchNode[];
}

const MAX_SYMLINKS = 40;

/**
 * Resolves a path in the merged tree of some branches, and tells every step of it.
 *
 * Symlinks are followed in the merged tree, the last one only with `follow`. ".." goes up as the kernel does it, and
 * stays at the root. O(components × branches).
 */
export function resolvePath(
  rules: LookupRules,
  branches: readonly LookupBranch[],
  roots: readonly BranchNode[],
  path: string,
  follow = false,
): Resolution {
  const steps: ResolutionStep[] = [];
  const mergedRoots = rules.opaqueRoot ? cutAtOpaque(branches, roots) : roots;
  /** The directories we are in, from the root down. */
  const trail: Place[] = [];
  let rest = path.split("/");
  let kind: EntryKind = "dir";
  let leaf: Place | null = null;
  let links = 0;
  const end = (errno: Errno | null, found: readonly BranchNode[]): Resolution => ({
    errno,
    found,
    kind: errno === null ? kind : null,
    path: (leaf ?? trail.at(-1))?.path ?? "/",
    steps,
  });
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === "" || name === ".") {
      if (leaf !== null) return end("ENOTDIR", []);
      continue;
    }
    if (leaf !== null) return end("ENOTDIR", []);
    if (name === "..") {
      trail.pop();
      continue;
    }
    const parents = trail.at(-1)?.nodes ?? mergedRoots;
    const visits: Visit[] = [];
    const result = lookupName(
      rules,
      branches,
      parents,
      name,
      (branch, outcome, probes) => visits.push({ branch, outcome, probes }),
      () => mergedRoots,
    );
    const full = `${trail.at(-1)?.path ?? ""}/${name}`;
    const isLast = rest.every((part) => part === "");
    const first = result.found[0];
    const followed =
      first !== undefined && result.kind === "symlink" && (follow || !isLast || rest.length > 0)
        ? (branches[first.branch]?.reader.target(first.node) ?? "")
        : null;
    steps.push({
      path: full,
      name,
      parents,
      visits,
      unasked: unaskedBranches(branches.length, parents, result),
      result,
      followed,
    });
    if (result.errno !== null) return end(result.errno, []);
    if (result.kind === null) return end("ENOENT", []);
    if (followed !== null) {
      links += 1;
      if (links > MAX_SYMLINKS) return end("ELOOP", []);
      if (followed.startsWith("/")) trail.length = 0;
      rest = [...followed.split("/"), ...rest];
      continue;
    }
    kind = result.kind;
    const place = { path: full, nodes: result.found };
    if (kind === "dir") trail.push(place);
    else leaf = place;
  }
  if (leaf === null) kind = "dir";
  return end(null, leaf?.nodes ?? trail.at(-1)?.nodes ?? mergedRoots);
}

/** The roots down to the first that has an opaque mark. */
function cutAtOpaque(
  branches: readonly LookupBranch[],
  roots: readonly BranchNode[],
): readonly BranchNode[] {
  const at = roots.findIndex(
    ({ branch, node }) => branches[branch]?.reader.opaqueMark(node) !== NO_NODE,
  );
  return at < 0 ? roots : roots.slice(0, at + 1);
}
