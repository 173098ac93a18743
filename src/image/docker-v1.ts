import type { ImageEntry } from "./image.ts";
import { isObject, type JsonObject, JsonReader, type JsonText } from "./json.ts";
import { MOST_IMAGES } from "./limits.ts";
import { finishImage, type OpenContext, readMember } from "./open-context.ts";
import type { Problem } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";

/** Names and tags of a Docker 1.x archive. */
export const REPOSITORIES = "repositories";

interface V1Layer {
  readonly id: string;
  readonly parent: string;
  readonly document: JsonText;
  readonly value: JsonObject;
}

/** The ids of layers that have a directory with a `json` of their own. */
export function v1LayerIds(context: OpenContext): readonly string[] {
  const ids: string[] = [];
  for (const { path } of context.members.all) {
    const id = /^([^/]+)\/json$/.exec(path)?.[1];
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/** The images of a Docker 1.x archive: those that `repositories` names, without it those that are nobody's parent. */
export async function v1Images(context: OpenContext): Promise<readonly ImageEntry[]> {
  const layers = new Map<string, V1Layer>();
  for (const id of v1LayerIds(context)) {
    const document = await readMember(context, `${id}/json`, "layer-json", context.memberProblems);
    if (!document) continue;
    const problems = new ProblemList(context.file, `${id}/json`);
    const reader = new JsonReader(problems);
    if (isObject(document.value)) {
      const parent = reader.text(document.value, "parent", "$");
      layers.set(id, { id, parent, document, value: document.value });
    } else reader.wrong("object", document.value, "$");
    context.memberProblems.push(...problems.list());
  }
  const named = await namedHeads(context);
  const parents = new Set([...layers.values()].map((layer) => layer.parent));
  const heads =
    named.size > 0 ? [...named.keys()] : [...layers.keys()].filter((id) => !parents.has(id));
  // A cycle has no head: any of it will do.
  const first = [...layers.keys()][0];
  if (heads.length === 0 && first !== undefined) heads.push(first);
  const images: ImageEntry[] = [];
  if (heads.length > MOST_IMAGES) context.problems.add({ type: "images-many", bound: MOST_IMAGES });
  for (const head of heads.slice(0, MOST_IMAGES))
    images.push(await v1Image(context, layers, head, named.get(head) ?? []));
  return images;
}

async function v1Image(
  context: OpenContext,
  layers: ReadonlyMap<string, V1Layer>,
  head: string,
  refs: readonly string[],
): Promise<ImageEntry> {
  const problems: Problem[] = [];
  const chain = chainOf(context, layers, head, problems);
  const top = layers.get(head);
  const image = await finishImage(context, {
    kind: "image",
    refs,
    platform: null,
    manifestDigest: null,
    config: top?.document ?? null,
    configPath: `${head}/json`,
    claims: chain.map((layer) => ({
      path: `${layer.id}/layer.tar`,
      mediaType: "",
      digest: null,
      size: null,
      urls: [],
      unreadable: null,
      inline: null,
    })),
    history: chain.map((layer) => stepOf(layer, context)),
    problems,
  });
  // Before 1.10 an image's id was not a digest of anything.
  return { ...image, imageId: head };
}

/** Base first. */
function chainOf(
  context: OpenContext,
  layers: ReadonlyMap<string, V1Layer>,
  head: string,
  problems: Problem[],
): readonly V1Layer[] {
  const chain: V1Layer[] = [];
  const seen = new Set<string>();
  let child = head;
  for (let id = head; id !== ""; ) {
    const list = new ProblemList(context.file, `${child}/json`);
    const layer = layers.get(id);
    if (!layer) problems.push(list.add({ type: "parent-missing", id: child, parent: id }));
    else if (seen.has(id)) problems.push(list.add({ type: "parent-cycle", id }));
    if (!layer || seen.has(id)) break;
    seen.add(id);
    chain.push(layer);
    child = id;
    id = layer.parent;
  }
  return chain.reverse();
}

/** The ids that have names, in the order of the document. */
async function namedHeads(context: OpenContext): Promise<Map<string, string[]>> {
  const heads = new Map<string, string[]>();
  if (!context.members.get(REPOSITORIES)) return heads;
  const document = await readMember(context, REPOSITORIES, "manifest", context.memberProblems);
  if (!document) return heads;
  const problems = new ProblemList(context.file, REPOSITORIES);
  const reader = new JsonReader(problems);
  if (isObject(document.value)) {
    for (const name of Object.keys(document.value)) {
      const tags = reader.object(document.value, name, "$");
      for (const tag of Object.keys(tags)) {
        const id = reader.text(tags, tag, `$.${name}`);
        if (id !== "") heads.set(id, [...(heads.get(id) ?? []), `${name}:${tag}`]);
      }
    }
  } else reader.wrong("object", document.value, "$");
  context.memberProblems.push(...problems.list());
  return heads;
}

/** Each layer's document says how it was made. */
function stepOf(layer: V1Layer, context: OpenContext): Omit<ImageEntry["history"][number], "k"> {
  const problems = new ProblemList(context.file, `${layer.id}/json`);
  const reader = new JsonReader(problems);
  const container = reader.object(layer.value, "container_config", "$");
  const step = {
    command: reader.texts(container, "Cmd", "$.container_config").join(" "),
    created: reader.text(layer.value, "created", "$"),
    author: reader.text(layer.value, "author", "$"),
    comment: reader.text(layer.value, "comment", "$"),
    empty: false,
  };
  context.memberProblems.push(...problems.list());
  return step;
}
