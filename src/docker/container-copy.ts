import { copyTree } from "../drivers/copy-tree.ts";
import { baseName, type Kernel, lstat, parentOf, stat } from "../drivers/kernel.ts";
import { ClientError, lookedUp, notFound } from "./command.ts";
import { resolveIn } from "./containers.ts";
import type { Container } from "./host.ts";
import type { Session } from "./session.ts";

/** An argument of `docker cp`: `CONTAINER:PATH`, or a path of the host. */
export interface Endpoint {
  readonly container: string | null;
  readonly path: string;
}

export function parseEndpoint(text: string): Endpoint {
  const colon = text.indexOf(":");
  return colon < 1 || /^[./]/.test(text)
    ? { container: null, path: text }
    : { container: text.slice(0, colon), path: text.slice(colon + 1) };
}

/** Copies from a container, running or not, to the host. */
export function copyOut(session: Session, container: Container, from: string, to: string): void {
  const root = session.driver.get(container.mountId);
  try {
    const source = resolveIn(session.kernel, root, from);
    if (!lstat(session.kernel, source))
      throw notFound(session, "container:path", `${container.name}:${from}`);
    const directory = parentOf(hostPath(session, to).replace(/\/+$/, ""));
    if (!stat(session.kernel, directory))
      throw new ClientError(`invalid output path: directory "${directory}" does not exist`);
    place(session.kernel, source, from, hostPath(session, to), to);
  } finally {
    session.driver.put(container.mountId);
  }
}

/** Copies from the host into a container, running or not. */
export function copyIn(session: Session, given: string, from: string, to: string): void {
  const source = hostPath(session, from);
  if (!lstat(session.kernel, source))
    throw new ClientError(`lstat ${source}: no such file or directory`);
  const above = parentOf(to.replace(/\/+$/, "") || "/");
  const container = lookedUp(session, given, above);
  const root = session.driver.get(container.mountId);
  try {
    if (!stat(session.kernel, resolveIn(session.kernel, root, above)))
      throw notFound(session, "container:path", `${given}:${above}`);
    place(session.kernel, source, from, resolveIn(session.kernel, root, to), to);
  } finally {
    session.driver.put(container.mountId);
  }
}

function hostPath(session: Session, path: string): string {
  return path.startsWith("/") ? path : `${session.io.cwd.replace(/\/$/, "")}/${path}`;
}

/**
 * Puts `source` at `target` by docker cp's rules: into a directory that is there, under the new name otherwise;
 * a source that ends with "/." stands for what is in it. A file in the way is removed first, not overwritten.
 */
function place(kernel: Kernel, source: string, from: string, target: string, to: string): void {
  const isContents = /(^|\/)\.\/?$/.test(from);
  const isDirectory = stat(kernel, target)?.kind === "dir";
  const sourceKind = lstat(kernel, source)?.kind;
  if (!isDirectory && to.endsWith("/") && sourceKind !== "dir")
    throw new ClientError("no such directory");
  if (sourceKind === "dir" && lstat(kernel, target) && !isDirectory)
    throw new ClientError("cannot copy directory");
  const clean = target.replace(/\/+$/, "") || "/";
  const into =
    isDirectory && !isContents ? `${clean}/${baseName(source.replace(/\/$/, ""))}` : clean;
  copyTree(kernel, source.replace(/\/\.?$/, ""), into);
}
