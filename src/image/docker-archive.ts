import type { ImageEntry } from "./image.ts";
import { isList, isObject, type Json, type JsonObject, JsonReader } from "./json.ts";
import type { LayerClaim } from "./layer-table.ts";
import { MOST_IMAGES } from "./limits.ts";
import { finishImage, type OpenContext, readMember } from "./open-context.ts";
import type { Problem } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";

/** Where the manifest of the format stands. */
export const DOCKER_MANIFEST = "manifest.json";

/** One image as `manifest.json` has it. */
export interface DockerManifestEntry {
  readonly configPath: string | null;
  readonly refs: readonly string[];
  readonly layerPaths: readonly string[];
  readonly problems: readonly Problem[];
}

/** What a descriptor elsewhere in the archive says of a layer's path. */
export type DescriptorOf = (path: string) => Pick<LayerClaim, "mediaType" | "digest" | "size">;

const NO_DESCRIPTOR = { mediaType: "", digest: null, size: null } as const;

/** Takes `manifest.json` apart. `manifest` is a list; what in it is no image is a problem. */
export function dockerManifestEntries(
  context: OpenContext,
  manifest: readonly Json[],
): readonly DockerManifestEntry[] {
  const entries: DockerManifestEntry[] = [];
  if (manifest.length > MOST_IMAGES)
    context.problems.add({ type: "images-many", bound: MOST_IMAGES });
  for (const [i, value] of manifest.slice(0, MOST_IMAGES).entries()) {
    const problems = new ProblemList(context.file, DOCKER_MANIFEST);
    const reader = new JsonReader(problems);
    const path = `$[${i}]`;
    if (!isObject(value)) {
      reader.wrong("object", value, path);
      context.memberProblems.push(...problems.list());
      continue;
    }
    entries.push(entryOf(reader, value, path, problems));
  }
  return entries;
}

function entryOf(
  reader: JsonReader,
  value: JsonObject,
  path: string,
  problems: ProblemList,
): DockerManifestEntry {
  const config = reader.field(value, "Config");
  if (typeof config !== "string") reader.wrong("string", config, `${path}.Config`);
  const layers = reader.field(value, "Layers");
  if (!isList(layers)) reader.wrong("list", layers, `${path}.Layers`);
  return {
    configPath: typeof config === "string" ? config : null,
    refs: reader.texts(value, "RepoTags", path),
    // A layer that is no path keeps its place: the others' diffIDs must not move.
    layerPaths: (isList(layers) ? layers : []).map((layer, k) => {
      if (typeof layer === "string") return layer;
      reader.wrong("string", layer, `${path}.Layers[${k}]`);
      return "";
    }),
    problems: problems.list(),
  };
}

/** Makes an image of one entry of `manifest.json`. */
export async function dockerImage(
  context: OpenContext,
  entry: DockerManifestEntry,
  descriptorOf: DescriptorOf = () => NO_DESCRIPTOR,
  manifestDigest: string | null = null,
): Promise<ImageEntry> {
  const problems: Problem[] = [...entry.problems];
  const config =
    entry.configPath === null
      ? null
      : await readMember(context, entry.configPath, "config", problems);
  return await finishImage(context, {
    kind: "image",
    refs: entry.refs,
    platform: null,
    manifestDigest,
    config,
    configPath: entry.configPath,
    claims: entry.layerPaths.map((path) => ({
      path,
      ...descriptorOf(path),
      urls: [],
      unreadable: null,
      inline: null,
    })),
    problems,
  });
}
