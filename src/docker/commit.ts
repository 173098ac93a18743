import { flattenContent } from "./blobs.ts";
import { applyInstruction } from "./build-config.ts";
import { parseDockerfile } from "./dockerfile.ts";
import type { Container, Image } from "./host.ts";
import { rfc3339 } from "./human.ts";
import { validReference } from "./image-commands.ts";
import { configText, type ImageConfig, type RunConfig } from "./image-config.ts";
import { layersOf, type NewLayer, registerImage, tagImage } from "./images.ts";
import { argvOf } from "./inspect.ts";
import { referenceText } from "./reference.ts";
import type { Session } from "./session.ts";

/** The diffID of a tar that holds nothing: a layer of it is not kept. */
const EMPTY_LAYER = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

export interface CommitRequest {
  readonly reference: string | undefined;
  readonly comment: string;
  readonly author: string;
  /** Dockerfile instructions. */
  readonly changes: readonly string[];
}

/** Makes an image of a container: what its writable layer has over `-init`, as a new layer on its image. */
export async function commitContainer(
  session: Session,
  container: Container,
  request: CommitRequest,
): Promise<Image> {
  const target = request.reference === undefined ? null : validReference(request.reference);
  const layer = await readLayer(session, container);
  let run: RunConfig = container.config;
  for (const instruction of request.changes.flatMap((line) => parseDockerfile(line)))
    run = applyInstruction(run, instruction);
  const image = addToImage(session, container, layer, {
    run,
    createdBy: argvOf(container).join(" "),
    comment: request.comment,
    author: request.author,
  });
  if (target) tagImage(session, referenceText(target), image.id);
  return image;
}

/** The difference a container's writable layer makes, with its digest. */
export async function readLayer(session: Session, container: Container): Promise<NewLayer> {
  const blob = `made here!${session.newId()}`;
  const layer = session.driver.diff(container.mountId, container.initId, blob);
  const tar = flattenContent(session.docker.blobs, layer.tar);
  const diffId = `sha256:${await session.io.digest(tar)}`;
  return { diffId, tar, tree: layer.tree };
}

/** What a new image has over the one its container was made of. */
export interface Addition {
  readonly run: RunConfig;
  readonly createdBy: string;
  readonly comment: string;
  readonly author: string;
}

/** Registers an image of a container's image and one more layer; an empty layer is left out. */
export function addToImage(
  session: Session,
  container: Pick<Container, "imageId">,
  layer: NewLayer | null,
  addition: Addition,
): Image {
  const base = session.graph.images[container.imageId];
  const isEmpty = layer === null || layer.diffId === EMPTY_LAYER;
  const created = session.io.now();
  const below = base ? layersOf(session.graph, base) : [];
  const layers: readonly NewLayer[] = isEmpty ? below : [...below, layer];
  const { createdBy, comment, author } = addition;
  const config: ImageConfig = {
    architecture: base?.config.architecture ?? "amd64",
    os: base?.config.os ?? "linux",
    author: author || (base?.config.author ?? ""),
    created,
    run: addition.run,
    history: [
      ...(base?.config.history ?? []),
      { created, createdBy, comment, author, emptyLayer: isEmpty },
    ],
    diffIds: layers.map(({ diffId }) => diffId),
  };
  const text = configText(config, rfc3339);
  return registerImage(session, layers, config, text, base?.id ?? null).image;
}
