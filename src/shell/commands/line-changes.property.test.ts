import fc from "fast-check";
import { expect, it } from "vitest";
import { type Change, lineChanges } from "./line-changes.ts";

const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 14 });

/** The old lines with the changes made to them. */
function changed(a: readonly string[], b: readonly string[], changes: readonly Change[]): string[] {
  const made: string[] = [];
  let at = 0;
  for (const change of changes) {
    made.push(...a.slice(at, change.a.from), ...b.slice(change.b.from, change.b.to));
    at = change.a.to;
  }
  return [...made, ...a.slice(at)];
}

/** The length of the longest lines that both have in this order, from scratch. */
function common(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (const [j, other] of b.entries())
      next.push(line === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

it("changes lead from the one text to the other, are as few as can be, and do not touch", () => {
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const changes = lineChanges(a, b);
      expect(changed(a, b, changes)).toEqual(b);
      const removed = changes.reduce((sum, change) => sum + change.a.to - change.a.from, 0);
      expect(a.length - removed).toBe(common(a, b));
      for (const [i, change] of changes.entries()) {
        const before = changes[i - 1];
        if (before) expect(change.a.from).toBeGreaterThan(before.a.to);
      }
    }),
    { numRuns: 2000 },
  );
});
