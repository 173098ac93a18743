/**
 * The stage: one directory of a union as a matrix of names and branches, at one moment.
 *
 * A pure function of the machine before the call under way and the events of that call so far. While a call runs the
 * machine has no in-between states, so the events are played onto the names of the directory.
 */
import type { EngineEvent, UnaskedReason, VisitOutcome } from "../engine/event.ts";
import type { Machine } from "../engine/machine.ts";
import type { EntryKind } from "../tree/column-tree.ts";
import { hasNode, type LiveNode, nodeKind, nodeOf } from "../tree/live-tree.ts";
import { mapGet } from "../tree/persistent-map.ts";
import { columnReader } from "./lab-column.ts";
import { type DirectoryNames, namesAt, type StoredName } from "./lab-directory.ts";
import { plumbingNames } from "./lab-plumbing.ts";
import type { Union, UnionBranch } from "./lab-union.ts";

/** One file in one branch: a mark on the stage, the same one for life. */
export interface StageCell {
  /** Equal for the same stored file at any moment. */
  readonly key: string;
  readonly branch: number;
  /** Index into `StageState.columns`. */
  readonly column: number;
  /** The name on disk: ".wh.motd" for a whiteout. */
  readonly name: string;
  readonly kind: EntryKind;
  readonly bytes: number;
  /**
   * shown: the view has it · hidden: a branch above has the name, or hides it · whiteout: it says a name is gone ·
   * copying: a copy on its way, `bytes` of `ofBytes` there · ghost: a parent directory being made for one
   */
  readonly state: "shown" | "hidden" | "whiteout" | "copying" | "ghost";
  /** What hides it: a branch's index; null when nothing does. */
  readonly hiddenBy: number | null;
  readonly ofBytes: number;
  /** The file that the name is one of: cells of a hard link have the same. */
  readonly inode: string;
  /** How many names it has in its branch. */
  readonly links: number;
}

/** A branch that was asked for the name the trail is about. */
export interface StageVisit {
  /** From 1, in the order of asking; misses count. */
  readonly number: number;
  readonly branch: number;
  readonly outcome: VisitOutcome;
}

export interface StageColumn {
  readonly name: string;
  /** What the view shows; null: nothing. */
  readonly kind: EntryKind | null;
  /** The branches that show it, top first: more than one for a merged directory. */
  readonly providers: readonly number[];
  /** The branch from which on down a directory of this name is hidden by an opaque mark; null: none. */
  readonly opaqueIn: number | null;
}

/** The lookup that is, or was last, under way. */
export interface StageTrail {
  readonly path: string;
  /** null when the name is not in the columns that are shown. */
  readonly column: number | null;
  readonly visits: readonly StageVisit[];
  readonly unasked: readonly { readonly branch: number; readonly reason: UnaskedReason }[];
}

/** A copy-up under way or just done in the call. */
export interface StageCopy {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly ofBytes: number;
  readonly column: number | null;
  readonly isDone: boolean;
}

/** A name that went to another directory, or came from one, in the call. */
export interface StageMove {
  readonly branch: number;
  /** null when the name is not in the columns that are shown. */
  readonly column: number | null;
  readonly isOut: boolean;
  /** The path it has now, or had before: in the other directory. */
  readonly other: string;
}

export interface StageRow {
  readonly branch: number;
  readonly path: string;
  readonly permission: string;
  readonly isWritable: boolean;
  /** Whether the branch has the directory, and it is part of the merged one. */
  readonly directory: "merged" | "hidden" | "absent";
  /** Drawn as a strip: Docker's own branch, of which no lesson is about. */
  readonly isFolded: boolean;
}

export interface StageState {
  readonly directory: string;
  readonly type: Union["type"];
  readonly isMounted: boolean;
  readonly rows: readonly StageRow[];
  readonly columns: readonly StageColumn[];
  /** All names of the directory, those outside the window too. */
  readonly names: number;
  /** Names without a column: only Docker's plumbing put them there. */
  readonly folded: readonly string[];
  /** Where the window of columns begins. */
  readonly first: number;
  readonly cells: readonly StageCell[];
  readonly trail: StageTrail | null;
  readonly copy: StageCopy | null;
  readonly move: StageMove | null;
  /** The branch whose directory is opaque: what is below shows nothing. */
  readonly opaqueIn: number | null;
}

