import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { defineConfig } from "@playwright/test";

const { CHROMIUM_PATH = "/usr/bin/chromium", UNIONSCOPE_PORT: known } = process.env;

/** A free port, the same for every process of one run: the workers inherit the environment. */
const port = known ?? freePort();
Object.assign(process.env, { UNIONSCOPE_PORT: port });

/** A build of the run's own: nobody else's build takes it away under the tests. */
const built = resolve(import.meta.dirname, `../node_modules/.cache/e2e-app/${port}`);

export default defineConfig({
  testDir: ".",
  outputDir: "../node_modules/.cache/e2e",
  fullyParallel: true,
  workers: 2,
  timeout: 40_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: CHROMIUM_PATH,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: `npx vite build --outDir ${built} && npx vite preview --outDir ${built} --host 127.0.0.1 --port ${port} --strictPort`,
    cwd: "..",
    port: Number(port),
    timeout: 120_000,
  },
});

function freePort(): string {
  const script =
    "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})";
  return execFileSync(process.execPath, ["-e", script]).toString().trim();
}
