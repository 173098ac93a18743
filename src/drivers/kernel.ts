import type { CallType, Result, Stat, SystemCalls } from "../engine/call.ts";
import type { Errno } from "../engine/errno.ts";
import { type Content, contentLength } from "../tree/content.ts";
import { compareNames } from "../tree/name.ts";

/** The kernel as one process sees it. Who the process is, and the clock, are the caller's to know. */
export interface Kernel {
  call<K extends CallType>(type: K, args: SystemCalls[K]["args"]): Result<K>;
}

/** A thing the daemon could not do, in the daemon's words. */
export class DaemonError extends Error {}

const ERRNO_TEXT: Readonly<Partial<Record<Errno, string>>> = {
  EACCES: "permission denied",
  EBUSY: "device or resource busy",
  EEXIST: "file exists",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  EISDIR: "is a directory",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
  ENODEV: "no such device",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  ENOTEMPTY: "directory not empty",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
  EXDEV: "invalid cross-device link",
};

/** An errno as Go prints it. */
export function errnoText(errno: Errno): string {
  return ERRNO_TEXT[errno] ?? errno;
}

/** Makes a call that has to succeed; else a `DaemonError` like Go's "mkdir /x: permission denied". */
export function must<K extends CallType>(
  kernel: Kernel,
  type: K,
  args: SystemCalls[K]["args"],
): SystemCalls[K]["value"] {
  const result = kernel.call(type, args);
  if (result.errno === null) return result.value;
  throw new DaemonError(`${type}${pathOf(args)}: ${errnoText(result.errno)}`);
}

function pathOf(args: object): string {
  for (const key of ["path", "target", "from"] as const)
    if (key in args) return ` ${Object.entries(args).find(([name]) => name === key)?.[1]}`;
  return "";
}

export function lstat(kernel: Kernel, path: string): Stat | null {
  return kernel.call("lstat", { path }).value;
}

export function stat(kernel: Kernel, path: string): Stat | null {
  return kernel.call("stat", { path }).value;
}

/** Makes a directory and all above it that are missing. */
export function mkdirAll(kernel: Kernel, path: string, mode: number): void {
  if (path === "/" || stat(kernel, path)?.kind === "dir") return;
  mkdirAll(kernel, parentOf(path), mode);
  must(kernel, "mkdir", { path, mode });
}

/** Writes a whole file, in place of what was there. */
export function writeFile(kernel: Kernel, path: string, data: Content, mode = 0o644): void {
  const fd = must(kernel, "open", { path, flags: ["O_WRONLY", "O_CREAT", "O_TRUNC"], mode });
  if (data.length > 0) must(kernel, "write", { fd, data });
  must(kernel, "close", { fd });
}

/** The content of a file. */
export function readFile(kernel: Kernel, path: string): Content {
  const fd = must(kernel, "open", { path, flags: ["O_RDONLY"] });
  const { size } = must(kernel, "fstat", { fd });
  const data = size === 0 ? [] : must(kernel, "read", { fd, length: size });
  must(kernel, "close", { fd });
  return data;
}

/** Writes a file of text. */
export function writeText(kernel: Kernel, path: string, text: string, mode = 0o644): void {
  writeFile(kernel, path, textContent(text), mode);
}

/** A file that the daemon wrote, as text. */
export function readText(kernel: Kernel, path: string): string {
  return new TextDecoder().decode(bytesWritten(readFile(kernel, path)));
}

function textContent(text: string): Content {
  return text === "" ? [] : [{ type: "bytes", bytes: new TextEncoder().encode(text) }];
}

/** The bytes of content that has no piece of an archive in it. */
export function bytesWritten(content: Content): Uint8Array {
  const bytes = new Uint8Array(contentLength(content));
  let at = 0;
  for (const piece of content) {
    if (piece.type === "blob")
      throw new RangeError("content of an archive where the daemon's own was meant");
    if (piece.type === "bytes") bytes.set(piece.bytes, at);
    at += piece.type === "bytes" ? piece.bytes.length : piece.length;
  }
  return bytes;
}

/** The names in a directory, sorted by bytes; none when it is not there. */
export function names(kernel: Kernel, path: string): readonly string[] {
  const entries = kernel.call("readdir", { target: path }).value ?? [];
  return entries.map(({ name }) => name).sort(compareNames);
}

/** Removes a path and all below it; nothing when it is not there. O(what is there). */
export function removeAll(kernel: Kernel, path: string): void {
  const found = lstat(kernel, path);
  if (!found) return;
  if (found.kind !== "dir") {
    must(kernel, "unlink", { path });
    return;
  }
  for (const name of names(kernel, path)) removeAll(kernel, `${path}/${name}`);
  must(kernel, "rmdir", { path });
}

/**
 * All paths below `root`, parents first, each directory's names sorted by bytes (Go's filepath.Walk). Paths begin with
 * "/" and are relative to `root`, which itself is not given.
 */
export function* walk(
  kernel: Kernel,
  root: string,
  below = "",
): Generator<{ readonly path: string; readonly name: string; readonly stat: Stat }> {
  for (const name of names(kernel, `${root}${below}`)) {
    const path = `${below}/${name}`;
    const found = lstat(kernel, `${root}${path}`);
    if (!found) continue;
    yield { path, name, stat: found };
    if (found.kind === "dir") yield* walk(kernel, root, path);
  }
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
