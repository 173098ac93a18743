import { expect, it } from "vitest";
import { translateInto } from "../../i18n/translator.ts";
import { DETAILS } from "../../state/lab-timeline.ts";
import { tellingIn } from "./telling.ts";

const english = translateInto("en");
const tellings = DETAILS.map((detail) => tellingIn(english, "en", detail));

it("writes a size with three figures, then with its bytes, then its bytes alone", () => {
  expect(tellings.map(({ size }) => size(104_857_600))).toEqual([
    "105 MB",
    "105 MB (104,857,600 B)",
    "104,857,600 B",
  ]);
  expect(tellings.map(({ size }) => size(999))).toEqual(["999 B", "999 B", "999 B"]);
});

it("shows 4, 12 or all 64 digits of each id in a text, and leaves other digits alone", () => {
  const id = "0123456789abcdef".repeat(4);
  const text = `/var/lib/docker/aufs/diff/${id}-init/${id.slice(1)}`;
  const [few, some, all] = tellings.map(({ ids }) => ids(text));
  expect(few).toBe(`/var/lib/docker/aufs/diff/0123…-init/${id.slice(1)}`);
  expect(some).toBe(`/var/lib/docker/aufs/diff/0123456789ab…-init/${id.slice(1)}`);
  expect(all).toBe(text);
});

it("is the same object while language and detail are", () => {
  expect(tellingIn(english, "en", 2)).toBe(tellings[1]);
});
