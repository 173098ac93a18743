import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { corpusBombs, MOST_MEGABYTES, MOST_SECONDS } from "./corpus-bombs.ts";
import { BOMBS, writeBomb } from "./generated-bombs.ts";

const program = resolve(import.meta.dirname, "../../../dist/cli/unionscope.js");
/**
 * Tells on standard error's last line what the process took. Its most memory is the kernel's figure since exec: getrusage
 * counts what the process had of its parent, and this one makes the bombs.
 */
const TELL = `data:text/javascript,import{readFileSync}from"node:fs";process.on("exit",()=>{const{userCPUTime:u,systemCPUTime:s}=process.resourceUsage();console.error("\\n"+(u+s)/1e6+" "+/VmHWM:\\s*(\\d+)/.exec(readFileSync("/proc/self/status","utf8"))[1]/1024)})`;

for (const file of corpusBombs()) measure(file);
const folder = mkdtempSync(join(tmpdir(), "bombs-"));
try {
  for (const bomb of BOMBS) {
    const file = await writeBomb(bomb, folder);
    measure(file);
    rmSync(file);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function measure(file: string): void {
  console.log(`\n${basename(file)}`);
  for (const command of [["inspect"], ["ls", "--tsv"]]) run(command, file);
}

function run(command: readonly string[], file: string): void {
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", TELL, program, ...command, file],
    {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    },
  );
  const seconds = (performance.now() - start) / 1000;
  const [cpu = Number.NaN, megabytes = Number.NaN] =
    stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  if (Number.isNaN(cpu + megabytes))
    throw new Error(`${command.join(" ")} ${file} ended with ${status}: ${stderr}`);
  const figures = `${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of processor, ${megabytes.toFixed(0)} MB`;
  console.log(`  ${command.join(" ").padEnd(20)} ${figures}`);
  if (seconds > MOST_SECONDS || megabytes > MOST_MEGABYTES) process.exitCode = 1;
}
