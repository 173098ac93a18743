import type { Film, FilmKind, FilmReply, FilmRequest, FilmSize } from "./film.ts";

/** The thread that writes a film: a `Worker`, or a test's stand-in. */
export interface FilmPort {
  postMessage(message: FilmRequest, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: FilmReply }) => void): void;
  addEventListener(type: "error", listener: () => void): void;
}

/** The film could not be written: a fault of the encoder, of ours, or of the browser. */
class FilmFault extends Error {
  override readonly name = "FilmFault";
}

interface Asked {
  readonly resolve: (reply: FilmReply) => void;
  readonly reject: (fault: FilmFault) => void;
}

/**
 * Begins a film in another thread. Each call resolves when that thread has done its part, so that only as many pictures
 * wait as the caller lets; the dots move there. Rejects with a `FilmFault`. Who ends the thread ends the film.
 */
export async function makeFilm(port: FilmPort, kind: FilmKind, size: FilmSize): Promise<Film> {
  const waiting: Asked[] = [];
  port.addEventListener("message", ({ data }) => {
    const asked = waiting.shift();
    if (data.type === "failed") asked?.reject(new FilmFault(data.reason));
    else asked?.resolve(data);
  });
  port.addEventListener("error", () => {
    for (const asked of waiting.splice(0)) asked.reject(new FilmFault("the thread has failed"));
  });
  const ask = (request: FilmRequest, transfer: ArrayBuffer[] = []): Promise<FilmReply> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      port.postMessage(request, transfer);
    });
  await ask({ type: "begin", kind, size });
  return {
    add: async (dots, duration) => {
      await ask({ type: "add", dots, duration }, [dots.buffer]);
    },
    end: async () => {
      const reply = await ask({ type: "end" });
      if (reply.type !== "file") throw new FilmFault("the film has no file");
      return reply.bytes;
    },
  };
}
