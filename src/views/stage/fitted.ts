/** The first of some texts that fits a width; else the last, cut. The same face as `fitted`. */
export function firstFitting(texts: readonly string[], width: number, size = 7.9): string {
  return (
    texts.find((text) => letters(text) * size <= width) ?? fitted(texts.at(-1) ?? "", width, size)
  );
}

/** A name cut in the middle to fit a width, at a fixed-width face of about 7.9 px. */
export function fitted(name: string, width: number, size = 7.9): string {
  const room = Math.max(3, Math.floor(width / size));
  if (letters(name) <= room) return name;
  const points = Array.from(name);
  const tailRoom = Math.floor((room - 1) / 2);
  const head = taken(points, room - 1 - tailRoom);
  const tail = taken(points.toReversed(), tailRoom).reverse();
  return `${head.join("")}…${tail.join("")}`;
}

/** Up to U+10FF every letter is as wide as a Latin one, or no wider. */
const NARROW = /^[\0-\u10ff\u2000-\u2e7f]*$/;
/** Drawn two letters wide: Chinese, Japanese and Korean, full-width forms, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** How many letters of a fixed-width face a text is wide. */
function letters(text: string): number {
  if (NARROW.test(text)) return text.length;
  let count = 0;
  for (const point of text) count += WIDE.test(point) ? 2 : 1;
  return count;
}

/** As many from the beginning as fit so many letters. */
function taken(points: readonly string[], room: number): string[] {
  let count = 0;
  const end = points.findIndex((point) => {
    count += WIDE.test(point) ? 2 : 1;
    return count > room;
  });
  return points.slice(0, end < 0 ? points.length : end);
}
