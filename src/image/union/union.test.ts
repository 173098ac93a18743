import { expect, it } from "vitest";
import { rowAt } from "../../tree/column-tree.ts";
import { drawnLayers, drawnListing } from "./drawn-layers.ts";
import { storedRowOf } from "./semantics.ts";
import { mergedTree, type Union, unionOf } from "./union.ts";

it("goes on from the union of the layers below, and comes to the same", () => {
  const layers = drawnLayers(`
    a/l=>b/g s/x=new
    a/!! b/g=3 s/f=4
    b/ a/f! d@2755
    a/f=1 b/g=2 s->b`);
  const listings = (union: Union, upto: number) =>
    (["docker", "oci"] as const).map((as) => drawnListing(mergedTree(union, upto, as)));
  let lower: Union | null = null;
  for (let upto = 1; upto <= layers.length; upto++) {
    const stored = layers.slice(0, upto);
    const whole = unionOf(stored);
    lower = unionOf(stored, lower);
    expect(listings(lower, upto)).toEqual(listings(whole, upto));
    expect(lower.refusals).toEqual(whole.refusals);
  }
  const other = layers.toReversed();
  expect(listings(unionOf(other, lower), 4)).toEqual(listings(unionOf(other), 4));
});

it("a hard link to a file that a lower symlink led elsewhere has the bytes that are stored for that", () => {
  const layers = drawnLayers("a/c=1 b=>c d=>b\na->.");
  const applied = unionOf(layers).oci[1];
  const stored = layers[1];
  if (!applied || !stored) throw new RangeError("two layers");
  for (const name of ["/b", "/c", "/d"])
    expect(storedRowOf(applied, rowAt(applied.tree, name))).toBe(rowAt(stored, "/a/c"));
});
