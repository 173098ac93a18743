import { expect, it } from "vitest";
import { formatBytes, formatMode, formatTime } from "./format.ts";

it("writes bytes with three figures and Docker's units", () => {
  expect([0, 999, 1000, 38_112, 24_100_000, 999_999, 2e9].map((n) => formatBytes(n, "en"))).toEqual(
    ["0 B", "999 B", "1.00 kB", "38.1 kB", "24.1 MB", "1.00 MB", "2.00 GB"],
  );
});

it("keeps to three figures where rounding adds one", () => {
  expect([9_994_000, 9_996_000, 99_940_000, 99_960_000].map((n) => formatBytes(n, "en"))).toEqual([
    "9.99 MB",
    "10.0 MB",
    "99.9 MB",
    "100 MB",
  ]);
});

it("writes a mode as ls does", () => {
  expect(formatMode("dir", 0o1777)).toBe("drwxrwxrwt");
  expect(formatMode("file", 0o4755)).toBe("-rwsr-xr-x");
  expect(formatMode("file", 0o2644)).toBe("-rw-r-Sr--");
});

it("writes times before 1970 and beyond a Date", () => {
  expect(formatTime(-446_751_900)).toBe("1955-11-05 06:15:00");
  expect(formatTime(9e15)).toBe("@9000000000000000");
});
