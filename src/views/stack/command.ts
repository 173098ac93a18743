/**
 * A history step's command as a person would have written it: without the shell that ran it, without what BuildKit
 * and the old builder put around it. The whole text stays one click away.
 */
export function shortCommand(command: string): string {
  return command
    .replace(/\s+# buildkit$/, "")
    .replace(/^(RUN\s+)?\|\d+\s+.*?\s*\/bin\/(?:ba)?sh -o?\s*(?:pipefail )?-?c\s+/s, "RUN ")
    .replace(/^(RUN\s+)?\/bin\/(?:ba)?sh -c\s+#\(nop\)\s*/, "")
    .replace(/^(RUN\s+)?\/bin\/(?:ba)?sh -c\s+/, "RUN ")
    .replace(/^ADD file:[0-9a-f]{12,} in /, "ADD … ")
    .replace(/^(ADD|COPY) (file|dir|multi):[0-9a-f]{12,} in /, "$1 … ")
    .replace(/\s+/g, " ")
    .trim();
}
