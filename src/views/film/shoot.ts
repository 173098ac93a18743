import type { FilmKind } from "../../film/film.ts";
import { makeFilm } from "../../film/film-maker.ts";
import {
  canvasOf,
  drawStill,
  type Sheet,
  type StillWords,
  sheetFor,
  stillOf,
} from "../lab/still.ts";

/** A picture of the film as it stands on the page, until the next one is drawn. */
export interface Shot {
  readonly drawing: SVGSVGElement;
  readonly words: StillWords;
}

/** What is to be filmed. */
interface Plan {
  readonly kind: FilmKind;
  readonly count: number;
  /** Draws a picture. Pure: the same number gives the same picture. */
  readonly draw: (at: number) => Shot;
  /** How long each picture is shown, in milliseconds, by what is told in it. */
  readonly durations: (words: readonly StillWords[]) => readonly number[];
  readonly signal: AbortSignal;
  readonly onProgress: (drawn: number) => void;
}

/** A film that is done. */
export interface Filmed {
  readonly file: Blob;
  readonly pictures: number;
  readonly milliseconds: number;
}

/** The largest width in dots that a small drawing is made as sharp as can be for. */
const WIDTHS: Readonly<Record<FilmKind, number>> = { gif: 1280, webm: 1920 };
const SHARPEST = 2;
const TYPES: Readonly<Record<FilmKind, string>> = { gif: "image/gif", webm: "video/webm" };

/** Whether this browser can write films of a kind. */
export async function canFilm(kind: FilmKind): Promise<boolean> {
  if (kind === "gif") return true;
  if (typeof VideoEncoder === "undefined") return false;
  try {
    const asked = { codec: "vp09.00.40.08", width: 1920, height: 1080 };
    return (await VideoEncoder.isConfigSupported(asked)).supported === true;
  } catch {
    return false;
  }
}

/**
 * Draws every picture, first to learn how large a sheet all of them fit on, then as SVG and from that as dots: nothing is
 * taken from the screen, so a film comes out the same every time. One picture is drawn while the one before it is
 * written in another thread; no more are held. Rejects with the signal's reason, or with a `FilmFault`.
 */
export async function shoot(plan: Plan): Promise<Filmed> {
  const worker = new Worker(new URL("../../film/film.worker.ts", import.meta.url), {
    type: "module",
  });
  const { signal } = plan;
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([filmed(plan, worker), stopped]);
  } finally {
    worker.terminate();
  }
}

async function filmed(plan: Plan, worker: Worker): Promise<Filmed> {
  const { kind, count, signal, onProgress } = plan;
  const { sheet, words } = await measured(plan);
  const durations = plan.durations(words);
  const density = Math.min(SHARPEST, Math.max(1, WIDTHS[kind] / sheet.width));
  const size = {
    width: even(sheet.width * density),
    height: even((sheet.drawn + sheet.told) * density),
  };
  const context = canvasOf(size.width, size.height);
  const film = await makeFilm(worker, kind, size);
  let written = Promise.resolve();
  for (let at = 0; at < count; at++) {
    const { drawing, words: told } = plan.draw(at);
    await drawStill(stillOf(drawing, told, sheet), context);
    const { data } = context.getImageData(0, 0, size.width, size.height);
    await written;
    signal.throwIfAborted();
    written = film.add(data, durations[at] ?? 0);
    onProgress(at + 1);
  }
  await written;
  const file = new Blob([await film.end()], { type: TYPES[kind] });
  const milliseconds = durations.reduce((sum, each) => sum + each, 0);
  return { file, pictures: count, milliseconds };
}

/** The sheet that every picture fits on, and what is told in each. */
async function measured({ count, draw, signal }: Plan): Promise<{
  readonly sheet: Sheet;
  readonly words: readonly StillWords[];
}> {
  let sheet: Sheet = { width: 0, drawn: 0, told: 0 };
  const words: StillWords[] = [];
  for (let at = 0; at < count; at++) {
    const shot = draw(at);
    const own = sheetFor(shot.drawing, shot.words);
    sheet = {
      width: Math.max(sheet.width, own.width),
      drawn: Math.max(sheet.drawn, own.drawn),
      told: Math.max(sheet.told, own.told),
    };
    words.push(shot.words);
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
  return { sheet, words };
}

function even(value: number): number {
  return 2 * Math.ceil(value / 2);
}
