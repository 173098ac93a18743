import { digestOf, parseDigest } from "./digest.ts";
import { DOCKER_MANIFEST } from "./docker-archive.ts";
import type { ImageEntry, Platform } from "./image.ts";
import { isObject, type JsonObject, JsonReader, type JsonText } from "./json.ts";
import { platformFrom } from "./oci-layout.ts";
import { finishImage, type OpenContext, readMember } from "./open-context.ts";
import type { Problem } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";
import { isSchema1, schema1Image } from "./schema1.ts";

/** The name of a blob; older ones end in ".tar". null for a digest that is none. */
function blobName(context: OpenContext, digest: string): string | null {
  const hex = parseDigest(digest)?.hex ?? null;
  const isOld = hex !== null && !context.members.get(hex) && context.members.get(`${hex}.tar`);
  return isOld ? `${hex}.tar` : hex;
}

/** Whether `manifest.json` is one manifest (skopeo's `dir:`), not `docker save`'s list. */
export function isDirManifest(value: JsonObject): boolean {
  return Object.hasOwn(value, "schemaVersion") && !Object.hasOwn(value, "Layers");
}

/** The images of a `dir:` archive: blobs have bare hex names, manifests of a list `HEX.manifest.json`. */
export async function dirImages(
  context: OpenContext,
  manifest: JsonText,
  value: JsonObject,
): Promise<readonly ImageEntry[]> {
  const reader = new JsonReader(context.problems);
  const parts = reader.objects(value, "manifests", "$");
  if (parts.length === 0) return [await dirImage(context, manifest, value, DOCKER_MANIFEST)];
  const images: ImageEntry[] = [];
  for (const [i, part] of parts.entries()) {
    const at = `$.manifests[${i}]`;
    const digest = reader.text(part, "digest", at);
    const path = `${parseDigest(digest)?.hex ?? ""}.manifest.json`;
    const told = reader.object(part, "platform", at);
    const platform = Object.keys(told).length > 0 ? platformFrom(reader, told, at) : null;
    if (!context.members.get(path)) {
      images.push(await absentImage(context, path, digest, platform));
      continue;
    }
    const document = await readMember(context, path, "manifest", context.memberProblems);
    if (!document || !isObject(document.value)) continue;
    const image = await dirImage(context, document, document.value, path);
    images.push({ ...image, platform: platform ?? image.platform });
  }
  return images;
}

/** A platform of a list that was not copied. */
async function absentImage(
  context: OpenContext,
  path: string,
  digest: string,
  platform: Platform | null,
): Promise<ImageEntry> {
  const list = new ProblemList(context.file, path);
  list.add({ type: "manifest-absent", digest });
  return await finishImage(context, {
    kind: "absent",
    refs: [],
    platform,
    manifestDigest: digest,
    config: null,
    configPath: null,
    claims: [],
    problems: list.list(),
  });
}

async function dirImage(
  context: OpenContext,
  document: JsonText,
  value: JsonObject,
  path: string,
): Promise<ImageEntry> {
  if (isSchema1(value)) return await schema1Image(context, document, value, path);
  const list = new ProblemList(context.file, path);
  const reader = new JsonReader(list);
  const problems: Problem[] = [];
  const configDigest = reader.text(reader.object(value, "config", "$"), "digest", "$.config");
  const configPath = parseDigest(configDigest)?.hex ?? null;
  if (configPath === null) list.add({ type: "digest-invalid", digest: configDigest });
  const claims = reader.objects(value, "layers", "$").map((layer, i) => {
    const digest = reader.text(layer, "digest", `$.layers[${i}]`);
    const size = reader.field(layer, "size");
    const path = blobName(context, digest);
    return {
      path,
      mediaType: reader.text(layer, "mediaType", `$.layers[${i}]`),
      digest,
      size: typeof size === "number" ? size : null,
      urls: reader.texts(layer, "urls", `$.layers[${i}]`),
      unreadable: path === null ? ({ type: "digest-invalid", digest } as const) : null,
      inline: null,
    };
  });
  const config =
    configPath === null ? null : await readMember(context, configPath, "config", problems);
  return await finishImage(context, {
    kind: "image",
    refs: [],
    platform: null,
    manifestDigest: digestOf(document.bytes),
    config,
    configPath,
    claims,
    problems: [...list.list(), ...problems],
  });
}
