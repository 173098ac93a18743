import { expect, it } from "vitest";
import { drawnLayers } from "./drawn-layers.ts";
import { unionOf } from "./union.ts";
import { wasteOf } from "./waste.ts";

const waste = (drawing: string) => wasteOf(unionOf(drawnLayers(drawing)), "docker");

it.each([
  ["a file in a removed directory", "a!\na/ a/f=1234 a/k=1\nk=1", 5],
  ["an opaque directory", "a/ a/!! a/n=1\na/ a/f=1234", 4],
  ["grown", "f=123456\nf=1", 1],
  ["shrunk", "f=1\nf=123456", 6],
  ["a chmod", "f=1234@0755\nf=1234", 4],
  ["a directory in place of a file, and back", "a=1\na/ a/f=12\na=123", 5],
  ["removed and made again", "a/ a/f=12\na!\na/ a/f=1234", 4],
  ["another target of a symlink", "s->b\ns->a", 0],
  ["one name of two removed", "a!\na=1234 b=>a", 0],
])("%s", (_, drawing, bytes) => {
  expect(waste(drawing).wastedBytes).toBe(bytes);
});

it("names the files, the largest first, with who stores and who hides them", () => {
  const { storedBytes, seenBytes, files } = waste("big! f=1\nf=22\nbig=12345 k=1");
  expect([storedBytes, seenBytes]).toEqual([9, 2]);
  expect(files).toEqual([
    { path: "/big", bytes: 5, layer: 1, by: 3, how: "whiteout" },
    { path: "/f", bytes: 2, layer: 2, by: 3, how: "overwritten" },
  ]);
});
