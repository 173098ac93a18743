import type { DriverName } from "../drivers/driver.ts";
import type { Pid } from "../engine/call.ts";
import type { Machine } from "../engine/machine.ts";
import type { ColumnTree } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import type { Time } from "../tree/live-tree.ts";
import type { IdSource } from "./ids.ts";
import type { ImageConfig, RunConfig } from "./image-config.ts";

/** The whole simulated host, as one immutable value. */
export interface Host {
  readonly machine: Machine;
  readonly clock: Time;
  readonly docker: DockerState;
  /** What the shells remember, by "host" or container id; nothing here looks inside. */
  readonly shells: Readonly<Record<string, unknown>>;
}

/**
 * Which Docker the host runs, which decides the names on disk: "1.9" (image ids are directory names) or "19.03"
 * (content-addressed images, random directory names).
 */
export type Release = "1.9" | "19.03";

export interface DockerState {
  /** null while no daemon runs. */
  readonly daemon: Daemon | null;
  readonly ids: IdSource;
  /** How often each path is mounted by a driver. */
  readonly mountCounts: Readonly<Record<string, number>>;
  /** What each driver holds, by `graphKey`. */
  readonly graphs: Readonly<Record<string, Graph>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  /** The tars of layers that were made here, by their blob's name. */
  readonly blobs: Readonly<Record<string, Content>>;
  /** What `docker pull` can get. */
  readonly library: readonly LibraryImage[];
}

export interface Daemon {
  readonly release: Release;
  readonly driver: DriverName;
  readonly pid: Pid;
}

/** The images and containers of one driver under one release. */
export interface Graph {
  readonly images: Readonly<Record<string, Image>>;
  /** By chainID; under 1.9 by image id. */
  readonly layers: Readonly<Record<string, GraphLayer>>;
  /** "ubuntu:latest" -> image id. */
  readonly references: Readonly<Record<string, string>>;
  readonly containers: Readonly<Record<string, Container>>;
}

export interface Image {
  /** Without "sha256:". */
  readonly id: string;
  readonly config: ImageConfig;
  /** The document whose sha256 is `id` (since 1.10). */
  readonly text: string;
  /** The image it was made from on this host, or null. */
  readonly parent: string | null;
  /** Keys of `Graph.layers`, base first. */
  readonly layersBaseFirst: readonly string[];
}

export interface GraphLayer {
  readonly diffId: string;
  readonly chainId: string;
  readonly parent: string | null;
  /** The driver's id of it. */
  readonly cacheId: string;
  /** Bytes, as the driver counted them when the layer was applied. */
  readonly size: number;
  readonly tar: Content;
  readonly tree: ColumnTree;
}

export interface Mount {
  readonly type: "volume" | "bind";
  /** A volume's name; "" for a bind mount. */
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly imageId: string;
  /** As the user wrote it. */
  readonly imageName: string;
  readonly config: RunConfig;
  readonly tty: boolean;
  readonly interactive: boolean;
  readonly hostname: string;
  readonly autoRemove: boolean;
  /** The top layer of its image: a key of `Graph.layers`; null for an image without layers. */
  readonly parentLayer: string | null;
  /** The driver's ids. */
  readonly mountId: string;
  readonly initId: string;
  readonly mounts: readonly Mount[];
  readonly state: ContainerState;
}

type ContainerState =
  /** With an exit code: it was to be started, and its program could not be executed. */
  | { readonly type: "created"; readonly exitCode?: number }
  | { readonly type: "running"; readonly pid: Pid; readonly startedAt: number }
  | {
      readonly type: "exited";
      readonly exitCode: number;
      readonly startedAt: number;
      readonly finishedAt: number;
    };

export interface Volume {
  readonly name: string;
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Made by `-v /path` or an image, without a name of its own. */
  readonly anonymous: boolean;
}

/** An image that can be pulled: built in, or of an opened archive. */
export interface LibraryImage {
  /** "ubuntu:latest", …; the first is its name in lists. */
  readonly references: readonly string[];
  /** Where it is from, for the user: "built in", or the archive's name. */
  readonly origin: string;
  readonly layersBaseFirst: readonly LibraryLayer[];
  /** The config document; null when it is to be made of `config` and the layers' digests. */
  readonly text: string | null;
  /** `diffIds` may be empty when `text` is null. */
  readonly config: ImageConfig;
}

export interface LibraryLayer {
  /** null: worked out from `tar` when it is pulled. */
  readonly diffId: string | null;
  readonly tar: Content;
  readonly tree: ColumnTree;
}

export const EMPTY_GRAPH: Graph = { images: {}, layers: {}, references: {}, containers: {} };

/** The key of `DockerState.graphs`. */
export function graphKey({ release, driver }: Pick<Daemon, "release" | "driver">): string {
  return `${release}/${driver}`;
}

/** The graph the running daemon works on; an empty one while none runs. */
export function currentGraph(docker: DockerState): Graph {
  return (docker.daemon && docker.graphs[graphKey(docker.daemon)]) ?? EMPTY_GRAPH;
}
