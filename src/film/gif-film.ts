import { applyPalette, GIFEncoder, quantize } from "gifenc";
import type { Film, FilmSize } from "./film.ts";

/** A GIF has 256 colours a picture; one of them says "as before". */
const COLOURS = 255;

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
      const changed = changedDots(before, now);
      const written = new Uint32Array(changed.length);
      for (let at = 0; at < changed.length; at++) written[at] = now[changed[at]!]!;
      const bytes = new Uint8Array(written.buffer);
      const palette = changed.length === 0 ? [] : quantize(bytes, COLOURS);
      const nearest = changed.length === 0 ? [] : applyPalette(bytes, palette);
      const same = palette.length;
      const indices = new Uint8Array(count).fill(same);
      for (let at = 0; at < changed.length; at++) indices[changed[at]!] = nearest[at]!;
      stream.writeFrame(indices, width, height, {
        palette: [...palette, [0, 0, 0]],
        delay: duration,
        transparent: before !== null,
        transparentIndex: same,
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

/** Which dots differ: all of them where there is nothing before. */
function changedDots(before: Uint32Array | null, now: Uint32Array): Uint32Array {
  const changed = new Uint32Array(now.length);
  let count = 0;
  for (let at = 0; at < now.length; at++)
    if (before === null || before[at] !== now[at]) changed[count++] = at;
  return changed.subarray(0, count);
}
