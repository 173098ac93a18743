import { copyTree } from "../drivers/copy-tree.ts";
import { DaemonError, lstat, mkdirAll, names, removeAll } from "../drivers/kernel.ts";
import type { Mount, Volume } from "./host.ts";
import { DOCKER_ROOT, type Session } from "./session.ts";

/** Where a volume's files lie. */
export function volumePath(name: string): string {
  return `${DOCKER_ROOT}/volumes/${name}/_data`;
}

/** The volume of that name, made when it is not there. */
export function ensureVolume(
  session: Session,
  name: string,
  labels: Volume["labels"] = {},
): Volume {
  const known = session.docker.volumes[name];
  if (known) return known;
  if (name.length === 1)
    throw new DaemonError(
      `create ${name}: volume name is too short, names should be at least two alphanumeric characters`,
    );
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name))
    throw new DaemonError(
      `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  const volume: Volume = {
    name,
    created: session.io.now(),
    labels,
    anonymous: /^[0-9a-f]{64}$/.test(name),
  };
  mkdirAll(session.kernel, volumePath(name), 0o755);
  session.setDocker({ volumes: { ...session.docker.volumes, [name]: volume } });
  return volume;
}

/** Ids of the containers that a volume is mounted in. */
export function volumeUsers(session: Session, name: string): readonly string[] {
  return Object.values(session.graph.containers)
    .filter(({ mounts }) => mounts.some((mount) => mount.type === "volume" && mount.name === name))
    .map(({ id }) => id);
}

export function removeVolume(session: Session, name: string): void {
  const users = volumeUsers(session, name);
  if (users.length > 0)
    throw new DaemonError(`remove ${name}: volume is in use - [${users.join(", ")}]`);
  removeAll(session.kernel, `${DOCKER_ROOT}/volumes/${name}`);
  const { [name]: _, ...volumes } = session.docker.volumes;
  session.setDocker({ volumes });
}

const MODES = new Set(["ro", "rw", "z", "Z", "nocopy"]);

/** Reads `-v`: `/data`, `NAME:/data`, `/host:/data`, each with `:ro` or `:rw`. */
export function parseMount(session: Session, text: string): Mount {
  const parts = text.split(":");
  const mode = parts.length === 3 ? parts.pop() : undefined;
  const options = mode?.split(",") ?? [];
  const [first, second] = parts;
  const target = second ?? first ?? "";
  if (parts.length > 2 || (second !== undefined && MODES.has(second)))
    throw new DaemonError(`invalid volume specification: '${text}'`);
  if (options.some((option) => !MODES.has(option))) throw new DaemonError(`invalid mode: ${mode}`);
  if (!target.startsWith("/"))
    throw new DaemonError(
      `invalid volume specification: '${text}': invalid mount config for type "volume": invalid mount path: '${target}' mount path must be absolute`,
    );
  if (target === "/")
    throw new DaemonError(
      `invalid volume specification: '${text}': invalid mount config for type "volume": invalid specification: destination can't be '/'`,
    );
  const readOnly = options.includes("ro");
  if (second !== undefined && first?.startsWith("/"))
    return { type: "bind", name: "", source: first, target, readOnly };
  const name = second === undefined ? session.newId() : (first ?? "");
  return { type: "volume", name, source: volumePath(name), target, readOnly };
}

/** Fills an empty volume with what the image has at its path, as it happens when a container is created. */
export function populateVolume(session: Session, root: string, mount: Mount): void {
  const { kernel } = session;
  const from = `${root}${mount.target}`;
  if (lstat(kernel, from)?.kind !== "dir" || names(kernel, from).length === 0) return;
  if (names(kernel, mount.source).length === 0) copyTree(kernel, from, mount.source);
}