export interface StageInput {
  /** As it was before the call under way, or after it when it is done. */
  readonly union: Union;
  readonly directory: string;
  /** The machine after that call: only for lengths of files it made. */
  readonly after: Machine;
  /** The events of that call so far. */
  readonly events: readonly EngineEvent[];
  /** The events of the last call that looked something up, so far: `events`, or those of a call before. */
  readonly lookup: readonly EngineEvent[];
  /** The events of the last call that this union tells of, so far: what an arrow or a tag is drawn for. */
  readonly recent: readonly EngineEvent[];
  /** The call is done: `union` is as it was left, and the events only tell of the lookup and the copy. */
  readonly isDone: boolean;
  readonly maxColumns: number;
  /** Where the window of columns is to begin; null: where the name in question is. */
  readonly first: number | null;
  /** The name a person looks at. */
  readonly selected: string | null;
  /** The -init branch, folded to a strip together with the names that are only plumbing; null: nothing is folded. */
  readonly folded: number | null;
}

/** What the stage shows. O(names of the directory + events). */
export function stageOf(input: StageInput): StageState {
  const { union, directory } = input;
  const events = input.events.filter((event) => "fs" in event && event.fs === union.fs);
  const names = namesAt(union, directory, input.isDone ? [] : events);
  const trail = trailOf(input.lookup.filter((event) => "fs" in event && event.fs === union.fs));
  const recent = input.recent.filter((event) => "fs" in event && event.fs === union.fs);
  const copy = copyOf(recent);
  const move = moveOf(recent, directory);
  const wanted =
    move?.name ?? nameIn(directory, copy?.path) ?? nameIn(directory, trail?.path) ?? input.selected;
  const asked = nameIn(directory, trail?.path);
  const all = new Set(names.columns);
  if (asked !== null) all.add(asked);
  if (move !== null) all.add(move.name);
  const folded = foldedNames(input, names, [asked, wanted]);
  const sorted = [...all].filter((name) => !folded.has(name)).sort(byBytes);
  const first = windowStart(sorted, input.maxColumns, input.first, wanted);
  const shown = sorted.slice(first, first + input.maxColumns);
  const columns = shown.map(columnReader(union, names));
  const columnOf = (path: string) => {
    const name = nameIn(directory, path);
    const at = name === null ? -1 : shown.indexOf(name);
    return at < 0 ? null : at;
  };
  return {
    directory,
    type: union.type,
    isMounted: union.fs !== null,
    rows: union.branches.map((each, branch) => ({
      branch,
      path: each.path,
      permission: each.permission,
      isWritable: each.isWritable,
      directory: names.directoryState[branch] ?? "absent",
      isFolded: branch === input.folded,
    })),
    columns,
    names: sorted.length,
    folded: [...folded].sort(byBytes),
    first,
    cells: cellsOf(union, names, shown, columns, copy, input.after),
    trail: trail && { ...trail, column: columnOf(trail.path) },
    copy: copy && { ...copy, column: columnOf(copy.path) },
    move: move && {
      branch: move.branch,
      isOut: move.isOut,
      other: move.other,
      column: shown.includes(move.name) ? shown.indexOf(move.name) : null,
    },
    opaqueIn: names.opaqueIn,
  };
}

/** The names to leave out. None that somebody asks for, and not all there are. */
function foldedNames(
  { union, folded }: StageInput,
  names: DirectoryNames,
  wanted: readonly (string | null)[],
): ReadonlySet<string> {
  if (folded === null) return NONE;
  const plumbing = new Set(plumbingNames(union, names, folded));
  for (const name of wanted) if (name !== null) plumbing.delete(name);
  return plumbing.size === names.columns.size ? NONE : plumbing;
}
const NONE: ReadonlySet<string> = new Set();

