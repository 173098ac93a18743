import { directorySize } from "../drivers/changes.ts";
import { type Command, flag, valued } from "./command.ts";
import { containerRow, ownSize } from "./container-list.ts";
import type { Image } from "./host.ts";
import { humanSize } from "./human.ts";
import { IMAGE_COLUMNS, imageRow } from "./image-commands.ts";
import { imageSize, isDangling, referencesOf } from "./images.ts";
import { type Column, formatList } from "./list-format.ts";
import type { Session } from "./session.ts";
import { volumePath, volumeUsers } from "./volumes.ts";

/** Bytes of all layers, containers and volumes. */
export function diskUse(session: Session): number {
  const { layers, containers } = session.graph;
  return sum([
    ...Object.values(layers).map(({ size }) => size),
    ...Object.values(containers).map((container) => ownSize(session, container)),
    ...volumesOf(session).map(({ size }) => size),
  ]);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

/** Every volume: how many containers have it, and its bytes. */
function volumesOf(session: Session) {
  return Object.keys(session.docker.volumes).map((name) => ({
    name,
    users: volumeUsers(session, name).length,
    size: directorySize(session.kernel, volumePath(name)),
  }));
}

/** By layer, how many of these images have it. */
function layerUsers(images: readonly Image[]): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  for (const { layersBaseFirst } of images)
    for (const key of layersBaseFirst) users.set(key, (users.get(key) ?? 0) + 1);
  return users;
}

const DF_COLUMNS: readonly Column[] = [
  { key: "Type", heading: "TYPE" },
  { key: "TotalCount", heading: "TOTAL" },
  { key: "Active", heading: "ACTIVE" },
  { key: "Size", heading: "SIZE" },
  { key: "Reclaimable", heading: "RECLAIMABLE" },
];

const USED_IMAGE_COLUMNS: readonly Column[] = [
  ...IMAGE_COLUMNS,
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
    const { graph, io } = session;
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
    const layerBytes = sum(Object.keys(graph.layers).map(sizeOf));
    const users = layerUsers(images);
    // What several images share counts as unused, though a container may be on it: so the client works it out.
    const usedLayers = activeImages.flatMap(({ layersBaseFirst }) => layersBaseFirst);
    const usedBytes = sum(usedLayers.filter((key) => users.get(key) === 1).map(sizeOf));
    const own = new Map(containers.map((container) => [container.id, ownSize(session, container)]));
    const stopped = containers.filter(({ state }) => state.type !== "running");
    const volumes = volumesOf(session);
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
        volumes.filter(({ users }) => users > 0).length,
        sum(volumes.map(({ size }) => size)),
        sum(volumes.filter(({ users }) => users === 0).map(({ size }) => size)),
      ),
      row("Build Cache", 0, 0, 0, 0),
    ];
    io.out(formatList(rows, DF_COLUMNS, DF_COLUMNS, options.value("format")));
    return 0;
  },
};

/** What each image, container and volume takes, in docker's four tables. */
function eachUse(session: Session, images: readonly Image[]): string {
  const { graph } = session;
  const containers = Object.values(graph.containers);
  const users = layerUsers(images);
  const imageRows = images
    .toSorted((a, b) => b.config.created - a.config.created)
    .map((image) => {
      const [name = "<none>:<none>"] = referencesOf(graph, image.id);
      const shared = sum(
        image.layersBaseFirst
          .filter((key) => (users.get(key) ?? 0) > 1)
          .map((key) => graph.layers[key]?.size ?? 0),
      );
      const size = imageSize(graph, image);
      return {
        ...imageRow(session, image, name),
        Size: humanSize(size, 3),
        SharedSize: humanSize(shared, 4),
        UniqueSize: humanSize(size - shared, 4),
        Containers: String(containers.filter(({ imageId }) => imageId === image.id).length),
      };
    });
  const containerRows = containers
    .toSorted((a, b) => b.created - a.created)
    .map((container) => ({
      ...containerRow(session, container, false),
      LocalVolumes: String(container.mounts.filter(({ type }) => type === "volume").length),
      Size: humanSize(ownSize(session, container), 3),
    }));
  const volumeRows = volumesOf(session).map(({ name, users: links, size }) => ({
    Name: name,
    Links: String(links),
    Size: humanSize(size, 4),
  }));
  const list = (rows: readonly Readonly<Record<string, string>>[], columns: readonly Column[]) =>
    formatList(rows, columns, columns, undefined);
  return [
    `Images space usage:\n\n${list(imageRows, USED_IMAGE_COLUMNS)}`,
    `Containers space usage:\n\n${list(containerRows, CONTAINER_COLUMNS)}`,
    `Local Volumes space usage:\n\n${list(volumeRows, VOLUME_COLUMNS)}`,
    `Build cache usage: 0B\n\n${list([], CACHE_COLUMNS)}`,
  ].join("\n");
}
