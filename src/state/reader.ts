import type { ArchiveReader } from "../image/archive-reader.ts";
import type { ContentHashes, HashedColumns } from "../image/content-hashes.ts";
import type { LayerKey } from "../image/image.ts";
import type { Limits } from "../image/limits.ts";
import type { Problem } from "../image/problem.ts";
import type { ReadOptions } from "../image/read-options.ts";

/** A file a person gave, and the name it goes by: for a folder's files a path in that folder. */
export interface GivenFile {
  readonly name: string;
  readonly blob: Blob;
  /** Where it lies on disk, in browsers that tell: it can be read again after a reload. */
  readonly handle?: FileSystemFileHandle;
}

/** An archive that a worker holds open. `close` ends the worker; every call still under way is lost then. */
export interface RemoteReader
  extends Pick<ArchiveReader, "archive" | "layer" | "digests" | "read"> {
  /** The SHA-256 of a layer's files, whose columns the caller has. */
  contentHashes(
    key: LayerKey,
    columns: HashedColumns,
    options: ReadOptions,
  ): Promise<ContentHashes>;
  close(): void;
}

export type RemoteResult =
  | { readonly type: "opened"; readonly reader: RemoteReader }
  | { readonly type: "refused"; readonly problems: readonly Problem[] };

/** Starts a worker on `files`. `src/app` provides it, as only it may know the worker. Rejects only when aborted. */
export type OpenRemote = (
  id: string,
  files: readonly GivenFile[],
  options: { readonly limits: Limits; readonly signal: AbortSignal },
) => Promise<RemoteResult>;
