import { DaemonError } from "../drivers/kernel.ts";
import { type Command, flag, forEach, listed, notFound, valued } from "./command.ts";
import { removeContainer } from "./containers.ts";
import { diskUse, systemDf } from "./disk-usage.ts";
import type { Container } from "./host.ts";
import { humanSize } from "./human.ts";
import { deleteImage, isDangling, referencesOf } from "./images.ts";
import { inspectContainer, inspectImage, inspectVolume } from "./inspect.ts";
import { type Column, formatList, render } from "./list-format.ts";
import { DOCKER_ROOT, type Session } from "./session.ts";
import type { Value } from "./template.ts";
import { ensureVolume, removeVolume, volumePath, volumeUsers } from "./volumes.ts";

const info: Command = {
  usage: "[OPTIONS]",
  summary: "Display system-wide information",
  flags: [valued("format", "f")],
  minimum: 0,
  maximum: 0,
  async run(session, options) {
    const { graph, daemon, driver, io } = session;
    const containers = Object.values(graph.containers);
    const count = (type: Container["state"]["type"]) =>
      containers.filter(({ state }) => state.type === type).length;
    const images = Object.keys(graph.images).length;
    const format = options.value("format");
    if (format !== undefined) {
      const data: Value = {
        Containers: containers.length,
        ContainersRunning: count("running"),
        ContainersStopped: count("exited") + count("created"),
        Images: images,
        Driver: daemon.driver,
        DriverStatus: driver.status(),
        DockerRootDir: DOCKER_ROOT,
        ServerVersion: daemon.release === "1.9" ? "1.9.1" : "19.03.15",
      };
      io.out(`${render(format, data)}\n`);
      return 0;
    }
    const status = driver.status().map(([name, value]) => `${name}: ${value}`);
    if (daemon.release === "1.9") {
      const lines = [
        `Containers: ${containers.length}`,
        `Images: ${images}`,
        `Storage Driver: ${daemon.driver}`,
        ...status.map((line) => ` ${line}`),
        "Execution Driver: native-0.2",
        "Logging Driver: json-file",
        "Kernel Version: 3.13.0",
        "Operating System: Unionscope lab",
        "Name: host",
      ];
      io.out(`${lines.join("\n")}\n`);
      return 0;
    }
    const lines = [
      "Client:",
      " Debug Mode: false",
      "",
      "Server:",
      ` Containers: ${containers.length}`,
      `  Running: ${count("running")}`,
      "  Paused: 0",
      `  Stopped: ${count("exited") + count("created")}`,
      ` Images: ${images}`,
      " Server Version: 19.03.15",
      ` Storage Driver: ${daemon.driver}`,
      ...status.map((line) => `  ${line}`),
      " Logging Driver: json-file",
      " Plugins:",
      "  Volume: local",
      " Kernel Version: 4.15.0",
      " Operating System: Unionscope lab",
      " OSType: linux",
      " Architecture: x86_64",
      " Name: host",
      ` Docker Root Dir: ${DOCKER_ROOT}`,
      " Debug Mode: false",
    ];
    io.out(`${lines.join("\n")}\n`);
    if (daemon.driver === "aufs")
      io.err(
        "WARNING: the aufs storage-driver is deprecated, and will be removed in a future release.\n",
      );
    return 0;
  },
};

const version: Command = {
  usage: "[OPTIONS]",
  summary: "Show the Docker version information",
  flags: [valued("format", "f")],
  minimum: 0,
  maximum: 0,
  async run(session, options) {
    const is19 = session.daemon.release === "1.9";
    const facts = {
      Version: is19 ? "1.9.1" : "19.03.15",
      ApiVersion: is19 ? "1.21" : "1.40",
      Os: "linux",
      Arch: "amd64",
    };
    const format = options.value("format");
    if (format !== undefined)
      session.io.out(`${render(format, { Client: facts, Server: facts })}\n`);
    else
      for (const side of ["Client", "Server"])
        session.io.out(
          `${side}: Docker Engine (simulated by Unionscope)\n Version:           ${facts.Version}\n API version:       ${facts.ApiVersion}\n OS/Arch:           linux/amd64\n${side === "Client" ? "\n" : ""}`,
        );
    return 0;
  },
};

