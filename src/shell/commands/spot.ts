import { AT_FDCWD, type DirectoryEntry, type Fd } from "../../engine/call.ts";
import type { Errno } from "../../engine/errno.ts";
import { byteLength } from "../../engine/lookup.ts";
import type { Task } from "../task.ts";
import { join } from "./command.ts";

/** A name that a command has come to: where calls begin to look for it, and what messages show. */
export interface Spot {
  /** The open directory that `name` is in; AT_FDCWD for what was typed. */
  readonly at: Fd;
  readonly name: string;
  /** The path from what was typed. */
  readonly path: string;
}

/** An entry of a directory that is open. */
export interface Entry extends DirectoryEntry {
  readonly spot: Spot;
}

/** The kernel refuses paths from this many bytes on. */
const PATH_MAX = 4096;

/** What was typed, reached from the working directory. */
export function typed(path: string): Spot {
  return { at: AT_FDCWD, name: path, path };
}

/** A name in an open directory that messages call `path`. */
export function below(at: Fd, path: string, name: string): Spot {
  return { at, name, path: join(path, name) };
}

/**
 * For commands that give the kernel whole paths, as ls and cp do: what is too long for that it must refuse. They go by
 * descriptors here all the same, since a real kernel remembers the directories on the way, and the lab's asks anew.
 */
export function wholePath(spot: Spot): Spot {
  return byteLength(spot.path) < PATH_MAX ? spot : typed(spot.path);
}

/** Opens a directory, reads it, and keeps it open while `use` works with what is in it. */
export async function inDirectory<T>(
  task: Task,
  dir: Spot,
  use: (entries: readonly Entry[], fd: Fd) => Promise<T>,
): Promise<
  { readonly errno: null; readonly value: T } | { readonly errno: Errno; readonly value: null }
> {
  const { at, name: path } = dir;
  const opened = task.call("open", { at, path, flags: ["O_RDONLY", "O_DIRECTORY"] });
  if (opened.errno !== null) return opened;
  const fd = opened.value;
  try {
    const listing = task.call("readdir", { target: fd });
    if (listing.errno !== null) return listing;
    // A new turn of the event loop's queue: how deep a tree is must not be how deep the stack is.
    await null;
    const entries = listing.value.map((entry) => ({
      ...entry,
      spot: below(fd, dir.path, entry.name),
    }));
    return { errno: null, value: await use(entries, fd) };
  } finally {
    task.call("close", { fd });
  }
}
