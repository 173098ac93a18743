import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { replay } from "../engine/conformance.ts";
import {
  type CaseDifference,
  type ConformanceCase,
  firstDifference,
  isConformanceCase,
} from "../engine/conformance-case.ts";
import { Output } from "./output.ts";

/**
 * `unionscope conformance`: replays what kernels were seen to do, and prints where the engine differs. With `record` it
 * prints the cases filled in instead. Gives the exit code: 0, 1 when a case failed, 2 when a file is not of cases.
 */
export async function conformance(
  files: readonly string[],
  { record }: { readonly record?: true },
): Promise<number> {
  const output = new Output();
  const code = record ? await recordAll(files, output) : await replayAll(files, output);
  await output.flush();
  return code;
}

async function replayAll(files: readonly string[], output: Output): Promise<number> {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const cases = await readCases(file);
    if (cases === null) return 2;
    for (const recorded of cases) {
      const difference = differenceOf(recorded);
      if (difference === null) {
        passed += 1;
        continue;
      }
      failed += 1;
      output.line(`${file}:${recorded.name}`);
      output.line(`  ${difference.where}`);
      output.line(`    expected ${difference.expected}`);
      output.line(`    got      ${difference.got}`);
    }
  }
  output.line(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function recordAll(files: readonly string[], output: Output): Promise<number> {
  let code = 0;
  for (const file of files) {
    const cases = await readCases(file);
    if (cases === null) return 2;
    for (const asked of cases)
      try {
        output.line(JSON.stringify(replay(asked)));
      } catch (problem) {
        console.error(`${file}:${asked.name}: ${messageOf(problem)}`);
        code = 1;
      }
  }
  return code;
}

/** Where a replay first differs; a bug of the engine counts as a difference and does not end the run. */
function differenceOf(recorded: ConformanceCase): CaseDifference | null {
  try {
    return firstDifference(recorded, replay(recorded));
  } catch (problem) {
    return { where: "replay", expected: "a result", got: messageOf(problem) };
  }
}

/** The cases of a file, one a line, gzipped or not. null, and a message on stderr, when it is not such a file. */
async function readCases(file: string): Promise<readonly ConformanceCase[] | null> {
  try {
    const bytes = await readFile(file);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = (isGzip ? gunzipSync(bytes) : bytes).toString("utf8");
    const cases: ConformanceCase[] = [];
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue;
      const value: unknown = JSON.parse(line);
      if (!isConformanceCase(value)) throw new RangeError(`line ${index + 1} is not a case`);
      cases.push(value);
    }
    return cases;
  } catch (problem) {
    console.error(`${file}: ${messageOf(problem)}`);
    return null;
  }
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
