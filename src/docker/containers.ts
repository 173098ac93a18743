import {
  DaemonError,
  errnoText,
  type Kernel,
  lstat,
  mkdirAll,
  must,
  parentOf,
  readFile,
  stat,
  writeText,
} from "../drivers/kernel.ts";
import type { Pid } from "../engine/call.ts";
import { mapEntries, mapGet } from "../tree/persistent-map.ts";
import { flattenContent } from "./blobs.ts";
import type { Container, Image, Mount } from "./host.ts";
import { rfc3339 } from "./human.ts";
import { shortId } from "./ids.ts";
import type { RunConfig } from "./image-config.ts";
import { releaseUnused } from "./images.ts";
import { setUpInitLayer } from "./init-layer.ts";
import { saveContainer } from "./inspect.ts";
import {
  containerDirectory,
  containerLog,
  removeContainerFiles,
  writeContainerMount,
} from "./layout.ts";
import { drawName } from "./names.ts";
import type { Session } from "./session.ts";
import { ensureVolume, populateVolume, removeVolume } from "./volumes.ts";

/** What `docker create` is told. */
export interface ContainerRequest {
  readonly image: Image;
  readonly imageName: string;
  readonly name: string | undefined;
  readonly config: RunConfig;
  readonly mounts: readonly Mount[];
  readonly tty: boolean;
  readonly interactive: boolean;
  readonly autoRemove: boolean;
  readonly hostname: string | undefined;
}

/** Makes a container: its `-init` layer, its writable layer, its files. Nothing runs and nothing stays mounted. */
export function createContainer(session: Session, request: ContainerRequest): Container {
  const { driver, kernel, daemon } = session;
  const id = session.newId();
  const name = containerName(session, request.name, id);
  if (request.config.entrypoint.length + request.config.cmd.length === 0)
    throw new DaemonError("No command specified");
  const parentLayer = request.image.layersBaseFirst.at(-1) ?? null;
  if (daemon.release === "1.9" && request.image.layersBaseFirst.length + 2 >= 127)
    throw new DaemonError("Cannot create container with more than 127 parents");
  const mountId = daemon.release === "1.9" ? id : session.newId();
  const container: Container = {
    id,
    name,
    created: session.io.now(),
    imageId: request.image.id,
    imageName: request.imageName,
    config: request.config,
    tty: request.tty,
    interactive: request.interactive,
    hostname: request.hostname ?? shortId(id),
    autoRemove: request.autoRemove,
    parentLayer,
    mountId,
    initId: `${mountId}-init`,
    mounts: withImageVolumes(session, request),
    state: { type: "created" },
  };
  const below = parentLayer === null ? "" : (session.graph.layers[parentLayer]?.cacheId ?? "");
  driver.createReadWrite(container.initId, below);
  setUpInitLayer(kernel, driver.get(container.initId), daemon.release);
  driver.put(container.initId);
  driver.createReadWrite(mountId, container.initId);
  const root = driver.get(mountId);
  for (const mount of container.mounts) {
    if (mount.type === "volume") ensureVolume(session, mount.name);
    if (mount.type === "volume") populateVolume(session, root, mount);
  }
  driver.put(mountId);
  writeContainerMount(session, container, parentLayer);
  saveContainer(session, container);
  return container;
}

function containerName(session: Session, wanted: string | undefined, id: string): string {
  const all = Object.values(session.graph.containers);
  if (wanted === undefined) return drawName(id, (name) => all.some((other) => other.name === name));
  assertNameFree(session, wanted);
  return wanted;
}

/** Refuses a name that is not one, or that another container has; the reason comes after `before`. */
export function assertNameFree(session: Session, wanted: string, before = ""): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(wanted))
    throw new DaemonError(
      `${before}Invalid container name (${wanted}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  const other = Object.values(session.graph.containers).find(({ name }) => name === wanted);
  if (other)
    throw new DaemonError(
      `${before}Conflict. The container name "/${wanted}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
}

function withImageVolumes(session: Session, request: ContainerRequest): readonly Mount[] {
  const targets = new Set(request.mounts.map(({ target }) => target));
  const extra = request.config.volumes
    .filter((target) => !targets.has(target))
    .map((target): Mount => {
      const name = session.newId();
      const source = `/var/lib/docker/volumes/${name}/_data`;
      return { type: "volume", name, source, target, readOnly: false };
    });
  return [...request.mounts, ...extra].sort((a, b) => a.target.length - b.target.length);
}

