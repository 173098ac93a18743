/** Answers that are kept; past them all are forgotten and asked for anew. */
const MOST = 4000;

/** What was worked out before under a key, or now: the same few texts are asked for at every step. */
export function remembering<T>(): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= MOST) known.clear();
    const made = make();
    known.set(key, made);
    return made;
  };
}
