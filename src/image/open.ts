import type { ColumnTree } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import type { ByteSource } from "./byte-source.ts";
import type { Archive, LayerDigests, LayerIndex, LayerKey } from "./image.ts";
import type { Limits } from "./limits.ts";
import type { Problem } from "./problem.ts";

/** How far the reading of one thing has come. */
export interface Progress {
  /** null while the archive as a whole is looked through. */
  readonly layer: LayerKey | null;
  /** Stored bytes read, of `bytesTotal`. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
  /** Tar entries met. */
  readonly entries: number;
}

export interface ReadOptions {
  /** Left out: `DEFAULT_LIMITS`. */
  readonly limits?: Limits;
  /** Aborting makes the call reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called a few times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

/** An archive that is open for reading. Every call may run while others do; results of `layer` are kept. */
export interface ArchiveReader {
  /** The structure, complete when `openArchive` returns. */
  readonly archive: Archive;
  /** Reads a layer's tar into its tree; the same promise for the same layer. Never rejects for what the bytes are. */
  layer(key: LayerKey, options?: ReadOptions): Promise<LayerIndex>;
  /** Hashes a layer's stored and uncompressed bytes. Kept. */
  digests(key: LayerKey, options?: ReadOptions): Promise<LayerDigests>;
  /** The SHA-256 of every regular file's content in one pass over the layer; hard links share. Kept. */
  contentHashes(key: LayerKey, options?: ReadOptions): Promise<ContentHashes>;
  /**
   * The bytes `from … to` of a file's content (see `contentOf`), shorter when the content or its blob ends before.
   * Blobs of other archives read as nothing.
   */
  read(content: Content, from: number, to: number, options?: ReadOptions): Promise<Uint8Array>;
}

/** SHA-256 of file contents by row of the layer's tree; null for rows that are no regular file or unreadable. */
export interface ContentHashes {
  readonly tree: ColumnTree;
  /** 64 hex digits. */
  of(row: number): string | null;
}

export type OpenResult =
  | { readonly type: "opened"; readonly reader: ArchiveReader }
  /** Not an archive we can open: `problem` says why, first of all `problems`. */
  | { readonly type: "refused"; readonly problem: Problem; readonly problems: readonly Problem[] };

export interface OpenOptions extends ReadOptions {
  /** What blob ids begin with: unique among open archives. Left out: the first source's name. */
  readonly id?: string;
}

/**
 * Opens an archive of images, a folder of one (each file a source, named by its path), or bare layers, base first.
 *
 * Finds out what it is and which layers it has, and reads no layer. Rejects only when aborted.
 */
export async function openArchive(
  sources: readonly ByteSource[],
  _options: OpenOptions = {},
): Promise<OpenResult> {
  const at = { file: sources[0]?.name ?? "", member: null, entry: null, offset: null };
  const problem: Problem = { type: "empty-file", at };
  return { type: "refused", problem, problems: [problem] };
}
