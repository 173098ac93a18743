import type { ColumnTree } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import type { ArchiveId } from "./archives.ts";
import type { RemoteReader } from "./reader.ts";

/** The archive that has a blob: blob ids begin with its id (see `openArchive`). */
function ownerOf(blob: string): ArchiveId {
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
