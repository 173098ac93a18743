import type { Browser, CDPSession, Page } from "@playwright/test";
import type { Plugin } from "vite";
import { launchedBrowser, servedPage } from "./served-page.ts";
import { MOST, printHead, printTimes } from "./step-times.ts";

/**
 * Scrubbing on the page: the processor's time of script, style and layout that a step of the slider takes in Chromium.
 * Each step is made twice and its least time counts, for what the browser and a busy machine do beside meets one of them;
 * how many single ones were over is told too. What stands around the picture follows when time rests: that is a line of its
 * own. Beside it the same page when it does not rest, and the same with nothing remembered between two steps, as React
 * draws when it is not told what stayed. With `--all` every step of the session is walked and leapt to, not a sample.
 */

const LINE = "for i in $(seq 1 260); do echo $i > /f$i; cat /f$i; rm /f$i; done";
const STEPS = process.argv.includes("--all") ? Number.POSITIVE_INFINITY : 3000;
const PEER_STEPS = 500;
const RUNS = 2;
const RESTS = 100;
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

/** A change of the views' sources under which a page is measured beside this one. */
function changed(name: string, from: RegExp, to: string): Plugin {
  let isFound = false;
  return {
    name,
    enforce: "pre",
    transform: (code, id) => {
      if (!id.includes("/src/views/")) return null;
      const after = code.replaceAll(from, to);
      isFound ||= after !== code;
      return after;
    },
    buildEnd: () => {
      if (!isFound) throw new Error(`nothing to change: ${name}`);
    },
  };
}

/** Makes every `memo(…)` of the views what it is about. */
const unremembered = changed("unremembered", /\bmemo\(function /g, "(function ");
const unrested = changed("unrested", /\bisInOneWalk\(shown\.current, scene\)/g, "false");

const browser = await launchedBrowser(["--disable-frame-rate-limit", "--disable-gpu-vsync"]);
try {
  await measure(browser, "this page", [], STEPS);
  await measure(browser, "the same when nothing rests", [unrested], PEER_STEPS);
  await measure(browser, "the same without memo", [unrested, unremembered], PEER_STEPS);
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
    const leap = (n: number) => (n * 7919) % (last + 1);
    const walk = (words: string, count: number, placeOf: (n: number) => number | null) =>
      walked(session, words, count, (n) => stepTo(placeOf(n)));
    printHead(`${name}, ${last} micro-steps`);
    for (let n = 0; n < WARM; n++) await stepTo(leap(n));
    const count = Math.min(steps, last);
    await walk("two frames without a step", count, () => null);
    await stepTo(0);
    await walk(`forward, ${count} in turn`, count, (n) => (n % count) + 1);
    await walk(`by leaps, ${count}`, count, leap);
    if (plugins.length > 0) return;
    await page.locator(".stage-cell").first().click();
    await walk(`by leaps with a name selected, ${PEER_STEPS}`, PEER_STEPS, leap);
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: "Speed" }).selectOption("1");
    await walk(`forward with movement, ${PEER_STEPS}`, PEER_STEPS, (n) => (n % PEER_STEPS) + 1);
    await walk(`by leaps with movement, ${PEER_STEPS}`, PEER_STEPS, leap);
    await rested(page, session, (n) => stepTo(leap(n)));
  } finally {
    await context.close();
    served.close();
  }
}

/** Makes steps, each of them so often, and prints the least time of each. */
async function walked(
  session: CDPSession,
  words: string,
  count: number,
  step: (n: number) => Promise<void>,
): Promise<void> {
  const times = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
  let over = 0;
  let before = await spent(session);
  for (let run = 0; run < RUNS; run++)
    for (let n = 0; n < count; n++) {
      await step(n);
      const now = await spent(session);
      times[n] = Math.min(times[n] ?? Number.POSITIVE_INFINITY, now - before);
      if (now - before >= MOST) over++;
      before = now;
    }
  printTimes(words, times);
  if (over > 0) console.log(`  ${over} of all ${RUNS * count} took ${MOST} ms or more`);
}

/** What a page does when time rests after a step. */
async function rested(
  page: Page,
  session: CDPSession,
  step: (n: number) => Promise<void>,
): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < RESTS; n++) {
    await step(n);
    const before = await spent(session);
    await page.waitForTimeout(300);
    times.push((await spent(session)) - before);
  }
  printTimes("what follows at rest: terminal, files, table, address", times, false);
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
