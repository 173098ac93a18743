import type { DriverName } from "../drivers/driver.ts";
import {
  DaemonError,
  lstat,
  mkdirAll,
  must,
  names,
  readText,
  writeText,
} from "../drivers/kernel.ts";
import { FIRST_PID } from "../engine/machine.ts";
import { ClientError, messageOf } from "./command.ts";
import { endContainer } from "./containers.ts";
import { type Flag, parseFlags, UsageError } from "./flags.ts";
import { EMPTY_GRAPH, graphKey, type Release } from "./host.ts";
import { rfc3339 } from "./human.ts";
import type { DockerIo } from "./io.ts";
import { prepareLayout } from "./layout.ts";
import { furnish } from "./seed-world.ts";
import { DOCKER_ROOT, Session } from "./session.ts";

const DRIVERS: readonly DriverName[] = ["overlay2", "aufs", "vfs"];
const REAL_DRIVERS = ["overlay", "btrfs", "devicemapper", "zfs", "fuse-overlayfs"];
const PID_FILE = "/run/docker.pid";

/** Starts the daemon, which must not be running. Gives the session it works in. */
export function startDaemon(
  io: DockerIo,
  { driver, release }: { readonly driver: DriverName; readonly release: Release },
): Session {
  const init = { call: (type, args) => io.call(FIRST_PID, type, args) } satisfies Session["kernel"];
  const pid = must(init, "fork", {});
  const session = new Session(io);
  session.setDocker({ daemon: { release, driver, pid } });
  mkdirAll(session.kernel, DOCKER_ROOT, 0o711);
  session.driver.init();
  const key = graphKey({ release, driver });
  if (!session.docker.graphs[key])
    session.setDocker({ graphs: { ...session.docker.graphs, [key]: EMPTY_GRAPH } });
  prepareLayout(session);
  writeText(session.kernel, PID_FILE, String(pid));
  return session;
}

/** Stops the daemon, and with it every container. */
function stopDaemon(io: DockerIo): void {
  const session = new Session(io);
  const { daemon } = session.docker;
  if (!daemon) return;
  for (const container of Object.values(session.graph.containers))
    endContainer(session, container, 0);
  session.driver.cleanup();
  session.kernel.call("unlink", { path: PID_FILE });
  io.call(daemon.pid, "exit", {});
  session.setDocker({ daemon: null, mountCounts: {} });
}

const FLAGS: readonly Flag[] = [
  { long: "storage-driver", short: "s", takes: "value" },
  { long: "storage-opt", takes: "list" },
  { long: "debug", short: "D", takes: "nothing" },
  { long: "host", short: "H", takes: "list" },
  { long: "data-root", short: "g", takes: "value" },
  { long: "log-level", short: "l", takes: "value" },
];

/**
 * `dockerd`, and with `release` 1.9 `docker daemon`: starts the daemon with the options given. One that runs is stopped
 * first. The daemon stays in the background, with or without "&".
 */
export async function dockerd(
  io: DockerIo,
  argv: readonly string[],
  release: Release = "19.03",
): Promise<number> {
  try {
    const options = parseFlags(argv, FLAGS, true);
    if (options.args.length > 0)
      throw new UsageError(`"dockerd" accepts no arguments: ${options.args.join(" ")}`);
    const root = options.value("data-root");
    if (root !== undefined && root !== DOCKER_ROOT)
      throw new UsageError(io.words(2).onlyDataRoot(DOCKER_ROOT));
    const driver = chooseDriver(
      io,
      options.value("storage-driver") ?? configuredDriver(io),
      release,
    );
    const log = (text: string) => io.err(`time="${rfc3339(io.now())}" level=info msg="${text}"\n`);
    if (io.host().docker.daemon) {
      log("Processing signal 'terminated'");
      stopDaemon(io);
      log("Daemon shutdown complete");
    }
    const isFirst = !io.host().docker.graphs[graphKey({ release, driver })];
    const session = startDaemon(io, { driver, release });
    if (release === "1.9" && isFirst) await furnish(session);
    log("Loading containers: start.");
    log("Loading containers: done.");
    log(
      `Docker daemon graphdriver(s)=${driver} version=${release === "1.9" ? "1.9.1" : "19.03.15"}`,
    );
    log("Daemon has completed initialization");
    log("API listen on /var/run/docker.sock");
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`${error.message}\nSee 'dockerd --help'.\n`);
      return 125;
    }
    io.err(
      error instanceof DaemonError
        ? `failed to start daemon: ${error.message}\n`
        : `${messageOf(error)}\n`,
    );
    return 1;
  }
}