type Look = (session: Session, given: string) => Value | null;

const lookAtContainer: Look = (session, given) => {
  try {
    return inspectContainer(session, session.container(given));
  } catch (error) {
    if (error instanceof DaemonError) return null;
    throw error;
  }
};
const lookAtImage: Look = (session, given) => {
  const image = session.image(given);
  return image && inspectImage(session, image);
};
const lookAtVolume: Look = (session, given) => {
  const volume = session.docker.volumes[given];
  return volume ? inspectVolume(volume) : null;
};

/** `inspect` of whatever has the name, or of one kind. */
function inspectCommand(what: string, looks: readonly Look[]): Command {
  return {
    usage: "[OPTIONS] NAME|ID [NAME|ID...]",
    summary: "Return low-level information on Docker objects",
    flags: [valued("format", "f"), flag("size", "s"), valued("type")],
    minimum: 1,
    async run(session, options) {
      const { io } = session;
      const format = options.value("format");
      const only = options.value("type");
      const found: Value[] = [];
      const missing: string[] = [];
      for (const given of options.args) {
        const value = looks
          .filter((_, index) => only === undefined || KINDS[index] === only)
          .map((look) => look(session, given))
          .find((looked) => looked !== null);
        if (value === undefined) missing.push(given);
        else found.push(value);
      }
      if (format !== undefined) for (const value of found) io.out(`${render(format, value)}\n`);
      else io.out(`${JSON.stringify(found, null, 4)}\n`);
      for (const given of missing) io.err(`Error: No such ${what}: ${given}\n`);
      return missing.length > 0 ? 1 : 0;
    },
  };
}
const KINDS = ["container", "image", "volume"];

const volumeCreate: Command = {
  usage: "[OPTIONS] [VOLUME]",
  summary: "Create a volume",
  flags: [listed("label"), valued("driver", "d"), valued("name")],
  minimum: 0,
  maximum: 1,
  async run(session, options) {
    const driver = options.value("driver") ?? "local";
    if (driver !== "local")
      throw new DaemonError(
        `create: error looking up volume plugin ${driver}: plugin "${driver}" not found`,
      );
    const name = options.args[0] ?? options.value("name") ?? session.newId();
    const labels = options.list("label").map((label) => {
      const [key = "", ...rest] = label.split("=");
      return [key, rest.join("=")] as const;
    });
    session.io.out(`${ensureVolume(session, name, Object.fromEntries(labels)).name}\n`);
    return 0;
  },
};

const VOLUME_COLUMNS: readonly Column[] = [
  { key: "Driver", heading: "DRIVER" },
  { key: "Name", heading: "VOLUME NAME" },
];

const volumeList: Command = {
  usage: "[OPTIONS]",
  summary: "List volumes",
  flags: [flag("quiet", "q"), valued("format"), listed("filter", "f")],
  minimum: 0,
  maximum: 0,
  async run(session, options) {
    const dangling = options.list("filter").find((filter) => filter.startsWith("dangling="));
    const rows = Object.keys(session.docker.volumes)
      .sort()
      .filter(
        (name) =>
          dangling === undefined ||
          (volumeUsers(session, name).length === 0) === (dangling !== "dangling=false"),
      )
      .map((name) => ({ Driver: "local", Name: name, Mountpoint: volumePath(name) }));
    if (options.has("quiet")) for (const { Name } of rows) session.io.out(`${Name}\n`);
    else session.io.out(formatList(rows, VOLUME_COLUMNS, VOLUME_COLUMNS, options.value("format")));
    return 0;
  },
};

const volumeRemove: Command = {
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  summary: "Remove one or more volumes",
  flags: [flag("force", "f")],
  minimum: 1,
  run: (session, options) =>
    forEach(session, options.args, (name) => {
      const isKnown = session.docker.volumes[name] !== undefined;
      if (!isKnown && !options.has("force")) throw notFound(session, "volume", name);
      if (isKnown) removeVolume(session, name);
      session.io.out(`${name}\n`);
    }),
};

