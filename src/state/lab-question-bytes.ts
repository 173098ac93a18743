import { NO_NODE, nodeKind, nodeOf } from "../tree/live-tree.ts";
import { type Ahead, type Asked, stopAfter, unionBefore } from "./lab-question-ahead.ts";
import { nodeInBranch } from "./lab-union.ts";

/** How many bytes will be copied up? Asked before the copy-up of a file. */
export interface BytesQuestion extends Asked {
  readonly type: "bytes";
  readonly answer: number;
  readonly choices: readonly { readonly bytes: number; readonly role: BytesRole }[];
  readonly to: number;
}

/** How many bytes somebody may expect a copy-up to copy, and why. */
export type BytesRole = "none" | "written" | "block" | "kept" | "file";

/** A driver that works on blocks would copy one. */
const BLOCK = 4096;

/** See `BytesQuestion`. */
export function bytesAhead(ahead: Ahead): BytesQuestion | null {
  const { event } = ahead;
  if (event.type !== "copy-up-begin" || event.kind !== "file") return null;
  const { path, fs, from, to, bytes } = event;
  const branch = unionBefore(ahead, fs)?.branches[from];
  const node = branch ? nodeInBranch(branch, path) : NO_NODE;
  if (!branch || node === NO_NODE || nodeKind(branch.tree, node) !== "file") return null;
  const written = writtenAfter(ahead, fs, path);
  const all = new Map<number, BytesRole>([
    [bytes, "kept"],
    [BLOCK, "block"],
    ...(written === null ? [] : [[written, "written"] as const]),
    [0, "none"],
    [nodeOf(branch.tree, node).size, "file"],
  ]);
  const choices = [...all].map(([count, role]) => ({ bytes: count, role }));
  choices.sort((a, b) => a.bytes - b.bytes);
  return {
    type: "bytes",
    path,
    fs,
    answer: bytes,
    choices,
    to,
    reveal: stopAfter(ahead, ahead.at),
  };
}

/** What the program writes into the copy next, while it runs; null: nothing. */
function writtenAfter({ command, moment, call }: Ahead, fs: number, path: string): number | null {
  for (const { call: made, events } of command.ran.calls.slice(moment.call)) {
    if (made.type === "exit" && made.pid === call.call.pid) return null;
    for (const event of events)
      if (
        event.type === "branch-write" &&
        event.operation === "write" &&
        event.fs === fs &&
        event.path === path
      )
        return event.bytes ?? null;
  }
  return null;
}
