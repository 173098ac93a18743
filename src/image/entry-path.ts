import { decodeName, encodeName } from "../tree/name.ts";

const SLASH = 0x2f;
const DOT = 0x2e;

/** The names of a path, empty ones left out. Views, no copies. */
export function splitPath(path: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < path.length; ) {
    const slash = path.indexOf(SLASH, start);
    const end = slash < 0 ? path.length : slash;
    if (end > start) parts.push(path.subarray(start, end));
    start = end + 1;
  }
  return parts;
}

/** The names of a path inside the root: "." and empty ones gone, ".." taken back, never above the root. */
export function cleanPath(path: Uint8Array): { parts: Uint8Array[]; escaped: boolean } {
  const parts: Uint8Array[] = [];
  let escaped = false;
  for (let start = 0; start < path.length; ) {
    let end = start;
    while (end < path.length && path[end] !== SLASH) end++;
    const length = end - start;
    const isDotted = length > 0 && length <= 2 && path[start] === DOT && path[end - 1] === DOT;
    if (isDotted && length === 2 && !parts.pop()) escaped = true;
    if (length > 0 && !isDotted) parts.push(path.subarray(start, end));
    start = end + 1;
  }
  return { parts, escaped };
}

/** Whether a name is "." or "..". */
export function isDots(name: Uint8Array): boolean {
  return name[0] === DOT && (name.length === 1 || (name.length === 2 && name[1] === DOT));
}

/** "/a/b" */
export function pathText(parts: readonly Uint8Array[]): string {
  return `/${parts.map(decodeName).join("/")}`;
}

/** "a/b", as bytes. */
export function joinedPath(parts: readonly Uint8Array[]): Uint8Array {
  return encodeName(pathText(parts).slice(1));
}

/** Index of the slash before the last name; -1 without one. */
export function lastSlash(path: Uint8Array): number {
  return path.lastIndexOf(SLASH);
}

/** Whether the first `length` bytes of a path are exactly `start`. A length below 0 is none. */
export function beginsWith(path: Uint8Array, length: number, start: Uint8Array): boolean {
  if (Math.max(0, length) !== start.length) return false;
  for (let i = start.length - 1; i >= 0; i--) if (path[i] !== start[i]) return false;
  return true;
}
