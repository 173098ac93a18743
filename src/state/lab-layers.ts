import { currentGraph } from "../docker/host.ts";
import type { Machine } from "../engine/machine.ts";
import { childrenOf, type LiveTree, type NodeId, nodeKind, nodeOf } from "../tree/live-tree.ts";
import type { StagedContainer } from "./lab-containers.ts";
import type { LabHost } from "./lab-session.ts";
import { placeAt } from "./lab-union.ts";

/** One branch of a stack as the driver's directories tell of it. */
export interface LayerFacts {
  /** The driver's id of it: its name in `diff/` and in `layers/`. */
  readonly id: string;
  readonly label: string;
  readonly part: "rw" | "init" | "image";
  /** The directory on the host that is the branch. */
  readonly path: string;
  /** Bytes of the files in it. */
  readonly bytes: number;
  /** The lines of its file in `layers/`: the ids below it, nearest first; null: this driver keeps none. */
  readonly below: readonly string[] | null;
}

/** The driver's id of a layer, from the path of its directory: "ID" or "ID-init"; null where there is none. */
export function layerIdIn(path: string): string | null {
  return /\/([0-9a-f]{64}(?:-init)?)(?=\/|$)/.exec(path)?.[1] ?? null;
}

/** A container's stack, top first. O(files of its own two branches). */
export function layersOf(host: LabHost, container: StagedContainer): readonly LayerFacts[] {
  const { machine } = host;
  const { layers } = currentGraph(host.docker);
  const sizes = new Map(Object.values(layers).map(({ cacheId, size }) => [cacheId, size]));
  const isAufs = container.type === "aufs";
  return container.branches.map(({ path, part, label }) => {
    const id = isAufs ? path.slice(path.lastIndexOf("/") + 1) : (path.split("/").at(-2) ?? path);
    const root = path.slice(0, path.lastIndexOf("/diff"));
    return {
      id,
      label,
      part,
      path,
      bytes: sizes.get(id) ?? storedBytes(machine, path),
      below: isAufs ? linesOf(machine, `${root}/layers/${id}`) : null,
    };
  });
}

/** The lines of a small text file on the host, as the host's own disk has it. */
function linesOf(machine: Machine, path: string): readonly string[] | null {
  const place = placeAt(machine, path);
  if (!place || nodeKind(place.tree, place.root) !== "file") return null;
  const decoder = new TextDecoder();
  const text = nodeOf(place.tree, place.root)
    .content.map((piece) => (piece.type === "bytes" ? decoder.decode(piece.bytes) : ""))
    .join("");
  return text.split("\n").filter((line) => line !== "");
}

/** A branch with more names than this is measured no further. */
const MEASURED = 20_000;

function storedBytes(machine: Machine, path: string): number {
  const place = placeAt(machine, path);
  if (!place) return 0;
  const { tree, root } = place;
  let byRoot = kept.get(tree);
  if (!byRoot) {
    byRoot = new Map();
    kept.set(tree, byRoot);
  }
  let bytes = byRoot.get(root);
  if (bytes === undefined) {
    bytes = measured(tree, root);
    byRoot.set(root, bytes);
  }
  return bytes;
}
const kept = new WeakMap<LiveTree, Map<NodeId, number>>();

function measured(tree: LiveTree, root: NodeId): number {
  const pending = [root];
  const counted = new Set<NodeId>();
  let bytes = 0;
  while (pending.length > 0 && counted.size < MEASURED) {
    const directory = pending.pop() ?? root;
    for (const [, node] of childrenOf(tree, directory)) {
      if (counted.has(node)) continue;
      counted.add(node);
      const kind = nodeKind(tree, node);
      if (kind === "dir") pending.push(node);
      else if (kind === "file") bytes += nodeOf(tree, node).size;
    }
  }
  return bytes;
}

/** A layer in the stack of one image. */
export interface ImageLayer {
  readonly label: string;
  readonly id: string;
  readonly bytes: number;
  /** The stack drawn before that has this very directory; null: this one is the first. */
  readonly owner: number | null;
}

/** An image as a stack, with every container on it. */
export interface ImageStack {
  readonly key: string;
  readonly name: string;
  /** Top first. */
  readonly layers: readonly ImageLayer[];
  readonly containers: readonly StagedContainer[];
}

/**
 * Every image of the running daemon as a stack. A layer that an earlier stack has is lent by it: it lies on disk once.
 * Stacks that share a base stand side by side. O(layers).
 */
export function imageStacks(
  host: LabHost,
  containers: readonly StagedContainer[],
): readonly ImageStack[] {
  const { images, layers, references } = currentGraph(host.docker);
  const names = new Map<string, string>();
  for (const [reference, id] of Object.entries(references))
    if (!names.has(id)) names.set(id, reference.replace(/:latest$/, ""));
  const all = Object.values(images).filter(
    ({ id }) => names.has(id) || containers.some(({ imageId }) => imageId === id),
  );
  const bases = [...new Set(all.map(({ layersBaseFirst }) => layersBaseFirst[0]))];
  const sorted = bases.flatMap((base) =>
    all
      .filter(({ layersBaseFirst }) => layersBaseFirst[0] === base)
      .sort((a, b) => a.layersBaseFirst.length - b.layersBaseFirst.length),
  );
  const owners = new Map<string, number>();
  return sorted.map((image, at) => ({
    key: image.id,
    name: names.get(image.id) ?? image.id.slice(0, 12),
    containers: containers.filter(({ imageId }) => imageId === image.id),
    layers: image.layersBaseFirst
      .flatMap((key, depth) => {
        const layer = layers[key];
        if (!layer) return [];
        const owner = owners.get(layer.cacheId) ?? null;
        if (owner === null) owners.set(layer.cacheId, at);
        return {
          label: depth === 0 ? "base" : `L${depth}`,
          id: layer.cacheId,
          bytes: layer.size,
          owner,
        };
      })
      .reverse(),
  }));
}
