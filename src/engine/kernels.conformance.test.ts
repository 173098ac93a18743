import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { replay } from "./conformance.ts";
import { type ConformanceCase, firstDifference } from "./conformance-case.ts";

const recordings = resolve(import.meta.dirname, "../../../shared/conformance");
const isHere = existsSync(recordings);
const { CI } = process.env;

if (!isHere && CI === undefined)
  console.warn(`NOT RUN: there are no kernel recordings at ${recordings}`);

/** What a real aufs (Linux 6.1) and a real overlayfs (Linux 6.18) did, replayed call by call. */
describe.skipIf(!isHere && CI === undefined)("recordings of kernels", () => {
  it.each([
    ["aufs.jsonl.gz", 1060],
    ["aufs-long.jsonl.gz", 496],
    ["aufs-options.jsonl.gz", 400],
    ["overlay.jsonl.gz", 1040],
    ["overlay-long.jsonl.gz", 493],
    ["overlay-options.jsonl.gz", 394],
  ])("%s passes whole (%i cases)", (file, count) => {
    const lines = gunzipSync(readFileSync(resolve(recordings, file)))
      .toString()
      .trim()
      .split("\n");
    const differences = lines.map((line) => {
      const recorded: ConformanceCase = JSON.parse(line);
      return { name: recorded.name, difference: firstDifference(recorded, replay(recorded)) };
    });
    expect(differences.filter(({ difference }) => difference !== null)).toEqual([]);
    expect(lines).toHaveLength(count);
  });

  it("a replay knows nothing of what was recorded", () => {
    const [line = ""] = gunzipSync(readFileSync(resolve(recordings, "aufs-long.jsonl.gz")))
      .toString()
      .split("\n");
    const { after, ...recorded }: ConformanceCase = JSON.parse(line);
    const asked = {
      ...recorded,
      steps: recorded.steps.map(({ ret, errno, ...rest }) => rest),
    };
    expect(replay(asked)).toEqual({ ...recorded, after });
  });
});
