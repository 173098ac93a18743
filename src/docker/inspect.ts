import type { Container, Image, Volume } from "./host.ts";
import { rfc3339 } from "./human.ts";
import { runConfigJson } from "./image-config.ts";
import { imageSize, layersOf, referencesOf } from "./images.ts";
import { containerDirectory, containerLog, writeContainerFiles } from "./layout.ts";
import type { Session } from "./session.ts";
import type { Value } from "./template.ts";
import { volumePath } from "./volumes.ts";

type Fields = { readonly [key: string]: Value };

/** Go's zero time, which Docker shows for what has not happened. */
const NEVER = "0001-01-01T00:00:00Z";

/** The command line of a container: entrypoint, then command. */
export function argvOf({ config }: Pick<Container, "config">): readonly string[] {
  return [...config.entrypoint, ...config.cmd];
}

/** Puts a container in the daemon's state and on its disk. */
export function saveContainer(session: Session, container: Container): void {
  session.putContainer(container);
  writeContainerFiles(session, container, onDisk(session, container), hostConfig(container));
}

function onDisk(session: Session, container: Container): Fields {
  const { Id, State, Image, Path, Args, Created, Config, Name, LogPath, HostsPath } =
    inspectContainer(session, container);
  return {
    State: State ?? null,
    ID: Id ?? null,
    Created: Created ?? null,
    Path: Path ?? null,
    Args: Args ?? null,
    Config: Config ?? null,
    Image: Image ?? null,
    LogPath: LogPath ?? null,
    Name: Name ?? null,
    Driver: session.daemon.driver,
    HostsPath: HostsPath ?? null,
    MountPoints: Object.fromEntries(
      container.mounts.map(({ target, source, readOnly, name }) => [
        target,
        { Source: source, Destination: target, RW: !readOnly, Name: name },
      ]),
    ),
  };
}

function hostConfig(container: Container): Fields {
  return {
    Binds: container.mounts.map(
      ({ name, source, target, readOnly }) => `${name || source}:${target}${readOnly ? ":ro" : ""}`,
    ),
    NetworkMode: "default",
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    AutoRemove: container.autoRemove,
  };
}

function stateOf({ state }: Container): Fields {
  return {
    Status: state.type,
    Running: state.type === "running",
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: state.type === "running" ? state.pid : 0,
    ExitCode: state.type === "running" ? 0 : (state.exitCode ?? 0),
    Error: "",
    StartedAt: state.type === "created" ? NEVER : rfc3339(state.startedAt),
    FinishedAt: state.type === "exited" ? rfc3339(state.finishedAt) : NEVER,
  };
}

/** What `docker inspect` shows of a container. */
export function inspectContainer(session: Session, container: Container): Fields {
  const [path = "", ...args] = argvOf(container);
  const directory = containerDirectory(container.id);
  const { daemon, driver } = session;
  return {
    Id: container.id,
    Created: rfc3339(container.created),
    Path: path,
    Args: args,
    State: stateOf(container),
    Image: daemon.release === "1.9" ? container.imageId : `sha256:${container.imageId}`,
    ResolvConfPath: `${directory}/resolv.conf`,
    HostnamePath: `${directory}/hostname`,
    HostsPath: `${directory}/hosts`,
    LogPath: containerLog(container.id),
    Name: `/${container.name}`,
    RestartCount: 0,
    Driver: daemon.driver,
    Platform: "linux",
    HostConfig: hostConfig(container),
    GraphDriver: { Data: driver.metadata(container.mountId), Name: daemon.driver },
    Mounts: container.mounts.map(({ type, name, source, target, readOnly }) => ({
      Type: type,
      ...(type === "volume" && { Name: name }),
      Source: source,
      Destination: target,
      ...(type === "volume" && { Driver: "local" }),
      Mode: readOnly ? "ro" : "",
      RW: !readOnly,
      Propagation: type === "bind" ? "rprivate" : "",
    })),
    Config: {
      Hostname: container.hostname,
      Domainname: "",
      AttachStdin: container.interactive,
      AttachStdout: true,
      AttachStderr: true,
      Tty: container.tty,
      OpenStdin: container.interactive,
      ...runConfigJson(container.config),
      Image: container.imageName,
    },
  };
}

/** What `docker inspect` shows of an image. */
export function inspectImage(session: Session, image: Image): Fields {
  const { graph, daemon, driver } = session;
  const is19 = daemon.release === "1.9";
  const top = graph.layers[image.layersBaseFirst.at(-1) ?? ""];
  const size = imageSize(graph, image);
  return {
    Id: is19 ? image.id : `sha256:${image.id}`,
    RepoTags: referencesOf(graph, image.id),
    RepoDigests: [],
    Parent: image.parent === null ? "" : is19 ? image.parent : `sha256:${image.parent}`,
    Comment: "",
    Created: rfc3339(image.config.created),
    DockerVersion: is19 ? "1.9.1" : "19.03.15",
    Author: image.config.author,
    Config: runConfigJson(image.config.run),
    Architecture: image.config.architecture,
    Os: image.config.os,
    Size: size,
    VirtualSize: size,
    GraphDriver: { Data: top ? driver.metadata(top.cacheId) : null, Name: daemon.driver },
    ...(!is19 && {
      RootFS: { Type: "layers", Layers: layersOf(graph, image).map(({ diffId }) => diffId) },
    }),
  };
}

/** What `docker inspect` shows of a volume. */
export function inspectVolume(volume: Volume): Fields {
  return {
    CreatedAt: rfc3339(volume.created),
    Driver: "local",
    Labels: volume.labels,
    Mountpoint: volumePath(volume.name),
    Name: volume.name,
    Options: volume.anonymous ? null : {},
    Scope: "local",
  };
}
