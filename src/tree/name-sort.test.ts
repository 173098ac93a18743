import { expect, it } from "vitest";
import { compareRows, type NameColumns } from "./name-order.ts";
import { sortByName } from "./name-sort.ts";

/** Names with bytes that can be counted when they are read. */
function namesOf(texts: readonly string[]): NameColumns {
  const nameStart = new Uint32Array(texts.length + 1);
  texts.forEach((text, i) => {
    nameStart[i + 1] = nameStart[i]! + text.length;
  });
  const nameBytes = new TextEncoder().encode(texts.join(""));
  return { nameBytes, nameStart, name: Int32Array.from(texts, (_, i) => i) };
}

it("sorts as comparing does: prefixes first, long common beginnings, any byte", () => {
  const texts = Array.from({ length: 3000 }, (_, i) => {
    const mixed = Math.imul(i + 1, 0x9e3779b1) >>> 0;
    const start = ["", "a", "usr/share/doc/", "x".repeat(300)][mixed % 4]!;
    return start + (mixed % 1009).toString(36) + "\u0000/~"[mixed % 3]!.repeat(mixed % 5) + i;
  });
  const names = namesOf(texts);
  const rows = Int32Array.from(texts, (_, i) => i);
  const sorted = rows.slice().sort((a, b) => compareRows(names, a, 0, names, b, 0));
  sortByName(rows, names);
  expect(rows).toEqual(sorted);
});

it("reads each byte of what names have in common a few times, not once a comparison", () => {
  const names = namesOf(Array.from({ length: 500 }, (_, i) => "n".repeat(400) + ((i * 7) % 500)));
  let reads = 0;
  const nameBytes = new Proxy(names.nameBytes, {
    get: (target, key) => {
      reads += 1;
      return Reflect.get(target, key);
    },
  });
  const rows = Int32Array.from({ length: 500 }, (_, i) => i);
  sortByName(rows, { ...names, nameBytes });
  expect(reads).toBeLessThan(3 * names.nameBytes.length);
});
