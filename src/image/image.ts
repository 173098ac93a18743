import type { ColumnTree } from "../tree/column-tree.ts";
import type { Problem } from "./problem.ts";

/** Compressions, as sniffed from the first bytes. */
export type Compression = "none" | "gzip" | "zstd" | "bzip2" | "xz";

/** What the archive is, as a whole. */
export type ArchiveFormat =
  /** `docker save` of 1.10 and later, podman, skopeo, kaniko, bazel: `manifest.json` is a list. */
  | "docker-archive"
  /** An OCI layout with `manifest.json` beside it: `docker save` of 25 and later. */
  | "docker-oci"
  | "oci-layout"
  /** Docker 1.0 to 1.9: `repositories`, and a directory with `json` and `layer.tar` for each layer. */
  | "docker-v1"
  /** skopeo's `dir:` and podman's docker-dir: `manifest.json` is one manifest, blobs have bare hex names. */
  | "docker-dir"
  /** One or more layers without an image around them; a plain root file system is one. */
  | "layers";

/** Names a layer's stored bytes inside one opened archive. */
export type LayerKey = string;

/** An archive's contents without its trees: plain data, ready before any layer is read. */
export interface Archive {
  /** What its blobs' ids begin with; given by the caller of `openArchive`. */
  readonly id: string;
  readonly name: string;
  /** Bytes of all sources. */
  readonly size: number;
  readonly format: ArchiveFormat;
  /** How the archive as a whole is compressed. */
  readonly compression: Compression;
  /** In the archive's order. The default one is the first of kind "image", see `defaultImage`. */
  readonly images: readonly ImageEntry[];
  /** Every layer that the images name, each stored blob once, those of the default image first. */
  readonly layers: readonly LayerBlob[];
  readonly problems: readonly Problem[];
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string;
}

/** One image of the archive, or what stands in an image's place. */
export interface ImageEntry {
  /** Its place in `Archive.images`. */
  readonly index: number;
  /** "absent": named by an index, but its manifest is not in the archive. */
  readonly kind: "image" | "attestation" | "artifact" | "absent";
  /** Names with tags, as the archive gives them ("web:latest"); may be empty. */
  readonly refs: readonly string[];
  /** null when neither the descriptor nor the config says. */
  readonly platform: Platform | null;
  /** Digest of the manifest; null where the format has none. */
  readonly manifestDigest: string | null;
  /** The image ID: the digest of the config's bytes, computed; null without a config. */
  readonly imageId: string | null;
  readonly config: ImageConfig | null;
  /** Base first: `layers[k - 1]` is layer k. Every layer of the manifest is here, readable or not. */
  readonly layers: readonly ImageLayer[];
  /** In order, base first, empty steps in their place. */
  readonly history: readonly HistoryStep[];
  readonly problems: readonly Problem[];
}

/** A layer's place in one image. */
export interface ImageLayer {
  /** From 1, the base. */
  readonly k: number;
  readonly layer: LayerKey;
  /** As the config declares it; null when it does not. */
  readonly diffId: string | null;
  /** The chain up to here, from the declared diffIDs; null when one is missing. */
  readonly chainId: string | null;
  /** Index into `ImageEntry.history`; null when the history says nothing of this layer. */
  readonly step: number | null;
}

export interface HistoryStep {
  readonly command: string;
  readonly created: string;
  readonly author: string;
  readonly comment: string;
  /** Whether the step made no layer. */
  readonly empty: boolean;
  /** The layer it made; null for an empty step, and where the history has more steps than there are layers. */
  readonly k: number | null;
}

/** What a container of the image starts with, and the config as it stands. */
export interface ImageConfig {
  readonly created: string;
  readonly author: string;
  readonly os: string;
  readonly architecture: string;
  readonly variant: string;
  readonly user: string;
  readonly workingDir: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** The document as text: indented, and byte for byte as it stands in the archive. */
  readonly json: string;
  readonly text: string;
}

