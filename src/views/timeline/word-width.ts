/** By size, then by word. */
const known = new Map<number, Map<string, number>>();
let pen: CanvasRenderingContext2D | null | undefined;

/** How wide a tick's word is drawn, in CSS pixels. `size` is that of the type in root ems. */
export function wordWidth(word: string, size: number): number {
  let widths = known.get(size);
  if (!widths) {
    widths = new Map();
    known.set(size, widths);
  }
  let width = widths.get(word);
  if (width === undefined) {
    width = measured(word, size);
    widths.set(word, width);
  }
  return width;
}

function measured(word: string, size: number): number {
  const { fontSize, fontFamily } = getComputedStyle(document.documentElement);
  const pixels = size * Number.parseFloat(fontSize);
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return word.length * pixels * 0.6;
  pen.font = `600 ${pixels}px ${fontFamily}`;
  return pen.measureText(word).width;
}
