import { constants } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { ByteSource } from "../image/byte-source.ts";

/** Files as the image reader takes them, and what closes them. */
export interface FileSources {
  readonly sources: readonly ByteSource[];
  close(): Promise<void>;
}

/** A file or directory that cannot be opened; `reason` is the system's word ("ENOENT"). */
export class UnreadableFile extends Error {
  readonly file: string;
  readonly reason: string;

  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`);
    this.file = file;
    this.reason = reason;
  }
}

const MOST_FILES = 100_000;

/** Opens files, and every file of directories by its path from the directory's name on. Throws `UnreadableFile`. */
export async function openSources(paths: readonly string[]): Promise<FileSources> {
  const sources: ByteSource[] = [];
  const handles: FileHandle[] = [];
  const close = async () => {
    for (const handle of handles) await handle.close();
  };
  try {
    for (const typed of paths) {
      const path = typedPath(typed);
      const info = await reading(typed, () => stat(path));
      if (info.isDirectory())
        for (const name of await filesBelow(path))
          sources.push(await lazySource(join(path, name), `${basename(path)}/${name}`, handles));
      else {
        const source = await lazySource(path, paths.length > 1 ? typed : basename(path), handles);
        await source.slice(0, 1).arrayBuffer();
        sources.push(source);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { sources, close };
}

/** A path as a person typed it, made absolute: npm runs its scripts in the package's directory, wherever the person is. */
export function typedPath(path: string): string {
  const { npm_lifecycle_event, INIT_CWD } = process.env;
  const start = npm_lifecycle_event === "unionscope" && INIT_CWD ? INIT_CWD : process.cwd();
  return resolve(start, path);
}

/** The files below a directory, as paths with "/", in order. Links are followed; a directory is entered once. */
async function filesBelow(top: string): Promise<readonly string[]> {
  const found: string[] = [];
  const entered = new Set<string>();
  const ahead = [""];
  for (let dir = ahead.pop(); dir !== undefined; dir = ahead.pop()) {
    const full = join(top, dir);
    const info = await reading(full, () => stat(full));
    const identity = `${info.dev}:${info.ino}`;
    if (entered.has(identity)) continue;
    entered.add(identity);
    for (const name of (await reading(full, () => readdir(full))).sort()) {
      const path = dir === "" ? name : `${dir}/${name}`;
      const child = await stat(join(top, path)).catch(() => null);
      if (child?.isDirectory()) ahead.push(path);
      else if (child?.isFile()) found.push(path);
      if (found.length > MOST_FILES) throw new UnreadableFile(top, "EFBIG");
    }
  }
  return found;
}

/** A source that opens its file when it is first read. */
async function lazySource(path: string, name: string, handles: FileHandle[]): Promise<ByteSource> {
  const info = await reading(path, () => stat(path));
  if (!info.isFile()) throw new UnreadableFile(path, "EINVAL");
  let opened: Promise<FileHandle> | null = null;
  const handle = () => {
    opened ??= open(path, constants.O_RDONLY).then((made) => {
      handles.push(made);
      return made;
    });
    const opening = opened;
    return reading(path, () => opening);
  };
  return {
    name,
    size: info.size,
    slice: (from, to) => ({
      arrayBuffer: async () => {
        const bytes = Buffer.alloc(Math.max(0, Math.min(to, info.size) - from));
        const file = await handle();
        let length = 0;
        while (length < bytes.length) {
          const { bytesRead } = await file.read(
            bytes,
            length,
            bytes.length - length,
            from + length,
          );
          if (bytesRead === 0) break;
          length += bytesRead;
        }
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + length);
      },
    }),
  };
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "EIO";
    throw new UnreadableFile(path, reason);
  }
}
