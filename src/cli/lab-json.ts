import type { LineResult } from "../shell/session.ts";

/** A line as SCHEMA.md describes it. */
export function lineJson(result: LineResult) {
  return {
    line: result.line,
    prompt: result.prompt,
    exitCode: result.exitCode,
    output: result.output.map(({ text }) => text).join(""),
    stdout: textOf(result, "out"),
    stderr: textOf(result, "error"),
    calls: result.steps.map(({ call, errno, value }) => ({
      call: plain(call),
      errno,
      value: plain(value),
    })),
    events: result.steps.flatMap(({ events }, call) => events.map((event) => ({ call, ...event }))),
    meters: result.meters,
    hash: result.hash,
  };
}

function textOf({ output }: LineResult, stream: "out" | "error"): string {
  return output
    .filter((part) => part.stream === stream)
    .map(({ text }) => text)
    .join("");
}

/** Plain JSON: bytes in base64, a frozen tree as the number of its rows. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return { base64: Buffer.from(value).toString("base64"), length: value.length };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("parent" in value && ArrayBuffer.isView(value.parent))
    return { rows: value.parent.byteLength / 4 };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
