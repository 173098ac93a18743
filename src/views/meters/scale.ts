import { scaleSymlog } from "d3-scale";

/**
 * Widths of a meter's two bars in percent: what the command did, and the session so far. A logarithmic scale that knows
 * 0, for one visit and a hundred megabytes both have to be seen; it ends at the next power of ten over the session.
 */
export function barWidths(
  value: number,
  total: number,
): { readonly solid: number; readonly outline: number } {
  const most = Math.max(Math.abs(value), Math.abs(total), 1);
  const end = 10 ** Math.ceil(Math.log10(most + 1));
  const scale = scaleSymlog().domain([0, end]).range([0, 100]).clamp(true);
  return { solid: scale(Math.max(0, value)), outline: scale(Math.max(0, total)) };
}
