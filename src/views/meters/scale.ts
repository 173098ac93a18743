/**
 * Widths of a meter's two bars in percent: what the command did, and the session so far. A logarithmic scale that knows
 * 0, for one visit and a hundred megabytes both have to be seen; it ends at the next power of ten over the session.
 * To half a hundredth, a pixel or two: most steps leave a bar as it is.
 */
export function barWidths(
  value: number,
  total: number,
): { readonly solid: number; readonly outline: number } {
  const most = Math.max(Math.abs(value), Math.abs(total), 1);
  const end = 10 ** Math.ceil(Math.log10(most + 1));
  const width = (of: number) =>
    Math.round((200 * Math.log1p(Math.min(end, Math.max(0, of)))) / Math.log1p(end)) / 2;
  return { solid: width(value), outline: width(total) };
}
