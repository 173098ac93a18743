import { unpackLayer } from "../drivers/apply.ts";
import { copyTree } from "../drivers/copy-tree.ts";
import {
  baseName,
  lstat,
  mkdirAll,
  must,
  parentOf,
  readFile,
  stat,
  walk,
} from "../drivers/kernel.ts";
import { flattenContent } from "./blobs.ts";
import { clean } from "./build-config.ts";
import { ClientError } from "./command.ts";
import { resolveIn } from "./containers.ts";
import type { DockerWords } from "./docker-words.ts";
import { DockerfileError } from "./dockerfile.ts";
import type { LibraryLayer } from "./host.ts";
import { sha256OfText } from "./ids.ts";
import type { Session } from "./session.ts";

/** What a COPY or ADD is told. */
export interface CopyOrder {
  readonly keyword: string;
  /** Where the sources are looked for: the context, or another image. */
  readonly origin: string;
  /** The container's root. */
  readonly root: string;
  /** Paths in `origin`. */
  readonly found: readonly string[];
  /** A path in the container, absolute. */
  readonly target: string;
  /** --chown. */
  readonly owner: string | undefined;
}

/** The paths below `root` that sources name; one that leads out of it or is not there is refused. */
export function findSources(
  session: Session,
  root: string,
  sources: readonly string[],
  keyword: string,
): readonly string[] {
  return sources.flatMap((source) => {
    const isPattern = PATTERN.test(source);
    if (!isPattern && leadsOut(source))
      throw new ClientError(
        `${keyword} failed: Forbidden path outside the build context: ${source.replace(/^\/+/, "")} ()`,
      );
    const found = matching(session, root, source);
    if (found.length > 0) return found;
    throw new ClientError(
      isPattern
        ? `${keyword} failed: no source files were specified`
        : `${keyword} failed: stat ${clean(`/${source}`).slice(1)}: file does not exist`,
    );
  });
}

/** A source may be a pattern, as Go's filepath.Match has them. */
const PATTERN = /[*?[]/;

/** Whether a path has more ".." than directories to go back from. */
function leadsOut(path: string): boolean {
  let depth = 0;
  for (const part of path.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

function matching(session: Session, root: string, source: string): readonly string[] {
  const path = clean(`/${source}`);
  if (!PATTERN.test(path)) return lstat(session.kernel, inside(root, path)) ? [path] : [];
  const depth = path.split("/").length;
  const pattern = new RegExp(
    `^${path
      .replace(/[.+^${}()|\\]/g, "\\$&")
      .replace(/\*/g, "[^/]*")
      .replace(/\?/g, "[^/]")}$`,
  );
  return [...walk(session.kernel, root)]
    .map((entry) => entry.path)
    .filter((found) => found.split("/").length === depth && pattern.test(found));
}

function inside(root: string, path: string): string {
  return path === "/" ? root : `${root}${path}`;
}

/** What the cache knows a copy by: its kind, and names, kinds, modes and contents of all that is copied. */
export async function checksum(
  session: Session,
  root: string,
  paths: readonly string[],
): Promise<string> {
  const { kernel } = session;
  const lines: string[] = [];
  const add = async (path: string, name: string) => {
    const { kind, mode } = must(kernel, "lstat", { path });
    const content =
      kind === "file"
        ? await session.io.digest(flattenContent(session.docker.blobs, readFile(kernel, path)))
        : "";
    lines.push(`${name} ${kind} ${mode} ${content}`);
  };
  let isDirectory = false;
  for (const path of paths) {
    const full = inside(root, path);
    await add(full, baseName(path));
    if (stat(kernel, full)?.kind !== "dir") continue;
    isDirectory = true;
    for (const entry of walk(kernel, full)) await add(`${full}${entry.path}`, entry.path);
  }
  const what = paths.length > 1 ? "multi" : isDirectory ? "dir" : "file";
  return `${what}:${sha256OfText(lines.join("\n"))}`;
}

/**
 * Copies by COPY's rules: a directory gives what is in it; a target that ends with "/", or is one, is a directory. ADD
 * unpacks a tar, compressed or not.
 */
export async function copyInto(session: Session, order: CopyOrder): Promise<void> {
  const { kernel } = session;
  const { root, origin, found, target } = order;
  const at = resolveIn(kernel, root, clean(target));
  const intoDirectory = target.endsWith("/") || stat(kernel, at)?.kind === "dir";
  const owner = ownerOf(session.io.words(2), order.owner);
  for (const path of found) {
    const source = inside(origin, path);
    const isDirectory = stat(kernel, source)?.kind === "dir";
    const layer = order.keyword === "ADD" && !isDirectory ? await archiveAt(session, source) : null;
    const into = isDirectory || layer || !intoDirectory ? at : `${at}/${baseName(path)}`;
    mkdirAll(kernel, isDirectory || layer ? into : parentOf(into), 0o755);
    if (layer) unpackLayer(kernel, into, layer.tree);
    else copyTree(kernel, source, into, { owner, keepsDirectories: true });
  }
}

/** What a file holds when it is a tar; null for any other file, which is copied as it is. */
async function archiveAt(session: Session, path: string): Promise<LibraryLayer | null> {
  if (!/\.(tar|tgz|tbz2?|txz|tar\.\w+)$/.test(path)) return null;
  const content = flattenContent(session.docker.blobs, readFile(session.kernel, path));
  const [opened] = await session.io.openArchive(content, baseName(path)).catch(() => []);
  if (!opened) return null;
  const [layer] = opened.layersBaseFirst;
  if (opened.text === null && layer) return layer;
  throw new DockerfileError(
    session.io.words(2).notHere(`ADD ${baseName(path)}`, "COPY, docker load"),
  );
}

/** Whose the copies are: root's, or by --chown in numbers (names are the image's own). */
function ownerOf(words: DockerWords, text = "0:0"): { readonly uid: number; readonly gid: number } {
  const [uid = 0, gid = uid] = text.split(":").map(Number);
  if (Number.isNaN(uid) || Number.isNaN(gid))
    throw new DockerfileError(words.notHere(`--chown=${text}`, "--chown=UID:GID"));
  return { uid, gid };
}
