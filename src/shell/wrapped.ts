const COLUMNS = 80;

/** Words side by side with `between` them, each line indented and within a terminal's width. */
export function wrapped(words: readonly string[], between: string): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + between.length + word.length <= COLUMNS)
      lines[lines.length - 1] = last + between + word;
    else lines.push(`  ${word}`);
  }
  return lines;
}
