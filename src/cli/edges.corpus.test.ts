import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultImage } from "../image/image.ts";
import { differencesOf } from "../image/union/differences.ts";
import { mergedTree, unionOf } from "../image/union/union.ts";
import { CORPUS, hasCorpus, listImage, withCorpusArchive } from "./corpus-images.ts";
import { differencesBetween, listingFile } from "./truth-file.ts";

const MALFORMED = join(CORPUS, "malformed");

/** The edge images of EDGES.tsv that at least one of the two tools took. */
function edges(): string[] {
  const names = readdirSync(join(MALFORMED, "truth")).flatMap(
    (file) => /^(.*)\.(?:umoci|docker26c)\.tsv$/.exec(file)?.[1] ?? [],
  );
  return [...new Set(names)].filter((name) => name !== "verdict").sort();
}

const truthOf = (name: string, tool: string) => join(MALFORMED, "truth", `${name}.${tool}.tsv`);

describe.skipIf(!hasCorpus())("the edge images", () => {
  for (const form of ["docker", "oci"])
    it.each(edges())(`%s (${form})`, async (name) => {
      await withCorpusArchive([join(MALFORMED, `${name}.${form}.tar`)], async (reader) => {
        const image = defaultImage(reader.archive);
        if (!image) throw new Error("no image");
        const upto = image.layers.length;
        const docker = await listImage(reader, image, upto, "docker");
        const oci = await listImage(reader, image, upto, "oci");
        const takenByUmoci = existsSync(truthOf(name, "umoci"));
        if (takenByUmoci) {
          const truth = listingFile(truthOf(name, "umoci"));
          expect(differencesBetween(oci, truth)).toEqual([]);
          if (!existsSync(truthOf(name, "docker26c")))
            expect(differencesBetween(docker, truth)).toEqual([]);
        }
        if (existsSync(truthOf(name, "docker26c")))
          expect(differencesBetween(docker, listingFile(truthOf(name, "docker26c")))).toEqual([]);

        const trees = [];
        for (const { layer } of image.layers) trees.push((await reader.layer(layer)).tree);
        const union = unionOf(trees);
        const { places } = differencesOf(union, upto);
        expect(places.map(({ because }) => because.type)).not.toContain("other");
        const differ = differencesBetween(docker, oci, { links: true }).length > 0;
        if (differ && takenByUmoci) expect(places.length).toBeGreaterThan(0);
        if (!existsSync(truthOf(name, "docker26c")) && name !== "path-deep-dirs")
          expect(places[0]?.because.type).toBe("refused");
        else {
          expect(union.refusals).toEqual([]);
          expect(unopenable(name)).toEqual(
            mergedTree(union, upto, "docker").unopenable.map(({ name: last }) => last),
          );
        }
      });
    });
});

/** The names that containerd's mount lists and cannot open, without their directories. */
function unopenable(name: string): string[] {
  return { "wh-missing": ["file"], "wh-slash": ["a"] }[name] ?? [];
}
