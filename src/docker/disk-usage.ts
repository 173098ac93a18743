import { directorySize } from "../drivers/changes.ts";
import { type Command, flag, valued } from "./command.ts";
import { statusOf } from "./container-list.ts";
import type { Container, Image } from "./host.ts";
import { humanDuration, humanSize } from "./human.ts";
import { shortId } from "./ids.ts";
import { imageSize, isDangling, referencesOf } from "./images.ts";
import { argvOf } from "./inspect.ts";
import { type Column, formatList } from "./list-format.ts";
import type { Session } from "./session.ts";
import { ellipsis } from "./table.ts";
import { volumePath, volumeUsers } from "./volumes.ts";

/** Bytes of all layers, containers and volumes. */
export function diskUse(session: Session): number {
  const { layers, containers } = session.graph;
  const inLayers = Object.values(layers).reduce((sum, { size }) => sum + size, 0);
  const inContainers = Object.values(containers).reduce(
    (sum, container) => sum + ownSize(session, container),
    0,
  );
  const inVolumes = Object.keys(session.docker.volumes).reduce(
    (sum, name) => sum + directorySize(session.kernel, volumePath(name)),
    0,
  );
  return inLayers + inContainers + inVolumes;
}

function ownSize(session: Session, { mountId, initId }: Container): number {
  return session.driver.diffSize(mountId, initId);
}

const DF_COLUMNS: readonly Column[] = [
  { key: "Type", heading: "TYPE" },
  { key: "TotalCount", heading: "TOTAL" },
  { key: "Active", heading: "ACTIVE" },
  { key: "Size", heading: "SIZE" },
  { key: "Reclaimable", heading: "RECLAIMABLE" },
];

const IMAGE_COLUMNS: readonly Column[] = [
  { key: "Repository", heading: "REPOSITORY" },
  { key: "Tag", heading: "TAG" },
  { key: "ID", heading: "IMAGE ID" },
  { key: "CreatedSince", heading: "CREATED" },
  { key: "Size", heading: "SIZE" },
  { key: "SharedSize", heading: "SHARED SIZE" },
  { key: "UniqueSize", heading: "UNIQUE SIZE" },
  { key: "Containers", heading: "CONTAINERS" },
];
const CONTAINER_COLUMNS: readonly Column[] = [
  { key: "ID", heading: "CONTAINER ID" },
  { key: "Image", heading: "IMAGE" },
  { key: "Command", heading: "COMMAND" },
  { key: "LocalVolumes", heading: "LOCAL VOLUMES" },
  { key: "Size", heading: "SIZE" },
  { key: "RunningFor", heading: "CREATED" },
  { key: "Status", heading: "STATUS" },
  { key: "Names", heading: "NAMES" },
];
const VOLUME_COLUMNS: readonly Column[] = [
  { key: "Name", heading: "VOLUME NAME" },
  { key: "Links", heading: "LINKS" },
  { key: "Size", heading: "SIZE" },
];
const CACHE_COLUMNS: readonly Column[] = [
  { key: "ID", heading: "CACHE ID" },
  { key: "CacheType", heading: "CACHE TYPE" },
  { key: "Size", heading: "SIZE" },
  { key: "CreatedSince", heading: "CREATED" },
  { key: "LastUsedSince", heading: "LAST USED" },
  { key: "UsageCount", heading: "USAGE" },
  { key: "Shared", heading: "SHARED" },
];

