import { readFileSync } from "node:fs";
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";
import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { still, type } from "./lab-app.ts";

const LINE = "echo more >> /file4";

/** Opens the dialog of films by the keyboard. */
async function openFilm(app: App, share = "Share this moment", open = "GIF or video…") {
  const { page } = app;
  await page.getByRole("button", { name: share }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: open }).focus();
  await page.keyboard.press("Enter");
  return page.getByRole("dialog");
}

/** Makes the file as it is set, and waits for the sentence that tells of it. */
async function film(app: App, make = "Make the file") {
  const download = app.page.waitForEvent("download", { timeout: 30_000 });
  await app.page.getByRole("button", { name: make }).click();
  const file = await download;
  await expect(app.page.locator("[data-film=saved]")).toContainText(file.suggestedFilename());
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Every picture of a GIF: how long it is shown, and the hash of its dots in a band of it (parts of the height). */
function decoded(app: App, gif: Buffer, from = 0, to = 1) {
  return app.page.evaluate(
    async ([base64, top, bottom]) => {
      const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const decoder = new ImageDecoder({ data, type: "image/gif" });
      await decoder.tracks.ready;
      await decoder.completed;
      const { selectedTrack: track } = decoder.tracks;
      const pictures: { width: number; height: number; ms: number; hash: string }[] = [];
      for (let frameIndex = 0; frameIndex < (track?.frameCount ?? 0); frameIndex++) {
        const { image } = await decoder.decode({ frameIndex });
        const { displayWidth: width, displayHeight: height, duration } = image;
        const context = new OffscreenCanvas(width, height).getContext("2d");
        if (!context) throw new TypeError("no canvas");
        context.drawImage(image, 0, 0);
        image.close();
        const y = Math.round(top * height);
        const dots = context.getImageData(0, y, width, Math.round((bottom - top) * height));
        const hash = await crypto.subtle.digest("SHA-256", dots.data);
        const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16)).join("");
        pictures.push({ width, height, ms: (duration ?? 0) / 1000, hash: hex });
      }
      return { pictures, repeats: track?.repetitionCount === Number.POSITIVE_INFINITY };
    },
    [gif.toString("base64"), from, to] as const,
  );
}

/** Keeps what is drawn on canvases as images, which films are made of. */
async function keepDrawn(app: App): Promise<void> {
  await app.page.addInitScript(() => {
    const drawn: string[] = [];
    Object.assign(window, { drawn });
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (
      this: CanvasRenderingContext2D,
      ...args: unknown[]
    ) {
      const [image] = args;
      if (image instanceof HTMLImageElement)
        drawn.push(decodeURIComponent(image.src.slice(image.src.indexOf(",") + 1)));
      Reflect.apply(drawImage, this, args);
    };
  });
}

/** The drawing and the words of each picture that was drawn, in their order. */
function drawn(app: App): Promise<readonly { readonly told: string; readonly drawing: string }[]> {
  return app.page.evaluate(() => {
    const kept: unknown = Reflect.get(window, "drawn");
    if (!Array.isArray(kept)) return [];
    return kept.map((svg) => {
      const { documentElement: root } = new DOMParser().parseFromString(svg, "image/svg+xml");
      const told = [...root.children].filter(({ nodeName }) => nodeName === "text");
      const drawing = [...root.children].filter(
        ({ nodeName }) => !/text|title|desc/.test(nodeName),
      );
      return {
        told: told.map(({ textContent }) => textContent).join(" "),
        drawing: drawing.map(({ outerHTML }) => outerHTML).join(""),
      };
    });
  });
}

