import { DaemonError, writeFile } from "../drivers/kernel.ts";
import {
  type ColumnTree,
  contentOf,
  extraOf,
  kindOf,
  NO_ROW,
  pathOf,
  rowAt,
} from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import type { Graph, GraphLayer, Image, LibraryImage, LibraryLayer } from "./host.ts";
import { rfc3339 } from "./human.ts";
import { chainIds, sha256OfText } from "./ids.ts";
import { configText, EMPTY_RUN_CONFIG, type ImageConfig } from "./image-config.ts";
import {
  removeGraphLayerFiles,
  removeImageFiles,
  writeGraphLayer,
  writeImage,
  writeRepositories,
} from "./layout.ts";
import { nameOfFile, parseReference, referenceText } from "./reference.ts";
import type { Session } from "./session.ts";

/** Docker takes no image of more layers: with a container's two, 127 branches is all that aufs mounts. */
const MAX_LAYERS = 125;

/** A layer that is about to be registered. */
export interface NewLayer {
  readonly diffId: string;
  readonly tar: Content;
  readonly tree: ColumnTree;
}

/** What registering an image did with each of its layers, base first. */
export interface Registered {
  readonly image: Image;
  readonly layers: readonly { readonly key: string; readonly isNew: boolean }[];
}

/** Registers layers and an image of them; what the store already has is shared. */
export function registerImage(
  session: Session,
  layers: readonly NewLayer[],
  config: ImageConfig,
  text: string,
  parent: string | null,
): Registered {
  const registered = registerLayers(session, layers);
  const keys = registered.map(({ key }) => key);
  const is19 = session.daemon.release === "1.9";
  const top = keys.at(-1);
  const image: Image = {
    id: is19 && top !== undefined ? top : sha256OfText(text),
    config,
    text,
    parent: is19 ? (keys.at(-2) ?? null) : parent,
    layersBaseFirst: keys,
  };
  if (!session.graph.images[image.id]) {
    if (is19) registerParents(session, image);
    session.setGraph({ images: { ...session.graph.images, [image.id]: image } });
    writeImage(session, image);
  }
  return { image: session.graph.images[image.id] ?? image, layers: registered };
}

/** Before 1.10 every layer is an image of its own. */
function registerParents(session: Session, image: Image): void {
  for (const [index, id] of image.layersBaseFirst.slice(0, -1).entries()) {
    if (session.graph.images[id]) continue;
    const config: ImageConfig = {
      ...image.config,
      run: EMPTY_RUN_CONFIG,
      history: layerHistory(image.config).slice(0, index + 1),
      diffIds: image.config.diffIds.slice(0, index + 1),
    };
    const layersBaseFirst = image.layersBaseFirst.slice(0, index + 1);
    const parent = image.layersBaseFirst[index - 1] ?? null;
    const inner: Image = { id, config, text: "", parent, layersBaseFirst };
    session.setGraph({ images: { ...session.graph.images, [id]: inner } });
    writeImage(session, inner);
  }
}

/** The history steps that made a layer. */
function layerHistory(config: ImageConfig): ImageConfig["history"] {
  return config.history.filter(({ emptyLayer }) => !emptyLayer);
}

function registerLayers(session: Session, layers: readonly NewLayer[]): Registered["layers"] {
  if (layers.length > MAX_LAYERS) {
    session.io.err(`${session.io.words(2).tooDeep(layers.length, MAX_LAYERS)}\n`);
    throw new DaemonError("max depth exceeded");
  }
  const chain = chainIds(layers.map(({ diffId }) => diffId));
  const is19 = session.daemon.release === "1.9";
  const registered: { key: string; isNew: boolean }[] = [];
  for (const [index, layer] of layers.entries()) {
    const chainId = chain[index] ?? "";
    const parent = registered.at(-1)?.key ?? null;
    const key = is19 ? oldId(session, chainId) : chainId;
    const isNew = session.graph.layers[key] === undefined;
    if (isNew) addLayer(session, key, parent, layer);
    registered.push({ key, isNew });
  }
  return registered;
}

