import type { Film, FilmReply, FilmRequest } from "./film.ts";

let film: Film | null = null;
/** Requests are answered one after another, in their order. */
let last = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<FilmRequest>) => {
  last = last.then(() =>
    answer(data).catch((fault: unknown) => reply({ type: "failed", reason: String(fault) })),
  );
});

async function answer(request: FilmRequest): Promise<void> {
  switch (request.type) {
    case "begin":
      film =
        request.kind === "gif"
          ? (await import("./gif-film.ts")).gifFilm(request.size)
          : await (await import("./webm-film.ts")).webmFilm(request.size);
      return reply({ type: "ready" });
    case "add":
      await begun().add(request.dots, request.duration);
      return reply({ type: "ready" });
    case "end": {
      const bytes = await begun().end();
      return reply({ type: "file", bytes }, [bytes.buffer]);
    }
  }
}

function begun(): Film {
  if (!film) throw new Error("no film has begun");
  return film;
}

function reply(message: FilmReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}
