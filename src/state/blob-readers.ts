import { type Archive, type LayerKey, layerBlob } from "../image/image.ts";
import type { ColumnTree } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import type { ArchiveId } from "./archives.ts";
import type { RemoteReader } from "./reader.ts";

/** The archive that brought a blob: blob ids begin with its id (see `openArchive`). */
export function ownerOf(blob: string): ArchiveId {
  return blob.slice(0, blob.indexOf("!"));
}

/**
 * The readers of all archives whose bytes may still be asked for. An archive that was closed keeps its reader while a
 * layer it brought is shared with one that is open.
 */
export class BlobReaders {
  readonly #readers = new Map<ArchiveId, RemoteReader>();

  /** Takes a reader in, and gives one that reads content of any archive's layers. */
  add(id: ArchiveId, reader: RemoteReader): RemoteReader {
    this.#readers.set(id, reader);
    return {
      ...reader,
      read: (content, from, to, options) =>
        (this.#readerOf(content) ?? reader).read(content, from, to, options),
    };
  }

  /** A reader of an archive whose layers were brought by several: each layer is read where its bytes are. */
  across(archive: Archive): RemoteReader {
    const place = (key: LayerKey) => {
      const { blob } = layerBlob(archive, key);
      const owner = ownerOf(blob);
      const reader = this.#readers.get(owner);
      if (!reader) throw new RangeError(`no reader of ${blob}`);
      return { reader, own: blob.slice(owner.length + 1) };
    };
    const owners = new Set(archive.layers.map(({ blob }) => ownerOf(blob)));
    return {
      archive,
      layer: async (key, options) => {
        const { reader, own } = place(key);
        return { ...(await reader.layer(own, options)), key };
      },
      digests: async (key, options) => {
        const { reader, own } = place(key);
        return { ...(await reader.digests(own, options)), key };
      },
      contentHashes: async (key, columns, options) => {
        const { reader, own } = place(key);
        return await reader.contentHashes(own, columns, options);
      },
      read: async (content, from, to, options) => {
        const reader = this.#readerOf(content);
        return reader ? await reader.read(content, from, to, options) : new Uint8Array(0);
      },
      close: () => {
        for (const owner of owners) this.#readers.get(owner)?.close();
      },
    };
  }

  /** Ends the readers of archives that are not open and whose blobs none of `trees` needs. */
  sweep(open: ReadonlySet<ArchiveId>, trees: Iterable<ColumnTree>): void {
    const needed = new Set(open);
    for (const { blob } of trees) needed.add(ownerOf(blob));
    for (const [id, reader] of this.#readers)
      if (!needed.has(id)) {
        reader.close();
        this.#readers.delete(id);
      }
  }

  #readerOf(content: Content): RemoteReader | undefined {
    const piece = content.find(({ type }) => type === "blob");
    return piece?.type === "blob" ? this.#readers.get(ownerOf(piece.blob)) : undefined;
  }
}
