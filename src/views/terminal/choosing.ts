import { type Candidate, type Completion, commonStart } from "../../shell/completion.ts";

/** The list of completions under the line. */
export type Choosing =
  | { readonly type: "closed" }
  /** `at` is the option that Enter takes; -1 while none is. `from` is where the completed word begins. */
  | {
      readonly type: "open";
      readonly candidates: readonly Candidate[];
      readonly from: number;
      readonly to: number;
      readonly at: number;
    };

export const closed: Choosing = { type: "closed" };

/** As far as one Tab goes: the only completion, or what all have in common and a list of them. */
export function opened(
  text: string,
  { from, to, candidates }: Completion,
): { readonly text: string; readonly choosing: Choosing } {
  if (candidates.length === 0) return { text, choosing: closed };
  const common = commonStart(candidates);
  const longer = common.length > to - from ? common : text.slice(from, to);
  const line = text.slice(0, from) + longer + text.slice(to);
  if (candidates.length === 1) return { text: line, choosing: closed };
  return {
    text: line,
    choosing: { type: "open", candidates, from, to: from + longer.length, at: -1 },
  };
}

/** The next option, round and round. */
export function stepped(choosing: Choosing, by: number): Choosing {
  if (choosing.type === "closed") return choosing;
  const count = choosing.candidates.length;
  const from = choosing.at < 0 && by < 0 ? 0 : choosing.at;
  return { ...choosing, at: (from + by + count) % count };
}

/** The option that Enter takes, if there is one. */
export function chosen(choosing: Choosing): Candidate | null {
  return choosing.type === "open" ? (choosing.candidates[choosing.at] ?? null) : null;
}

/** The line with an option in it. */
export function applied(text: string, choosing: Choosing, option: Candidate): string {
  if (choosing.type === "closed") return text;
  return text.slice(0, choosing.from) + option.text + text.slice(choosing.to);
}
