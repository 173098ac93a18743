import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { CDPSession, Page } from "@playwright/test";
import type { UnionscopeApi } from "../app/unionscope-api.ts";
import { corpusBombs, MOST_MEGABYTES, MOST_SECONDS } from "./corpus-bombs.ts";
import { launchedBrowser, servedPage } from "./served-page.ts";

/**
 * Malformed files on the page: until the first tree stands, until nothing is under way, what the renderer's process took at
 * most (the page and its threads), and what kept the page from answering.
 */

/** Milliseconds from which on a person feels that the page does not answer. */
const LONG = 200;

const page = await servedPage("bombs");
for (const file of corpusBombs()) {
  console.log(`\n${basename(file)}`);
  await measure(file, page.address);
}
page.close();

/** A browser for each file: a process keeps what it took. */
async function measure(file: string, address: string): Promise<void> {
  const browser = await launchedBrowser();
  try {
    const processes = await browser.newBrowserCDPSession();
    const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await tab.goto(address);
    const api = await tab.evaluateHandle(() => window.unionscope);
    await api.evaluate((each) => each.whenIdle());
    const idle = await renderer(processes);
    const { tree, rest, long } = await opened(tab, file, (run) => api.evaluate(run));
    const { seconds: cpu, megabytes } = await renderer(processes);
    const words = [
      `tree ${tree.toFixed(1)} s`,
      `rest ${rest.toFixed(1)} s`,
      `${(cpu - idle.seconds).toFixed(1)} s of processor`,
      `${megabytes.toFixed(0)} MB (the page alone ${idle.megabytes.toFixed(0)})`,
      `${long.filter((each) => each > LONG).length} tasks over ${LONG} ms, the longest ${Math.max(0, ...long)}`,
    ];
    console.log(`  ${words.join(", ")}`);
    if (rest > MOST_SECONDS || megabytes > MOST_MEGABYTES) process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** Opens a file by the page's own input; seconds, and the milliseconds of each task over 50. */
async function opened(
  tab: Page,
  file: string,
  script: <T>(run: (api: UnionscopeApi) => T | Promise<T>) => Promise<T>,
) {
  const tasks = await tab.evaluateHandle(() => {
    const long: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) long.push(Math.round(duration));
    });
    observer.observe({ type: "longtask" });
    return long;
  });
  const before = await script((api) => api.marks().opened);
  await tab.getByLabel("Open files…").setInputFiles(file);
  await tab.waitForFunction((last) => window.unionscope.marks().opened !== last, before);
  const end = await script(async (api) => {
    await api.whenIdle();
    return performance.now();
  });
  const { opened: start, firstTree } = await script((api) => api.marks());
  const since = (time: number | null) => ((time ?? end) - (start ?? 0)) / 1000;
  return { tree: since(firstTree), rest: since(end), long: await tasks.jsonValue() };
}

/** Of the largest process that draws pages: its processor's seconds, and what it took at most so far. */
async function renderer(
  session: CDPSession,
): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const all = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id, cpuTime }) => {
      const status = readFileSync(`/proc/${id}/status`, "utf8");
      return { seconds: cpuTime, megabytes: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024 };
    });
  return all.reduce((most, each) => (each.megabytes > most.megabytes ? each : most), {
    seconds: 0,
    megabytes: 0,
  });
}
