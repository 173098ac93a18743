import { type Container, currentGraph, type Host } from "./host.ts";
import { containerRoot } from "./kernel-files.ts";

/** A container as a picture needs it. Worked out from the host; nothing is called. */
export interface ContainerView {
  readonly id: string;
  readonly name: string;
  /** As the user wrote it. */
  readonly image: string;
  readonly running: boolean;
  /** Where it is, or would be, mounted. */
  readonly mountPath: string;
  /** Top first: the container's own, its -init, the image's layers. */
  readonly branches: readonly BranchView[];
  readonly volumes: readonly { readonly source: string; readonly target: string }[];
}

interface BranchView {
  /** The driver's id: the directory's name. */
  readonly id: string;
  readonly path: string;
  readonly writable: boolean;
  readonly role: "container" | "init" | "image";
}

/** The containers of the running daemon, oldest first. */
export function containersOf(host: Host): readonly ContainerView[] {
  return Object.values(currentGraph(host.docker).containers)
    .sort((a, b) => a.created - b.created)
    .map((container) => viewOf(host, container));
}

function viewOf(host: Host, container: Container): ContainerView {
  const driver = host.docker.daemon?.driver ?? "aufs";
  const { layers } = currentGraph(host.docker);
  const branch = (id: string, role: BranchView["role"]): BranchView => ({
    id,
    path:
      driver === "aufs"
        ? `/var/lib/docker/aufs/diff/${id}`
        : `/var/lib/docker/${driver}/${id}/diff`,
    writable: role === "container",
    role,
  });
  const branches = [branch(container.mountId, "container"), branch(container.initId, "init")];
  for (let key = container.parentLayer; key !== null; ) {
    const layer = layers[key];
    if (!layer) break;
    branches.push(branch(layer.cacheId, "image"));
    key = layer.parent;
  }
  return {
    id: container.id,
    name: container.name,
    image: container.imageName,
    running: container.state.type === "running",
    mountPath: containerRoot(driver, container.mountId),
    branches,
    volumes: container.mounts.map(({ source, target }) => ({ source, target })),
  };
}
