import type { LibraryImage, LibraryLayer } from "../docker/host.ts";
import { EMPTY_RUN_CONFIG, type ImageConfig, parseConfig } from "../docker/image-config.ts";
import { libraryReferences } from "../docker/reference.ts";
import type { ArchiveReader } from "../image/archive-reader.ts";
import type { ByteSource } from "../image/byte-source.ts";
import type { ImageEntry } from "../image/image.ts";
import { openArchive } from "../image/open.ts";
import { type Content, contentLength } from "../tree/content.ts";
import { sliceContent } from "../tree/content-edit.ts";
import { digestOf, type Edge, fetchBytes } from "./edge.ts";
import { ENGLISH, type LabWords } from "./lab-words.ts";

/** What the shelf needs of an open archive, wherever it is read. */
export type ShelvedReader = Pick<ArchiveReader, "archive" | "layer" | "read">;

/**
 * The archives that are open: what the host can pull from them, and where their bytes are fetched. `docker load` of an
 * archive that lies on the host opens one more.
 */
export class ArchiveShelf implements Edge {
  readonly #readers = new Map<string, ShelvedReader>();
  readonly #words: () => LabWords;

  /** `words`: asked for each line that is run. */
  constructor(words: () => LabWords = () => ENGLISH) {
    this.#words = words;
  }

  get words(): LabWords {
    return this.#words();
  }

  /** Puts an open archive on the shelf; gives its images. Its `archive.id` must be unique here. */
  async add(reader: ShelvedReader): Promise<readonly LibraryImage[]> {
    this.#readers.set(reader.archive.id, reader);
    const images: LibraryImage[] = [];
    for (const image of reader.archive.images)
      if (image.kind === "image") images.push(await libraryImage(reader, image));
    return images;
  }

  readonly readBlob = async (blob: string, offset: number, length: number): Promise<Uint8Array> => {
    for (const [id, reader] of this.#readers)
      if (blob.startsWith(`${id}!`))
        return reader.read([{ type: "blob", blob, offset, length }], 0, length);
    throw new RangeError(`no open archive has the blob ${blob}`);
  };

  readonly openArchive = async (
    content: Content,
    name: string,
  ): Promise<readonly LibraryImage[]> => {
    const id = `loaded:${await digestOf(this, {}, content)}`;
    const opened = await openArchive([this.#source(name, content)], { id });
    if (opened.type === "refused") throw new Error(refusalText(opened.problem.type));
    return this.add(opened.reader);
  };

  #source(name: string, content: Content): ByteSource {
    return {
      name,
      size: contentLength(content),
      slice: (from, to) => ({
        arrayBuffer: async () => {
          const bytes = await fetchBytes(this, {}, sliceContent(content, from, to));
          return Uint8Array.from(bytes).buffer;
        },
      }),
    };
  }
}

function refusalText(type: string): string {
  return type === "not-an-archive"
    ? "archive/tar: invalid tar header"
    : `the archive cannot be read (${type})`;
}

async function libraryImage(reader: ShelvedReader, image: ImageEntry): Promise<LibraryImage> {
  const layers: LibraryLayer[] = [];
  for (const { layer, diffId } of image.layers) {
    const { tree, tarBytes } = await reader.layer(layer);
    const tar: Content =
      tarBytes === 0 ? [] : [{ type: "blob", blob: tree.blob, offset: 0, length: tarBytes }];
    layers.push({ diffId, tar, tree });
  }
  const text = image.config?.text ?? null;
  const config = (text === null ? null : parseConfig(text)) ?? plainConfig(layers);
  return {
    references: libraryReferences(image.refs, reader.archive.name),
    origin: reader.archive.name,
    layersBaseFirst: layers,
    text,
    config,
  };
}

/** A config for bare layers: nothing to run but a shell. */
function plainConfig(layers: readonly LibraryLayer[]): ImageConfig {
  const known = layers.every(({ diffId }) => diffId !== null);
  return {
    architecture: "amd64",
    os: "linux",
    author: "",
    created: 0,
    run: { ...EMPTY_RUN_CONFIG, cmd: ["sh"] },
    history: [],
    diffIds: known ? layers.flatMap(({ diffId }) => diffId ?? []) : [],
  };
}
