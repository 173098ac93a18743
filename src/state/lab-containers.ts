import { type Container, currentGraph, type GraphLayer } from "../docker/host.ts";
import type { LabHost } from "./lab-session.ts";

/** One branch of a container's union, as its driver lays it out. */
export interface ContainerBranch {
  readonly path: string;
  /** rw: the container's own · init: what Docker puts under it · image: a layer of its image */
  readonly part: "rw" | "init" | "image";
  /** A short name for it. */
  readonly label: string;
}

/** A container as the stage needs it. */
export interface StagedContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly isRunning: boolean;
  readonly type: "aufs" | "overlay";
  /** Where its union is mounted while it runs. */
  readonly mountPath: string;
  /** Top first. */
  readonly branches: readonly ContainerBranch[];
  readonly volumes: readonly { readonly source: string; readonly target: string }[];
  /** The driver's ids: of the container's own branch, for the files beside it. */
  readonly mountId: string;
}

/** The containers of the running daemon, oldest first. */
export function containersOf({ docker }: LabHost): readonly StagedContainer[] {
  let containers = kept.get(docker);
  if (!containers) {
    containers = stagedContainers(docker);
    kept.set(docker, containers);
  }
  return containers;
}
const kept = new WeakMap<LabHost["docker"], readonly StagedContainer[]>();

function stagedContainers(docker: LabHost["docker"]): readonly StagedContainer[] {
  const { daemon } = docker;
  if (!daemon) return [];
  const { containers, images, layers } = currentGraph(docker);
  const isAufs = daemon.driver === "aufs";
  const root = `/var/lib/docker/${daemon.driver}`;
  const place = (id: string) => (isAufs ? `${root}/diff/${id}` : `${root}/${id}/diff`);
  return Object.values(containers)
    .sort((a, b) => a.created - b.created)
    .map((container) => {
      const keys = images[container.imageId]?.layersBaseFirst ?? [];
      const imageLayers = keys.flatMap((key) => layers[key] ?? []);
      return {
        id: container.id,
        name: container.name,
        image: container.imageName,
        imageId: container.imageId,
        isRunning: container.state.type === "running",
        type: isAufs ? "aufs" : "overlay",
        mountPath: isAufs
          ? `${root}/mnt/${container.mountId}`
          : `${root}/${container.mountId}/merged`,
        branches: branchesOf(container, imageLayers, place),
        volumes: container.mounts.map(({ source, target }) => ({ source, target })),
        mountId: container.mountId,
      };
    });
}

function branchesOf(
  container: Container,
  layersBaseFirst: readonly GraphLayer[],
  place: (id: string) => string,
): readonly ContainerBranch[] {
  return [
    { path: place(container.mountId), part: "rw", label: container.name },
    { path: place(container.initId), part: "init", label: `${container.name}-init` },
    ...layersBaseFirst
      .map(
        ({ cacheId }, at): ContainerBranch => ({
          path: place(cacheId),
          part: "image",
          label: at === 0 ? "base" : `L${at}`,
        }),
      )
      .reverse(),
  ];
}
