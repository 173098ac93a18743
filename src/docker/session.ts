import { aufsDriver } from "../drivers/aufs-driver.ts";
import type { Driver, DriverContext, DriverName } from "../drivers/driver.ts";
import { DaemonError, type Kernel } from "../drivers/kernel.ts";
import { overlay2Driver } from "../drivers/overlay2-driver.ts";
import { vfsDriver } from "../drivers/vfs-driver.ts";
import {
  type Container,
  currentGraph,
  type Daemon,
  type DockerState,
  type Graph,
  graphKey,
  type Image,
} from "./host.ts";
import { nextId } from "./ids.ts";
import type { DockerIo } from "./io.ts";

const DRIVERS: Readonly<Record<DriverName, (context: DriverContext) => Driver>> = {
  aufs: aufsDriver,
  overlay2: overlay2Driver,
  vfs: vfsDriver,
};

export const DOCKER_ROOT = "/var/lib/docker";

/** One docker command at work: the daemon's state, its driver, and system calls made as the daemon. */
export class Session {
  readonly io: DockerIo;
  /** System calls of the daemon. */
  readonly kernel: Kernel;
  /** System calls of the client, on the host. */
  readonly client: Kernel;

  constructor(io: DockerIo) {
    this.io = io;
    this.client = { call: (type, args) => io.call(io.pid, type, args) };
    this.kernel = { call: (type, args) => io.call(this.daemon.pid, type, args) };
  }

  get docker(): DockerState {
    return this.io.host().docker;
  }

  get daemon(): Daemon {
    const { daemon } = this.docker;
    if (daemon) return daemon;
    throw new NoDaemon();
  }

  get graph(): Graph {
    return currentGraph(this.docker);
  }

  get driver(): Driver {
    const context: DriverContext = {
      kernel: this.kernel,
      root: `${DOCKER_ROOT}/${this.daemon.driver}`,
      mounts: {
        count: (path) => this.docker.mountCounts[path] ?? 0,
        set: (path, count) => this.setDocker({ mountCounts: counted(this.docker, path, count) }),
      },
      dirperm: this.daemon.release !== "1.9",
      randomId: () => this.newId(),
      now: () => Math.floor(this.io.now() / 1000),
    };
    return DRIVERS[this.daemon.driver](context);
  }

  setDocker(change: Partial<DockerState>): void {
    const host = this.io.host();
    this.io.setHost({ ...host, docker: { ...host.docker, ...change } });
  }

  setGraph(change: Partial<Graph>): void {
    const key = graphKey(this.daemon);
    this.setDocker({ graphs: { ...this.docker.graphs, [key]: { ...this.graph, ...change } } });
  }

  putContainer(container: Container): void {
    this.setGraph({ containers: { ...this.graph.containers, [container.id]: container } });
  }

  newId(): string {
    const [id, ids] = nextId(this.docker.ids);
    this.setDocker({ ids });
    return id;
  }

  /** The container a user means: a full id, a name, or the beginning of an id. */
  container(given: string): Container {
    const all = Object.values(this.graph.containers);
    const named = all.find(({ id, name }) => id === given || name === given.replace(/^\//, ""));
    if (named) return named;
    const matching = all.filter(({ id }) => given !== "" && id.startsWith(given));
    const [only] = matching;
    if (only && matching.length === 1) return only;
    if (only) throw new DaemonError(`Multiple IDs found with provided prefix: ${given}`);
    throw new NoSuchContainer(given);
  }

  image(given: string): Image | null {
    const { images, references } = this.graph;
    const id = findImage(given, Object.keys(images), references);
    return (id !== null && images[id]) || null;
  }
}

export class NoSuchContainer extends DaemonError {
  constructor(given: string) {
    super(`No such container: ${given}`);
  }
}

/** No daemon answers. */
export class NoDaemon extends Error {
  constructor() {
    super(
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    );
  }
}

function findImage(
  given: string,
  ids: readonly string[],
  references: Graph["references"],
): string | null {
  const plain = given.replace(/^(?:docker\.io\/)?(?:library\/)?/, "");
  const tagged = references[plain] ?? references[`${plain}:latest`];
  if (tagged !== undefined) return tagged;
  const hex = given.replace(/^sha256:/, "");
  if (!/^[0-9a-f]+$/.test(hex)) return null;
  const matching = ids.filter((id) => id.startsWith(hex));
  return matching.length === 1 ? (matching[0] ?? null) : null;
}

function counted(docker: DockerState, path: string, count: number): DockerState["mountCounts"] {
  const { [path]: _, ...others } = docker.mountCounts;
  return count === 0 ? others : { ...others, [path]: count };
}
