import type { ColumnTree } from "../tree/column-tree.ts";
import type { Content } from "../tree/content.ts";
import type { Kernel } from "./kernel.ts";

/** Names as `--storage-driver` takes them. */
export type DriverName = "aufs" | "overlay2" | "vfs";

type ChangeKind = "C" | "A" | "D";

/** A line of `docker diff`. */
export interface Change {
  readonly kind: ChangeKind;
  readonly path: string;
}

/** A layer that is applied, or that a driver wrote. */
export interface Layer {
  /** The uncompressed tar. */
  readonly tar: Content;
  /** What the tar holds; its offsets are offsets in the tar, by the blob name the tree carries. */
  readonly tree: ColumnTree;
}

/** What a driver is made from. */
export interface DriverContext {
  readonly kernel: Kernel;
  /** "/var/lib/docker/aufs" */
  readonly root: string;
  /** How often each path is mounted; the daemon keeps it between commands. */
  readonly mounts: {
    readonly count: (path: string) => number;
    readonly set: (path: string, count: number) => void;
  };
  /** Whether the kernel's aufs knows dirperm1 (3.x did not). */
  readonly dirperm: boolean;
  /** 64 random hexadecimal digits. */
  readonly randomId: () => string;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/**
 * Docker's protocol for storage drivers. An id names a layer; a parent is the id of the layer below, "" for none.
 * What fails throws a `DaemonError` in the daemon's words.
 */
export interface Driver {
  readonly name: DriverName;
  /** Makes the driver's directories and clears what an interrupted removal left. */
  readonly init: () => void;
  /** The driver's lines of `docker info`. */
  readonly status: () => readonly (readonly [name: string, value: string])[];
  /** What `docker inspect` shows as GraphDriver.Data; null when the driver says nothing. */
  readonly metadata: (id: string) => Readonly<Record<string, string>> | null;
  readonly exists: (id: string) => boolean;
  /** Makes a layer of an image. `options` are --storage-opt. */
  readonly create: (id: string, parent: string, options?: readonly string[]) => void;
  /** Makes the layer of a container. */
  readonly createReadWrite: (id: string, parent: string, options?: readonly string[]) => void;
  readonly remove: (id: string) => void;
  /** Mounts a layer, unless it is, and gives the path it is seen at. Counted: as many `put` as `get`. */
  readonly get: (id: string) => string;
  readonly put: (id: string) => void;
  /** Where a layer's own files lie. */
  readonly branch: (id: string) => string;
  /** Unmounts all. */
  readonly cleanup: () => void;
  /** What `id` has over `parent`, as a layer; `blob` becomes the name of its tar. */
  readonly diff: (id: string, parent: string, blob: string) => Layer;
  /** Puts a layer's files into `id`; gives the size in bytes. */
  readonly applyDiff: (id: string, parent: string, layer: Layer) => number;
  readonly changes: (id: string, parent: string) => readonly Change[];
  readonly diffSize: (id: string, parent: string) => number;
}