test("a command as a GIF: a picture a micro-step, as long as it plays, each with its sentence, the same every time", async ({
  app,
}) => {
  const { page } = app;
  await keepDrawn(app);
  await still(app);
  await type(app, LINE);
  const place = (await page.locator(".timeline-count").textContent()) ?? "";
  const steps = Number(/of (\d+)$/.exec(place)?.[1]);
  const said: string[] = [];
  for (let at = 0; at < steps; at++) {
    said.unshift((await page.locator("[data-caption]").textContent()) ?? "");
    await page.getByRole("button", { name: "Back one micro-step" }).click();
  }
  await page.getByRole("button", { name: "One command on" }).click();
  await expect(page.locator(".timeline-count")).toHaveText(place);
  const dialog = await openFilm(app);
  await expect(dialog.getByRole("radio", { name: /this command/ })).toBeChecked();
  expect(await axe(app)).toEqual([]);
  await dialog.getByRole("combobox", { name: "Pace" }).selectOption("0.5");
  const status = dialog.getByRole("status");
  await expect(status).toHaveText(
    new RegExp(`^${steps + 1} pictures, [\\d.]+ s\\. Each has its sentence under it\\.$`),
  );
  const seconds = Number(/([\d.]+) s\./.exec((await status.textContent()) ?? "")?.[1]);
  const first = await film(app);
  expect(first.name).toMatch(/^unionscope-\d+\.0-\d+\.\d+\.gif$/);
  const { pictures, repeats } = await decoded(app, first.bytes);
  expect(repeats).toBe(true);
  expect(pictures).toHaveLength(steps + 1);
  const sizes = new Set(pictures.map(({ width, height }) => `${width}×${height}`));
  expect(sizes.size).toBe(1);
  expect(pictures[0]?.width).toBeGreaterThanOrEqual(1000);
  expect(pictures.reduce((sum, { ms }) => sum + ms, 0) / 1000).toBeCloseTo(seconds, 0.9);
  expect(new Set(pictures.map(({ hash }) => hash)).size).toBe(steps + 1);
  const told = await drawn(app);
  expect(told[0]?.told).toContain("The line is typed; nothing has happened yet.");
  expect(told[0]?.told).toMatch(/#s=/);
  const plain = (text: string) => text.replace(/\s/g, "");
  said.forEach((sentence, at) => {
    expect(plain(told[at + 1]?.told ?? "")).toContain(plain(sentence));
  });
  const stage = await decoded(app, first.bytes, 0, 0.5);
  told.forEach(({ drawing }, at) => {
    const twin = told.findIndex((each) => each.drawing === drawing);
    expect(stage.pictures[at]?.hash).toBe(stage.pictures[twin]?.hash);
  });
  expect(new Set(stage.pictures.map(({ hash }) => hash)).size).toBeGreaterThan(4);
  const second = await film(app);
  expect(second.bytes.equals(first.bytes)).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Share this moment" })).toBeFocused();
  await expect(page.locator(".timeline-count")).toHaveText(place);
});

test("a Chinese film has Chinese sentences; its pace is the time to read them where there is no motion", async ({
  app,
}) => {
  await keepDrawn(app);
  await still(app, "?view=lab&lab=files&lang=zh-Hans&theme=dark");
  await type(app, "rm /file3");
  const dialog = await openFilm(app, "分享此刻", "GIF 或视频……");
  await expect(dialog.getByRole("combobox", { name: "节奏" })).toHaveValue("read");
  const { bytes } = await film(app, "生成文件");
  const { pictures } = await decoded(app, bytes);
  expect(pictures.length).toBeGreaterThan(3);
  for (const { ms } of pictures) expect(ms).toBeGreaterThan(1000);
  const told = await drawn(app);
  expect(told).toHaveLength(pictures.length);
  for (const each of told) expect(each.told).toMatch(/[\u4e00-\u9fff]{2}.*[，。]/);
});

test("a command without micro-steps is one picture, which says so as the page does", async ({
  app,
}) => {
  await keepDrawn(app);
  await still(app);
  await type(app, "true");
  const said = (await app.page.locator("[data-caption]").textContent()) ?? "";
  const place = (await app.page.locator(".timeline-count").textContent()) ?? "";
  const dialog = await openFilm(app);
  await expect(dialog.getByRole("status")).toHaveText(/^1 picture/);
  await film(app);
  const [picture] = await drawn(app);
  expect(picture?.told).toContain(said);
  expect(picture?.told).toContain(place);
});

test("from one moment to another, and to the end: as many pictures as there are stops between", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await type(app, "rm /file3");
  await type(app, "mkdir /d");
  const dialog = await openFilm(app);
  await dialog.getByRole("radio", { name: "from one moment to another" }).check();
  const to = dialog.getByRole("group", { name: "To" });
  const from = dialog.getByRole("group", { name: "From" });
  const rm = (await dialog.getByRole("option", { name: "rm /file3" }).first().textContent()) ?? "";
  await from.getByRole("combobox").selectOption({ label: rm });
  await from.getByRole("spinbutton").fill("1");
  await to.getByRole("combobox").selectOption({ label: rm });
  await to.getByRole("spinbutton").fill("3");
  const status = dialog.getByRole("status");
  await expect(status).toHaveText(/^3 pictures/);
  const { bytes } = await film(app);
  expect((await decoded(app, bytes)).pictures).toHaveLength(3);
  await to.getByRole("spinbutton").fill("0");
  await expect(status).toHaveText(/end lies before the beginning/);
  await expect(dialog.getByRole("button", { name: "Make the file" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Back one micro-step" }).click();
  await openFilm(app);
  await dialog.getByRole("radio", { name: "from here to the end" }).check();
  await expect(status).toHaveText(/^2 pictures/);
});

test("a range that is too long is told before anything is drawn, and a film that is under way can be stopped", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await type(app, "for i in 1 2 3 4 5 6 7 8 9; do cat /file1 /file2 /file4; touch /n$i; done");
  await page.getByRole("combobox", { name: "Lookups" }).selectOption({ label: "names on disk" });
  const dialog = await openFilm(app);
  const status = dialog.getByRole("status");
  await expect(status).toHaveText(/^That would be \d[\d,]* pictures; a file holds 400 at most\./);
  await expect(dialog.getByRole("button", { name: "Make the file" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Lookups" }).selectOption({ label: "files" });
  await openFilm(app);
  await dialog.getByRole("button", { name: "Make the file" }).click();
  await expect(dialog.getByRole("progressbar")).not.toHaveAttribute("value", "0");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog.locator("[data-film=choosing]")).toBeVisible();
  await expect(page.locator("[hidden] .stage-drawing")).toHaveCount(0);
});

test("a WebM has the same pictures and the same time, in a form that video players open", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await type(app, "rm /file3");
  const dialog = await openFilm(app);
  const count = Number(/^\d+/.exec((await dialog.getByRole("status").textContent()) ?? "")?.[0]);
  const gif = await film(app);
  await dialog.getByRole("radio", { name: "WebM" }).check({ force: true });
  const webm = await film(app);
  expect(webm.name).toBe(gif.name.replace(/gif$/, "webm"));
  const input = new Input({
    formats: ALL_FORMATS,
    source: new BufferSource(Uint8Array.from(webm.bytes)),
  });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new TypeError("no video track");
  const begins: number[] = [];
  for await (const { timestamp } of new EncodedPacketSink(track).packets())
    begins.push(Math.round(timestamp * 1000));
  const { pictures } = await decoded(app, gif.bytes);
  expect(pictures).toHaveLength(count);
  let elapsed = 0;
  const expected = pictures.map(({ ms }) => {
    elapsed += ms;
    return elapsed - ms;
  });
  expect(begins).toEqual(expected);
  expect(Math.round(((await input.getDurationFromMetadata()) ?? 0) * 1000)).toBe(elapsed);
  expect(elapsed).toBeGreaterThan(33_000);
  const player = await page.context().newPage();
  const shown = await player.evaluate(
    async ([base64, places]) => {
      const video = document.createElement("video");
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const failed = new Promise<never>((_, reject) => {
        video.addEventListener("error", () => reject(new Error(video.error?.message)));
      });
      const event = (name: string) =>
        Promise.race([
          failed,
          new Promise((resolve) => video.addEventListener(name, resolve, { once: true })),
        ]);
      video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
      await event("loadeddata");
      const { videoWidth: width, videoHeight: height } = video;
      const context = new OffscreenCanvas(width, height).getContext("2d");
      if (!context) throw new TypeError("no canvas");
      const seen = new Set<string>();
      for (const place of places) {
        video.currentTime = place / 1000;
        await event("seeked");
        // The picture of the new place may come a while after the place.
        for (let tries = 0, before = seen.size; seen.size === before && tries < 50; tries++) {
          if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 100));
          context.drawImage(video, 0, 0);
          const { data } = context.getImageData(0, 0, width, height);
          seen.add(String(data.reduce((sum, dot, at) => (sum * 31 + dot * (at + 1)) % 1e9, 7)));
        }
      }
      return { seen: seen.size, width, height };
    },
    [
      webm.bytes.toString("base64"),
      [2, 0, count - 1].map((at) => (begins[at] ?? 0) + 500),
    ] as const,
  );
  expect(shown).toEqual({
    seen: 3,
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
  });
  expect(shown.width).toBeGreaterThan(pictures[0]?.width ?? 0);
});
