import type { Content } from "../tree/content.ts";
import { contentLength, pieceLength } from "../tree/content.ts";
import { type ByteSource, readBytes } from "./byte-source.ts";
import { ContentHasher, type ContentHashes, type HashedColumns } from "./content-hashes.ts";
import { algorithmOf, createDigest, digestSource } from "./digest.ts";
import { emptyLayer } from "./empty-layer.ts";
import {
  type Archive,
  type LayerBlob,
  type LayerDigests,
  type LayerIndex,
  type LayerKey,
  layerBlob,
} from "./image.ts";
import { inflate } from "./inflate.ts";
import { InflatedSource, RestartList } from "./inflated-source.ts";
import { readLayer } from "./layer-reader.ts";
import type { LayerTable } from "./layer-table.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { ProblemType } from "./problem.ts";
import { failureOf } from "./read-failure.ts";
import type { ReadOptions } from "./read-options.ts";

/** An archive that is open for reading. Every call may run while others do; results of `layer` are kept until they are forgotten. */
export interface ArchiveReader {
  /** The structure, complete when `openArchive` returns. */
  readonly archive: Archive;
  /**
   * Reads a layer's tar into its tree. Kept until `forget`; read again when a bound was passed and the call brings other
   * ones. Never rejects for what the bytes are.
   */
  layer(key: LayerKey, options?: ReadOptions): Promise<LayerIndex>;
  /** Lets go of a layer's tree and hashes: another thread has the tree. Bytes are read without it. */
  forget(key: LayerKey): void;
  /** Hashes a layer's stored and uncompressed bytes. */
  digests(key: LayerKey, options?: ReadOptions): Promise<LayerDigests>;
  /** The SHA-256 of every regular file's content in one pass over the layer; hard links share. Kept. */
  contentHashes(key: LayerKey, options?: ReadOptions): Promise<ContentHashes>;
  /** The same for a tree that somebody else keeps. */
  hashFiles(key: LayerKey, columns: HashedColumns, options?: ReadOptions): Promise<ContentHashes>;
  /**
   * The bytes `from … to` of a file's content (see `contentOf`), shorter when the content or its blob ends before.
   * Blobs of other archives read as nothing.
   */
  read(content: Content, from: number, to: number, options?: ReadOptions): Promise<Uint8Array>;
}

export function createReader(archive: Archive, layers: LayerTable): ArchiveReader {
  return new TableReader(archive, layers);
}

/** Failures of a layer after which its bytes are not all known. */
const UNFINISHED: ReadonlySet<ProblemType> = new Set<ProblemType>([
  "limit",
  "unreadable",
  "compressed-truncated",
  "compressed-invalid",
  "compression-unsupported",
]);

class TableReader implements ArchiveReader {
  readonly archive: Archive;
  readonly #layers: LayerTable;
  readonly #indexes = new Map<LayerKey, Promise<LayerIndex>>();
  /** Lengths of the tars of layers that were read, forgotten ones too. */
  readonly #tarBytes = new Map<LayerKey, number>();
  readonly #hashes = new Map<LayerKey, Promise<ContentHashes>>();
  /** DiffIDs of layers that were hashed as they were read; null for those that end early. */
  readonly #diffIds = new Map<LayerKey, string | null>();
  readonly #restarts = new Map<LayerKey, RestartList>();
  readonly #plain = new Map<LayerKey, ByteSource>();

  constructor(archive: Archive, layers: LayerTable) {
    this.archive = archive;
    this.#layers = layers;
  }

  async layer(key: LayerKey, options: ReadOptions = {}): Promise<LayerIndex> {
    const kept = this.#indexes.get(key);
    if (kept) {
      const index = await kept;
      if (index.failure?.type !== "limit" || !options.limits) return index;
    }
    return await this.#keep(this.#indexes, key, this.#readWhole(key, options));
  }

  forget(key: LayerKey): void {
    this.#indexes.delete(key);
    this.#hashes.delete(key);
  }

  async digests(key: LayerKey, options: ReadOptions = {}): Promise<LayerDigests> {
    const blob = layerBlob(this.archive, key);
    const source = this.#layers.source(key);
    if (!source || blob.compression === null) return { key, digest: null, diffId: null };
    const { signal } = options;
    const onProgress = this.#progressOf(blob, options);
    const algorithm = algorithmOf(blob.digest);
    const diffAlgorithm = algorithmOf(blob.diffIds[0] ?? null) ?? "sha256";
    const digest = algorithm && (await digestSource(source, algorithm, signal, onProgress));
    if (blob.compression === "none" && algorithm === diffAlgorithm)
      return { key, digest, diffId: digest };
    const known = this.#diffIds.get(key);
    if (known !== undefined) return { key, digest, diffId: known };
    const { limits = DEFAULT_LIMITS } = options;
    const hash = await createDigest(diffAlgorithm);
    try {
      for await (const chunk of inflate(source, blob.compression, { limits, signal }))
        await hash.update(chunk);
    } catch (error) {
      failureOf(error, signal);
      return { key, digest, diffId: null };
    }
    return { key, digest, diffId: `${diffAlgorithm}:${await hash.digest("hex")}` };
  }