/** `docker system df`: what images, containers and volumes take; `-v`: each of them. */
export const systemDf: Command = {
  usage: "[OPTIONS]",
  summary: "Show docker disk usage",
  flags: [flag("verbose", "v"), valued("format")],
  minimum: 0,
  maximum: 0,
  async run(session, options) {
    const { graph, io, docker } = session;
    const containers = Object.values(graph.containers);
    const images = Object.values(graph.images).filter(
      (image) => referencesOf(graph, image.id).length > 0 || isDangling(graph, image),
    );
    const activeImages = images.filter(({ id }) =>
      containers.some(({ imageId }) => imageId === id),
    );
    if (options.has("verbose") && options.value("format") === undefined) {
      io.out(eachUse(session, images));
      return 0;
    }
    const sizeOf = (key: string) => graph.layers[key]?.size ?? 0;
    const layerBytes = Object.keys(graph.layers).reduce((sum, key) => sum + sizeOf(key), 0);
    const users = new Map<string, number>();
    for (const key of images.flatMap(({ layersBaseFirst }) => layersBaseFirst))
      users.set(key, (users.get(key) ?? 0) + 1);
    // What several images share counts as unused, though a container may be on it: so the client works it out.
    const usedBytes = activeImages
      .flatMap(({ layersBaseFirst }) => layersBaseFirst)
      .filter((key) => users.get(key) === 1)
      .reduce((sum, key) => sum + sizeOf(key), 0);
    const own = new Map(containers.map((container) => [container.id, ownSize(session, container)]));
    const stopped = containers.filter(({ state }) => state.type !== "running");
    const volumes = Object.keys(docker.volumes).map((name) => ({
      isUsed: volumeUsers(session, name).length > 0,
      size: directorySize(session.kernel, volumePath(name)),
    }));
    const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
    const row = (type: string, total: number, active: number, size: number, free: number) => ({
      Type: type,
      TotalCount: String(total),
      Active: String(active),
      Size: humanSize(size, 4),
      Reclaimable: `${humanSize(free, 4)}${size > 0 ? ` (${Math.trunc((free * 100) / size)}%)` : ""}`,
    });
    const rows = [
      row("Images", images.length, activeImages.length, layerBytes, layerBytes - usedBytes),
      row(
        "Containers",
        containers.length,
        containers.length - stopped.length,
        sum([...own.values()]),
        sum(stopped.map(({ id }) => own.get(id) ?? 0)),
      ),
      row(
        "Local Volumes",
        volumes.length,
        volumes.filter(({ isUsed }) => isUsed).length,
        sum(volumes.map(({ size }) => size)),
        sum(volumes.filter(({ isUsed }) => !isUsed).map(({ size }) => size)),
      ),
      row("Build Cache", 0, 0, 0, 0),
    ];
    io.out(formatList(rows, DF_COLUMNS, DF_COLUMNS, options.value("format")));
    return 0;
  },
};

/** What each image, container and volume takes, in docker's four tables. */
function eachUse(session: Session, images: readonly Image[]): string {
  const { graph, io, docker } = session;
  const containers = Object.values(graph.containers);
  const users = new Map<string, number>();
  for (const key of images.flatMap(({ layersBaseFirst }) => layersBaseFirst))
    users.set(key, (users.get(key) ?? 0) + 1);
  const ago = (time: number) => `${humanDuration(io.now() - time)} ago`;
  const imageRows = images
    .toSorted((a, b) => b.config.created - a.config.created)
    .map((image) => {
      const [name = "<none>:<none>"] = referencesOf(graph, image.id);
      const colon = name.lastIndexOf(":");
      const size = imageSize(graph, image);
      const shared = image.layersBaseFirst
        .filter((key) => (users.get(key) ?? 0) > 1)
        .reduce((sum, key) => sum + (graph.layers[key]?.size ?? 0), 0);
      return {
        Repository: name.slice(0, colon),
        Tag: name.slice(colon + 1),
        ID: shortId(image.id),
        CreatedSince: ago(image.config.created),
        Size: humanSize(size, 3),
        SharedSize: humanSize(shared, 4),
        UniqueSize: humanSize(size - shared, 4),
        Containers: String(containers.filter(({ imageId }) => imageId === image.id).length),
      };
    });
  const containerRows = containers
    .toSorted((a, b) => b.created - a.created)
    .map((container) => ({
      ID: shortId(container.id),
      Image: container.imageName,
      Command: `"${ellipsis(argvOf(container).join(" "), 20)}"`,
      LocalVolumes: String(container.mounts.filter(({ type }) => type === "volume").length),
      Size: humanSize(ownSize(session, container), 3),
      RunningFor: ago(container.created),
      Status: statusOf(container, io.now()),
      Names: container.name,
    }));
  const volumeRows = Object.keys(docker.volumes).map((name) => ({
    Name: name,
    Links: String(volumeUsers(session, name).length),
    Size: humanSize(directorySize(session.kernel, volumePath(name)), 4),
  }));
  const list = (rows: readonly Readonly<Record<string, string>>[], columns: readonly Column[]) =>
    formatList(rows, columns, columns, undefined);
  return [
    `Images space usage:\n\n${list(imageRows, IMAGE_COLUMNS)}`,
    `Containers space usage:\n\n${list(containerRows, CONTAINER_COLUMNS)}`,
    `Local Volumes space usage:\n\n${list(volumeRows, VOLUME_COLUMNS)}`,
    `Build cache usage: 0B\n\n${list([], CACHE_COLUMNS)}`,
  ].join("\n");
}
