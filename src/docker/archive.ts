import { TarWriter } from "../drivers/tar-writer.ts";
import { type Content, contentLength } from "../tree/content.ts";
import type { Graph, Image } from "./host.ts";
import { rfc3339 } from "./human.ts";
import { sha256OfText } from "./ids.ts";
import { configText } from "./image-config.ts";
import { layersOf } from "./images.ts";

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";

/** An image to be saved, and the names it is saved under. */
export interface SavedImage {
  readonly image: Image;
  readonly references: readonly string[];
}

/**
 * Images as `docker save` of 25 and later writes them: an OCI layout with `manifest.json` and `repositories` beside it,
 * so that old and new readers open it. Layers are written by reference, each once, and are not compressed: the tar of
 * a layer that was pulled is the very one it came from.
 */
export function writeArchive(graph: Graph, saved: readonly SavedImage[]): Content {
  const blobs = new Map<string, Content>();
  const addText = (text: string): { readonly digest: string; readonly size: number } => {
    const content = textContent(text);
    const digest = sha256OfText(text);
    blobs.set(digest, content);
    return { digest, size: contentLength(content) };
  };
  const merged = mergeSameImages(saved);
  const index: object[] = [];
  const manifest: object[] = [];
  const repositories: Record<string, Record<string, string>> = {};
  for (const { image, references } of merged) {
    const layers = layersOf(graph, image);
    for (const { diffId, tar } of layers) blobs.set(hexOf(diffId), tar);
    const config = addText(image.text === "" ? configText(image.config, rfc3339) : image.text);
    const document = addText(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: { mediaType: OCI_CONFIG, digest: `sha256:${config.digest}`, size: config.size },
        layers: layers.map(({ diffId, tar }) => ({
          mediaType: OCI_LAYER,
          digest: diffId,
          size: contentLength(tar),
        })),
      }),
    );
    const descriptor = {
      mediaType: OCI_MANIFEST,
      digest: `sha256:${document.digest}`,
      size: document.size,
    };
    if (references.length === 0) index.push(descriptor);
    for (const reference of references) {
      const colon = reference.lastIndexOf(":");
      const name = reference.slice(0, colon);
      const tag = reference.slice(colon + 1);
      index.push({
        ...descriptor,
        annotations: {
          "io.containerd.image.name": `docker.io/${name.includes("/") ? name : `library/${name}`}:${tag}`,
          "org.opencontainers.image.ref.name": tag,
        },
      });
      repositories[name] = { ...repositories[name], [tag]: hexOf(layers.at(-1)?.diffId ?? "") };
    }
    manifest.push({
      Config: `blobs/sha256/${config.digest}`,
      RepoTags: references.length > 0 ? references : null,
      Layers: layers.map(({ diffId }) => `blobs/sha256/${hexOf(diffId)}`),
    });
  }
  const files: (readonly [path: string, content: Content])[] = [
    ...[...blobs]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([digest, content]) => [`blobs/sha256/${digest}`, content] as const),
    [
      "index.json",
      textContent(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: index })),
    ],
    ["manifest.json", textContent(JSON.stringify(manifest))],
    ["oci-layout", textContent(JSON.stringify({ imageLayoutVersion: "1.0.0" }))],
    ["repositories", textContent(JSON.stringify(repositories))],
  ];
  return pack(files);
}

function mergeSameImages(saved: readonly SavedImage[]): readonly SavedImage[] {
  const byId = new Map<string, SavedImage>();
  for (const { image, references } of saved) {
    const known = byId.get(image.id)?.references ?? [];
    byId.set(image.id, { image, references: [...new Set([...known, ...references])] });
  }
  return [...byId.values()];
}

function pack(files: readonly (readonly [path: string, content: Content])[]): Content {
  const writer = new TarWriter();
  const facts = { uid: 0, gid: 0, mtime: 0 } as const;
  for (const path of ["blobs/", "blobs/sha256/"])
    writer.add({ ...facts, path, type: "dir", mode: 0o755 });
  for (const [path, content] of files)
    writer.add({ ...facts, path, type: "file", mode: 0o644 }, content);
  return writer.finish();
}

function hexOf(digest: string): string {
  return digest.replace(/^sha256:/, "");
}

function textContent(text: string): Content {
  return [{ type: "bytes", bytes: new TextEncoder().encode(text) }];
}
