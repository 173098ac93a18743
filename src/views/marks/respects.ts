import {
  WHAT_CONTENT,
  WHAT_MODE,
  WHAT_MTIME,
  WHAT_NOT_COMPARED,
  WHAT_OWNER,
  WHAT_SIZE,
  WHAT_TARGET,
  WHAT_XATTRS,
} from "../../image/union/changes.ts";

const RESPECTS = [
  ["content", WHAT_CONTENT],
  ["size", WHAT_SIZE],
  ["mode", WHAT_MODE],
  ["owner", WHAT_OWNER],
  ["mtime", WHAT_MTIME],
  ["xattrs", WHAT_XATTRS],
  ["target", WHAT_TARGET],
  ["notCompared", WHAT_NOT_COMPARED],
] as const;

export type Respect = (typeof RESPECTS)[number][0];

/** In which respects two versions differ, by the bits of a change's `what`. */
export function respectsIn(bits: number): readonly Respect[] {
  return RESPECTS.flatMap(([name, bit]) => ((bits & bit) === 0 ? [] : [name]));
}
