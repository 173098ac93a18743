import type { MakeDigest } from "./digest.ts";
import type { LayerKey } from "./image.ts";
import type { Limits } from "./limits.ts";

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
  /** `layer` alone: hashes the tar as it is read, so that `digests` need not read it again. */
  readonly hash?: MakeDigest;
  /** Called after each piece that is read: some megabytes, or less. */
  readonly onProgress?: (progress: Progress) => void;
}
