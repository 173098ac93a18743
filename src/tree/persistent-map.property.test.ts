import fc from "fast-check";
import { expect, it } from "vitest";
import {
  emptyMap,
  isEmptyMap,
  mapDelete,
  mapEntries,
  mapGet,
  mapSet,
  type PersistentMap,
} from "./persistent-map.ts";

/** Pairs whose 32-bit hashes are equal are among the keys. */
const key = fc.oneof(
  fc.constantFrom("costarring", "liquid", "declinate", "macallums", "altarage", "zinke"),
  fc.string({ maxLength: 3 }),
  fc.integer(),
  fc.nat(20),
);
const change = fc.record({ key, value: fc.option(fc.nat(9), { nil: null }) });
type Key = string | number;

it("is as Map is, leaves old maps alone, and looks the same whatever way it was made", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const model = new Map<Key, number>();
      let map: PersistentMap<Key, number> = emptyMap();
      const past: [PersistentMap<Key, number>, string][] = [];
      for (const { key: at, value } of changes) {
        past.push([map, JSON.stringify(map)]);
        map = value === null ? mapDelete(map, at) : mapSet(map, at, value);
        if (value === null) model.delete(at);
        else model.set(at, value);
        expect(mapGet(map, at)).toBe(value ?? undefined);
      }
      for (const [old, text] of past) expect(JSON.stringify(old)).toBe(text);
      expect(isEmptyMap(map)).toBe(model.size === 0);
      expect(new Map(mapEntries(map))).toEqual(model);
      let again: PersistentMap<Key, number> = emptyMap();
      for (const [at, value] of [...model].reverse()) again = mapSet(again, at, value);
      expect(again).toEqual(map);
    }),
  );
});

it("holds keys of one hash side by side, and gives the other back when one goes", () => {
  const one = mapSet(emptyMap<string, number>(), "liquid", 1);
  const both = mapSet(one, "costarring", 2);
  expect([mapGet(both, "liquid"), mapGet(both, "costarring")]).toEqual([1, 2]);
  expect(mapDelete(both, "costarring")).toEqual(one);
  expect(mapDelete(one, "costarring")).toBe(one);
});
