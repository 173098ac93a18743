/** Size of a tick's word, in root ems: see `.timeline-word`. */
const SIZE = 0.6875;

const known = new Map<string, number>();
let pen: CanvasRenderingContext2D | null | undefined;

/** How wide a tick's word is drawn, in CSS pixels. */
export function wordWidth(word: string): number {
  let width = known.get(word);
  if (width === undefined) {
    width = measured(word);
    known.set(word, width);
  }
  return width;
}

function measured(word: string): number {
  const { fontSize, fontFamily } = getComputedStyle(document.documentElement);
  const size = SIZE * Number.parseFloat(fontSize);
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return word.length * size * 0.6;
  pen.font = `600 ${size}px ${fontFamily}`;
  return pen.measureText(word).width;
}
