import { compareNames } from "../../tree/name.ts";
import { isPattern, patternMatcher, patternText, type Run } from "./pattern.ts";
import type { Shell } from "./shell.ts";

/**
 * A field with `*`, `?` or `[…]` to the names it matches, in byte order; the field itself where nothing matches. Reads
 * each directory on the way, so the calls are those of a real shell.
 */
export function expandNames(shell: Shell, field: readonly Run[]): string[] {
  if (shell.options.noglob || !isPattern(field)) return [patternText(field)];
  const parts = splitAtSlashes(field);
  const absolute = parts.length > 1 && patternText(parts[0] ?? []) === "";
  let found = [absolute ? "/" : ""];
  const rest = absolute ? parts.slice(1) : parts;
  for (const [index, part] of rest.entries()) {
    const last = index === rest.length - 1;
    found = found.flatMap((base) => matchesIn(shell, base, part, last));
  }
  return found.length > 0 ? found.sort(compareNames) : [patternText(field)];
}

function matchesIn(shell: Shell, base: string, part: readonly Run[], last: boolean): string[] {
  const { world, pid } = shell.process;
  const text = patternText(part);
  const end = last ? "" : "/";
  if (!isPattern(part)) {
    const path = base + text;
    if (text === "") return [path + end];
    if (!last) return world.call(pid, "stat", { path }).errno === null ? [path + end] : [];
    return world.call(pid, "lstat", { path }).errno === null ? [path] : [];
  }
  const listing = world.call(pid, "readdir", { target: base === "" ? "." : base });
  if (listing.errno !== null) return [];
  const matches = patternMatcher(part);
  const hidden = text.startsWith(".");
  return listing.value
    .filter((entry) => (hidden || !entry.name.startsWith(".")) && matches(entry.name))
    .filter(
      (entry) =>
        last ||
        entry.kind === "dir" ||
        (entry.kind === "symlink" &&
          world.call(pid, "stat", { path: `${base + entry.name}/` }).errno === null),
    )
    .map((entry) => base + entry.name + end);
}

function splitAtSlashes(field: readonly Run[]): Run[][] {
  const parts: Run[][] = [[]];
  for (const run of field)
    for (const [index, text] of run.text.split("/").entries()) {
      if (index > 0) parts.push([]);
      parts.at(-1)?.push({ text, quoted: run.quoted });
    }
  return parts;
}
