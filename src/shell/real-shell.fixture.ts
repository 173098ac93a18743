import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createHost } from "../docker/boot.ts";
import { NO_EDGE } from "./edge.ts";
import { runLine } from "./session.ts";

/**
 * The same script in a real directory, by the real bash and coreutils, and in the lab: one output, one exit code. The
 * real ones run in a fresh directory on tmpfs, which is what the lab's plain file system is.
 */
export const LINUX = process.platform === "linux" && process.getuid?.() === 0;
const ENVIRONMENT = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  LC_ALL: "C",
  TZ: "UTC",
  HOME: "/root",
};

export function inReality(script: string): string {
  const base = "/dev/shm";
  const directory = mkdtempSync(join(base, "unionscope-"));
  try {
    const run = spawnSync("bash", ["-c", wrapped(script)], {
      cwd: directory,
      env: ENVIRONMENT,
      encoding: "latin1",
      timeout: 20_000,
    });
    return normal(run.stdout, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const start = createHost({
  library: [],
  driver: "aufs",
  release: "19.03",
  seed: "live",
  clock: { sec: 1_700_000_000, nsec: 0 },
});
const made = runLine(start, "mkdir /w; cd /w", NO_EDGE);

export async function inTheLab(script: string): Promise<string> {
  const { host } = await made;
  const { output } = await runLine(host, wrapped(script), NO_EDGE);
  const text = output.map((part) => part.text).join("");
  return normal(Buffer.from(text.replace(/[\udc80-\udcff]/g, ""), "utf8").toString("latin1"), "/w");
}

function wrapped(script: string): string {
  return `{ umask 022\n${script}\necho "status $?"; } 2>&1 | cat`;
}

/** Takes out what need not be equal: the directory's name, line numbers of messages, inode numbers. */
function normal(text: string, directory: string): string {
  return text
    .replaceAll(directory, "DIR")
    .replace(/^bash: line \d+: /gm, "bash: ")
    .replace(/^(\S+): line \d+: /gm, "$1: ")
    .replace(/\nThe nearest command here: .*/g, "");
}
