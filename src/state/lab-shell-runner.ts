import { createHost } from "../docker/boot.ts";
import type { LibraryImage } from "../docker/host.ts";
import { miniatures } from "../docker/miniatures.ts";
import type { Language } from "../i18n/catalogue.ts";
import type { ImageEntry } from "../image/image.ts";
import { CHINESE } from "../shell/chinese.ts";
import { ENGLISH, type LabWords } from "../shell/lab-words.ts";
import { ArchiveShelf, type ShelvedReader } from "../shell/library.ts";
import { promptsOf, runLine } from "../shell/session.ts";
import { stateHash } from "../shell/state-hash.ts";
import { useAppState } from "./app-state.ts";
import type { OpenArchive } from "./archives.ts";
import { readLayersOf } from "./current.ts";
import type { LabRunner } from "./lab-runner.ts";
import type { World } from "./lab-script.ts";
import type { LabHost } from "./lab-session.ts";
import { worldPlan } from "./lab-worlds.ts";

/** The lab's own words at the terminal, in the page's language. */
const LAB_WORDS: Readonly<Record<Language, LabWords>> = { en: ENGLISH, "zh-Hans": CHINESE };

/** When the Lab's clock begins: the same for everybody, so that ids, times and hashes are. */
const START = Date.UTC(2026, 0, 1) / 1000;

/** Lines run by the shell over the simulated host, with the archives that Explore has open on its shelf. */
export function shellRunner(): LabRunner {
  const shelf = new ArchiveShelf(() => LAB_WORDS[useAppState.getState().language]);
  return {
    start: async (world) => {
      const images = await libraryFor(world, shelf);
      if (images === null) return null;
      return createHost({
        library: [...images, ...miniatures()],
        driver: "aufs",
        release: world.type === "built-in" ? worldPlan(world.name).release : "19.03",
        seed: "unionscope",
        clock: { sec: START, nsec: 0 },
      });
    },
    opening: openingLines,
    run: async (host, prompt, line, until) => {
      const { steps, interrupted, ...result } = await runLine(host, line, shelf, prompt, until);
      return { ...result, calls: steps, until: interrupted && until !== undefined ? until : null };
    },
    prompts: promptsOf,
    hash: stateHash,
  };
}

function openingLines(world: World, { docker }: LabHost) {
  if (world.type === "built-in")
    return worldPlan(world.name).lines.map(([prompt, line]) => ({ prompt, line }));
  const name = docker.library[0]?.references[0] ?? world.name;
  return [{ prompt: "host", line: `docker run -dit --name c1 ${name} sh` }];
}

/** How an image is named in a session: by its ID, or by its manifest's digest, or by its place in its archive. */
export function imageKey(entry: Pick<OpenArchive, "name">, image: ImageEntry): string {
  return image.imageId ?? image.manifestDigest ?? `${entry.name}:${image.index + 1}`;
}

/** The images of the archive that a world is about; none for a built-in one, null when it is not open. */
async function libraryFor(
  world: World,
  shelf: ArchiveShelf,
): Promise<readonly LibraryImage[] | null> {
  if (world.type === "built-in") return [];
  const { archives, readImage } = useAppState.getState();
  for (const { id, archive, reader, name } of archives) {
    const image = archive?.images.find((each) => imageKey({ name }, each) === world.imageId);
    if (!archive || !reader || !image) continue;
    await readImage(id, image.index);
    const entry = useAppState.getState().archives.find((each) => each.id === id);
    const read = entry ? readLayersOf(entry, image) : [];
    if (read.length < image.layers.length) return null;
    const shelved: ShelvedReader = {
      archive: { ...archive, images: [image] },
      layer: (key, options) => {
        const known = read.find((each) => each.key === key);
        return known ? Promise.resolve(known) : reader.layer(key, options);
      },
      read: reader.read,
    };
    return shelf.add(shelved);
  }
  return null;
}
