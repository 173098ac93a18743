import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { openSources } from "../cli/file-source.ts";
import { type ByteSource, readBytes } from "../image/byte-source.ts";
import { type Archive, defaultImage, layerBlob } from "../image/image.ts";
import { openArchive } from "../image/open.ts";
import { changesOf } from "../image/union/changes.ts";
import { mergedTree, unionOf } from "../image/union/union.ts";
import type { ColumnTree } from "../tree/column-tree.ts";
import { layerSource } from "./generated-layer.ts";

/** What the columns of a million entries may add to the memory in use. */
const MOST_GROWTH = 160e6;
const MILLION = 1_000_000;

const large = resolve(import.meta.dirname, "../../../../shared/corpus/large/out");
const scratch = mkdtempSync(join(tmpdir(), "unionscope-bench-"));
try {
  for (const file of archives()) await measureArchive(file);
  await measureMillion();
} finally {
  rmSync(scratch, { recursive: true });
}

/** The archives of corpus/large when they have been made, else two that are made here: plain and gzip. */
function archives(): readonly string[] {
  if (existsSync(large))
    return readdirSync(large)
      .filter((name) => name.endsWith(".tar"))
      .map((name) => join(large, name));
  console.log(
    `${large} is not there (corpus/large/make-large.sh makes it): measured on generated layers`,
  );
  const plain = join(scratch, "100000-entries.tar");
  const bytes = layerSource(100_000).whole();
  writeFileSync(plain, bytes);
  writeFileSync(`${plain}.gz`, gzipSync(bytes, { level: 6 }));
  return [plain, `${plain}.gz`];
}

async function measureArchive(file: string): Promise<void> {
  const { sources, close } = await openSources([file]);
  const name = file.slice(file.lastIndexOf("/") + 1);
  console.log(`\n${name}, ${megabytes(statSync(file).size)}`);
  print("read the same bytes", await timed(() => readAll(sources)));
  const opened = await openArchive(sources);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const { archive } = opened.reader;
  const image = defaultImage(archive);
  if (!image) throw new Error(`${name} has no image`);
  for (const [words, milliseconds] of systemTools(archive, file)) print(words, milliseconds);

  const trees: ColumnTree[] = [];
  let entries = 0;
  print(
    "open and index every layer",
    await timed(async () => {
      const again = await openArchive(sources);
      if (again.type === "refused") throw new Error(again.problem.type);
      for (const { layer } of image.layers) {
        const index = await again.reader.layer(layer);
        trees.push(index.tree);
        entries += index.entries;
      }
    }),
  );
  console.log(`  ${entries} entries in ${trees.length} layers`);
  measureUnion(trees);
  await close();
}

/** `tar -t` and `gzip -dc` over the layers as they are stored. */
function systemTools(archive: Archive, file: string): readonly (readonly [string, number])[] {
  const script = (command: string) => {
    const start = performance.now();
    for (const { layer } of defaultImage(archive)?.layers ?? []) {
      const { path, compression } = layerBlob(archive, layer);
      const filter =
        compression === "gzip" ? "gzip -dc" : compression === "zstd" ? "zstd -dc" : "cat";
      const source = archive.format === "layers" ? 'cat "$1"' : 'tar -xOf "$1" "$2"';
      spawnSync("sh", ["-c", `${source} | ${filter} | ${command}`, "sh", file, path]);
    }
    return performance.now() - start;
  };
  return [
    ["gzip -dc (zstd -dc, cat) of the layers", script("cat > /dev/null")],
    ["the same and tar -t", script("tar -t > /dev/null")],
  ];
}

/** A layer of a million entries, made as it is read, so that only what the reader keeps is in memory. */
async function measureMillion(): Promise<void> {
  console.log(`\na layer of ${MILLION} entries, generated`);
  const source = layerSource(MILLION);
  print("generate it", await timed(() => readAll([source])));
  const before = memory();
  const opened = await openArchive([source]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const trees: ColumnTree[] = [];
  print(
    "open and index",
    await timed(async () => {
      const key = opened.reader.archive.layers[0]?.key ?? "";
      trees.push((await opened.reader.layer(key)).tree);
    }),
  );
  const grown = memory() - before;
  console.log(
    `  columns: ${megabytes(grown)} more in use, at most ${megabytes(MOST_GROWTH)} allowed`,
  );
  if (grown > MOST_GROWTH) process.exitCode = 1;
  measureUnion(trees);
}

function measureUnion(trees: readonly ColumnTree[]): void {
  const start = performance.now();
  const union = unionOf(trees);
  print("ready the union", performance.now() - start);
  const before = memory();
  const merging = performance.now();
  const merged = mergedTree(union, trees.length, "docker");
  print(`merge ${trees.length} layers into ${merged.length} paths`, performance.now() - merging);
  console.log(`  merged view: ${megabytes(memory() - before)} more in use`);
  const changing = performance.now();
  const { counts } = changesOf(union, trees.length, "docker");
  print(
    `changes of layer ${trees.length} (+${counts.added} ~${counts.modified} −${counts.removed})`,
    performance.now() - changing,
  );
}

/** Bytes in use after a collection; `npm run bench` starts Node with --expose-gc. */
function memory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function readAll(sources: readonly ByteSource[]): Promise<void> {
  const step = 4 * 2 ** 20;
  for (const source of sources)
    for (let at = 0; at < source.size; at += step) await readBytes(source, at, at + step);
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function print(words: string, milliseconds: number): void {
  console.log(`  ${words.padEnd(52)} ${milliseconds.toFixed(0).padStart(8)} ms`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
