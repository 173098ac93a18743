import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { BOMBS, writeBomb } from "./generated-bombs.ts";

/** What a malformed file may take: the corpus says so. */
const MOST_SECONDS = 10;
const MOST_MEGABYTES = 500;

const top = resolve(import.meta.dirname, "../../..");
const malformed = resolve(top, "../shared/corpus/malformed");
const program = resolve(top, "dist/cli/unionscope.js");
/**
 * Tells on standard error's last line what the process took. Its most memory is the kernel's figure since exec: getrusage
 * counts what the process had of its parent, and this one makes the bombs.
 */
const TELL = `data:text/javascript,import{readFileSync}from"node:fs";process.on("exit",()=>{const{userCPUTime:u,systemCPUTime:s}=process.resourceUsage();console.error("\\n"+(u+s)/1e6+" "+/VmHWM:\\s*(\\d+)/.exec(readFileSync("/proc/self/status","utf8"))[1]/1024)})`;

for (const name of ["bomb-1m-entries.layer.tar.gz", "bomb-1m-entries.oci.tar"]) {
  const file = resolve(malformed, name);
  if (existsSync(file)) measure(file);
  else console.log(`\n${file} is not there`);
}
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
