/** In ems: what no letter of running text is wider than in the mean, in either of our faces. */
const LETTER = 0.62;

/** A sign of Chinese, which may end a line; or letters that stay together, with the space after them. */
const PIECE = /[\u2e80-\u{10ffff}]|[^\s\u2e80-\u{10ffff}]+\s?/gu;

/** Lines that a text takes at most in a column of so many ems. Nothing is measured: it may say one too many. */
export function mostLines(text: string, column: number): number {
  let lines = 1;
  let filled = 0;
  for (const [piece] of text.matchAll(PIECE)) {
    const width = piece >= "\u2e80" ? 1 : piece.length * LETTER;
    if (filled + width <= column) {
      filled += width;
    } else {
      lines += Math.max(1, Math.ceil(width / column));
      filled = width % column;
    }
  }
  return lines;
}