/** Mounts a container and makes its first process. */
export async function startContainer(session: Session, container: Container): Promise<Container> {
  if (container.state.type === "running") return container;
  const { driver, kernel } = session;
  const root = driver.get(container.mountId);
  const mounted: string[] = [];
  try {
    for (const { source, target, readOnly } of bindsOf(session, container)) {
      const path = resolveIn(kernel, root, target);
      makeMountPoint(kernel, source, path);
      must(kernel, "mount", { source: { type: "bind", path: source }, path, readOnly });
      mounted.push(path);
    }
    for (const target of ["/proc", "/dev", "/sys"]) {
      const path = resolveIn(kernel, root, target);
      mkdirAll(kernel, path, 0o755);
      must(kernel, "mount", { source: { type: "tmpfs", mode: 0o755 }, path });
      mounted.push(path);
    }
    makeDevices(kernel, resolveIn(kernel, root, "/dev"));
    const pid = await makeProcess(session, root, container, {});
    const state = { type: "running", pid, startedAt: session.io.now() } as const;
    const started: Container = { ...container, state };
    saveContainer(session, started);
    return started;
  } catch (error) {
    for (const path of mounted.reverse()) kernel.call("umount", { path });
    driver.put(container.mountId);
    throw error instanceof DaemonError ? new StartError(error.message, 125) : error;
  }
}

