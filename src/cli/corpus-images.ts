import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { ArchiveReader } from "../image/archive-reader.ts";
import type { ImageEntry } from "../image/image.ts";
import { openArchive } from "../image/open.ts";
import type { Semantics } from "../image/union/semantics.ts";
import { mergedTree, unionOf } from "../image/union/union.ts";
import { openSources } from "./file-source.ts";
import { LineBuffer } from "./line-buffer.ts";
import { mergedListing } from "./listing.ts";
import { type Listing, listingOf } from "./truth-file.ts";
import { TsvWriter } from "./tsv-line.ts";

/** The corpus beside the repository. */
export const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");

/** Whether the tests that need the corpus can run. Throws in CI when it is not there. */
export function hasCorpus(): boolean {
  if (existsSync(CORPUS)) return true;
  const text = `The corpus is not at ${CORPUS}: its tests are skipped.`;
  const { CI } = process.env;
  if (CI) throw new Error(text);
  console.warn(text);
  return false;
}

/** Opens files, gives them to `use`, and closes them. Throws when they are refused. */
export async function withCorpusArchive<T>(
  files: readonly string[],
  use: (reader: ArchiveReader) => Promise<T>,
): Promise<T> {
  const { sources, close } = await openSources(files);
  try {
    const opened = await openArchive(sources);
    if (opened.type === "refused") throw new Error(`refused: ${opened.problem.type}`);
    return await use(opened.reader);
  } finally {
    await close();
  }
}

/** An image's first `upto` layers as `ls --tsv` lists them. */
export async function listImage(
  reader: ArchiveReader,
  image: ImageEntry,
  upto: number,
  semantics: Semantics,
): Promise<Listing> {
  const trees = [];
  const hashes = new Map();
  for (const { k, layer } of image.layers.slice(0, upto)) {
    trees.push((await reader.layer(layer)).tree);
    hashes.set(k, await reader.contentHashes(layer));
  }
  const merged = mergedTree(unionOf(trees), upto, semantics);
  const lines = new LineBuffer();
  const tsv = new TsvWriter(lines, true);
  for (const listed of mergedListing(merged, hashes)) tsv.line(listed);
  return listingOf(lines.take().toString().split("\n"));
}