/** The id that a layer has under 1.9: one that a world asked for, else drawn by what it holds. */
function oldId(session: Session, chainId: string): string {
  const known = Object.entries(session.graph.layers).find(([, layer]) => layer.chainId === chainId);
  if (known) return known[0];
  return session.docker.ids.queue.length > 0 ? session.newId() : sha256OfText(`v1 ${chainId}`);
}

function addLayer(session: Session, key: string, parent: string | null, layer: NewLayer): void {
  const { driver, daemon } = session;
  const cacheId = daemon.release === "1.9" ? key : session.newId();
  const below = parent === null ? "" : (session.graph.layers[parent]?.cacheId ?? "");
  driver.create(cacheId, below);
  const size = driver.applyDiff(cacheId, below, layer);
  bindLowerLinks(session, cacheId, parent, layer.tree);
  const chainId = daemon.release === "1.9" ? chainOf(session, parent, layer.diffId) : key;
  const added: GraphLayer = { ...layer, chainId, parent, cacheId, size };
  session.setGraph({ layers: { ...session.graph.layers, [key]: added } });
  const { blob } = layer.tree;
  const isOutside = layer.tar.some((piece) => piece.type === "blob" && piece.blob === blob);
  if (!isOutside) session.setDocker({ blobs: { ...session.docker.blobs, [blob]: layer.tar } });
  writeGraphLayer(session, key, added);
}

/**
 * A hard link to a file of a lower layer has no content of its own; here the file is written into the layer, as an
 * unpacker that has the whole image before it would do.
 */
function bindLowerLinks(
  session: Session,
  cacheId: string,
  parent: string | null,
  tree: ColumnTree,
): void {
  const { kernel, driver } = session;
  if (!tree.extras.some(({ link }) => link !== undefined)) return;
  for (let row = 1; row < tree.length; row++) {
    const { link } = extraOf(tree, row);
    if (link === undefined) continue;
    const source = fileBelow(session, parent, link);
    if (!source) continue;
    const path = `${driver.branch(cacheId)}${pathOf(tree, row)}`;
    const { mode = 0, uid = 0, gid = 0, sec = 0 } = source;
    kernel.call("unlink", { path });
    writeFile(kernel, path, source.content, mode);
    kernel.call("chown", { target: path, uid, gid });
    kernel.call("chmod", { target: path, mode });
    kernel.call("utimens", { target: path, mtime: { sec, nsec: 0 } });
  }
}

/** The nearest file of that path in the layers from `key` down. */
function fileBelow(session: Session, key: string | null, path: string) {
  for (let at = key; at !== null; ) {
    const layer: GraphLayer | undefined = session.graph.layers[at];
    if (!layer) return null;
    const { tree } = layer;
    const row = rowAt(tree, path);
    if (row !== NO_ROW && kindOf(tree, row) === "file" && extraOf(tree, row).link === undefined)
      return {
        content: contentOf(tree, row),
        mode: tree.mode[row],
        uid: tree.uid[row],
        gid: tree.gid[row],
        sec: tree.mtime[row],
      };
    at = layer.parent;
  }
  return null;
}

function chainOf(session: Session, parent: string | null, diffId: string): string {
  const below = parent === null ? undefined : session.graph.layers[parent]?.chainId;
  return chainIds(below === undefined ? [diffId] : [below, diffId]).at(-1) ?? diffId;
}

/** Gives an image a name; takes it from the image that had it. */
export function tagImage(session: Session, reference: string, id: string): void {
  session.setGraph({ references: { ...session.graph.references, [reference]: id } });
  writeRepositories(session);
}

/** The names of an image, sorted. */
export function referencesOf(graph: Graph, id: string): readonly string[] {
  return Object.keys(graph.references)
    .filter((reference) => graph.references[reference] === id)
    .sort();
}

/** The image's layers, base first. */
export function layersOf(graph: Graph, image: Image): readonly GraphLayer[] {
  return image.layersBaseFirst.flatMap((key) => graph.layers[key] ?? []);
}

