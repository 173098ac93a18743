import { spawnSync } from "node:child_process";
import {
  type BigIntStats,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { bytesSource } from "../image/byte-source.ts";
import { digestOf } from "../image/digest.ts";
import { type DrawnEntry, drawnTar } from "../image/drawn-tar.ts";
import { defaultImage } from "../image/image.ts";
import type { Json } from "../image/json.ts";
import { openArchive } from "../image/open.ts";
import { listImage } from "./corpus-images.ts";
import { drawnText, randomLayers } from "./random-image.fixture.ts";
import { differencesBetween, listingOf } from "./truth-file.ts";

/** The `oci` reading of random images beside what umoci makes of them in a real directory. */

type Layers = readonly (readonly DrawnEntry[])[];

const IMAGE = "application/vnd.oci.image";

/** Whether umoci can be asked: it unpacks owners and devices, as root, and getfattr tells attributes. Says so when not. */
export function hasUmoci(): boolean {
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  const programs = ["umoci", "getfattr"];
  const answers =
    isRoot && programs.every((program) => spawnSync(program, ["--version"]).status === 0);
  if (!answers)
    console.warn("umoci or getfattr is not here, or we are not root: the comparison is SKIPPED.");
  return answers;
}

/**
 * Compares the random images of a seed for `seconds`. Resolves to how many umoci took; fails with the smallest image that is
 * read differently.
 */
export async function compareWithUmoci(
  seed: number,
  most: number,
  seconds: number,
): Promise<number> {
  const directory = mkdtempSync("/dev/shm/unionscope-umoci-");
  let taken = 0;
  try {
    await fc.assert(
      fc.asyncProperty(randomLayers, async (layers) => {
        const found = await differences(join(directory, "image"), layers);
        if (found === null) return;
        taken++;
        if (found.length > 0) throw new Error(`${found.join("\n")}\n${drawnText(layers)}`);
      }),
      { seed, numRuns: most, interruptAfterTimeLimit: seconds * 1000 },
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  if (taken === 0) throw new Error("umoci took none of the images");
  return taken;
}

/** null when umoci refuses the image. */
async function differences(directory: string, layers: Layers): Promise<readonly string[] | null> {
  rmSync(directory, { recursive: true, force: true });
  const tars = layers.map((entries) => drawnTar(...entries));
  writeLayout(join(directory, "layout"), tars);
  const root = join(directory, "root");
  const run = spawnSync("umoci", ["raw", "unpack", "--image", `${directory}/layout:x`, root]);
  if (run.error) throw run.error;
  if (run.status !== 0) return null;
  const sources = tars.map((tar, i) => bytesSource(`${i + 1}.tar`, tar));
  const opened = await openArchive(sources);
  if (opened.type === "refused") return [opened.problem.type];
  const image = defaultImage(opened.reader.archive);
  if (!image) return ["no image"];
  const ours = await listImage(opened.reader, image, image.layers.length, "oci");
  const found = differencesBetween(ours, listingOf(directoryLines(root)));
  // A file that a later entry of its layer replaces for Docker alone has no hash.
  return found.filter((line) => !line.includes(": sha256 , "));
}

function writeLayout(directory: string, tars: readonly Uint8Array[]): void {
  mkdirSync(join(directory, "blobs/sha256"), { recursive: true });
  const blob = (mediaType: string, bytes: Uint8Array) => {
    const digest = digestOf(bytes);
    writeFileSync(join(directory, "blobs", digest.replace(":", "/")), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const json = (value: Json) => new TextEncoder().encode(JSON.stringify(value));
  const layers = tars.map((tar) => blob(`${IMAGE}.layer.v1.tar`, tar));
  const rootfs = { type: "layers", diff_ids: layers.map(({ digest }) => digest) };
  const config = json({ architecture: "amd64", os: "linux", rootfs });
  const manifest = json({
    schemaVersion: 2,
    config: blob(`${IMAGE}.config.v1+json`, config),
    layers,
  });
  const annotations = { "org.opencontainers.image.ref.name": "x" };
  const manifests = [{ ...blob(`${IMAGE}.manifest.v1+json`, manifest), annotations }];
  writeFileSync(join(directory, "oci-layout"), json({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(join(directory, "index.json"), json({ schemaVersion: 2, manifests }));
}

/** A real directory, as lines of `ls --tsv`. */
function directoryLines(root: string): readonly string[] {
  const lines: string[] = [];
  const firstName = new Map<bigint, string>();
  const paths: string[] = [];
  const ahead = [""];
  const xattrs = xattrsIn(root);
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop())
    for (const entry of readdirSync(join(root, at), { withFileTypes: true })) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      paths.push(path);
      if (entry.isDirectory()) ahead.push(path);
    }
  for (const path of paths.sort()) {
    const full = join(root, path);
    const stat = lstatSync(full, { bigint: true });
    const type = typeOf(stat);
    const isLinked = type !== "d" && stat.nlink > 1n;
    if (isLinked && !firstName.has(stat.ino)) firstName.set(stat.ino, path);
    const cells = [
      path,
      type,
      (Number(stat.mode) & 0o7777).toString(8).padStart(4, "0"),
      stat.uid,
      stat.gid,
      type === "f" || type === "l" ? stat.size : 0,
      `${stat.mtimeNs / BILLION}.${String(stat.mtimeNs % BILLION).padStart(9, "0")}`,
      type === "d" ? "" : stat.nlink,
      isLinked ? (firstName.get(stat.ino) ?? "") : "",
      type === "c" || type === "b" ? rdevText(Number(stat.rdev)) : "",
      type === "l" ? readlinkSync(full) : "",
      type === "f" ? digestOf(readFileSync(full)).slice("sha256:".length) : "",
      xattrs.get(full)?.join(";") ?? "",
    ];
    lines.push(cells.join("\t"));
  }
  return lines;
}

const BILLION = 1_000_000_000n;

function typeOf(stat: BigIntStats): string {
  if (stat.isDirectory()) return "d";
  if (stat.isSymbolicLink()) return "l";
  if (stat.isCharacterDevice()) return "c";
  if (stat.isBlockDevice()) return "b";
  return stat.isFIFO() ? "p" : "f";
}

/** "major:minor", of the bits that Linux gives them. */
function rdevText(rdev: number): string {
  return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >>> 12) & 0xfff00)}`;
}

/** Extended attributes by path, "name=hex" each. */
function xattrsIn(root: string): ReadonlyMap<string, readonly string[]> {
  const args = ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "--absolute-names", root];
  const run = spawnSync("getfattr", args, { encoding: "utf8" });
  if (run.error) throw run.error;
  const found = new Map<string, readonly string[]>();
  for (const part of run.stdout.split("\n\n")) {
    const [head = "", ...lines] = part.split("\n");
    const names = lines.filter((line) => line !== "").map((line) => line.replace(/=0x/, "="));
    found.set(head.replace("# file: ", ""), names.sort());
  }
  return found;
}