/** A layer's stored bytes: what is known before they are read. */
export interface LayerBlob {
  readonly key: LayerKey;
  /** `ColumnTree.blob` of its tree, and `Piece.blob` of its content. */
  readonly blob: string;
  /** Its path in the archive. */
  readonly path: string;
  /** "" where the format has none. */
  readonly mediaType: string;
  /** The digest the archive gives for the stored bytes; null where the format gives none. */
  readonly digest: string | null;
  /** The diffIDs that configs declare for it: one, unless configs disagree. */
  readonly diffIds: readonly string[];
  /** Stored bytes; null when they are not in the archive. */
  readonly storedBytes: number | null;
  /** Compression seen in the bytes; null when they are not in the archive. */
  readonly compression: Compression | null;
  /** Why it cannot be read at all (missing, foreign, encrypted, …); null when it can be tried. */
  readonly unreadable: Problem | null;
}

/** A layer after its tar was read. */
export interface LayerIndex {
  readonly key: LayerKey;
  /** Bytes of the uncompressed tar as far as it was read, all that belongs to the diffID. */
  readonly tarBytes: number;
  /** Tar entries read: what `tar -t` lists. */
  readonly entries: number;
  /** Sum of the sizes of regular files. */
  readonly fileBytes: number;
  /** The entries that were read, also when `failure` says that reading ended early. */
  readonly tree: ColumnTree;
  /** Entries that a later entry of the same path replaced, in the order of the tar. */
  readonly shadowed: readonly ShadowedEntry[];
  /** Metadata of the format that is not part of the tree (eStargz's table, zstd:chunked's frames). */
  readonly extras: readonly LayerExtra[];
  /** Why reading stopped before the end; null when the whole layer was read. It also stands in `problems`. */
  readonly failure: Problem | null;
  readonly problems: readonly Problem[];
}

export interface LayerExtra {
  readonly what: "estargz-toc" | "zstd-chunked";
  /** Bytes it takes. */
  readonly bytes: number;
}

/** An entry that a later one of the same path replaced. */
export interface ShadowedEntry {
  /** "/a/b" */
  readonly path: string;
  readonly kind: string;
  readonly size: number;
  /** Its number among the entries, from 0. */
  readonly entry: number;
  /** The number of the entry that replaced it. */
  readonly by: number;
}

/** What hashing a layer's bytes gave. */
export interface LayerDigests {
  readonly key: LayerKey;
  /** Digest of the stored bytes, by the algorithm of the declared one, else sha256; null for an algorithm we lack. */
  readonly digest: string | null;
  /** Digest of the uncompressed tar; null when it could not be inflated to its end. */
  readonly diffId: string | null;
}

/** Whether a layer is what the archive says. "not-checked": not hashed yet, or the archive declares nothing. */
export type Verification = "verified" | "differs" | "not-checked";

/** The image to show first: the first that is an image and not an attestation; null when there is none. */
export function defaultImage(archive: Archive): ImageEntry | null {
  return archive.images.find((image) => image.kind === "image") ?? null;
}

/** What `digests` say of one layer of one image. A stored digest and a diffID count where they are declared. */
export function verificationOf(
  layer: ImageLayer,
  blob: LayerBlob,
  digests: LayerDigests | undefined,
): Verification {
  if (!digests || blob.storedBytes === null) return "not-checked";
  const isHashed = digests.digest !== null && blob.digest !== null;
  if (isHashed && blob.digest !== digests.digest) return "differs";
  if (layer.diffId !== null) return layer.diffId === digests.diffId ? "verified" : "differs";
  return isHashed ? "verified" : "not-checked";
}

/** The layer of an archive by its key. */
export function layerBlob(archive: Archive, key: LayerKey): LayerBlob {
  const found = archive.layers.find((layer) => layer.key === key);
  if (!found) throw new RangeError(`no layer ${key} in ${archive.name}`);
  return found;
}
