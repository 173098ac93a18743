import { readFileSync } from "node:fs";
import { TSV_COLUMNS } from "./tsv-line.ts";

type Column = (typeof TSV_COLUMNS)[number];

/** A listing of `../shared/corpus`, or one of ours in the same form, by path. */
export type Listing = ReadonlyMap<string, Readonly<Record<Column, string>>>;

/** What may differ although both are right (the corpus's README). */
export interface Tolerance {
  /** Names of an inode: one was replaced or removed above, and tools count differently. */
  readonly links?: boolean;
}

/** Directories that a tool made while it ran have a time of that day; the images are older than this, or say whole seconds. */
const MADE_BY_TOOL = /\.(?!000000000$)\d+$/;
const TOOLS_SINCE = Date.UTC(2024) / 1000;
const LAST_TIME = 9_223_372_036;

/** Reads a listing: a header, then a line a path. Names that cannot be opened (`!`) and the root are left out. */
export function listingOf(lines: Iterable<string>): Listing {
  const listing = new Map<string, Record<Column, string>>();
  for (const line of lines) {
    const cells = line.split("\t");
    const [path = "", type] = cells;
    if (path === "" || path === "." || path === "path" || type === "!") continue;
    const row: Partial<Record<Column, string>> = {};
    TSV_COLUMNS.forEach((column, i) => {
      row[column] = cells[i] ?? "";
    });
    listing.set(path, { ...EMPTY, ...row });
  }
  return listing;
}

/** Reads a listing's file. */
export function listingFile(path: string): Listing {
  return listingOf(readFileSync(path, "utf8").split("\n"));
}

/** Where two listings differ, one line a cell; empty when they say the same. */
export function differencesBetween(
  ours: Listing,
  truth: Listing,
  tolerance: Tolerance = {},
): readonly string[] {
  const lines: string[] = [];
  for (const path of new Set([...ours.keys(), ...truth.keys()])) {
    const a = ours.get(path);
    const b = truth.get(path);
    if (!a || !b) {
      lines.push(`${path}: only ${a ? "ours" : "in truth"}`);
      continue;
    }
    for (const column of TSV_COLUMNS)
      if (a[column] !== b[column] && !isTolerated(column, a, b, tolerance))
        lines.push(`${path}: ${column} ${a[column]}, truth ${b[column]}`);
  }
  return lines;
}

function isTolerated(
  column: Column,
  ours: Readonly<Record<Column, string>>,
  truth: Readonly<Record<Column, string>>,
  { links }: Tolerance,
): boolean {
  if (column === "nlink" || column === "hardlink") return links === true;
  if (column !== "mtime") return false;
  const time = Number(ours.mtime);
  if (time < 0 || time > LAST_TIME) return true;
  const isToday = MADE_BY_TOOL.test(truth.mtime) && Number(truth.mtime) > TOOLS_SINCE;
  return truth.type === "d" && isToday;
}

const EMPTY: Readonly<Record<Column, string>> = {
  path: "",
  type: "",
  mode: "",
  uid: "",
  gid: "",
  size: "",
  mtime: "",
  nlink: "",
  hardlink: "",
  rdev: "",
  linktarget: "",
  sha256: "",
  xattrs: "",
};
