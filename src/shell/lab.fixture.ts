import { createHost } from "../docker/boot.ts";
import type { Host } from "../docker/host.ts";
import { miniatures } from "../docker/miniatures.ts";
import { NO_EDGE } from "./edge.ts";
import { type LineResult, runLine } from "./session.ts";

/** A fresh host, the same for every test of a file: it is a value. */
export const FRESH: Host = createHost({
  library: miniatures(),
  driver: "aufs",
  release: "19.03",
  seed: "test",
  clock: { sec: 1_700_000_000, nsec: 0 },
});

/** The host after some lines at its prompt. */
export async function hostAfter(lines: readonly string[], start: Host = FRESH): Promise<Host> {
  let host = start;
  for (const line of lines) host = (await runLine(host, line, NO_EDGE)).host;
  return host;
}

/** One line at a prompt. */
export function ran(line: string, host: Host = FRESH, prompt = "host"): Promise<LineResult> {
  return runLine(host, line, NO_EDGE, prompt);
}

/** What a line shows, both streams, with its status at the end when it is not 0. */
export async function shown(line: string, host: Host = FRESH): Promise<string> {
  const { output, exitCode } = await ran(line, host);
  const text = output.map((part) => part.text).join("");
  return exitCode === 0 ? text : `${text}[${exitCode}]`;
}
