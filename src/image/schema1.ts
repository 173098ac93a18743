import { digestOf, parseDigest } from "./digest.ts";
import type { ImageEntry } from "./image.ts";
import { isList, isObject, type JsonObject, JsonReader, type JsonText, parseJson } from "./json.ts";
import { finishImage, type OpenContext } from "./open-context.ts";
import { ProblemList } from "./problem-list.ts";
import { failureOf } from "./read-failure.ts";

/** Whether a manifest is one of schema 1, of Docker 1.3 to 1.9: layers top first, and no config. */
export function isSchema1(value: JsonObject): boolean {
  const { fsLayers } = value;
  return isList(fsLayers);
}

/** The image of a manifest of schema 1 in a directory whose blobs have bare hex names. */
export async function schema1Image(
  context: OpenContext,
  document: JsonText,
  value: JsonObject,
  path: string,
): Promise<ImageEntry> {
  const list = new ProblemList(context.file, path);
  const reader = new JsonReader(list);
  const digests = reader
    .objects(value, "fsLayers", "$")
    .map((layer, i) => reader.text(layer, "blobSum", `$.fsLayers[${i}]`))
    .reverse();
  const steps = reader
    .objects(value, "history", "$")
    .map((step, i) => reader.text(step, "v1Compatibility", `$.history[${i}]`))
    .reverse()
    .map((text) => stepOf(text, list));
  const top = steps.at(-1);
  const name = reader.text(value, "name", "$");
  const tag = reader.text(value, "tag", "$");
  const image = await finishImage(context, {
    kind: "image",
    refs: name !== "" && tag !== "" ? [`${name}:${tag}`] : [],
    platform: null,
    manifestDigest: digestOf(document.bytes),
    config: top?.document ?? null,
    configPath: path,
    claims: digests.map((digest) => {
      const hex = parseDigest(digest)?.hex ?? null;
      return {
        path: hex,
        mediaType: "",
        digest,
        size: null,
        urls: [],
        unreadable: hex === null ? ({ type: "digest-invalid", digest } as const) : null,
        inline: null,
      };
    }),
    // Each layer has a step, those that changed nothing too.
    history: steps.map(({ step }) => step),
    problems: list.list(),
  });
  // There is no config whose digest it could be.
  return { ...image, imageId: top?.id ?? null };
}

/** What one layer's document says, which stands in the manifest as text. */
function stepOf(text: string, problems: ProblemList) {
  const reader = new JsonReader(problems);
  let document: JsonText | null = null;
  try {
    document = parseJson(new TextEncoder().encode(text));
  } catch (error) {
    problems.add(failureOf(error).facts);
  }
  const value = document && isObject(document.value) ? document.value : {};
  const container = reader.object(value, "container_config", "$");
  return {
    document,
    id: reader.text(value, "id", "$"),
    step: {
      command: reader.texts(container, "Cmd", "$.container_config").join(" "),
      created: reader.text(value, "created", "$"),
      author: reader.text(value, "author", "$"),
      comment: reader.text(value, "comment", "$"),
      empty: false,
    },
  };
}
