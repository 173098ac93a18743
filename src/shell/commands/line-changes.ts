import { diffArrays } from "diff";

/** Lines `a` (from, to) of the old text stand where lines `b` of the new one do; one of the two may be empty. */
export interface Change {
  readonly a: Span;
  readonly b: Span;
}

/** From a line, counted from 0, up to another that is not of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How the lines of two texts differ, in order: a shortest script, with what GNU diff does where several are as short. */
export function lineChanges(a: readonly string[], b: readonly string[]): Change[] {
  const changes: Change[] = [];
  let [atA, atB] = [0, 0];
  let open: Change | null = null;
  for (const { added, removed, count } of diffArrays([...a], [...b])) {
    if (!added && !removed) {
      if (open) changes.push(open);
      open = null;
      atA += count;
      atB += count;
      continue;
    }
    open ??= { a: { from: atA, to: atA }, b: { from: atB, to: atB } };
    if (removed) atA += count;
    else atB += count;
    open = { a: { ...open.a, to: atA }, b: { ...open.b, to: atB } };
  }
  if (open) changes.push(open);
  return settled(changes, a, b);
}

/** Lines that were only added, or only removed, are taken to be as far down as they can be. */
function settled(changes: readonly Change[], a: readonly string[], b: readonly string[]): Change[] {
  const settledFromEnd: Change[] = [];
  for (const change of changes.toReversed()) {
    const next = settledFromEnd.at(-1);
    const isAdded = change.a.from === change.a.to;
    if (!isAdded && change.b.from !== change.b.to) {
      settledFromEnd.push(change);
      continue;
    }
    const lines = isAdded ? b : a;
    const own = isAdded ? change.b : change.a;
    const end = next ? (isAdded ? next.b : next.a).from : lines.length;
    let by = 0;
    while (own.to + by < end && lines[own.from + by] === lines[own.to + by]) by++;
    const moved: Change = { a: shifted(change.a, by), b: shifted(change.b, by) };
    if (next && own.to + by === end) {
      settledFromEnd.pop();
      settledFromEnd.push({
        a: { from: moved.a.from, to: next.a.to },
        b: { from: moved.b.from, to: next.b.to },
      });
    } else settledFromEnd.push(moved);
  }
  return settledFromEnd.reverse();
}

function shifted({ from, to }: Span, by: number): Span {
  return { from: from + by, to: to + by };
}