/** A container was made and could not be started: what `docker run` ends with. */
export class StartError extends DaemonError {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** All that is mounted into a container from the host. */
function bindsOf(session: Session, container: Container): readonly Omit<Mount, "type" | "name">[] {
  const directory = containerDirectory(container.id);
  const own = ["resolv.conf", "hostname", "hosts"].map((name) => ({
    source: `${directory}/${name}`,
    target: `/etc/${name}`,
    readOnly: false,
  }));
  for (const { type, source } of container.mounts)
    if (type === "bind" && !stat(session.kernel, source)) mkdirAll(session.kernel, source, 0o755);
  return [...own, ...container.mounts];
}

function makeMountPoint(kernel: Kernel, source: string, path: string): void {
  if (lstat(kernel, path)) return;
  if (stat(kernel, source)?.kind === "dir") mkdirAll(kernel, path, 0o755);
  else {
    mkdirAll(kernel, parentOf(path), 0o755);
    writeText(kernel, path, "", 0o755);
  }
}

const DEVICES = [
  ["null", 1, 3],
  ["zero", 1, 5],
  ["full", 1, 7],
  ["random", 1, 8],
  ["urandom", 1, 9],
  ["tty", 5, 0],
] as const;

/** The devices every container and the host itself have. */
export function makeDevices(kernel: Kernel, directory: string): void {
  for (const [name, major, minor] of DEVICES) {
    const path = `${directory}/${name}`;
    must(kernel, "mknod", { path, kind: "char", mode: 0o666, rdev: [major, minor] });
    must(kernel, "chmod", { target: path, mode: 0o666 });
  }
  for (const name of ["pts", "shm"]) mkdirAll(kernel, `${directory}/${name}`, 0o755);
}

/**
 * A path inside a container as a path of the host, symlinks followed as the container would: a link in an image must
 * not lead out of its root.
 */
export function resolveIn(kernel: Kernel, root: string, path: string): string {
  let todo = path.split("/").filter((part) => part !== "");
  let at = "";
  for (let followed = 0; todo.length > 0; ) {
    const [part = "", ...rest] = todo;
    todo = rest;
    if (part === ".") continue;
    if (part === "..") {
      at = parentOf(at || "/").replace(/^\/$/, "");
      continue;
    }
    const next = `${at}/${part}`;
    if (lstat(kernel, `${root}${next}`)?.kind !== "symlink") at = next;
    else {
      if (followed++ > 40) throw new DaemonError(`${path}: ${errnoText("ELOOP")}`);
      const target = must(kernel, "readlink", { path: `${root}${next}` });
      if (target.startsWith("/")) at = "";
      todo = [...target.split("/").filter((name) => name !== ""), ...todo];
    }
  }
  return `${root}${at}`;
}

/** What a process in a container does not take from its container. */
export interface ProcessOptions {
  readonly user?: string | undefined;
  readonly workingDir?: string | undefined;
}

/** Where runc's errors of the release begin. */
export const RUNC = "container_linux.go:380: starting container process caused:";

/** A process in the container mounted at `root`: forked from the daemon, its root, directory and user set. */
export async function makeProcess(
  session: Session,
  root: string,
  container: Container,
  options: ProcessOptions,
): Promise<Pid> {
  const pid = must(session.kernel, "fork", {});
  const kernel: Kernel = { call: (type, args) => session.io.call(pid, type, args) };
  must(kernel, "chroot", { path: root });
  must(kernel, "chdir", { target: "/" });
  const directory = options.workingDir ?? (container.config.workingDir || "/");
  if (options.workingDir === undefined) mkdirAll(kernel, directory, 0o755);
  const moved = kernel.call("chdir", { target: directory });
  const user = options.user ?? container.config.user;
  const credentials =
    (await lookUpUser(session, kernel, user)) ?? missingUser(session, container, user);
  if (moved.errno === null && credentials) {
    must(kernel, "setCredentials", { credentials });
    return pid;
  }
  kernel.call("exit", {});
  const why = moved.errno === null ? "" : errnoText(moved.errno);
  const place = `chdir to cwd ("${directory}") set in config.json failed: ${why}`;
  throw new DaemonError(
    moved.errno === null
      ? `unable to find user ${user.split(":")[0]}: no matching entries in passwd file`
      : options.workingDir === undefined
        ? `OCI runtime create failed: ${RUNC} process_linux.go:459: container init caused: ${place}: unknown`
        : `OCI runtime exec failed: exec failed: ${RUNC} ${place}: unknown`,
  );
}

/** Images whose own USER they do not know are run as root, and it is said; who was asked for by name is refused. */
function missingUser(session: Session, container: Container, user: string): Identity | null {
  if (session.graph.images[container.imageId]?.config.run.user !== user) return null;
  session.io.err(`WARNING: ${session.io.words(2).unknownUser(user)}\n`);
  return { uid: 0, gid: 0, groups: [] };
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** `USER`, `UID`, each with `:GROUP`, looked up in the container's own /etc/passwd and /etc/group. */
async function lookUpUser(
  session: Session,
  kernel: Kernel,
  user: string,
): Promise<Identity | null> {
  const [name = "", group] = user.split(":");
  if (name === "") return { uid: 0, gid: 0, groups: [] };
  const passwd = await fields(session, kernel, "/etc/passwd");
  const known = passwd.find(([login, , uid]) => login === name || uid === name);
  const uid = known ? Number(known[2]) : /^\d+$/.test(name) ? Number(name) : null;
  if (uid === null) return null;
  const groups = await fields(session, kernel, "/etc/group");
  const login = known?.[0];
  if (group === undefined)
    return {
      uid,
      gid: Number(known?.[3] ?? 0),
      groups: groups
        .filter(([, , , members]) => login !== undefined && members?.split(",").includes(login))
        .map(([, , gid]) => Number(gid)),
    };
  const found = groups.find(([title]) => title === group);
  if (!found && !/^\d+$/.test(group)) return null;
  return { uid, gid: Number(found?.[2] ?? group), groups: [] };
}

async function fields(
  session: Session,
  kernel: Kernel,
  path: string,
): Promise<readonly (readonly string[])[]> {
  if (stat(kernel, path)?.kind !== "file") return [];
  const content = flattenContent(session.docker.blobs, readFile(kernel, path));
  const text = new TextDecoder().decode(await session.io.bytes(content));
  return text.split("\n").map((line) => line.split(":"));
}

/** Ends a container's processes, unmounts it and writes down how it ended. */
export function endContainer(session: Session, container: Container, exitCode: number): Container {
  if (container.state.type !== "running") return container;
  const { pid, startedAt } = container.state;
  for (const process of processesOf(session, pid).reverse()) session.io.call(process, "exit", {});
  const { driver, kernel } = session;
  const root = driver.get(container.mountId);
  driver.put(container.mountId);
  for (const path of mountsBelow(session, root)) must(kernel, "umount", { path });
  driver.put(container.mountId);
  const finishedAt = session.io.now();
  const ended: Container = {
    ...container,
    state: { type: "exited", exitCode, startedAt, finishedAt },
  };
  saveContainer(session, ended);
  return ended;
}

/** Paths of the mounts in a container's root, the last made first. */
function mountsBelow(session: Session, root: string): readonly string[] {
  const paths: string[] = [];
  for (const [, { path }] of mapEntries(session.io.host().machine.mounts))
    if (path.startsWith(`${root}/`)) paths.push(path);
  return paths.sort((a, b) => b.length - a.length);
}

/** A container's processes by its first one: all that it made, and all with the same root; the oldest first. */
function processesOf(session: Session, first: Pid): Pid[] {
  const { processes } = session.io.host().machine;
  const root = JSON.stringify(mapGet(processes, first)?.root);
  const found = new Set<Pid>();
  for (const [pid, process] of [...mapEntries(processes)].sort(([a], [b]) => a - b))
    if (pid === first || found.has(process.parent) || JSON.stringify(process.root) === root)
      found.add(pid);
  return [...found];
}

/** Removes a container that does not run, with its layers and, when asked, its volumes without a name. */
export function removeContainer(
  session: Session,
  container: Container,
  withVolumes: boolean,
): void {
  const { driver } = session;
  driver.remove(container.mountId);
  driver.remove(container.initId);
  const { [container.id]: _, ...containers } = session.graph.containers;
  session.setGraph({ containers });
  removeContainerFiles(session, container.id);
  releaseUnused(session, container.parentLayer);
  if (!withVolumes) return;
  for (const { type, name } of container.mounts)
    if (type === "volume" && session.docker.volumes[name]?.anonymous) removeVolume(session, name);
}

/** Appends to the container's log what it printed, a line at a time. */
export function logOutput(
  session: Session,
  container: Container,
  stream: "stdout" | "stderr",
  text: string,
): void {
  const time = rfc3339(session.io.now());
  const lines = text
    .split(/(?<=\n)/)
    .map((log) => `${JSON.stringify({ log, stream, time })}\n`)
    .join("");
  const { kernel } = session;
  const opened = kernel.call("open", {
    path: containerLog(container.id),
    flags: ["O_WRONLY", "O_APPEND", "O_CREAT"],
    mode: 0o640,
  });
  if (opened.errno !== null) return;
  const data = [{ type: "bytes", bytes: new TextEncoder().encode(lines) }] as const;
  must(kernel, "write", { fd: opened.value, data });
  must(kernel, "close", { fd: opened.value });
}
