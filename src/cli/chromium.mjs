// Finds a Chromium for the browser tests, or installs one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { run } from "./install.mjs";

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of a Chromium: named by CHROMIUM_PATH, Playwright's own, or the system's; null when there is none. */
async function findChromium() {
  const { chromium } = await import("@playwright/test");
  const candidates = [process.env.CHROMIUM_PATH, chromium.executablePath(), ...SYSTEM];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

/** As `findChromium`, after trying Playwright's download and then Debian's package. Throws when both fail. */
export async function provideChromium() {
  const found = await findChromium();
  if (found) return found;
  console.log("No Chromium here: trying Playwright's download …");
  run("npx", ["playwright", "install", "chromium"]);
  const downloaded = await findChromium();
  if (downloaded) return downloaded;
  if (spawnSync("apt-get", ["--version"]).status === 0) {
    console.log("That was refused: trying the package chromium of apt …");
    const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
    const apt = (...args) => {
      const [program, ...rest] = [...sudo, "apt-get", ...args];
      run(program, rest, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    };
    apt("update", "-qq");
    apt("install", "-y", "-qq", "--no-install-recommends", "chromium");
    const installed = await findChromium();
    if (installed) return installed;
  }
  throw new Error("No Chromium could be found or installed; set CHROMIUM_PATH to one.");
}
