import { DaemonError } from "../drivers/kernel.ts";
import { type Command, flag, listed, valued } from "./command.ts";
import type { Container } from "./host.ts";
import { humanDuration, humanSize, rfc3339 } from "./human.ts";
import { shortId } from "./ids.ts";
import { imageSize } from "./images.ts";
import { argvOf } from "./inspect.ts";
import { type Column, formatList } from "./list-format.ts";
import type { Session } from "./session.ts";
import { ellipsis } from "./table.ts";

const PS_COLUMNS: readonly Column[] = [
  { key: "ID", heading: "CONTAINER ID" },
  { key: "Image", heading: "IMAGE" },
  { key: "Command", heading: "COMMAND" },
  { key: "RunningFor", heading: "CREATED" },
  { key: "Status", heading: "STATUS" },
  { key: "Ports", heading: "PORTS" },
  { key: "Names", heading: "NAMES" },
];
const PS_SIZE: Column = { key: "Size", heading: "SIZE" };
const PS_HEADINGS: readonly Column[] = [
  ...PS_COLUMNS,
  PS_SIZE,
  { key: "CreatedAt", heading: "CREATED AT" },
  { key: "Mounts", heading: "MOUNTS" },
  { key: "Labels", heading: "LABELS" },
];

/** How a container is, and since when, as docker says it. */
function statusOf({ state }: Container, now: number): string {
  switch (state.type) {
    case "created":
      return "Created";
    case "running":
      return `Up ${humanDuration(now - state.startedAt)}`;
    case "exited":
      return `Exited (${state.exitCode}) ${humanDuration(now - state.finishedAt)} ago`;
  }
}

/** What lists of containers say of one; `isLong`: its id and its command whole. */
export function containerRow(session: Session, container: Container, isLong: boolean) {
  const now = session.io.now();
  const command = argvOf(container).join(" ");
  return {
    ID: isLong ? container.id : shortId(container.id),
    Image: container.imageName,
    Command: `"${isLong ? command : ellipsis(command, 20)}"`,
    RunningFor: `${humanDuration(now - container.created)} ago`,
    Status: statusOf(container, now),
    Names: container.name,
  };
}

/** `docker ps`: the containers, the last made first. */
export const ps: Command = {
  usage: "[OPTIONS]",
  summary: "List containers",
  flags: [
    flag("all", "a"),
    flag("quiet", "q"),
    flag("size", "s"),
    flag("latest", "l"),
    flag("no-trunc"),
    valued("last", "n"),
    valued("format"),
    listed("filter", "f"),
  ],
  minimum: 0,
  maximum: 0,
  async run(session, options) {
    const { graph, io } = session;
    const last = options.has("latest") ? 1 : Number(options.value("last") ?? 0);
    const byAge = Object.values(graph.containers).sort((a, b) => b.created - a.created);
    const filters = options.list("filter");
    const asksStatus = filters.some((filter) => filter.startsWith("status="));
    const shown = (last > 0 ? byAge.slice(0, last) : byAge)
      .filter(
        ({ state }) => options.has("all") || last > 0 || asksStatus || state.type === "running",
      )
      .filter((container) => filters.every((filter) => passes(session, container, filter)));
    const long = options.has("no-trunc");
    const wantsSize = options.has("size") || (options.value("format") ?? "").includes(".Size");
    const rows = shown.map((container) => {
      const image = graph.images[container.imageId];
      return {
        ...containerRow(session, container, long),
        CreatedAt: rfc3339(container.created),
        Ports: "",
        Mounts: container.mounts.map(({ name, source }) => name || source).join(","),
        Labels: Object.entries(container.config.labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(","),
        Size: wantsSize ? sizes(session, container, image ? imageSize(graph, image) : 0) : "",
      };
    });
    if (options.has("quiet")) for (const { ID } of rows) io.out(`${ID}\n`);
    else {
      const columns = options.has("size") ? [...PS_COLUMNS, PS_SIZE] : PS_COLUMNS;
      io.out(formatList(rows, columns, PS_HEADINGS, options.value("format")));
    }
    return 0;
  },
};

/** Bytes of a container's own layer. */
export function ownSize({ driver }: Session, { mountId, initId }: Container): number {
  return driver.diffSize(mountId, initId);
}

/** `docker ps -s`: what the container's own layer holds, and that with its image. */
function sizes(session: Session, container: Container, image: number): string {
  const own = ownSize(session, container);
  return `${humanSize(own, 3)} (virtual ${humanSize(own + image, 3)})`;
}

function passes(session: Session, container: Container, filter: string): boolean {
  const equals = filter.indexOf("=");
  const key = filter.slice(0, equals);
  const value = filter.slice(equals + 1);
  switch (key) {
    case "name":
      return container.name.includes(value.replace(/^[\^/]+|\$$/g, ""));
    case "id":
      return container.id.startsWith(value);
    case "status":
      return container.state.type === value;
    case "ancestor":
      return session.image(value)?.id === container.imageId;
    case "label":
      return hasLabel(container, value);
    default:
      throw new DaemonError(`Invalid filter '${key}'`);
  }
}

/** `NAME=VALUE`, or only a name, whatever it says. */
function hasLabel({ config }: Container, label: string): boolean {
  const [name = "", value = ""] = label.split("=");
  return value === "" ? name in config.labels : config.labels[name] === value;
}
