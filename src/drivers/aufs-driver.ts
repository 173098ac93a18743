import { layerChanges } from "./changes.ts";
import type { Driver, DriverContext } from "./driver.ts";
import {
  DaemonError,
  errnoText,
  type Kernel,
  lstat,
  mkdirAll,
  must,
  names,
  readText,
  removeAll,
  writeText,
} from "./kernel.ts";
import { naiveDiff } from "./naive-diff.ts";
import { nativeDiff } from "./native-diff.ts";
import { removeTree } from "./place-tree.ts";

const PAGE = 4096;
/** What the driver leaves free in the page for xino. */
const ROOM = 54;
const OPTIONS = ["dio", "xino=/dev/shm/aufs.xino"] as const;
const DIRPERM = "dirperm1";

/** The page that mount(2) takes its options in: the branches of the first mount, and of each remount after it. */
export interface MountPages {
  readonly first: readonly string[];
  readonly remounts: readonly (readonly string[])[];
}

/**
 * Splits the read-only branches of a mount into what fits the page, as the driver does, counted in bytes of the option
 * text. A branch that is too long for any page is left out of all: the kernel's own text would end there too.
 *
 * Source: moby daemon/graphdriver/aufs/aufs.go, `aufsMount`; batches since moby d58c434bff.
 */
export function mountPages(rw: string, readOnly: readonly string[], dirperm: boolean): MountPages {
  const space = PAGE - ROOM - (dirperm ? `,${DIRPERM}`.length : 0);
  const first: string[] = [];
  const remounts: string[][] = [];
  let used = `br:${rw}=rw`.length;
  let page = first;
  for (const path of readOnly) {
    const length = page === first ? `:${path}=ro+wh`.length : `append:${path}=ro+wh,`.length;
    if (used + length > space) {
      page = [];
      remounts.push(page);
      used = `append:${path}=ro+wh,`.length;
    } else used += length;
    page.push(path);
  }
  return { first, remounts };
}

/**
 * Docker's aufs driver: `diff/ID` is a layer's branch, `layers/ID` names the layers below it (nearest first, empty for a
 * base), `mnt/ID` is where it is mounted.
 *
 * Source: moby daemon/graphdriver/aufs/aufs.go.
 */
export function aufsDriver(context: DriverContext): Driver {
  const { kernel, root, mounts, dirperm } = context;
  const layersFile = (id: string) => `${root}/layers/${id}`;
  const branch = (id: string) => `${root}/diff/${id}`;
  const mountPoint = (id: string) => `${root}/mnt/${id}`;
  const parents = (id: string): readonly string[] =>
    readText(kernel, layersFile(id))
      .split("\n")
      .filter((line) => line !== "");
  const knownParents = (id: string) => (lstat(kernel, layersFile(id)) ? parents(id) : []);
  const isParent = (id: string, parent: string) => {
    const [nearest] = knownParents(id);
    return parent === "" ? nearest === undefined : nearest === undefined || nearest === parent;
  };

  const mount = (id: string, target: string) => {
    if (isMounted(kernel, target)) return;
    const pages = mountPages(branch(id), parents(id).map(branch), dirperm);
    const mounted = kernel.call("mount", {
      path: target,
      source: {
        type: "aufs",
        branches: [
          { path: branch(id), permission: "rw" },
          ...pages.first.map((path) => ({ path, permission: "ro+wh" }) as const),
        ],
        options: dirperm ? [...OPTIONS, DIRPERM] : OPTIONS,
      },
    });
    if (mounted.errno !== null) throw mountError(target, errnoText(mounted.errno));
    for (const page of pages.remounts) {
      const change = { options: page.map((path) => `append:${path}=ro+wh`) };
      const remounted = kernel.call("remount", { path: target, change });
      if (remounted.errno === null) continue;
      kernel.call("umount", { path: target });
      throw mountError(target, errnoText(remounted.errno));
    }
  };

  const unmount = (target: string) => {
    if (!isMounted(kernel, target)) return;
    kernel.call("plinkFlush", { path: target });
    must(kernel, "umount", { path: target });
  };

  const get = (id: string): string => {
    const below = knownParents(id);
    const target = below.length === 0 ? branch(id) : mountPoint(id);
    mounts.set(target, mounts.count(target) + 1);
    if (mounts.count(target) === 1 && below.length > 0) mount(id, target);
    return target;
  };

  const put = (id: string) => {
    const target = knownParents(id).length === 0 ? branch(id) : mountPoint(id);
    const count = Math.max(0, mounts.count(target) - 1);
    mounts.set(target, count);
    if (count === 0) unmount(target);
  };

  const create = (id: string, parent: string, options: readonly string[] = []) => {
    if (options.length > 0) throw new DaemonError("--storage-opt is not supported for aufs");
    mkdirAll(kernel, mountPoint(id), 0o755);
    mkdirAll(kernel, branch(id), 0o755);
    writeText(kernel, layersFile(id), "");
    if (parent === "") return;
    const lines = [parent, ...parents(parent)];
    writeText(kernel, layersFile(id), lines.map((line) => `${line}\n`).join(""));
  };

  const look = (id: string) => ({ path: get(id), close: () => put(id) });
  const naive = naiveDiff(context, { get, put, look });

  return {
    name: "aufs",
    init() {
      mkdirAll(kernel, root, 0o710);
      must(kernel, "chmod", { target: root, mode: 0o710 });
      for (const name of ["mnt", "diff", "layers"]) mkdirAll(kernel, `${root}/${name}`, 0o755);
      for (const name of ["mnt", "diff"])
        for (const left of names(kernel, `${root}/${name}`))
          if (left.endsWith("-removing")) removeAll(kernel, `${root}/${name}/${left}`);
    },
    status: () => [
      ["Root Dir", root],
      ["Backing Filesystem", "extfs"],
      ["Dirs", String(names(kernel, `${root}/layers`).length)],
      ["Dirperm1 Supported", String(dirperm)],
    ],
    metadata: () => null,
    exists: (id) => lstat(kernel, layersFile(id)) !== null,
    create,
    createReadWrite: create,
    remove(id) {
      unmount(mountPoint(id));
      mounts.set(mountPoint(id), 0);
      if (lstat(kernel, layersFile(id))) must(kernel, "unlink", { path: layersFile(id) });
      for (const path of [branch(id), mountPoint(id)]) removeTree(kernel, path, `${path}-removing`);
    },
    get,
    put,
    branch,
    cleanup() {
      for (const id of names(kernel, `${root}/mnt`)) {
        unmount(mountPoint(id));
        mounts.set(mountPoint(id), 0);
      }
    },
    changes: (id, parent) =>
      isParent(id, parent)
        ? layerChanges(kernel, branch(id), knownParents(id).map(branch))
        : naive.changes(id, parent),
    ...nativeDiff(context, { marks: "aufs", branch, isParent }, naive),
  };
}

function mountError(target: string, why: string): DaemonError {
  return new DaemonError(`error creating aufs mount to ${target}: ${why}`);
}

/** Whether an aufs is mounted at `path`. */
function isMounted(kernel: Kernel, path: string): boolean {
  return kernel.call("statfs", { path }).value?.type === "aufs";
}
