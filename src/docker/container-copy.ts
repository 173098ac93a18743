import { copyTree } from "../drivers/copy-tree.ts";
import { baseName, type Kernel, lstat, parentOf, removeAll, stat } from "../drivers/kernel.ts";
import { ClientError } from "./command.ts";
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
      throw new ClientError(`Error: No such container:path: ${container.name}:${from}`);
    place(session.kernel, source, from, hostPath(session, to), to);
  } finally {
    session.driver.put(container.mountId);
  }
}

/** Copies from the host into a container, running or not. */
export function copyIn(session: Session, container: Container, from: string, to: string): void {
  const root = session.driver.get(container.mountId);
  try {
    const source = hostPath(session, from);
    if (!lstat(session.kernel, source))
      throw new ClientError(`lstat ${from}: no such file or directory`);
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
    throw new ClientError(`no such directory: ${to}`);
  if (!isDirectory && !stat(kernel, parentOf(target.replace(/\/$/, ""))))
    throw new ClientError(`no such directory: ${parentOf(to)}`);
  if (sourceKind === "dir" && lstat(kernel, target) && !isDirectory)
    throw new ClientError("cannot copy directory");
  const clean = target.replace(/\/+$/, "") || "/";
  const into =
    isDirectory && !isContents ? `${clean}/${baseName(source.replace(/\/$/, ""))}` : clean;
  const there = lstat(kernel, into);
  if (there && !(there.kind === "dir" && sourceKind === "dir")) removeAll(kernel, into);
  mergeTree(kernel, source.replace(/\/\.?$/, ""), into);
}

/** As `copyTree`, into a directory that may be there: what is in the way goes first. */
function mergeTree(kernel: Kernel, source: string, target: string): void {
  if (lstat(kernel, source)?.kind !== "dir" || lstat(kernel, target)?.kind !== "dir") {
    copyTree(kernel, source, target);
    return;
  }
  for (const { name } of kernel.call("readdir", { target: source }).value ?? []) {
    const there = lstat(kernel, `${target}/${name}`);
    const kind = lstat(kernel, `${source}/${name}`)?.kind;
    if (there && !(there.kind === "dir" && kind === "dir")) removeAll(kernel, `${target}/${name}`);
    mergeTree(kernel, `${source}/${name}`, `${target}/${name}`);
  }
}
