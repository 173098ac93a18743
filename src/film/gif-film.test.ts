import { expect, it } from "vitest";
import { gifFilm } from "./gif-film.ts";

const dots = (...colours: readonly number[]) =>
  new Uint8ClampedArray(Uint32Array.from(colours).buffer);
const WHITE = 0xffffffff;
const CREAM = 0xfff5fdff;

/** The pictures of a GIF as what a reader draws over one another: whether dots are left out, and the colours. */
function framesOf(gif: Uint8Array) {
  const frames: { delay: number; keeps: boolean; colours: string[] }[] = [];
  const view = new DataView(gif.buffer, gif.byteOffset, gif.byteLength);
  const table = (at: number, packed: number) => {
    const size = packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0;
    const hex = [...gif.subarray(at, at + size)].map((byte) => byte.toString(16).padStart(2, "0"));
    return { size, colours: hex.join("").match(/.{6}/g) ?? [] };
  };
  const whole = table(13, view.getUint8(10));
  let control = { delay: 0, keeps: false };
  for (let at = 13 + whole.size; view.getUint8(at) !== 0x3b; ) {
    const kind = view.getUint8(at);
    if (kind === 0x21 && view.getUint8(at + 1) === 0xf9)
      control = {
        delay: view.getUint16(at + 4, true) * 10,
        keeps: (view.getUint8(at + 3) & 1) === 1,
      };
    if (kind === 0x2c) {
      const own = table(at + 10, view.getUint8(at + 9));
      frames.push({ ...control, colours: own.size > 0 ? own.colours : whole.colours });
      at += 10 + own.size + 1;
    } else at += 2;
    while (view.getUint8(at) !== 0) at += view.getUint8(at) + 1;
    at += 1;
  }
  return frames;
}

it("writes each picture with its time and the exact colours of a flat drawing; a later one only what differs", async () => {
  const film = gifFilm({ width: 2, height: 2 });
  await film.add(dots(WHITE, CREAM, WHITE, 0xff0000ff), 250);
  await film.add(dots(WHITE, WHITE, WHITE, 0xff0000ff), 1000);
  await film.add(dots(WHITE, WHITE, WHITE, 0xff0000ff), 20);
  const [first, second, third] = framesOf(await film.end());
  expect(first).toMatchObject({ delay: 250, keeps: false });
  expect(first?.colours).toEqual(expect.arrayContaining(["ffffff", "fffdf5", "ff0000"]));
  expect(second).toMatchObject({ delay: 1000, keeps: true });
  expect(second?.colours.filter((colour) => colour !== "000000")).toEqual(["ffffff"]);
  expect(third).toMatchObject({ delay: 20, keeps: true });
});

it("keeps the frequent colours of a drawing that has too many", async () => {
  const width = 64;
  const film = gifFilm({ width, height: width });
  const many = Array.from({ length: width * width }, (_, at) =>
    at % 3 === 0 ? WHITE : at % 3 === 1 ? CREAM : (0xff000000 + at * 997) >>> 0,
  );
  await film.add(dots(...many), 100);
  const [only] = framesOf(await film.end());
  expect(only?.colours).toEqual(expect.arrayContaining(["ffffff", "fffdf5"]));
  expect(only?.colours).toHaveLength(256);
});
