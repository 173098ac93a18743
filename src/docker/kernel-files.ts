import {
  type Kernel,
  lstat,
  mkdirAll,
  names,
  readText,
  removeAll,
  writeText,
} from "../drivers/kernel.ts";
import { FIRST_PID, type FileSystem, type Machine, type Mount } from "../engine/machine.ts";
import { mapEntries, mapGet } from "../tree/persistent-map.ts";
import { currentGraph, type Host } from "./host.ts";
import { QuietHost } from "./quiet-io.ts";

/**
 * Writes what the kernel says of mounts: /proc/mounts, here and in every running container, and /sys/fs/aufs. To be
 * called after anything was mounted or unmounted; the calls are nobody's and are not recorded.
 *
 * There are no mount namespaces below: what is mounted in a container, by docker or from inside, is left out of the
 * host's list and is in the container's, as it would be.
 */
export function refreshKernelFiles(host: Host): Host {
  const quiet = new QuietHost(host);
  const kernel = quiet.kernel(FIRST_PID);
  const update = (path: string, text: string) => {
    if (!lstat(kernel, path) || readText(kernel, path) !== text)
      writeText(kernel, path, text, 0o444);
  };
  const mounts = [...mapEntries(host.machine.mounts)]
    .sort(([a], [b]) => a - b)
    .map(([, mount]) => mount);
  const named: NameOf = (path) => shortName(kernel, path);
  const roots = containerRoots(host);
  const isInContainer = ({ path }: Mount) => roots.some((root) => path.startsWith(`${root}/`));
  update(
    "/proc/mounts",
    lines(
      host.machine,
      mounts.filter((mount) => !isInContainer(mount)),
      "",
      named,
    ),
  );
  for (const root of roots)
    if (lstat(kernel, `${root}/proc`)?.kind === "dir")
      update(`${root}/proc/mounts`, lines(host.machine, mountsIn(mounts, root), root, named));
  const unions = new Map<string, string>();
  for (const { fs } of mounts) {
    const state = mapGet(host.machine.fileSystems, fs);
    if (state?.type !== "aufs") continue;
    const directory = `/sys/fs/aufs/si_${aufsId(fs)}`;
    mkdirAll(kernel, directory, 0o755);
    for (const [index, branch] of state.branches.entries()) {
      unions.set(`${directory}/br${index}`, `${branch.path}=${branch.permission}\n`);
      unions.set(`${directory}/brid${index}`, `${branch.id}\n`);
    }
    unions.set(`${directory}/xi_path`, "/dev/shm/aufs.xino\n");
  }
  for (const union of names(kernel, "/sys/fs/aufs"))
    for (const name of names(kernel, `/sys/fs/aufs/${union}`)) {
      const path = `/sys/fs/aufs/${union}/${name}`;
      if (!unions.has(path)) removeAll(kernel, path);
    }
  for (const [path, text] of unions) update(path, text);
  for (const union of names(kernel, "/sys/fs/aufs"))
    kernel.call("rmdir", { path: `/sys/fs/aufs/${union}` });
  return quiet.host;
}

/** A container's mounts in the order in which runc makes them: its root, the kernel's own, then all others. */
function mountsIn(mounts: readonly Mount[], root: string): readonly Mount[] {
  const rank = ({ path }: Mount): number =>
    path === root ? 0 : path.slice(root.length) in IN_CONTAINER ? 1 : 2;
  return mounts
    .filter(({ path }) => path === root || path.startsWith(`${root}/`))
    .sort((a, b) => rank(a) - rank(b));
}

/** The name by which a mount was given a directory. */
type NameOf = (path: string) => string;

/** Docker gives overlayfs the short links of its layers: an option list has only a page. */
function shortName(kernel: Kernel, path: string): string {
  const [, layer] = /^\/var\/lib\/docker\/overlay2\/([^/]+)\/diff$/.exec(path) ?? [];
  const link = `/var/lib/docker/overlay2/${layer}/link`;
  if (layer === undefined || !lstat(kernel, link)) return path;
  return `/var/lib/docker/overlay2/l/${readText(kernel, link)}`;
}

function lines(machine: Machine, mounts: readonly Mount[], root: string, named: NameOf): string {
  return mounts.map((mount) => `${line(machine, mount, root, named)} 0 0\n`).join("");
}

const PSEUDO: Readonly<Record<string, string>> = {
  "/proc": "proc /proc proc rw,nosuid,nodev,noexec,relatime",
  "/sys": "sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime",
  "/dev": "udev /dev devtmpfs rw,nosuid,relatime,mode=755",
};

/** The same in a container: a /dev of its own, and no right to write to /sys. */
const IN_CONTAINER: Readonly<Record<string, string>> = {
  "/proc": "proc /proc proc rw,nosuid,nodev,noexec,relatime",
  "/dev": "tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755",
  "/sys": "sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime",
};

function line(machine: Machine, mount: Mount, root: string, named: NameOf): string {
  const path = mount.path.slice(root.length) || "/";
  const escaped = path.replace(
    /[\s\\]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  const access = mount.readOnly ? "ro" : "rw";
  const state = mapGet(machine.fileSystems, mount.fs);
  if (state === undefined || state.type === "plain") {
    const isRoot = mount.fs === rootFs(machine);
    return (
      (root === "" ? PSEUDO : IN_CONTAINER)[path] ??
      `${isRoot ? `/dev/sda1 ${escaped} ext4` : `tmpfs ${escaped} tmpfs`} ${access},relatime`
    );
  }
  if (state.type === "aufs")
    return `none ${escaped} aufs ${access},relatime,si=${aufsId(mount.fs)}${aufsOptions(state)}`;
  return `overlay ${escaped} overlay ${access},relatime,${overlayOptions(state, named)}`;
}

function aufsOptions({ options }: Extract<FileSystem, { type: "aufs" }>): string {
  return `${options.other.includes("dio") ? ",dio" : ""}${options.dirperm1 ? ",dirperm1" : ""}`;
}

function overlayOptions(state: Extract<FileSystem, { type: "overlay" }>, named: NameOf): string {
  const lower = `lowerdir=${state.lower.map(({ path }) => named(path)).join(":")}`;
  return state.upper
    ? `${lower},upperdir=${state.upper.path},workdir=${state.workBase?.path ?? ""}`
    : lower;
}

function rootFs(machine: Machine): number {
  for (const [, mount] of mapEntries(machine.mounts)) if (mount.parent === null) return mount.fs;
  return 0;
}

/** The hexadecimal number that aufs gives a mount, in /proc/mounts and /sys/fs/aufs. */
function aufsId(fs: number): string {
  return (BigInt(fs) * 0x9e3779b97f4a7c15n).toString(16).slice(-16).padStart(16, "0");
}

/** Where the running containers are mounted. */
function containerRoots(host: Host): readonly string[] {
  const { daemon } = host.docker;
  if (!daemon) return [];
  return Object.values(currentGraph(host.docker).containers)
    .filter(({ state }) => state.type === "running")
    .map(({ mountId }) => containerRoot(daemon.driver, mountId));
}

/** Where a driver mounts a container. */
export function containerRoot(driver: string, mountId: string): string {
  switch (driver) {
    case "aufs":
      return `/var/lib/docker/aufs/mnt/${mountId}`;
    case "overlay2":
      return `/var/lib/docker/overlay2/${mountId}/merged`;
    default:
      return `/var/lib/docker/vfs/dir/${mountId}`;
  }
}
