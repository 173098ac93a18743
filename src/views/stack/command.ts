/**
 * A history step's command as a person would have written it: without the shell that ran it, without what BuildKit
 * and the old builder put around it. The whole text stays one click away.
 */
export function shortCommand(command: string): string {
  const unwrapped = command
    .replace(/\s+# buildkit$/, "")
    .replace(/^(RUN\s+)?\|\d+\s+.*?\s*\/bin\/(?:ba)?sh -o?\s*(?:pipefail )?-?c\s+/s, "RUN ")
    .replace(/^(RUN\s+)?\/bin\/(?:ba)?sh -c\s+#\(nop\)\s*/, "")
    .replace(/^(RUN\s+)?\/bin\/(?:ba)?sh -c\s+/, "RUN ");
  return spelledOut(unwrapped)
    .replace(/^ADD file:[0-9a-f]{12,} in /, "ADD … ")
    .replace(/^(ADD|COPY) (file|dir|multi):[0-9a-f]{12,} in /, "$1 … ")
    .replace(/\s+/g, " ")
    .trim();
}

/** `RUN ["/bin/sh","-c","make"]` as `RUN make`: the list form of a shell's line says no more than the line. */
function spelledOut(command: string): string {
  const list = /^RUN (\[.*\])$/s.exec(command)?.[1];
  if (list === undefined) return command;
  try {
    const words: unknown = JSON.parse(list);
    if (!Array.isArray(words) || words.length < 3 || words.at(-2) !== "-c") return command;
    return `RUN ${String(words.at(-1))}`;
  } catch {
    return command;
  }
}
