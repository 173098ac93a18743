import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import sirv from "sirv";
import { build, type Plugin } from "vite";
import { printHead, printTimes } from "./step-times.ts";

/**
 * Scrubbing on the page: the processor's time of script, style and layout that a step of the slider takes in Chromium.
 * Beside it the same page with nothing remembered between two steps, as React draws when it is not told what stayed.
 */

const LINE = "for i in $(seq 1 260); do echo $i > /f$i; cat /f$i; rm /f$i; done";
const STEPS = 500;
const PEER_STEPS = 200;
/** Steps after which the code that draws them is compiled. */
const WARM = 150;
const PARTS = ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration"];

/** Makes every `memo(…)` of the views what it is about. */
const unremembered: Plugin = {
  name: "unremembered",
  enforce: "pre",
  transform: (code, id) =>
    id.includes("/src/views/") ? code.replaceAll(/\bmemo\(function /g, "(function ") : null,
};

const root = resolve(import.meta.dirname, "../../..");
const out = join(root, "node_modules/.cache/bench-page");
const { CHROMIUM_PATH = "/usr/bin/chromium" } = process.env;
const browser = await chromium.launch({
  executablePath: CHROMIUM_PATH,
  args: ["--no-sandbox", "--disable-gpu", "--disable-frame-rate-limit", "--disable-gpu-vsync"],
});
try {
  await measure(browser, "this page", [], STEPS);
  await measure(browser, "the same without memo", [unremembered], PEER_STEPS);
} finally {
  await browser.close();
}

async function measure(
  browser: Browser,
  name: string,
  plugins: readonly Plugin[],
  steps: number,
): Promise<void> {
  const outDir = join(out, name.replaceAll(" ", "-"));
  await build({
    root: join(root, "src/app"),
    configFile: join(root, "vite.config.ts"),
    plugins: [...plugins],
    build: { outDir },
    logLevel: "error",
  });
  const serve = sirv(outDir);
  const server = createServer((request, response) => serve(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const last = await opened(page, `http://127.0.0.1:${address.port}/`);
    const metrics = await context.newCDPSession(page);
    await metrics.send("Performance.enable", { timeDomain: "threadTicks" });
    printHead(`${name}, ${last} micro-steps`);
    const leap = (n: number) => (n * 7919) % (last + 1);
    for (let n = 0; n < WARM; n++) await stepTo(page, leap(n));
    for (const [words, placeOf] of [
      [`forward, ${steps} in turn`, (n: number) => n + 1],
      [`by leaps, ${steps}`, leap],
    ] as const) {
      await stepTo(page, 0);
      const times: number[] = [];
      for (let n = 0; n < steps; n++) {
        const before = await spent(metrics);
        await stepTo(page, placeOf(n));
        times.push((await spent(metrics)) - before);
      }
      printTimes(words, times);
    }
  } finally {
    await context.close();
    server.close();
  }
}

/** The Lab after a long line, every lookup a step of its own; how many there are. */
async function opened(page: Page, address: string): Promise<number> {
  await page.addInitScript(() =>
    localStorage.setItem("unionscope-lab-settings", JSON.stringify({ speed: 0, detail: 3 })),
  );
  await page.goto(`${address}?view=lab&lab=files`);
  await page.locator(".lab[data-phase=ready]").waitFor();
  const input = page.getByRole("combobox", { name: /^Command at/ });
  await input.fill(LINE);
  await input.press("Enter");
  await page
    .locator(".timeline-command[aria-current]")
    .filter({ hasText: "seq" })
    .waitFor({ timeout: 300_000 });
  return Number(await page.locator(".timeline-scrubber").getAttribute("max"));
}

/** Moves the slider as a hand does, and waits until the frame with the step and the one after it are drawn. */
async function stepTo(page: Page, place: number): Promise<void> {
  await page.locator(".timeline-scrubber").evaluate((slider, to) => {
    const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value") ?? {};
    set?.call(slider, String(to));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    return new Promise<void>((done) => {
      requestAnimationFrame(() => requestAnimationFrame(() => done()));
    });
  }, place);
}

/** Milliseconds of the page's thread that went into script, style and layout so far. */
async function spent(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  let seconds = 0;
  for (const { name, value } of metrics) if (PARTS.includes(name)) seconds += value;
  return seconds * 1000;
}
