/** Between one step and the next most of the stage stays as it was. What does stays the same object, so that a view can tell at a glance. */
import type { StageState } from "./lab-stage.ts";

/** Whether two values of plain data say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((value, at) => isSame(value, b[at]))
    );
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(
      (name) => Object.hasOwn(b, name) && isSame(Reflect.get(a, name), Reflect.get(b, name)),
    )
  );
}

/** `before` when it says the same, else `after`. */
export function shared<T>(before: T, after: T): T {
  return isSame(before, after) ? before : after;
}

/** `after` with the elements of `before` that say the same as one of its own at their place; `before` when all do. */
export function sharedList<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  const list = after.map((each, at) => {
    const earlier = before[at];
    return earlier !== undefined && isSame(earlier, each) ? earlier : each;
  });
  return list.length === before.length && list.every((each, at) => each === before[at])
    ? before
    : list;
}

/** A stage of which the parts that a step left as they were are those of the stage before. */
export function sharedStage(before: StageState | null, after: StageState): StageState {
  if (!before) return after;
  const known = new Map(before.cells.map((cell) => [cell.key, cell]));
  const earlier = after.cells.map((cell) => known.get(cell.key) ?? cell);
  const cells = sharedList(earlier, after.cells);
  return shared(before, {
    ...after,
    rows: sharedList(before.rows, after.rows),
    columns: sharedList(before.columns, after.columns),
    folded: sharedList(before.folded, after.folded),
    cells: sharedList(before.cells, cells),
    trail: shared(before.trail, after.trail),
    copy: shared(before.copy, after.copy),
    move: shared(before.move, after.move),
  });
}
