import { applyPalette, type Colour, GIFEncoder, quantize } from "gifenc";
import type { Film, FilmSize } from "./film.ts";

/** A GIF has 256 colours a picture; one of them says "as before". */
const COLOURS = 255;
/** Where there are more, so many of the most frequent stay as they are: grounds, fills, lines and letters. */
const EXACT = 200;

/**
 * A GIF that runs for ever. A picture writes the dots that differ from the one before, in colours chosen for these alone:
 * what does not change stays as it was drawn, to the dot. O(dots) a picture; holds one picture and the file so far.
 */
export function gifFilm({ width, height }: FilmSize): Film {
  const stream = GIFEncoder();
  const count = width * height;
  let before: Uint32Array | null = null;
  return {
    add: async (dots, duration) => {
      const now = new Uint32Array(dots.buffer, dots.byteOffset, count);
      const { palette, indices } = indexed(now, before);
      stream.writeFrame(indices, width, height, {
        palette: [...palette, [0, 0, 0]],
        delay: duration,
        transparent: before !== null,
        transparentIndex: palette.length,
        dispose: 1,
      });
      before = now;
    },
    end: async () => {
      stream.finish();
      return stream.bytes();
    },
  };
}

/**
 * The dots that changed as colours of a palette; the others get the index after the last colour. A flat drawing has few
 * colours and keeps them. Of one with more the frequent ones are kept, for a fill that is nearly right shows as a stain
 * where the picture before has the right one.
 */
function indexed(
  now: Uint32Array,
  before: Uint32Array | null,
): { readonly palette: readonly Colour[]; readonly indices: Uint8Array } {
  const counts = new Map<number, number>();
  for (let at = 0; at < now.length; at++)
    if (before === null || before[at] !== now[at])
      counts.set(now[at]!, (counts.get(now[at]!) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([dot]) => dot);
  const exact = frequent.length <= COLOURS ? frequent : frequent.slice(0, EXACT);
  const rest = new Uint8Array(Uint32Array.from(frequent.slice(exact.length)).buffer);
  const mixed = rest.length === 0 ? [] : quantize(rest, COLOURS - exact.length);
  const palette = [...exact.map(colourOf), ...mixed];
  const nearest = rest.length === 0 ? [] : applyPalette(rest, palette);
  const places = new Map<number, number>();
  frequent.forEach((dot, at) => {
    places.set(dot, at < exact.length ? at : (nearest[at - exact.length] ?? 0));
  });
  const indices = new Uint8Array(now.length).fill(palette.length);
  for (let at = 0; at < now.length; at++)
    if (before === null || before[at] !== now[at]) indices[at] = places.get(now[at]!) ?? 0;
  return { palette, indices };
}

/** A dot's four bytes as they lie in memory, red first. */
function colourOf(dot: number): Colour {
  const [red = 0, green = 0, blue = 0] = new Uint8Array(Uint32Array.of(dot).buffer);
  return [red, green, blue];
}
