import type { EngineEvent } from "../engine/event.ts";
import {
  type Ahead,
  type Asked,
  isNews,
  stopAfterCall,
  unionBefore,
} from "./lab-question-ahead.ts";
import { hasDirectory } from "./lab-union.ts";

/** Whose names will a listing have? Asked before a directory that several branches store is read. */
export interface ListingQuestion extends Asked {
  readonly type: "listing";
  /** The branches of which at least one name will be listed. */
  readonly answer: readonly number[];
  /** Sets of branches, one of them the answer. */
  readonly choices: readonly (readonly number[])[];
  /** Every branch that stores the directory, top first. */
  readonly parts: readonly ListedPart[];
}

/** One branch's part of a listing. */
export interface ListedPart {
  readonly branch: number;
  /** Its names in the list; null: it stores the directory, but is not read. */
  readonly shown: number | null;
}

/** See `ListingQuestion`. A command asks about a directory again when it has changed. */
export function listingAhead(ahead: Ahead): ListingQuestion | null {
  const { command, call, event, passed } = ahead;
  if (!isListing(event) || (passed && isListing(passed))) return null;
  const { fs, path } = event;
  const first = call.events.find((each) => each.type === "readdir-visit");
  if (!first || !isNews(command, first)) return null;
  const union = unionBefore(ahead, fs);
  if (!union) return null;
  const storing = [...union.branches.entries()].flatMap(([at, branch]) =>
    hasDirectory(branch, path) ? [at] : [],
  );
  if (storing.length < 2) return null;
  const shown = new Map<number, number>();
  for (const each of call.events)
    if (each.type === "readdir-visit" && each.fs === fs && each.path === path)
      shown.set(each.branch, each.shown);
  const parts = storing.map((branch) => ({ branch, shown: shown.get(branch) ?? null }));
  const answer = storing.filter((branch) => (shown.get(branch) ?? 0) > 0);
  const choices = distinct([
    storing.slice(0, 1),
    storing.slice(1),
    answer,
    storing.filter((branch) => shown.has(branch)),
    storing,
    [],
  ]);
  return {
    type: "listing",
    path,
    fs,
    answer: choices.find((each) => isSameSet(each, answer)) ?? answer,
    choices,
    parts,
    reveal: stopAfterCall(ahead),
  };
}

function isListing(
  event: EngineEvent,
): event is Extract<EngineEvent, { type: "readdir-visit" | "readdir-hidden" }> {
  return event.type === "readdir-visit" || event.type === "readdir-hidden";
}

/** Each set once, those that end higher in the stack first, and the empty one last. */
function distinct(sets: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const once = sets.filter((set, at) => sets.findIndex((each) => isSameSet(each, set)) === at);
  return once.sort(
    (a, b) => Number(a.length === 0) - Number(b.length === 0) || a.length - b.length,
  );
}

function isSameSet(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}
