import type { ByteSource } from "./byte-source.ts";
import type { Compression, ImageLayer, LayerBlob, LayerKey } from "./image.ts";
import { compressionOf } from "./inflate.ts";
import type { Members, Resolved } from "./members.ts";
import type { MemberRole, Problem, ProblemFacts } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";
import { failureOf } from "./read-failure.ts";

/** What a manifest says of a layer's stored bytes. */
export interface LayerClaim {
  /** Its path in the archive, or null when it is not (to be) there: then `unreadable` says why. */
  readonly path: string | null;
  readonly mediaType: string;
  readonly digest: string | null;
  readonly size: number | null;
  /** Where else it can be had. */
  readonly urls: readonly string[];
  /** Why there is no use in looking. */
  readonly unreadable: ProblemFacts | null;
  /** Bytes given in the manifest itself. */
  readonly inline: ByteSource | null;
}

/** Where a claimed layer is kept while an archive is opened. */
interface Slot {
  readonly blob: Omit<LayerBlob, "diffIds">;
  readonly source: ByteSource | null;
  readonly diffIds: Set<string>;
  /** As a descriptor has it. */
  readonly size: number | null;
}

/** The layers of an archive: each stored blob once, whatever images name it. */
export class LayerTable {
  readonly #archive: string;
  readonly #file: string;
  readonly #members: Members;
  readonly #slots = new Map<LayerKey, Slot>();
  readonly #problems: Problem[] = [];

  constructor(archive: string, file: string, members: Members) {
    this.#archive = archive;
    this.#file = file;
    this.#members = members;
  }

  get blobs(): readonly LayerBlob[] {
    return [...this.#slots.values()].map(({ blob, diffIds }) => ({
      ...blob,
      diffIds: [...diffIds],
    }));
  }

  /** Problems of single layers' stored bytes. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  source(key: LayerKey): ByteSource | null {
    return this.#slots.get(key)?.source ?? null;
  }

  /** The key of a claimed layer, which is looked up when it is claimed for the first time. */
  async claim(claim: LayerClaim, diffId: string | null): Promise<LayerKey> {
    const resolved =
      claim.path === null || claim.unreadable ? null : this.#members.resolve(claim.path);
    const key = keyOf(claim, resolved);
    let slot = this.#slots.get(key);
    if (!slot) {
      slot = await this.#look(key, claim, resolved);
      this.#slots.set(key, slot);
    }
    if (diffId !== null) slot.diffIds.add(diffId);
    return key;
  }

  /** Layers whose blob is missing, with what is known of it. */
  missing(): readonly { key: LayerKey; size: number; diffIds: readonly string[] }[] {
    const found: { key: LayerKey; size: number; diffIds: readonly string[] }[] = [];
    for (const [key, { blob, diffIds, size }] of this.#slots)
      if (blob.unreadable?.type === "member-missing" && size !== null && diffIds.size > 0)
        found.push({ key, size, diffIds: [...diffIds] });
    return found;
  }

  /** Gives a missing layer the bytes of another member. What is wrong is its digest, then. */
  async replaceMissing(key: LayerKey, path: string, source: ByteSource): Promise<void> {
    const slot = this.#slots.get(key);
    if (!slot) throw new RangeError(`no layer ${key}`);
    const compression = await compressionOf(source);
    const { unreadable } = slot.blob;
    const at = unreadable ? this.#problems.indexOf(unreadable) : -1;
    if (at >= 0) this.#problems.splice(at, 1);
    const blob = {
      ...slot.blob,
      path,
      storedBytes: source.size,
      compression,
      unreadable: null,
    };
    this.#slots.set(key, { ...slot, blob, source });
  }

  async #look(key: LayerKey, claim: LayerClaim, resolved: Resolved | null): Promise<Slot> {
    const list = new ProblemList(this.#file, claim.path || key);
    const source = claim.inline ?? (resolved?.type === "file" ? resolved.source : null);
    let unreadable: Problem | null = null;
    let compression: Compression | null = null;
    const missing = claim.unreadable ?? (source ? null : absence(claim, resolved));
    if (missing) unreadable = list.add(missing);
    else if (source) {
      try {
        compression = await compressionOf(source);
      } catch (error) {
        const { facts, offset } = failureOf(error);
        unreadable = list.add(facts, offset);
      }
      if (claim.size !== null && claim.size !== source.size)
        list.add({ type: "size-differs", declared: claim.size, actual: source.size });
      for (const facts of labelProblems(claim.mediaType, compression)) list.add(facts);
    }
    this.#problems.push(...list.list());
    const blob = {
      key,
      blob: `${this.#archive}!${key}`,
      path: resolved?.path ?? claim.path ?? "",
      mediaType: claim.mediaType,
      digest: claim.digest,
      storedBytes: source?.size ?? null,
      compression,
      unreadable,
    };
    return { blob, source, diffIds: new Set(), size: claim.size };
  }
}

/** Numbers the layers of an image. */
export function imageLayers(
  keys: readonly LayerKey[],
  diffIds: readonly (string | null)[],
  chains: readonly (string | null)[],
  steps: readonly (number | null)[],
): readonly ImageLayer[] {
  return keys.map((layer, i) => ({
    k: i + 1,
    layer,
    diffId: diffIds[i] ?? null,
    chainId: chains[i] ?? null,
    step: steps[i] ?? null,
  }));
}

/** Why a path does not lead to a file. */
export function missingFacts(
  resolved: Exclude<Resolved, { type: "file" }>,
  role: MemberRole,
): ProblemFacts {
  const { path } = resolved;
  switch (resolved.type) {
    case "missing":
      return { type: "member-missing", path, role };
    case "outside":
      return { type: "path-outside", path, role };
    case "not-file":
      return { type: "member-not-file", path, role, found: resolved.found };
  }
}

function absence(claim: LayerClaim, resolved: Resolved | null): ProblemFacts | null {
  if (!resolved || resolved.type === "file") return null;
  const isForeign = /nondistributable|foreign/.test(claim.mediaType) || claim.urls.length > 0;
  if (resolved.type === "missing" && isForeign) return { type: "layer-foreign", urls: claim.urls };
  return missingFacts(resolved, "layer");
}

function keyOf(claim: LayerClaim, resolved: Resolved | null): LayerKey {
  if (resolved?.type === "file") return resolved.path;
  return claim.digest || claim.path || "layer";
}

const LAYER_TYPE =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar)(?:[+.](gzip|zstd))?(?:\+encrypted)?$/;

/** What a media type says of compression, against what the bytes say. */
function labelProblems(mediaType: string, seen: Compression | null): readonly ProblemFacts[] {
  if (mediaType === "" || seen === null) return [];
  const label = LAYER_TYPE.exec(mediaType);
  if (!label) return [{ type: "media-type-unknown", mediaType }];
  return (label[1] ?? "none") === seen
    ? []
    : [{ type: "media-type-wrong", mediaType, found: seen }];
}
