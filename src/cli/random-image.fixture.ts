import fc from "fast-check";
import type { DrawnEntry } from "../image/drawn-tar.ts";

/** Small images of layers that step on each other: few names, every kind of entry, marks, links and the same path twice. */

const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
/** The same path spelt as tools do, mostly plainly. */
const spelt = fc.oneof(
  { weight: 9, arbitrary: path },
  path.map((at) => `./${at}`),
  path.map((at) => `/${at.replace("/", "//")}`),
  path.map((at) => `x/../${at}`),
);
const meta = fc.record({
  mode: fc.constantFrom(0o755, 0o644, 0o4711, 0o1777),
  uid: fc.constantFrom(0, 1000),
  mtime: fc.integer({ min: 1000, max: 1009 }),
});
const target = fc.oneof(
  path,
  path.map((at) => `/${at}`),
  fc.constantFrom("..", ".", "../a", "/", "nowhere"),
);

const entry: fc.Arbitrary<DrawnEntry> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(spelt, fc.constantFrom("1", "22", "333"), meta)
      .map(([at, data, facts]) => ({ path: at, data, ...facts })),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(spelt, meta).map(([at, facts]) => ({ path: `${at}/`, ...facts })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(path, target, meta)
      .map(([at, link, facts]) => ({ path: at, type: "2", link, ...facts })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(path, path, meta)
      .map(([at, link, facts]) => ({ path: at, type: "1", link, ...facts })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(path, meta).map(([at, facts]) => ({ path: at, type: "6", ...facts })),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(path, meta).map(([at, facts]) => {
      const cut = at.lastIndexOf("/") + 1;
      return { path: `${at.slice(0, cut)}.wh.${at.slice(cut)}`, ...facts };
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(path, meta)
      .map(([at, facts]) => ({ path: `${at}/.wh..wh..opq`, ...facts })),
  },
);

/** Base first. */
export const randomLayers: fc.Arbitrary<readonly (readonly DrawnEntry[])[]> = fc.array(
  fc.array(entry, { maxLength: 7 }),
  { minLength: 1, maxLength: 4 },
);

/** Layers as a line each, for the message of a failure. */
export function drawnText(layers: readonly (readonly DrawnEntry[])[]): string {
  const word = ({ path: at, type, link, data, mode = 0, mtime = 0 }: DrawnEntry) => {
    const sign = { "1": "=>", "2": "->" }[type ?? ""] ?? "";
    const what = data === undefined ? `${sign}${link ?? ""}` : `=${String(data)}`;
    return `${at}${what}@${mode.toString(8)}#${mtime}`;
  };
  return layers.map((entries, i) => `  ${i + 1}: ${entries.map(word).join("  ")}`).join("\n");
}
