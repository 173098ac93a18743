import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Archive, defaultImage, type ImageEntry } from "../image/image.ts";
import { CORPUS, hasCorpus, listImage, withCorpusArchive } from "./corpus-images.ts";
import { differencesBetween, listingFile } from "./truth-file.ts";

const SMALL = join(CORPUS, "small");
const READINGS = [
  ["docker", "overlay"],
  ["oci", "umoci"],
] as const;

/** Each archive with the names of its truths; several when it holds several images. */
function archives(): [file: string, truths: string[]][] {
  const [, ...lines] = readFileSync(join(SMALL, "INDEX.tsv"), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const cells = line.split("\t");
    return [(cells[0] ?? "").replace(/\/$/, ""), (cells.at(-1) ?? "").split(" ")];
  });
}

/** The files to open for an entry of the index: itself, or the layers of a `.layers` directory, base first. */
function filesOf(file: string): string[] {
  const path = join(SMALL, file);
  if (!statSync(path).isDirectory() || !file.endsWith(".layers")) return [path];
  const layers = readdirSync(path).filter((name) => name.endsWith(".gz"));
  return layers.sort().map((name) => join(path, name));
}

/** The image a truth is about: by the tag or the platform that ends its name. */
function imageFor(archive: Archive, truth: string, isOne: boolean): ImageEntry | null {
  if (isOne) return defaultImage(archive);
  const last = truth.slice(truth.lastIndexOf("-") + 1);
  const images = archive.images.filter(({ kind }) => kind === "image");
  const found = images.find(
    ({ refs, platform }) =>
      refs.some((ref) => ref.endsWith(`:${last}`)) || platform?.architecture === last,
  );
  return found ?? null;
}

describe.skipIf(!hasCorpus())("the archives of corpus/small", () => {
  it.each(archives())("%s", async (file, truths) => {
    let compared = 0;
    await withCorpusArchive(filesOf(file), async (reader) => {
      for (const truth of truths)
        for (const [semantics, tool] of READINGS) {
          const image = imageFor(reader.archive, truth, truths.length === 1);
          if (!image) continue;
          const ours = await listImage(reader, image, image.layers.length, semantics);
          // A flat root file system has lost the names that a layer below has replaced.
          const tolerance = {
            links: reader.archive.format === "layers" && image.layers.length === 1,
          };
          const theirs = listingFile(join(SMALL, "truth", `${truth}.${tool}.tsv`));
          expect(differencesBetween(ours, theirs, tolerance)).toEqual([]);
          expect(theirs.size).toBeGreaterThan(0);
          compared++;
        }
    });
    expect(compared).toBeGreaterThan(0);
  });

  it.each([
    ["web", "web.podman-oci-archive.tar"],
    ["node-app", "node-app.docker26-save.tar"],
  ])("%s, layer by layer", async (truth, file) => {
    await withCorpusArchive([join(SMALL, file)], async (reader) => {
      const image = defaultImage(reader.archive);
      if (!image) throw new Error("no image");
      for (let k = 1; k <= image.layers.length; k++)
        for (const [semantics, tool] of READINGS) {
          const name = `${String(k).padStart(3, "0")}.${tool}.tsv`;
          const path = join(SMALL, "truth", `${truth}.cumulative`, name);
          expect(existsSync(path)).toBe(true);
          const ours = await listImage(reader, image, k, semantics);
          expect(differencesBetween(ours, listingFile(path)), name).toEqual([]);
        }
    });
  });
});
