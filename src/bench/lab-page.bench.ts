import type { Browser, CDPSession, Page } from "@playwright/test";
import type { Plugin } from "vite";
import { launchedBrowser, servedPage } from "./served-page.ts";
import { MOST, printHead, printTimes } from "./step-times.ts";

/**
 * Scrubbing on the page: the processor's time of script, style and layout that a step of the slider takes in Chromium.
 * Beside it the same page with nothing remembered between two steps, as React draws when it is not told what stayed.
 * What rests until a drag ends (the address, the stored session, the closed table) is in the time of the step that it
 * falls into. With `--all` every step of the session is walked and leapt to, not a sample.
 */

const LINE = "for i in $(seq 1 260); do echo $i > /f$i; cat /f$i; rm /f$i; done";
const STEPS = process.argv.includes("--all") ? Number.POSITIVE_INFINITY : 3000;
const PEER_STEPS = 500;
/** Steps after which the code that draws them is compiled. */
const WARM = 150;
const PARTS = ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration"];

/** Moves the slider as a hand does, if it is to move, and waits until the frame with the step and the one after it are drawn. */
const STEP = `function (place) {
  if (place !== null) {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(this, String(place));
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}`;

/** Makes every `memo(…)` of the views what it is about. */
const unremembered: Plugin = {
  name: "unremembered",
  enforce: "pre",
  transform: (code, id) =>
    id.includes("/src/views/") ? code.replaceAll(/\bmemo\(function /g, "(function ") : null,
};

const browser = await launchedBrowser(["--disable-frame-rate-limit", "--disable-gpu-vsync"]);
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
  const served = await servedPage(name, plugins);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const last = await opened(page, served.address);
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const { result } = await session.send("Runtime.evaluate", {
      expression: "document.querySelector('.timeline-scrubber')",
    });
    const { objectId } = result;
    if (objectId === undefined) throw new Error("no slider");
    const stepTo = (place: number | null) => stepped(session, objectId, place);
    printHead(`${name}, ${last} micro-steps`);
    const leap = (n: number) => (n * 7919) % (last + 1);
    for (let n = 0; n < WARM; n++) await stepTo(leap(n));
    const count = Math.min(steps, last);
    for (const [words, placeOf] of [
      ["two frames without a step", () => null],
      [`forward, ${count} in turn`, (n: number) => n + 1],
      [`by leaps, ${count}`, leap],
    ] as const) {
      await stepTo(0);
      const times: number[] = [];
      for (let n = 0; n < count; n++) {
        const before = await spent(session);
        await stepTo(placeOf(n));
        times.push((await spent(session)) - before);
      }
      printTimes(words, times);
      const over = times.filter((time) => time >= MOST).length;
      if (over > 0) console.log(`  ${over} of ${count} took ${MOST} ms or more`);
    }
  } finally {
    await context.close();
    served.close();
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

async function stepped(session: CDPSession, slider: string, place: number | null): Promise<void> {
  await session.send("Runtime.callFunctionOn", {
    functionDeclaration: STEP,
    objectId: slider,
    arguments: [{ value: place }],
    awaitPromise: true,
  });
}

/** Milliseconds of the page's thread that went into script, style and layout so far. */
async function spent(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  let seconds = 0;
  for (const { name, value } of metrics) if (PARTS.includes(name)) seconds += value;
  return seconds * 1000;
}