/** The marks of the columns that are shown. Every step makes them anew, so each is made at once and in one piece. */
function cellsOf(
  union: Union,
  names: DirectoryNames,
  shown: readonly string[],
  columns: readonly StageColumn[],
  copy: Copy | null,
  after: Machine,
): readonly StageCell[] {
  const cells: StageCell[] = [];
  const copied = copy ? nameIn(names.directory, copy.path) : null;
  const copying = copy?.isDone ? null : copied;
  for (const [branch, place] of union.branches.entries()) {
    const stored = names.stored[branch];
    if (!stored || stored.size === 0) continue;
    for (const [column, name] of shown.entries()) {
      const whiteout = names.marksAsFiles ? stored.get(`.wh.${name}`) : undefined;
      if (whiteout) cells.push(whiteoutCell(union, whiteout, branch, column, name));
      if (copy && copying === name && copy.to === branch) {
        const temporary = [...stored.values()].find(({ isTemporary }) => isTemporary);
        if (temporary) cells.push(copyingCell(union, temporary, branch, column, copy));
      }
      const own = stored.get(name);
      if (!own) continue;
      const isShown = columns[column]?.providers.includes(branch) ?? false;
      const isSeen = isShown || own.isWhiteoutDevice;
      const file = fileOf(place, own, after);
      const isFresh = copy?.isFresh && copied === name && copy.to === branch;
      cells.push({
        key: own.key,
        branch,
        column,
        name,
        kind: own.kind,
        bytes: isFresh ? copy.bytes : (file?.size ?? 0),
        state: own.isWhiteoutDevice ? "whiteout" : isShown ? "shown" : "hidden",
        hiddenBy: isSeen ? null : hider(names, columns[column], name, branch),
        ofBytes: 0,
        inode: inodeOf(union, own),
        links: file?.nlink ?? 1,
      });
    }
  }
  return withLinks(cells);
}

function whiteoutCell(
  union: Union,
  whiteout: StoredName,
  branch: number,
  column: number,
  name: string,
): StageCell {
  return {
    key: `${whiteout.key}:${name}`,
    branch,
    column,
    name: whiteout.name,
    kind: "file",
    bytes: 0,
    state: "whiteout",
    hiddenBy: null,
    ofBytes: 0,
    inode: inodeOf(union, whiteout),
    links: 1,
  };
}

function copyingCell(
  union: Union,
  temporary: StoredName,
  branch: number,
  column: number,
  { bytes, ofBytes }: Copy,
): StageCell {
  return {
    key: temporary.key,
    branch,
    column,
    name: temporary.name,
    kind: temporary.kind,
    bytes,
    state: temporary.kind === "dir" ? "ghost" : "copying",
    hiddenBy: null,
    ofBytes,
    inode: inodeOf(union, temporary),
    links: 1,
  };
}

/** A stored file as it is; null for what is none. What the call under way changed is read after it. */
function fileOf(
  { fs, tree }: UnionBranch,
  { node, kind, isChanged }: StoredName,
  after: Machine,
): LiveNode | null {
  if (kind !== "file") return null;
  const state = isChanged ? mapGet(after.fileSystems, fs) : undefined;
  const now = state?.type === "plain" ? state.tree : tree;
  return hasNode(now, node) && nodeKind(now, node) === "file" ? nodeOf(now, node) : null;
}

function inodeOf({ pseudoLinks }: Union, { inode }: StoredName): string {
  return pseudoLinks.get(inode) ?? inode;
}

/** Names of one file have one count, that of the branch with the most: aufs's pseudo-links have a name in another. */
function withLinks(cells: readonly StageCell[]): readonly StageCell[] {
  if (cells.every(({ links }) => links === 1)) return cells;
  const most = new Map<string, number>();
  for (const { inode, links } of cells) most.set(inode, Math.max(links, most.get(inode) ?? 1));
  return cells.map((cell) => {
    const links = most.get(cell.inode) ?? cell.links;
    return links === cell.links ? cell : { ...cell, links };
  });
}

