/**
 * Recorded cases of real kernels: their types, and how a listing row or a result reads in a report.
 *
 * Source: conformance/README.md beside the recordings.
 */

export type EntryType =
  | "dir"
  | "file"
  | "symlink"
  | "hardlink"
  | "fifo"
  | "char"
  | "whiteout"
  | "opaque";

/** One thing that lies in a branch before the first step. Parents come first; the root exists already. */
export interface CaseEntry {
  readonly type: EntryType;
  readonly path: string;
  /** Octal, "0644". */
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Content, one character a byte (latin-1). */
  readonly data?: string;
  /** A symlink's text, or the path of the earlier entry a hard link names. */
  readonly target?: string;
  readonly dev?: readonly [major: number, minor: number];
  /** Seconds since 1970. */
  readonly mtime?: number;
}

export interface CaseBranch {
  /** aufs: "rw", "ro+wh" and so on; overlayfs: "rw" for the upper, anything else for a lower. */
  readonly perm: string;
  readonly entries: readonly CaseEntry[];
}

export type CaseValue = string | number | readonly string[] | CaseStat;

/** What `stat`, `lstat` and `fstat` tell. */
export interface CaseStat {
  readonly type: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Regular files only. */
  readonly size?: number;
  readonly nlink?: number;
}

export interface CaseStep {
  readonly call: readonly (string | number)[];
  readonly as?: readonly [uid: number, gid: number];
  /** The name later steps give the descriptor that this `open` makes. */
  readonly bind?: string;
  readonly ret?: CaseValue;
  readonly errno?: string;
}

/** One row of a listing; which keys it has depends on what lies there. */
export interface CaseRow {
  readonly path: string;
  readonly type: string;
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly size?: number;
  readonly nlink?: number;
  readonly mtime?: number;
  readonly data?: string;
  readonly target?: string;
  readonly dev?: readonly [major: number, minor: number];
  readonly whiteout?: true;
  readonly opaque?: true;
  readonly redirect?: string;
  readonly metacopy?: true;
  /** Links in aufs's plink directory. */
  readonly links?: number;
}

export interface CaseAfter {
  readonly rw: readonly CaseRow[];
  readonly merged: readonly CaseRow[];
  /** Every branch below the first; only where more than one branch is writable. */
  readonly lower?: readonly (readonly CaseRow[])[];
}

export interface ConformanceCase {
  readonly name: string;
  readonly fs: "aufs" | "overlay";
  readonly options?: readonly string[];
  /** Top first. */
  readonly branches: readonly CaseBranch[];
  readonly steps: readonly CaseStep[];
  readonly after?: CaseAfter;
}

/** Whether a line of a file is a case, as far as it must be to be replayed. */
export function isConformanceCase(value: unknown): value is ConformanceCase {
  if (typeof value !== "object" || value === null) return false;
  if (!("name" in value && "fs" in value && "branches" in value && "steps" in value)) return false;
  return (
    typeof value.name === "string" &&
    (value.fs === "aufs" || value.fs === "overlay") &&
    Array.isArray(value.branches) &&
    Array.isArray(value.steps)
  );
}

/** The first thing in which a replayed case differs from its recording. */
export interface CaseDifference {
  /** "step 3 rename" or "after.rw /a". */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

/** The first step or row in which `got` differs from what `recorded` says; null when nothing does. */
export function firstDifference(
  recorded: ConformanceCase,
  got: ConformanceCase,
): CaseDifference | null {
  for (const [index, expected] of recorded.steps.entries()) {
    const step = got.steps[index];
    const wanted = outcome(expected);
    const seen = step ? outcome(step) : "nothing";
    if (wanted !== seen)
      return {
        where: `step ${index + 1} ${canonical(expected.call)}${expected.as ? ` as ${expected.as}` : ""}`,
        expected: wanted,
        got: seen,
      };
  }
  if (!recorded.after) return null;
  const rw = differentRow("after.rw", recorded.after.rw, got.after?.rw ?? []);
  if (rw) return rw;
  for (const [index, rows] of (recorded.after.lower ?? []).entries()) {
    const lower = differentRow(`after.lower[${index}]`, rows, got.after?.lower?.[index] ?? []);
    if (lower) return lower;
  }
  return differentRow("after.merged", recorded.after.merged, got.after?.merged ?? []);
}

function outcome(step: CaseStep): string {
  if (step.errno !== undefined) return step.errno;
  return step.ret === undefined ? "nothing" : canonical(step.ret);
}

function differentRow(
  listing: string,
  expected: readonly CaseRow[],
  got: readonly CaseRow[],
): CaseDifference | null {
  const wanted = new Map(expected.map((row) => [row.path, canonical(row)]));
  const seen = new Map(got.map((row) => [row.path, canonical(row)]));
  for (const path of [...new Set([...wanted.keys(), ...seen.keys()])].sort()) {
    const left = wanted.get(path) ?? "no row";
    const right = seen.get(path) ?? "no row";
    if (left !== right) return { where: `${listing} ${path}`, expected: left, got: right };
  }
  return null;
}

/** JSON with sorted keys, so that equal values read the same. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
      .join(",")}}`;
  return JSON.stringify(value);
}
