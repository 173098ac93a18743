import { lstat, mkdirAll, removeAll, writeText } from "../drivers/kernel.ts";
import type { Container, GraphLayer, Image } from "./host.ts";
import { rfc3339 } from "./human.ts";
import { runConfigJson } from "./image-config.ts";
import { DOCKER_ROOT, type Session } from "./session.ts";
import type { Value } from "./template.ts";

/**
 * The daemon's own files, which say what belongs to what. Two layouts: since 1.10 `image/DRIVER` with everything found
 * by content; before it `graph/ID` and `repositories-DRIVER`, where ids are names of directories.
 */
export function prepareLayout(session: Session): void {
  const { kernel, daemon } = session;
  const directories =
    daemon.release === "1.9"
      ? ["graph", "containers", "volumes", "trust", "tmp"]
      : [
          ...["content/sha256", "metadata/sha256"].map((name) => `imagedb/${name}`),
          ...["sha256", "mounts", "tmp"].map((name) => `layerdb/${name}`),
          ...["diffid-by-digest/sha256", "v2metadata-by-diffid/sha256"].map(
            (name) => `distribution/${name}`,
          ),
        ]
          .map((name) => `image/${daemon.driver}/${name}`)
          .concat(
            "containers",
            "volumes",
            "tmp",
            "network",
            "plugins",
            "trust",
            "swarm",
            "builder",
          );
  for (const name of directories) mkdirAll(kernel, `${DOCKER_ROOT}/${name}`, 0o700);
  writeRepositories(session);
}

function imageRoot(session: Session): string {
  return `${DOCKER_ROOT}/image/${session.daemon.driver}`;
}

/** Writes which name means which image. */
export function writeRepositories(session: Session): void {
  const { kernel, daemon, graph } = session;
  const repositories: Record<string, Record<string, string>> = {};
  for (const [reference, id] of Object.entries(graph.references)) {
    const name = reference.slice(0, reference.lastIndexOf(":"));
    const key = daemon.release === "1.9" ? reference.slice(name.length + 1) : reference;
    const value = daemon.release === "1.9" ? id : `sha256:${id}`;
    repositories[name] = { ...repositories[name], [key]: value };
  }
  const text = JSON.stringify({ Repositories: repositories });
  if (daemon.release === "1.9")
    writeText(kernel, `${DOCKER_ROOT}/repositories-${daemon.driver}`, text, 0o600);
  else writeText(kernel, `${imageRoot(session)}/repositories.json`, text, 0o600);
}

/** Writes an image's config and where it comes from. Under 1.9 an image is one layer, see `writeGraphLayer`. */
export function writeImage(session: Session, image: Image): void {
  const { kernel, daemon } = session;
  if (daemon.release === "1.9") {
    const directory = `${DOCKER_ROOT}/graph/${image.id}`;
    mkdirAll(kernel, directory, 0o700);
    const top = session.graph.layers[image.layersBaseFirst.at(-1) ?? ""];
    writeText(kernel, `${directory}/json`, v1Json(image));
    writeText(kernel, `${directory}/layersize`, String(top?.size ?? 0), 0o600);
    return;
  }
  const root = `${imageRoot(session)}/imagedb`;
  writeText(kernel, `${root}/content/sha256/${image.id}`, image.text, 0o600);
  if (image.parent === null) return;
  mkdirAll(kernel, `${root}/metadata/sha256/${image.id}`, 0o700);
  writeText(kernel, `${root}/metadata/sha256/${image.id}/parent`, `sha256:${image.parent}`, 0o600);
}

function v1Json(image: Image): string {
  return JSON.stringify({
    id: image.id,
    ...(image.parent !== null && { parent: image.parent }),
    created: rfc3339(image.config.created),
    config: runConfigJson(image.config.run),
    architecture: image.config.architecture,
    os: image.config.os,
  });
}

export function removeImageFiles(session: Session, id: string): void {
  const { kernel, daemon } = session;
  if (daemon.release === "1.9") removeAll(kernel, `${DOCKER_ROOT}/graph/${id}`);
  else
    for (const part of ["content", "metadata"])
      removeAll(kernel, `${imageRoot(session)}/imagedb/${part}/sha256/${id}`);
}

/** Writes what the layer store knows of a layer (since 1.10). */
export function writeGraphLayer(session: Session, chainId: string, layer: GraphLayer): void {
  if (session.daemon.release === "1.9") return;
  const directory = layerDirectory(session, chainId);
  mkdirAll(session.kernel, directory, 0o700);
  const files = {
    "cache-id": layer.cacheId,
    diff: layer.diffId,
    size: String(layer.size),
    ...(layer.parent !== null && { parent: layer.parent }),
  };
  for (const [name, text] of Object.entries(files))
    writeText(session.kernel, `${directory}/${name}`, text);
}

export function removeGraphLayerFiles(session: Session, chainId: string): void {
  if (session.daemon.release !== "1.9") removeAll(session.kernel, layerDirectory(session, chainId));
}

function layerDirectory(session: Session, chainId: string): string {
  return `${imageRoot(session)}/layerdb/sha256/${chainId.replace("sha256:", "")}`;
}

/** Writes which of the driver's layers are a container's (since 1.10). */
export function writeContainerMount(
  session: Session,
  container: Container,
  parent: string | null,
): void {
  if (session.daemon.release === "1.9") return;
  const directory = `${imageRoot(session)}/layerdb/mounts/${container.id}`;
  mkdirAll(session.kernel, directory, 0o700);
  const files = {
    "mount-id": container.mountId,
    "init-id": container.initId,
    ...(parent !== null && { parent }),
  };
  for (const [name, text] of Object.entries(files))
    writeText(session.kernel, `${directory}/${name}`, text);
}

export function containerDirectory(id: string): string {
  return `${DOCKER_ROOT}/containers/${id}`;
}

export function containerLog(id: string): string {
  return `${containerDirectory(id)}/${id}-json.log`;
}

/** Writes a container's own files: config, hosts, hostname, resolv.conf, and an empty log. */
export function writeContainerFiles(
  session: Session,
  container: Container,
  document: Value,
  hostConfig: Value,
): void {
  const { kernel, daemon } = session;
  const directory = containerDirectory(container.id);
  mkdirAll(kernel, directory, 0o700);
  const config = daemon.release === "1.9" ? "config.json" : "config.v2.json";
  writeText(kernel, `${directory}/${config}`, JSON.stringify(document), 0o600);
  if (lstat(kernel, `${directory}/hostname`)) return;
  writeText(kernel, `${directory}/hostconfig.json`, JSON.stringify(hostConfig));
  writeText(kernel, `${directory}/hostname`, `${container.hostname}\n`);
  writeText(
    kernel,
    `${directory}/hosts`,
    `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n172.17.0.2\t${container.hostname}\n`,
  );
  writeText(kernel, `${directory}/resolv.conf`, "nameserver 192.0.2.53\n");
  writeText(kernel, containerLog(container.id), "", 0o640);
}

export function removeContainerFiles(session: Session, id: string): void {
  removeAll(session.kernel, containerDirectory(id));
  if (session.daemon.release !== "1.9")
    removeAll(session.kernel, `${imageRoot(session)}/layerdb/mounts/${id}`);
}