/** The nearest branch above that hides a name of this one. */
function hider(
  names: DirectoryNames,
  column: StageColumn | undefined,
  name: string,
  branch: number,
): number | null {
  if (column?.opaqueIn !== null && column?.opaqueIn !== undefined && column.opaqueIn < branch)
    return column.opaqueIn;
  for (let above = branch - 1; above >= 0; above--) {
    const stored = names.stored[above];
    if (stored?.has(`.wh.${name}`) && names.marksAsFiles) return above;
    if (stored?.has(name)) return above;
  }
  return names.opaqueIn !== null && names.opaqueIn < branch ? names.opaqueIn : names.hiddenBy;
}

/** The last lookup of one name among the events, with every branch that was asked so far. */
function trailOf(events: readonly EngineEvent[]): Omit<StageTrail, "column"> | null {
  const last = events.findLast(({ type }) => type === "visit" || type === "hit" || type === "miss");
  if (!last || !("path" in last)) return null;
  const { path } = last;
  const visits: StageVisit[] = [];
  let unasked: StageTrail["unasked"] = [];
  for (const event of events) {
    if (event.type === "visit" && event.path === path) {
      if (event.branch <= (visits.at(-1)?.branch ?? -1)) {
        visits.length = 0;
        unasked = [];
      }
      visits.push({ number: visits.length + 1, branch: event.branch, outcome: event.outcome });
    }
    if ((event.type === "hit" || event.type === "miss") && event.path === path) {
      unasked = event.unasked;
    }
  }
  const asked = new Set(visits.map(({ branch }) => branch));
  return { path, visits, unasked: unasked.filter(({ branch }) => !asked.has(branch)) };
}

/** `isFresh`: what the copy holds is what was copied, for nothing was written into it yet. */
type Copy = Omit<StageCopy, "column"> & { readonly isFresh: boolean };

/** The copy-up that began last among the events. */
function copyOf(events: readonly EngineEvent[]): Copy | null {
  const at = events.findLastIndex(({ type }) => type === "copy-up-begin");
  const begin = events[at];
  if (begin?.type !== "copy-up-begin") return null;
  let bytes = 0;
  let isDone = false;
  let isFresh = begin.bytes > 0;
  for (const event of events.slice(at + 1)) {
    if (event.type === "copy-up-failed") return null;
    if (event.type === "copy-up-data") bytes = event.bytes + event.holes;
    if (event.type === "copy-up-end") isDone = true;
    if (event.type === "branch-write" && event.path === begin.path) isFresh = false;
  }
  const { path, from, to } = begin;
  return { path, from, to, bytes, ofBytes: begin.bytes, isDone, isFresh };
}

type Move = Omit<StageMove, "column"> & { readonly name: string };

/** The last rename out of a directory or into it among the events; copies that get their name are none. */
function moveOf(events: readonly EngineEvent[], directory: string): Move | null {
  for (const event of events.toReversed()) {
    if (event.type !== "branch-write" || event.operation !== "rename") continue;
    const { path, to, branch } = event;
    if (branch === null || to === undefined || /\/(\.wh\.[^/]*|#[0-9a-f]+)$/.test(path)) continue;
    const from = nameIn(directory, path);
    const into = nameIn(directory, to);
    if (from !== null && into === null) return { name: from, branch, isOut: true, other: to };
    if (into !== null && from === null) return { name: into, branch, isOut: false, other: path };
  }
  return null;
}

/** The name of a path that lies directly in a directory; null for any other path. */
export function nameIn(directory: string, path: string | undefined): string | null {
  if (path === undefined) return null;
  const cut = path.lastIndexOf("/");
  const parent = cut <= 0 ? "/" : path.slice(0, cut);
  return parent === directory && cut < path.length - 1 ? path.slice(cut + 1) : null;
}

/** The window as it was asked for, moved so that it holds the name in question when nobody asked. */
function windowStart(
  sorted: readonly string[],
  size: number,
  asked: number | null,
  wanted: string | null,
): number {
  const most = Math.max(0, sorted.length - size);
  if (asked !== null) return Math.min(Math.max(0, asked), most);
  const at = wanted === null ? -1 : sorted.indexOf(wanted);
  return at < size ? 0 : Math.min(most, at - Math.floor(size / 2));
}

const byBytes = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