export function imageSize(graph: Graph, image: Image): number {
  return layersOf(graph, image).reduce((sum, { size }) => sum + size, 0);
}

/** Whether the image has no name and nothing was made from it. */
export function isDangling(graph: Graph, image: Image): boolean {
  return (
    referencesOf(graph, image.id).length === 0 &&
    !Object.values(graph.images).some(({ parent }) => parent === image.id)
  );
}

/** Takes a name off its image. */
export function untag(session: Session, reference: string): void {
  const { [reference]: _, ...references } = session.graph.references;
  session.setGraph({ references });
  writeRepositories(session);
}

/** Removes an image and the layers nothing else has; gives the ids of what went, as Docker prints them. */
export function deleteImage(session: Session, image: Image): readonly string[] {
  const { [image.id]: _, ...images } = session.graph.images;
  session.setGraph({ images });
  removeImageFiles(session, image.id);
  const is19 = session.daemon.release === "1.9";
  const deleted = [is19 ? image.id : `sha256:${image.id}`];
  for (const key of [...image.layersBaseFirst].reverse()) {
    if (isLayerUsed(session.graph, key)) break;
    releaseLayer(session, key);
    if (!is19) deleted.push(key);
  }
  return deleted;
}

function isLayerUsed(graph: Graph, key: string): boolean {
  return (
    Object.values(graph.images).some(({ layersBaseFirst }) => layersBaseFirst.includes(key)) ||
    Object.values(graph.layers).some(({ parent }) => parent === key) ||
    Object.values(graph.containers).some(({ parentLayer }) => parentLayer === key)
  );
}

/** Removes the layers from `key` downward that nothing has. */
export function releaseUnused(session: Session, key: string | null): void {
  for (let at = key; at !== null; ) {
    const layer: GraphLayer | undefined = session.graph.layers[at];
    if (!layer || isLayerUsed(session.graph, at)) return;
    releaseLayer(session, at);
    at = layer.parent;
  }
}

function releaseLayer(session: Session, key: string): void {
  const { [key]: layer, ...layers } = session.graph.layers;
  if (!layer) return;
  session.setGraph({ layers });
  session.driver.remove(layer.cacheId);
  removeGraphLayerFiles(session, key);
}

/** The image of the library that a user means, with the name it has there. */
export interface LibraryFind {
  readonly image: LibraryImage;
  readonly reference: string;
}

/**
 * Finds by name; else by the archive's file name, with or without its ending; else by the last part of the name alone,
 * since tools put "localhost/" and the like in front.
 */
export function findInLibrary(library: readonly LibraryImage[], given: string): LibraryFind | null {
  const parsed = parseReference(given);
  const wanted = parsed ? referenceText(parsed) : given;
  const lastPart = (reference: string) => reference.slice(reference.lastIndexOf("/") + 1);
  const find = (matches: (image: LibraryImage, reference: string) => boolean) => {
    for (const image of library)
      for (const reference of image.references)
        if (matches(image, reference)) return { image, reference };
    return null;
  };
  return (
    find((_, reference) => reference === wanted) ??
    find(({ origin }) => origin === given || lastPart(origin) === given) ??
    find(({ origin }) => nameOfFile(origin) === given) ??
    find((_, reference) => lastPart(reference) === wanted)
  );
}

/** Registers an image of the library, working out the digests it does not know. */
export async function registerLibraryImage(
  session: Session,
  entry: LibraryImage,
): Promise<Registered> {
  const layers: NewLayer[] = [];
  for (const layer of entry.layersBaseFirst) layers.push(await withDiffId(session, layer));
  const config = { ...entry.config, diffIds: layers.map(({ diffId }) => diffId) };
  const text = entry.text ?? configText(config, rfc3339);
  return registerImage(session, layers, config, text, null);
}

async function withDiffId(session: Session, layer: LibraryLayer): Promise<NewLayer> {
  const diffId = layer.diffId ?? `sha256:${await session.io.digest(layer.tar)}`;
  return { diffId, tar: layer.tar, tree: layer.tree };
}
