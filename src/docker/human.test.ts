import { expect, it } from "vitest";
import { humanDuration, humanSize, rfc3339 } from "./human.ts";

it("sizes have Docker's digits and units", () => {
  expect([0, 6, 1895, 194_500, 188_100_000, 999_900].map((size) => humanSize(size, 3))).toEqual([
    "0B",
    "6B",
    "1.9kB",
    "194kB",
    "188MB",
    "1e+03kB",
  ]);
  expect([1895, 194_500, 188_100_000].map((size) => humanSize(size, 4, " "))).toEqual([
    "1.895 kB",
    "194.5 kB",
    "188.1 MB",
  ]);
});

it("durations round as go-units does", () => {
  const minute = 60_000;
  const day = 24 * 60 * minute;
  expect(
    [0, 1000, 59_000, minute, 5 * minute, 80 * minute, 47 * 60 * minute, 3 * day, 20 * day].map(
      humanDuration,
    ),
  ).toEqual([
    "Less than a second",
    "1 second",
    "59 seconds",
    "About a minute",
    "5 minutes",
    "About an hour",
    "47 hours",
    "3 days",
    "2 weeks",
  ]);
});

it("times have no trailing zeros", () => {
  expect(rfc3339(0)).toBe("1970-01-01T00:00:00Z");
  expect(rfc3339(1120)).toBe("1970-01-01T00:00:01.12Z");
});
