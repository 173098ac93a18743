/** Where a problem is. */
export interface Place {
  /** The name of the source that was opened. */
  readonly file: string;
  /** The member of the archive (a layer, a manifest), by its path there; null: the archive as a whole. */
  readonly member: string | null;
  /** The tar entry inside the member, as a name string (name.ts); null: none is concerned. */
  readonly entry: string | null;
  /** Bytes from the start of the member's uncompressed tar (compressed data: of the stored bytes); null: nowhere. */
  readonly offset: number | null;
}

/** How bad it is: `error` something could not be read or is false, `warning` it was read in one of several ways. */
export type Severity = "error" | "warning" | "note";

/** What a bound was on; the names are those of `Limits`. */
export type LimitName =
  | "outputBytes"
  | "ratio"
  | "entries"
  | "impliedDirectories"
  | "textBytes"
  | "jsonBytes";

/** The facts of a problem. Plain data; src/i18n turns each into one sentence. */
export type ProblemFacts =
  // The archive as a whole
  /** Neither an archive nor a layer; `seen` says what the first bytes look like ("png", "zip", "text", "random", …). */
  | { readonly type: "not-an-archive"; readonly seen: string }
  | { readonly type: "empty-file" }
  /** Shorter than any archive: cut short, or something else. */
  | { readonly type: "too-short"; readonly bytes: number }
  /** A tar without a single entry. */
  | { readonly type: "empty-archive" }
  /** A folder of folders with nothing that names images; the file `path` is no layer. */
  | { readonly type: "folder-without-image"; readonly path: string }
  /** Layers are there, but nothing that names them and their order. */
  | { readonly type: "no-manifest" }
  | { readonly type: "no-index" }
  | { readonly type: "no-oci-layout" }
  | { readonly type: "no-images" }
  /** A bound was passed; reading stopped there. */
  | {
      readonly type: "limit";
      readonly limit: LimitName;
      readonly bound: number;
      readonly seen: number;
    }
  /** The source could not be read; `message` is the system's. */
  | { readonly type: "unreadable"; readonly message: string }
  | { readonly type: "bytes-after-end"; readonly bytes: number }
  // JSON documents and what they say
  | { readonly type: "json-invalid"; readonly reason: string }
  /** A value is not what its place asks for: `path` like "[0].Layers[2]". */
  | {
      readonly type: "json-type";
      readonly path: string;
      readonly expected: string;
      readonly found: string;
    }
  | { readonly type: "member-missing"; readonly path: string; readonly role: MemberRole }
  /** The member is there but is no file: a directory, or a link that leads nowhere. */
  | {
      readonly type: "member-not-file";
      readonly path: string;
      readonly role: MemberRole;
      readonly found: "directory" | "link-loop" | "link-out" | "link-broken" | "other";
    }
  /** An index names a manifest that is not in the archive: another platform, mostly. */
  | { readonly type: "manifest-absent"; readonly digest: string }
  | { readonly type: "path-outside"; readonly path: string; readonly role: MemberRole }
  | { readonly type: "digest-invalid"; readonly digest: string }
  | { readonly type: "digest-unsupported"; readonly digest: string }
  /** A descriptor's size is not the blob's. */
  | { readonly type: "size-differs"; readonly declared: number; readonly actual: number }
  /** The stored bytes do not have the digest they are named by. */
  | { readonly type: "digest-differs"; readonly declared: string; readonly actual: string }
  /** The uncompressed tar does not have the diffID of the config. */
  | { readonly type: "diff-id-differs"; readonly declared: string; readonly actual: string }
  | { readonly type: "layer-count-differs"; readonly layers: number; readonly diffIds: number }
  | { readonly type: "history-count-differs"; readonly steps: number; readonly layers: number }
  | { readonly type: "media-type-missing" }
  | { readonly type: "media-type-unknown"; readonly mediaType: string }
  /** The label says one compression, the bytes another; the bytes are believed. */
  | { readonly type: "media-type-wrong"; readonly mediaType: string; readonly found: string }
  | { readonly type: "artifact"; readonly mediaType: string }
  | { readonly type: "index-cycle"; readonly digest: string }
  | { readonly type: "index-deep"; readonly depth: number }
  /** More images are named than are read. */
  | { readonly type: "images-many"; readonly bound: number }
  /** The image has more layers than are read. */
  | { readonly type: "layers-many"; readonly layers: number; readonly bound: number }
  | { readonly type: "manifests-disagree" }
  | { readonly type: "parent-cycle"; readonly id: string }
  | { readonly type: "parent-missing"; readonly id: string; readonly parent: string }
  | { readonly type: "rootfs-type-unknown"; readonly rootfsType: string }
  // Layers
  | { readonly type: "layer-foreign"; readonly urls: readonly string[] }
  | { readonly type: "layer-encrypted"; readonly mediaType: string }
  /** The bytes are no tar, whatever they were compressed with. */
  | { readonly type: "layer-not-tar" }
  // Compressed data
  | { readonly type: "compressed-truncated"; readonly compression: string }
  | { readonly type: "compressed-invalid"; readonly compression: string; readonly reason: string }
  | {
      readonly type: "checksum-differs";
      readonly compression: string;
      readonly what: "crc32" | "size" | "xxh64" | "crc64" | "sha256" | "header" | "block";
    }
  | {
      readonly type: "bytes-after-compressed";
      readonly compression: string;
      readonly bytes: number;
    }
  | {
      readonly type: "compression-unsupported";
      readonly compression: string;
      readonly feature: string;
    }
  // Tar
  | { readonly type: "tar-truncated"; readonly missing: number | null }
  | { readonly type: "tar-no-end" }
  | { readonly type: "tar-padding-missing" }
  | { readonly type: "tar-checksum" }
  | { readonly type: "tar-number"; readonly field: string; readonly value: string }
  | { readonly type: "tar-size-negative"; readonly field: string; readonly value: number }
  | { readonly type: "tar-name-empty" }
  | { readonly type: "tar-type-unknown"; readonly typeflag: string }
  | { readonly type: "tar-type-skipped"; readonly typeflag: string }
  | { readonly type: "tar-size-ignored"; readonly size: number }
  | { readonly type: "tar-long-header"; readonly header: string; readonly size: number }
  | { readonly type: "tar-header-at-end"; readonly header: string }
  | { readonly type: "tar-header-twice"; readonly header: string }
  | {
      readonly type: "pax-record";
      readonly reason: "length" | "newline" | "zero" | "no-equals" | "nul";
    }
  | { readonly type: "pax-value"; readonly key: string; readonly value: string }
  | { readonly type: "pax-global"; readonly keys: readonly string[] }
  | { readonly type: "sparse-invalid"; readonly reason: string }
  // Entries and paths
  /** The path had `..`; it was clamped to the root: the entry stands at `path`. */
  | { readonly type: "path-clamped"; readonly path: string }
  /** The path is the root, the entry no directory. */
  | { readonly type: "root-not-directory" }
  /** The entry stands at `path`, since its parent is a symlink of this layer. */
  | { readonly type: "through-symlink"; readonly link: string; readonly path: string }
  | { readonly type: "symlink-loop"; readonly link: string }
  /** A parent was a file of this layer; a directory took its place. */
  | { readonly type: "through-file"; readonly parent: string }
  /** The same path again; the later entry holds. */
  | { readonly type: "duplicate"; readonly path: string }
  | { readonly type: "name-too-long"; readonly bytes: number }
  | { readonly type: "path-too-long"; readonly bytes: number }
  /** The target is not in this layer. It may be in a lower one. */
  | { readonly type: "hardlink-missing"; readonly target: string }
  | { readonly type: "hardlink-forward"; readonly target: string }
  | { readonly type: "hardlink-self" }
  | { readonly type: "hardlink-directory"; readonly target: string }
  | { readonly type: "whiteout-invalid"; readonly name: string }
  /** A whiteout and a real entry of one name in one layer. */
  | { readonly type: "whiteout-and-entry"; readonly name: string; readonly whiteoutFirst: boolean }
  /** So many more problems of type `of` in this member. */
  | { readonly type: "more"; readonly of: string; readonly count: number };