/** The driver that is asked for; else the one whose directory is not empty; else the first of the release's list. */
function chooseDriver(io: DockerIo, wanted: string | undefined, release: Release): DriverName {
  const kernel = { call: (type, args) => io.call(io.pid, type, args) } satisfies Session["kernel"];
  if (wanted !== undefined) {
    const known = DRIVERS.find((driver) => driver === wanted);
    if (known === "overlay2" && release === "1.9")
      throw new DaemonError(
        `error initializing graphdriver: driver not supported: ${io.words(2).overlay2TooEarly}`,
      );
    if (known) return known;
    throw new DaemonError(
      REAL_DRIVERS.includes(wanted)
        ? `error initializing graphdriver: ${io.words(2).notHere(wanted, DRIVERS.join(", "))}`
        : `error initializing graphdriver: driver not supported: ${wanted}`,
    );
  }
  const prior = DRIVERS.filter((driver) => driver !== "vfs" && hasLayers(kernel, driver));
  if (prior.length > 1)
    throw new DaemonError(
      `error initializing graphdriver: ${DOCKER_ROOT} contains several valid graphdrivers: ${prior.join(", ")}; Please cleanup or explicitly choose storage driver (-s <DRIVER>)`,
    );
  return prior[0] ?? "aufs";
}

function hasLayers(kernel: Session["kernel"], driver: DriverName): boolean {
  const directory = `${DOCKER_ROOT}/${driver}${driver === "aufs" ? "/layers" : "/l"}`;
  return lstat(kernel, directory) !== null && names(kernel, directory).length > 0;
}

/** "storage-driver" in /etc/docker/daemon.json. */
function configuredDriver(io: DockerIo): string | undefined {
  const kernel = { call: (type, args) => io.call(io.pid, type, args) } satisfies Session["kernel"];
  const path = "/etc/docker/daemon.json";
  if (!lstat(kernel, path)) return undefined;
  try {
    const config: unknown = JSON.parse(readText(kernel, path));
    if (typeof config !== "object" || config === null) return undefined;
    const [, value] = Object.entries(config).find(([name]) => name === "storage-driver") ?? [];
    return typeof value === "string" ? value : undefined;
  } catch {
    throw new ClientError(`unable to configure the Docker daemon with file ${path}: invalid JSON`);
  }
}

/** `service docker start|stop|restart|status` and systemctl's order of words; reads DOCKER_OPTS. */
export async function service(io: DockerIo, argv: readonly string[]): Promise<number> {
  const action = argv.find((word) => !["docker", "docker.service"].includes(word)) ?? "";
  const { daemon } = io.host().docker;
  switch (action) {
    case "status":
      io.out(daemon ? `docker start/running, process ${daemon.pid}\n` : "docker stop/waiting\n");
      return daemon ? 0 : 3;
    case "stop":
      stopDaemon(io);
      return 0;
    case "start":
    case "restart":
      if (daemon && action === "start") return 0;
      return dockerd(io, dockerOptions(io), daemon?.release);
    default:
      io.err("Usage: service docker {start|stop|restart|status}\n");
      return 2;
  }
}

/** The words of DOCKER_OPTS in /etc/default/docker. */
function dockerOptions(io: DockerIo): readonly string[] {
  const kernel = { call: (type, args) => io.call(io.pid, type, args) } satisfies Session["kernel"];
  const path = "/etc/default/docker";
  if (!lstat(kernel, path)) return [];
  const lines = readText(kernel, path).split("\n");
  const [, value = ""] =
    lines
      .map((line) => /^\s*(?:export\s+)?DOCKER_OPTS=(.*)$/.exec(line))
      .filter((match) => match !== null)
      .at(-1) ?? [];
  return value
    .replace(/^(["'])(.*)\1\s*$/, "$2")
    .split(/\s+/)
    .filter((word) => word !== "");
}
