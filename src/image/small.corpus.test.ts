import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CORPUS, hasCorpus, withCorpusArchive } from "../cli/corpus-images.ts";
import { extraOf, kindOf, nameOf } from "../tree/column-tree.ts";
import type { ArchiveReader } from "./archive-reader.ts";
import { createDigest } from "./digest.ts";
import {
  defaultImage,
  type ImageEntry,
  type LayerIndex,
  layerBlob,
  verificationOf,
} from "./image.ts";
import { severityOf } from "./problem.ts";

const SMALL = join(CORPUS, "small");
/** What Docker 1.x stored for a step without changes. */
const EMPTY_LAYER = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

/** The index's column with the names of the truth files. */
const TRUTH = "truth (base names in truth/)";

interface LayerTruth {
  readonly diffId: string;
  readonly counts: Readonly<Record<string, string>>;
}

function table(path: string): readonly Record<string, string>[] {
  const [head = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  const names = head.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}

function layerTruth(name: string): readonly LayerTruth[] {
  const rows = table(join(SMALL, "truth", `${name}.layers.tsv`));
  return rows.map(({ n: _, diff_id: diffId = "", ...counts }) => ({ diffId, counts }));
}

/** What `tar -tv` counts, taken from a layer's tree. Layers of the corpus name no path twice. */
function countsOf(index: LayerIndex): Record<string, string> {
  const { tree } = index;
  const counts = new Map<string, number>();
  const add = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const inodes = new Set<number>();
  for (let row = 0; row < tree.length; row++) {
    if (tree.entry[row]! < 0) continue;
    const inode = tree.inode[row]!;
    const isLink = inodes.has(inode) || extraOf(tree, row).link !== undefined;
    inodes.add(inode);
    add(isLink ? "hardlink" : kindOf(tree, row));
    const name = nameOf(tree, row);
    if (name === ".wh..wh..opq") add("opaque");
    else if (name.startsWith(".wh.")) add("whiteout");
  }
  const count = (what: string) => String(counts.get(what) ?? 0);
  return {
    entries: String(index.entries),
    files: count("file"),
    dirs: count("dir"),
    symlinks: count("symlink"),
    hardlinks: count("hardlink"),
    char: count("char"),
    block: count("block"),
    fifo: count("fifo"),
    whiteouts: count("whiteout"),
    opaque: count("opaque"),
  };
}

/** The diffIDs of an image as hashing gives them, and its layers' problems. */
async function readImage(reader: ArchiveReader, image: ImageEntry) {
  const layers: { diffId: string; index: LayerIndex; verification: string }[] = [];
  for (const layer of image.layers) {
    const index = await reader.layer(layer.layer, { hash: createDigest });
    const digests = await reader.digests(layer.layer);
    const blob = layerBlob(reader.archive, layer.layer);
    expect(index.failure).toBeNull();
    expect(index.problems.filter((problem) => severityOf(problem) === "error")).toEqual([]);
    const verification = verificationOf(layer, blob, digests);
    layers.push({ diffId: digests.diffId ?? "", index, verification });
  }
  return layers;
}

const ARCHIVES = hasCorpus()
  ? table(join(SMALL, "INDEX.tsv")).map(({ file = "", format = "", [TRUTH]: truths = "" }) => ({
      file: file.replace(/\/$/, ""),
      format,
      truths: truths.split(" "),
    }))
  : [];
const IMAGES = ARCHIVES.filter(({ format }) => !/flat root|single layers/.test(format));

describe.skipIf(!hasCorpus())("layers of corpus/small", () => {
  it.each(IMAGES)("$file: diffIDs, entries by type, verified", async ({ file, format, truths }) => {
    await withCorpusArchive([join(SMALL, file)], async (reader) => {
      const errors = reader.archive.problems.filter((each) => severityOf(each) !== "note");
      expect(errors).toEqual([]);
      const isV1 = format.startsWith("Docker 1.0");
      const known = truths.map(layerTruth);
      const images = reader.archive.images.filter(({ kind }) => kind === "image");
      expect(images.length).toBeGreaterThan(0);
      for (const image of images) {
        const read = await readImage(reader, image);
        const layers = isV1 ? read.filter(({ diffId }) => diffId !== EMPTY_LAYER) : read;
        const ids = layers.map(({ diffId }) => diffId);
        const truth = known.find(
          (wanted) => wanted.map(({ diffId }) => diffId).join() === ids.join(),
        );
        expect(truth, ids.join()).toBeDefined();
        for (const [i, { index, verification }] of layers.entries()) {
          const counts = { ...countsOf(index), bytes: String(index.tarBytes) };
          expect(counts).toEqual(truth?.[i]?.counts);
          expect(verification).toBe(isV1 ? "not-checked" : "verified");
        }
      }
    });
  });

  it.each(ARCHIVES.filter(({ format }) => format.startsWith("single layers")))(
    "$file: single layers in each compression, in order",
    async ({ file, truths }) => {
      const folder = join(SMALL, file);
      expect(statSync(folder).isDirectory()).toBe(true);
      const truth = layerTruth(truths[0] ?? "").map(({ diffId }) => diffId);
      const endings = [".tar", ".tar.gz", ".tar.zst"];
      let opened = 0;
      for (const ending of endings) {
        const files = readdirSync(folder)
          .filter((name) => name.slice(2) === ending)
          .sort()
          .map((name) => join(folder, name));
        if (files.length === 0) continue;
        opened += 1;
        await withCorpusArchive(files, async (reader) => {
          expect(reader.archive.format).toBe("layers");
          const image = defaultImage(reader.archive);
          const layers = image ? await readImage(reader, image) : [];
          expect(layers.map(({ diffId }) => diffId)).toEqual(truth);
        });
      }
      expect(opened).toBeGreaterThan(0);
    },
  );

  it("an eStargz table and zstd:chunked's frames are no entries", async () => {
    const extrasOf = async (file: string) => {
      const found = new Set<string>();
      await withCorpusArchive([join(SMALL, file)], async (reader) => {
        for (const { key } of reader.archive.layers)
          for (const { what } of (await reader.layer(key)).extras) found.add(what);
      });
      return [...found];
    };
    expect(await extrasOf("web-buildkit.buildx-oci-estargz.tar")).toEqual(["estargz-toc"]);
    expect(await extrasOf("scratch.skopeo-oci-archive-zstdchunked.tar")).toEqual(["zstd-chunked"]);
  });

  it("the attestation is apart and never the image shown first", async () => {
    const file = "web-buildkit.buildx-oci-attestation.tar";
    await withCorpusArchive([join(SMALL, file)], async ({ archive }) => {
      expect(archive.images.map(({ kind }) => kind)).toEqual(["image", "attestation"]);
      expect(defaultImage(archive)?.index).toBe(0);
    });
  });

  it("image IDs, manifests, references and chains are what skopeo says", async () => {
    const inspect = JSON.parse(
      readFileSync(join(SMALL, "truth", "multi-v2.inspect.json"), "utf8"),
    ) as { Architecture: string; Layers: string[] };
    await withCorpusArchive([join(SMALL, "multi.docker26-save.tar")], async ({ archive }) => {
      expect(archive.images.map(({ refs }) => refs)).toEqual([
        ["localhost/multi:v2"],
        ["localhost/multi:v3"],
        ["localhost/multi:base"],
      ]);
      const [image] = archive.images;
      expect(image?.platform?.architecture).toBe(inspect.Architecture);
      expect(image?.layers).toHaveLength(inspect.Layers.length);
      expect(image?.layers[0]?.chainId).toBe(image?.layers[0]?.diffId);
      const shared = archive.images.map(({ layers }) => layers[3]?.chainId);
      expect(new Set(shared).size).toBe(1);
    });
  });
});
