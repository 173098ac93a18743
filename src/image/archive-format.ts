import { DOCKER_MANIFEST, dockerImage, dockerManifestEntries } from "./docker-archive.ts";
import { dirImages, isDirManifest } from "./docker-dir.ts";
import { REPOSITORIES, v1Images, v1LayerIds } from "./docker-v1.ts";
import type { ArchiveFormat, ImageEntry } from "./image.ts";
import { isList, isObject, type Json, jsonKind } from "./json.ts";
import { isImagePath } from "./members.ts";
import {
  blobPath,
  layerClaim,
  OCI_INDEX,
  OCI_LAYOUT,
  type OciManifest,
  ociImage,
  ociManifests,
} from "./oci-layout.ts";
import { type OpenContext, readMember } from "./open-context.ts";
import type { Problem } from "./problem.ts";

/** What a set of members turned out to be. */
export type Recognised =
  | {
      readonly type: "images";
      readonly format: ArchiveFormat;
      readonly images: readonly ImageEntry[];
    }
  /** Meant to hold images, and it cannot be read as such. */
  | { readonly type: "broken"; readonly problem: Problem }
  /** Nothing of images: a file system, or something else. */
  | { readonly type: "other" };

/** Finds the images among the members of an archive or a folder. */
export async function recognise(context: OpenContext): Promise<Recognised> {
  const { members, problems } = context;
  const seemsImage = members.all.some((member) => isImagePath(member.path));
  if (!seemsImage) return { type: "other" };
  const hasManifest = members.get(DOCKER_MANIFEST) !== undefined;
  const hasIndex = members.get(OCI_INDEX) !== undefined;
  const hasBlobs = members.all.some((member) => member.path.startsWith("blobs/"));
  const hasLayout = members.get(OCI_LAYOUT) !== undefined;
  if (hasManifest) {
    const faults: Problem[] = [];
    const document = await readMember(context, DOCKER_MANIFEST, "manifest", faults);
    const value = document?.value;
    const isFileSystem = !members.all.some(
      ({ path }) => path !== DOCKER_MANIFEST && isImagePath(path),
    );
    const isOfImages =
      isList(value) && (!isFileSystem || value.length === 0 || value.some(isObject));
    if (isOfImages) return await dockerArchive(context, value, hasIndex);
    if (document && isObject(value) && isDirManifest(value)) {
      const images = await dirImages(context, document, value);
      return { type: "images", format: "docker-dir", images };
    }
    const problem = faults[0] ?? wrongManifest(context, value);
    if (!hasIndex) {
      return isFileSystem ? { type: "other" } : { type: "broken", problem };
    }
    context.memberProblems.push(problem);
  }
  if (hasIndex && (hasLayout || hasBlobs)) return await ociLayout(context, hasLayout);
  if (hasLayout) return { type: "broken", problem: problems.add({ type: "no-index" }) };
  if (v1LayerIds(context).some((id) => members.get(`${id}/layer.tar`))) {
    return { type: "images", format: "docker-v1", images: await v1Images(context) };
  }
  const isFileSystem = members.all.some(({ path }) => /^(?:etc|usr|var|bin)\//.test(path));
  if (!isFileSystem && members.all.some(({ path }) => isLayerPath(path)))
    return { type: "broken", problem: problems.add({ type: "no-manifest" }) };
  return { type: "other" };
}

/** Names that layers and blobs have, and hardly a file of a root file system. */
function isLayerPath(path: string): boolean {
  return isImagePath(path) && ![DOCKER_MANIFEST, OCI_INDEX, REPOSITORIES].includes(path);
}

function wrongManifest(context: OpenContext, value: Json | undefined): Problem {
  const at = { file: context.file, member: DOCKER_MANIFEST, entry: null, offset: null };
  return { type: "json-type", path: "$", expected: "list", found: jsonKind(value), at };
}

async function ociLayout(context: OpenContext, hasLayout: boolean): Promise<Recognised> {
  const faults: Problem[] = [];
  const index = await readMember(context, OCI_INDEX, "index", faults);
  if (!index) return { type: "broken", problem: faults[0]! };
  if (!hasLayout) context.problems.add({ type: "no-oci-layout" });
  const manifests = await ociManifests(context, index);
  const images: ImageEntry[] = [];
  for (const manifest of manifests) images.push(await ociImage(context, manifest));
  return { type: "images", format: "oci-layout", images };
}

/**
 * `manifest.json`, and beside it perhaps an OCI layout of the same images. The list has the order of the layers (the
 * OCI manifests of Docker 25.0.0 are shuffled) and the names; the layout has digests, sizes, platforms, attestations.
 */
async function dockerArchive(
  context: OpenContext,
  manifest: readonly Json[],
  hasIndex: boolean,
): Promise<Recognised> {
  const entries = dockerManifestEntries(context, manifest);
  const index = hasIndex && (await readMember(context, OCI_INDEX, "index", context.memberProblems));
  const left = index ? [...(await ociManifests(context, index))] : [];
  const images: ImageEntry[] = [];
  for (const entry of entries) {
    const at = left.findIndex(
      ({ config }) => config !== null && blobPath(config.digest) === entry.configPath,
    );
    const [oci] = at < 0 ? [] : left.splice(at, 1);
    const isAbsent = [entry.configPath ?? "", ...entry.layerPaths].every(
      (path) => context.members.resolve(path).type !== "file",
    );
    if (isAbsent && !oci && left.some(({ kind }) => kind === "image")) {
      context.problems.add({ type: "manifests-disagree" });
      continue;
    }
    const claims = new Map((oci?.layers ?? []).map((layer) => [blobPath(layer.digest), layer]));
    const image = await dockerImage(
      context,
      entry,
      (path) => {
        const layer = claims.get(path);
        return layer ? layerClaim(layer) : { mediaType: "", digest: digestIn(path), size: null };
      },
      oci?.descriptor.digest ?? null,
    );
    addImage(images, oci ? withLayout(image, oci) : image);
  }
  for (const rest of left) images.push(await ociImage(context, rest));
  const format = index ? "docker-oci" : "docker-archive";
  return { type: "images", format, images };
}

/** An image that is listed twice is one image with the names of both. */
function addImage(images: ImageEntry[], image: ImageEntry): void {
  const at = images.findIndex(
    (other) =>
      image.imageId !== null &&
      other.imageId === image.imageId &&
      other.layers.length === image.layers.length &&
      other.layers.every(({ layer }, i) => layer === image.layers[i]?.layer),
  );
  const same = images[at];
  if (same) images[at] = { ...same, refs: [...new Set([...same.refs, ...image.refs])] };
  else images.push(image);
}

/**
 * What the OCI manifest adds to an image of `manifest.json`. There an image of several platforms is its own platform's
 * alone; the layout gives the others its name too, in full where the list has Docker's short form.
 */
function withLayout(image: ImageEntry, oci: OciManifest): ImageEntry {
  const full = oci.refs.filter((ref) => ref.includes("/")).map(familiar);
  const refs = image.refs.length > 0 ? [...image.refs, ...full] : oci.refs;
  return {
    ...image,
    refs: [...new Set(refs)],
    platform: oci.descriptor.platform ?? image.platform,
    problems: [...image.problems, ...oci.problems],
  };
}

/** A name as Docker shows it: without the registry that stands for none. */
function familiar(ref: string): string {
  return ref.replace(/^docker\.io\/(?:library\/)?/, "");
}

/** Blobs are named by their digest. */
function digestIn(path: string): string | null {
  const parts = /^blobs\/(sha256|sha512)\/([0-9a-f]+)$/.exec(path);
  return parts ? `${parts[1]}:${parts[2]}` : null;
}
