import { type ByteSource, bytesSource } from "./byte-source.ts";
import { digestOf, parseDigest } from "./digest.ts";
import type { ImageEntry, Platform } from "./image.ts";
import { isList, isObject, type JsonObject, JsonReader, type JsonText, parseJson } from "./json.ts";
import type { LayerClaim } from "./layer-table.ts";
import { MOST_IMAGES } from "./limits.ts";
import { finishImage, type OpenContext, readMember } from "./open-context.ts";
import type { Problem, ProblemFacts } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";
import { failureOf } from "./read-failure.ts";

export const OCI_INDEX = "index.json";
export const OCI_LAYOUT = "oci-layout";

/** Indexes inside indexes. */
const DEEPEST_INDEX = 8;
/** Names that the images of one archive are given in all. */
const MOST_REFS = 2 ** 16;
const REFERENCE_TYPE = "vnd.docker.reference.type";
const REF_NAME = "org.opencontainers.image.ref.name";
const IMAGE_NAME = "io.containerd.image.name";

const CONFIG_TYPES = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);

/** What no layer is. */
const DOCUMENT_TYPE = /[+/]json$|^text\//;
/** What a cache's index names beside manifests. */
const BLOB_TYPE = /\.(?:layer|rootfs)\.|\.cacheconfig\./;

/** A descriptor: what points from one document to a blob. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number | null;
  readonly platform: Platform | null;
  readonly annotations: JsonObject;
  readonly artifactType: string;
  readonly urls: readonly string[];
  readonly inline: ByteSource | null;
}

/** An image of the layout, before its layers are looked up. */
export interface OciManifest {
  readonly descriptor: Descriptor;
  readonly refs: string[];
  readonly kind: ImageEntry["kind"];
  readonly config: Descriptor | null;
  readonly layers: readonly Descriptor[];
  readonly problems: Problem[];
}

/** Where a blob stands in a layout; null for a digest that is none. */
export function blobPath(digest: string): string | null {
  const parsed = parseDigest(digest);
  return parsed && `blobs/${parsed.algorithm}/${parsed.hex}`;
}

/** All manifests that the index leads to, in its order, each once. */
export async function ociManifests(
  context: OpenContext,
  index: JsonText,
): Promise<readonly OciManifest[]> {
  const walk = new IndexWalk(context);
  await walk.index(index, OCI_INDEX, [], null);
  return walk.manifests;
}

class IndexWalk {
  readonly manifests: OciManifest[] = [];
  readonly #context: OpenContext;
  readonly #byDigest = new Map<string, OciManifest>();
  /** By the digest of an index that was read: how deep it was, and what it led to. */
  readonly #indexes = new Map<string, { depth: number; readonly found: Set<OciManifest> }>();
  #isFull = false;
  /** Names that may still be given. */
  #refsLeft = MOST_REFS;

  constructor(context: OpenContext) {
    this.#context = context;
  }

