import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import sirv from "sirv";
import { build, type Plugin } from "vite";

/** The root of the repository; a bench is bundled into node_modules/.cache/bench before it runs. */
const ROOT = resolve(import.meta.dirname, "../../..");

export interface ServedPage {
  /** Ends with "/". */
  readonly address: string;
  readonly close: () => void;
}

/** Builds the page, with further plugins if need be, and serves it on a port of its own. */
export async function servedPage(
  name: string,
  plugins: readonly Plugin[] = [],
): Promise<ServedPage> {
  const outDir = join(ROOT, "node_modules/.cache/bench-page", name.replaceAll(" ", "-"));
  await build({
    root: join(ROOT, "src/app"),
    configFile: join(ROOT, "vite.config.ts"),
    plugins: [...plugins],
    build: { outDir },
    logLevel: "error",
  });
  const serve = sirv(outDir);
  const server = createServer((request, response) => serve(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return { address: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}

/** Chromium without what a measurement does not want. */
export function launchedBrowser(flags: readonly string[] = []): Promise<Browser> {
  const { CHROMIUM_PATH = "/usr/bin/chromium" } = process.env;
  return chromium.launch({
    executablePath: CHROMIUM_PATH,
    args: ["--no-sandbox", "--disable-gpu", ...flags],
  });
}
