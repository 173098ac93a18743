/**
 * How much an archive may ask of us before we stop and say so.
 *
 * Each bound has a reason that a person can judge; "continue anyway" opens the archive again with a larger one.
 */
export interface Limits {
  /** Uncompressed bytes of one layer, or of a whole compressed archive. */
  readonly outputBytes: number;
  /** Uncompressed bytes per compressed byte, counted once the output passes `ratioFrom`. Deflate cannot pass 1032. */
  readonly ratio: number;
  /** Uncompressed bytes below which the ratio does not matter. */
  readonly ratioFrom: number;
  /** Tar entries of one layer. */
  readonly entries: number;
  /** Directories of one layer that have no entry and are there because paths lead through them: one path may make 500,000. */
  readonly impliedDirectories: number;
  /** Bytes of one layer's names (those that come again soon count once), its link targets and its extended attributes, which all stay in memory. */
  readonly textBytes: number;
  /** Bytes of one JSON document (manifest, index, config). */
  readonly jsonBytes: number;
}

/** Images of one archive that are read: a document of a few megabytes could name a hundred thousand. */
export const MOST_IMAGES = 4096;
/** Layers of one image that are read. Docker's own bound is 127. */
export const MOST_LAYERS = 1024;

const MIB = 2 ** 20;

/** 64 GiB of output, ratio 200 beyond 128 MiB, four million entries, 500,000 implied directories, 96 MiB of names, 16 MiB of JSON. */
export const DEFAULT_LIMITS: Limits = {
  outputBytes: 65_536 * MIB,
  ratio: 200,
  ratioFrom: 128 * MIB,
  entries: 4_000_000,
  impliedDirectories: 500_000,
  textBytes: 96 * MIB,
  jsonBytes: 16 * MIB,
};

/** What "continue anyway" asks for: nothing is bounded but JSON, whose text must fit one string. */
export const NO_LIMITS: Limits = {
  outputBytes: Number.POSITIVE_INFINITY,
  ratio: Number.POSITIVE_INFINITY,
  ratioFrom: Number.POSITIVE_INFINITY,
  entries: Number.POSITIVE_INFINITY,
  impliedDirectories: Number.POSITIVE_INFINITY,
  textBytes: Number.POSITIVE_INFINITY,
  jsonBytes: 256 * MIB,
};
