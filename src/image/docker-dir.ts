import { digestOf, parseDigest } from "./digest.ts";
import { DOCKER_MANIFEST } from "./docker-archive.ts";
import type { ImageEntry } from "./image.ts";
import { type JsonObject, JsonReader, type JsonText } from "./json.ts";
import { finishImage, type OpenContext, readMember } from "./open-context.ts";
import type { Problem } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";

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
    const hex = parseDigest(reader.text(part, "digest", `$.manifests[${i}]`))?.hex ?? "";
    const path = `${hex}.manifest.json`;
    const document = await readMember(context, path, "manifest", context.memberProblems);
    const body = document?.value;
    if (document && typeof body === "object" && body !== null && !Array.isArray(body))
      images.push(await dirImage(context, document, body as JsonObject, path));
  }
  return images;
}

async function dirImage(
  context: OpenContext,
  document: JsonText,
  value: JsonObject,
  path: string,
): Promise<ImageEntry> {
  const list = new ProblemList(context.file, path);
  const reader = new JsonReader(list);
  const problems: Problem[] = [];
  const configDigest = reader.text(reader.object(value, "config", "$"), "digest", "$.config");
  const configPath = parseDigest(configDigest)?.hex ?? null;
  if (configPath === null) list.add({ type: "digest-invalid", digest: configDigest });
  const claims = reader.objects(value, "layers", "$").map((layer, i) => {
    const digest = reader.text(layer, "digest", `$.layers[${i}]`);
    const size = reader.field(layer, "size");
    const hex = parseDigest(digest)?.hex ?? null;
    return {
      // Older ones end in ".tar".
      path:
        hex !== null && !context.members.get(hex) && context.members.get(`${hex}.tar`)
          ? `${hex}.tar`
          : hex,
      mediaType: reader.text(layer, "mediaType", `$.layers[${i}]`),
      digest,
      size: typeof size === "number" ? size : null,
      urls: reader.texts(layer, "urls", `$.layers[${i}]`),
      unreadable: hex === null ? ({ type: "digest-invalid", digest } as const) : null,
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