/** `prune` asks first; the answer is read from standard input, and none means no. */
function pruneCommand(summary: string, prune: (session: Session, all: boolean) => void): Command {
  return {
    usage: "[OPTIONS]",
    summary,
    flags: [flag("force", "f"), flag("all", "a"), flag("volumes")],
    minimum: 0,
    maximum: 0,
    async run(session, options) {
      if (!options.has("force")) {
        session.io.out(`WARNING! ${summary.replace(/^Remove/, "This will remove")}.\n`);
        session.io.out("Are you sure you want to continue? [y/N] ");
        const { stdin } = session.io;
        const answer = stdin ? new TextDecoder().decode(await session.io.bytes(stdin)) : "";
        if (!stdin) session.io.out("\n");
        if (!/^y/i.test(answer)) {
          if (!stdin) session.io.err("Nobody is there to answer: say it again with --force.\n");
          return stdin ? 0 : 1;
        }
      }
      const before = diskUse(session);
      prune(session, options.has("all"));
      if (options.has("volumes")) pruneVolumes(session);
      session.io.out(
        `Total reclaimed space: ${humanSize(Math.max(0, before - diskUse(session)), 4)}\n`,
      );
      return 0;
    },
  };
}

function pruneContainers(session: Session): void {
  const stopped = Object.values(session.graph.containers).filter(
    ({ state }) => state.type !== "running",
  );
  if (stopped.length > 0) session.io.out("Deleted Containers:\n");
  for (const container of stopped) {
    removeContainer(session, container, false);
    session.io.out(`${container.id}\n`);
  }
  if (stopped.length > 0) session.io.out("\n");
}

function pruneImages(session: Session, all: boolean): void {
  const isUsed = (id: string) =>
    Object.values(session.graph.containers).some(({ imageId }) => imageId === id);
  const deleted: string[] = [];
  for (let again = true; again; ) {
    again = false;
    for (const image of Object.values(session.graph.images)) {
      const names = referencesOf(session.graph, image.id);
      const hasChildren = Object.values(session.graph.images).some(
        ({ parent }) => parent === image.id,
      );
      if (isUsed(image.id) || hasChildren || !(all || isDangling(session.graph, image))) continue;
      const references = { ...session.graph.references };
      for (const name of names) {
        delete references[name];
        deleted.push(`untagged: ${name}`);
      }
      session.setGraph({ references });
      for (const id of deleteImage(session, image)) deleted.push(`deleted: ${id}`);
      again = true;
    }
  }
  if (deleted.length > 0) session.io.out(`Deleted Images:\n${deleted.join("\n")}\n\n`);
}

function pruneVolumes(session: Session): void {
  const unused = Object.keys(session.docker.volumes).filter(
    (name) => volumeUsers(session, name).length === 0,
  );
  if (unused.length > 0) session.io.out(`Deleted Volumes:\n${unused.join("\n")}\n\n`);
  for (const name of unused) removeVolume(session, name);
}

export const SYSTEM_COMMANDS: Readonly<Record<string, Command>> = {
  info,
  version,
  inspect: inspectCommand("object", [lookAtContainer, lookAtImage, lookAtVolume]),
  "container inspect": inspectCommand("container", [lookAtContainer]),
  "image inspect": inspectCommand("image", [lookAtImage]),
  "volume create": volumeCreate,
  "volume ls": volumeList,
  "volume rm": volumeRemove,
  "volume inspect": inspectCommand("volume", [lookAtVolume]),
  "volume prune": pruneCommand("Remove all unused local volumes", pruneVolumes),
  "container prune": pruneCommand("Remove all stopped containers", pruneContainers),
  "image prune": pruneCommand("Remove unused images", pruneImages),
  "system df": systemDf,
  "system prune": pruneCommand("Remove unused data", (session, all) => {
    pruneContainers(session);
    pruneImages(session, all);
  }),
};
