/** The forms that a film can have. A GIF is made everywhere; a WebM where the browser has an encoder of its own. */
export const FILM_KINDS = ["gif", "webm"] as const;
export type FilmKind = (typeof FILM_KINDS)[number];

/** In dots. Both are even: video is stored in squares of four. */
export interface FilmSize {
  readonly width: number;
  readonly height: number;
}

/** A film being written: pictures in their order, each with the time it is shown. What was added is not kept. */
export interface Film {
  /** `dots`: red, green, blue, opacity, row by row from the top. `duration` in milliseconds, a multiple of 10. */
  add(dots: Uint8ClampedArray<ArrayBuffer>, duration: number): Promise<void>;
  /** The file. Nothing can be added after it. */
  end(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What the page asks of the thread that writes films: one film a thread. */
export type FilmRequest =
  | { readonly type: "begin"; readonly kind: FilmKind; readonly size: FilmSize }
  | {
      readonly type: "add";
      readonly dots: Uint8ClampedArray<ArrayBuffer>;
      readonly duration: number;
    }
  | { readonly type: "end" };

/** One answer to each request, in their order. */
export type FilmReply =
  | { readonly type: "ready" }
  | { readonly type: "file"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "failed"; readonly reason: string };
