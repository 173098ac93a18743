/** Layer numbers, three or more neighbours as one: 1, 3, 4, 5 is "1", "3–5". They may rise or fall. O(layers). */
export function layerRanges(layers: readonly number[]): readonly string[] {
  const ranges: string[] = [];
  let from = 0;
  for (let at = 1; at <= layers.length; at++) {
    const step = (layers[from + 1] ?? 0) - (layers[from] ?? 0);
    const goesOn =
      Math.abs(step) === 1 && (layers[at] ?? Number.NaN) - (layers[at - 1] ?? 0) === step;
    if (goesOn) continue;
    const run = layers.slice(from, at);
    ranges.push(...(run.length > 2 ? [`${run[0]}–${run.at(-1)}`] : run.map(String)));
    from = at;
  }
  return ranges;
}