  /** `above` are the digests of the indexes that led here; `refs` the names the outer index gives. */
  async index(
    document: JsonText,
    path: string,
    above: readonly string[],
    refs: readonly string[] | null,
  ): Promise<void> {
    const problems = new ProblemList(this.#context.file, path);
    const reader = new JsonReader(problems);
    if (!isObject(document.value)) reader.wrong("object", document.value, "$");
    else {
      const entries = reader.objects(document.value, "manifests", "$");
      for (const [i, entry] of entries.entries()) {
        if (this.manifests.length >= MOST_IMAGES) {
          if (!this.#isFull)
            this.#context.problems.add({ type: "images-many", bound: MOST_IMAGES });
          this.#isFull = true;
          break;
        }
        const descriptor = readDescriptor(reader, entry, `$.manifests[${i}]`, problems);
        await this.#follow(descriptor, above, refs ?? namesOf(descriptor), problems);
      }
    }
    this.#context.memberProblems.push(...problems.list());
  }

  async #follow(
    descriptor: Descriptor,
    above: readonly string[],
    refs: readonly string[],
    problems: ProblemList,
  ): Promise<void> {
    const { digest } = descriptor;
    const known = this.#byDigest.get(digest);
    if (known) {
      this.#name(known, refs);
      this.#note([known], above);
      return;
    }
    if (above.includes(digest)) {
      problems.add({ type: "index-cycle", digest });
      return;
    }
    const read = this.#indexes.get(digest);
    if (read && read.depth <= above.length) {
      for (const manifest of read.found) this.#name(manifest, refs);
      this.#note(read.found, above);
      return;
    }
    if (above.length >= DEEPEST_INDEX) {
      problems.add({ type: "index-deep", depth: above.length + 1 });
      return;
    }
    const own: Problem[] = [];
    if (BLOB_TYPE.test(descriptor.mediaType)) {
      const list = new ProblemList(this.#context.file, blobPath(digest));
      const artifact = list.add({ type: "artifact", mediaType: descriptor.mediaType });
      const parts = { config: null, layers: [], problems: [artifact] };
      this.#add({ descriptor, refs: [], kind: "artifact", ...parts }, refs, above);
      return;
    }
    const document = await readBlob(this.#context, descriptor, "manifest", own);
    if (document && isIndex(document, descriptor)) {
      this.#context.memberProblems.push(...own);
      const path = blobPath(digest) ?? digest;
      this.#indexes.set(digest, { depth: above.length, found: read?.found ?? new Set() });
      await this.index(document, path, [...above, digest], refs);
      return;
    }
    const manifest = document
      ? this.#manifest(descriptor, document, own)
      : this.#absent(descriptor, own);
    this.#add(manifest, refs, above);
  }

  #add(manifest: OciManifest, refs: readonly string[], above: readonly string[]): void {
    this.#byDigest.set(manifest.descriptor.digest, manifest);
    this.manifests.push(manifest);
    this.#name(manifest, refs);
    this.#note([manifest], above);
  }

  #name(manifest: OciManifest, refs: readonly string[]): void {
    const given = refs.slice(0, this.#refsLeft);
    this.#refsLeft -= given.length;
    manifest.refs.push(...given);
  }

  /** Notes that the indexes of `above` led to manifests. */
  #note(manifests: Iterable<OciManifest>, above: readonly string[]): void {
    for (const manifest of manifests)
      for (const digest of above) this.#indexes.get(digest)?.found.add(manifest);
  }

  #manifest(descriptor: Descriptor, document: JsonText, own: Problem[]): OciManifest {
    const problems = new ProblemList(this.#context.file, blobPath(descriptor.digest));
    const reader = new JsonReader(problems);
    if (descriptor.mediaType === "") problems.add({ type: "media-type-missing" });
    let config: Descriptor | null = null;
    let layers: readonly Descriptor[] = [];
    let artifactType = descriptor.artifactType;
    if (!isObject(document.value)) reader.wrong("object", document.value, "$");
    else {
      const value = document.value;
      artifactType = reader.text(value, "artifactType", "$") || artifactType;
      const entry = reader.object(value, "config", "$");
      if (Object.keys(entry).length > 0)
        config = readDescriptor(reader, entry, "$.config", problems);
      layers = reader
        .objects(value, "layers", "$")
        .map((layer, i) => readDescriptor(reader, layer, `$.layers[${i}]`, problems));
    }
    const kind = kindOf(descriptor, config, layers, artifactType);
    if (kind === "artifact") {
      const isImageConfig = CONFIG_TYPES.has(config?.mediaType ?? "");
      const content = isImageConfig ? layers[0]?.mediaType : config?.mediaType;
      problems.add({
        type: "artifact",
        mediaType: artifactType || content || descriptor.mediaType,
      });
    }
    own.push(...problems.list());
    return { descriptor, refs: [], kind, config, layers, problems: own };
  }

  /** A platform that was left out is no fault; a manifest that is there and cannot be read is. */
  #absent(descriptor: Descriptor, own: Problem[]): OciManifest {
    const isMissing = own.every((problem) => problem.type === "member-missing");
    const { digest } = descriptor;
    const list = new ProblemList(this.#context.file, blobPath(digest));
    const problems = isMissing ? [list.add({ type: "manifest-absent", digest })] : own;
    const kind = isAttestation(descriptor) ? "attestation" : "absent";
    return { descriptor, refs: [], kind, config: null, layers: [], problems };
  }
}

/** Makes an image of a manifest. `refs` are names beside those of the index. */
export async function ociImage(
  context: OpenContext,
  manifest: OciManifest,
  refs: readonly string[] = [],
): Promise<ImageEntry> {
  const { descriptor, kind } = manifest;
  const problems = [...manifest.problems];
  const config =
    manifest.config && kind === "image"
      ? await readBlob(context, manifest.config, "config", problems)
      : null;
  return await finishImage(context, {
    kind,
    refs: [...refs, ...manifest.refs],
    platform: descriptor.platform,
    manifestDigest: descriptor.digest === "" ? null : descriptor.digest,
    config,
    configPath: manifest.config && blobPath(manifest.config.digest),
    claims: kind === "image" ? manifest.layers.map(layerClaim) : [],
    problems,
  });
}

/** A layer as its descriptor claims it. */
export function layerClaim(descriptor: Descriptor): LayerClaim {
  const path = blobPath(descriptor.digest);
  return {
    path,
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    urls: descriptor.urls,
    unreadable: unreadableFacts(descriptor, path),
    inline: descriptor.inline,
  };
}

function unreadableFacts(descriptor: Descriptor, path: string | null): ProblemFacts | null {
  if (path === null) return { type: "digest-invalid", digest: descriptor.digest };
  if (descriptor.mediaType.includes("+encrypted"))
    return { type: "layer-encrypted", mediaType: descriptor.mediaType };
  return null;
}

/** Reads a document by its descriptor and checks its size and digest. null, with problems, when it cannot be read. */
async function readBlob(
  context: OpenContext,
  descriptor: Descriptor,
  role: "manifest" | "config",
  problems: Problem[],
): Promise<JsonText | null> {
  const { digest, inline } = descriptor;
  const path = blobPath(digest);
  const list = new ProblemList(context.file, path);
  if (path === null) {
    list.add({ type: "digest-invalid", digest });
    problems.push(...list.list());
    return null;
  }
  const isInside = context.members.resolve(path).type === "file";
  const document =
    inline && !isInside
      ? await readInline(inline, list)
      : await readMember(context, path, role, problems);
  if (document) {
    const actual = digestOf(document.bytes);
    const isSha256 = digest.startsWith("sha256:");
    if (isSha256 && actual !== digest)
      list.add({ type: "digest-differs", declared: digest, actual });
    const { size } = descriptor;
    if (size !== null && size !== document.bytes.length)
      list.add({ type: "size-differs", declared: size, actual: document.bytes.length });
  }
  problems.push(...list.list());
  return document;
}

async function readInline(inline: ByteSource, problems: ProblemList): Promise<JsonText | null> {
  try {
    return parseJson(new Uint8Array(await inline.slice(0, inline.size).arrayBuffer()));
  } catch (error) {
    problems.add(failureOf(error).facts);
    return null;
  }
}

function isIndex(document: JsonText, descriptor: Descriptor): boolean {
  if (!isObject(document.value)) return false;
  const { mediaType, manifests, layers } = document.value;
  const type = typeof mediaType === "string" ? mediaType : descriptor.mediaType;
  return /image\.index|manifest\.list/.test(type) || (isList(manifests) && !isList(layers));
}

function isAttestation(descriptor: Descriptor): boolean {
  const { platform, annotations } = descriptor;
  return (
    annotations[REFERENCE_TYPE] === "attestation-manifest" ||
    (platform?.os === "unknown" && platform.architecture === "unknown")
  );
}

function kindOf(
  descriptor: Descriptor,
  config: Descriptor | null,
  layers: readonly Descriptor[],
  artifactType: string,
): ImageEntry["kind"] {
  if (isAttestation(descriptor)) return "attestation";
  const inToto = layers.filter((layer) => layer.mediaType.includes("in-toto")).length;
  if (inToto > 0 && inToto === layers.length) return "attestation";
  if (artifactType !== "") return "artifact";
  if (!config) return layers.length > 0 ? "image" : "artifact";
  // Signatures and bills of materials have an image's config, and documents for layers.
  if (layers.length > 0 && layers.every(({ mediaType }) => DOCUMENT_TYPE.test(mediaType)))
    return "artifact";
  return config.mediaType === "" || CONFIG_TYPES.has(config.mediaType) ? "image" : "artifact";
}

function namesOf(descriptor: Descriptor): readonly string[] {
  const full = descriptor.annotations[IMAGE_NAME];
  const short = descriptor.annotations[REF_NAME];
  return typeof full === "string" ? [full] : typeof short === "string" ? [short] : [];
}

function readDescriptor(
  reader: JsonReader,
  value: JsonObject,
  path: string,
  problems: ProblemList,
): Descriptor {
  const size = reader.field(value, "size");
  if (size !== undefined && typeof size !== "number") reader.wrong("number", size, `${path}.size`);
  const platform = reader.object(value, "platform", path);
  const data = reader.text(value, "data", path);
  const bytes = data === "" ? null : decodeBase64(data);
  if (data !== "" && !bytes) reader.wrong("base64", data, `${path}.data`);
  const digest = reader.text(value, "digest", path);
  if (digest === "" || !parseDigest(digest)) problems.add({ type: "digest-invalid", digest });
  return {
    mediaType: reader.text(value, "mediaType", path),
    digest,
    size: typeof size === "number" ? size : null,
    platform: Object.keys(platform).length === 0 ? null : platformFrom(reader, platform, path),
    annotations: reader.object(value, "annotations", path),
    artifactType: reader.text(value, "artifactType", path),
    urls: reader.texts(value, "urls", path),
    inline: bytes && bytesSource(path, bytes),
  };
}

/** A descriptor's platform. */
export function platformFrom(reader: JsonReader, platform: JsonObject, path: string): Platform {
  return {
    os: reader.text(platform, "os", `${path}.platform`),
    architecture: reader.text(platform, "architecture", `${path}.platform`),
    variant: reader.text(platform, "variant", `${path}.platform`),
  };
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