  async contentHashes(key: LayerKey, options: ReadOptions = {}): Promise<ContentHashes> {
    const kept = this.#hashes.get(key);
    if (kept) return await kept;
    return await this.#keep(this.#hashes, key, this.#hashContents(key, options));
  }

  async hashFiles(
    key: LayerKey,
    columns: HashedColumns,
    options: ReadOptions = {},
  ): Promise<ContentHashes> {
    const blob = layerBlob(this.archive, key);
    const source = this.#layers.source(key);
    const hasher = await ContentHasher.over(columns);
    if (source && blob.compression !== null && !hasher.isDone) {
      const { signal, limits = DEFAULT_LIMITS } = options;
      const report = { problem: () => undefined, progress: this.#progressOf(blob, options) };
      try {
        for await (const chunk of inflate(source, blob.compression, { limits, signal, report })) {
          hasher.push(chunk);
          if (hasher.isDone) break;
        }
      } catch (error) {
        failureOf(error, signal);
      }
    }
    return hasher.finish();
  }

  async read(
    content: Content,
    from: number,
    to: number,
    options: ReadOptions = {},
  ): Promise<Uint8Array> {
    const end = Math.min(to, contentLength(content));
    const bytes = new Uint8Array(Math.max(0, end - from));
    let at = 0;
    let filled = 0;
    for (const piece of content) {
      const start = Math.max(0, from - at);
      const stop = Math.min(pieceLength(piece), end - at);
      at += pieceLength(piece);
      if (stop <= start) continue;
      if (piece.type === "bytes") bytes.set(piece.bytes.subarray(start, stop), filled);
      else if (piece.type === "blob") {
        const source = await this.#plainSource(piece.blob, options);
        const part = source
          ? await readBytes(source, piece.offset + start, piece.offset + stop)
          : new Uint8Array(0);
        bytes.set(part, filled);
        if (part.length < stop - start) return bytes.subarray(0, filled + part.length);
      }
      filled += stop - start;
    }
    return bytes;
  }

  async #readWhole(key: LayerKey, options: ReadOptions): Promise<LayerIndex> {
    const index = await this.#read(key, options);
    this.#tarBytes.set(key, index.tarBytes);
    return index;
  }

  async #read(key: LayerKey, options: ReadOptions): Promise<LayerIndex> {
    const blob = layerBlob(this.archive, key);
    const source = this.#layers.source(key);
    if (!source || blob.compression === null || blob.unreadable)
      return emptyLayer(key, blob.blob, blob.unreadable);
    const restarts = new RestartList();
    this.#restarts.set(key, restarts);
    const progress = options.onProgress;
    const algorithm = algorithmOf(blob.diffIds[0] ?? null) ?? "sha256";
    const hash = (await options.hash?.(algorithm)) ?? null;
    const index = await readLayer({
      key,
      blob: blob.blob,
      source,
      compression: blob.compression,
      file: this.archive.name,
      member: blob.path,
      limits: options.limits ?? DEFAULT_LIMITS,
      signal: options.signal,
      onProgress: (bytesRead, entries) =>
        progress?.({ layer: key, bytesRead, bytesTotal: source.size, entries }),
      onRestart: (at) => restarts.add(at),
      ...(hash && { onBytes: (chunk: Uint8Array) => hash.update(chunk) }),
    });
    const isWhole = index.failure === null || !UNFINISHED.has(index.failure.type);
    if (hash) this.#diffIds.set(key, isWhole ? `${algorithm}:${await hash.digest("hex")}` : null);
    return index;
  }

  async #hashContents(key: LayerKey, options: ReadOptions): Promise<ContentHashes> {
    const { tree } = await this.layer(key, options);
    return await this.hashFiles(key, tree, options);
  }

  /** The uncompressed bytes of a blob of this archive. */
  async #plainSource(id: string, options: ReadOptions): Promise<ByteSource | null> {
    const blob = this.archive.layers.find((layer) => layer.blob === id);
    const source = blob && this.#layers.source(blob.key);
    if (!blob || !source || blob.compression === null) return null;
    if (blob.compression === "none") return source;
    const kept = this.#plain.get(blob.key);
    if (kept) return kept;
    const tarBytes = this.#tarBytes.get(blob.key) ?? (await this.layer(blob.key, options)).tarBytes;
    const restarts = this.#restarts.get(blob.key)?.list ?? [];
    const inflated = new InflatedSource(source, blob.compression, restarts);
    inflated.size = tarBytes;
    this.#plain.set(blob.key, inflated);
    return inflated;
  }

  #progressOf(blob: LayerBlob, options: ReadOptions): (bytesRead: number) => void {
    return (bytesRead) =>
      options.onProgress?.({
        layer: blob.key,
        bytesRead,
        bytesTotal: blob.storedBytes ?? 0,
        entries: 0,
      });
  }

  /** Keeps a result while it stands; one that was aborted is forgotten. */
  async #keep<T>(kept: Map<LayerKey, Promise<T>>, key: LayerKey, result: Promise<T>): Promise<T> {
    kept.set(key, result);
    try {
      return await result;
    } catch (error) {
      if (kept.get(key) === result) kept.delete(key);
      throw error;
    }
  }
}
