// Plain Node, no dependency: this runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";

export const top = resolve(import.meta.dirname, "../..");

/** Runs a program in the top folder with its output shown; returns its exit code. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: top, stdio: "inherit", ...options });
  if (result.error && result.error.code !== "ETIMEDOUT") throw result.error;
  return result.status ?? 1;
}

/** Installs the packages when there are none, or the lock file has changed since. Ends the process when that fails. */
export function installMissing() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Unionscope needs Node 20.19 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const installed = resolve(top, "node_modules/.package-lock.json");
  const wanted = resolve(top, "package-lock.json");
  const isNew = !existsSync(installed);
  if (!isNew && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  const args = [isNew ? "ci" : "install", "--no-audit", "--no-fund"];
  console.log(`Installing what is missing (npm ${args[0]}) …`);
  if (run("npm", args) !== 0) process.exit(1);
}
