/** Where one is among the lines typed: `back` 0 is the line being typed, which is kept while others are looked at. */
export interface History {
  readonly text: string;
  readonly back: number;
  readonly draft: string;
}

/** A line as it is being typed. */
export function typed(text: string): History {
  return { text, back: 0, draft: text };
}

/** One line further back; repeats of one line count once. */
export function older(history: History, lines: readonly string[]): History {
  const known = withoutRepeats(lines);
  const back = Math.min(known.length, history.back + 1);
  if (back === 0) return history;
  return { ...history, back, text: known[known.length - back] ?? history.text };
}

/** One line further on, in the end to the line being typed. */
export function newer(history: History, lines: readonly string[]): History {
  if (history.back === 0) return history;
  const known = withoutRepeats(lines);
  const back = history.back - 1;
  return {
    ...history,
    back,
    text: back === 0 ? history.draft : (known[known.length - back] ?? ""),
  };
}

function withoutRepeats(lines: readonly string[]): readonly string[] {
  return lines.filter((line, at) => line !== lines[at - 1] && !line.includes("\n"));
}