/** What a member of the archive was wanted for. */
export type MemberRole = "manifest" | "index" | "config" | "layer" | "layer-json";

/** Something the reader found, with its place. */
export type Problem = ProblemFacts & { readonly at: Place };

export type ProblemType = Problem["type"];

const NOTES: ReadonlySet<ProblemType> = new Set<ProblemType>([
  "no-oci-layout",
  "history-count-differs",
  "media-type-wrong",
  "manifest-absent",
  "bytes-after-compressed",
  "tar-no-end",
  "tar-padding-missing",
  "tar-type-skipped",
  "tar-size-ignored",
  "tar-header-at-end",
  "pax-global",
]);

const WARNINGS: ReadonlySet<ProblemType> = new Set<ProblemType>([
  "empty-archive",
  "bytes-after-end",
  "manifests-disagree",
  "layer-foreign",
  "layer-encrypted",
  "media-type-missing",
  "media-type-unknown",
  "artifact",
  "digest-unsupported",
  "tar-name-empty",
  "tar-type-unknown",
  "tar-header-twice",
  "path-clamped",
  "root-not-directory",
  "through-symlink",
  "through-file",
  "duplicate",
  "name-too-long",
  "path-too-long",
  "hardlink-missing",
  "hardlink-forward",
  "whiteout-invalid",
  "more",
]);

/**
 * How bad a problem is. An error: something is missing or false. A warning: it was read, but in one of several ways, or
 * not as other tools do. A note: worth knowing, and right as it is.
 */
export function severityOf(problem: Problem): Severity {
  // Windows images have no diffIDs: then there is nothing to differ from.
  if (problem.type === "layer-count-differs" && problem.diffIds === 0) return "note";
  if (problem.type === "whiteout-and-entry") return problem.whiteoutFirst ? "note" : "warning";
  if (NOTES.has(problem.type)) return "note";
  return WARNINGS.has(problem.type) ? "warning" : "error";
}
