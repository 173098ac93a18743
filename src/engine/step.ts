import { mapGet } from "../tree/persistent-map.ts";
import * as attributes from "./attributes.ts";
import type { Call, CallType, Result, SystemCalls } from "./call.ts";
import * as descriptors from "./descriptors.ts";
import { Failure } from "./errno.ts";
import type { EngineEvent } from "./event.ts";
import * as grafts from "./graft.ts";
import type { Machine } from "./machine.ts";
import * as mappings from "./mappings.ts";
import * as mounts from "./mounts.ts";
import * as names from "./names.ts";
import { open } from "./open.ts";
import { plinkFlush } from "./plink-flush.ts";
import * as processes from "./processes.ts";
import { Transaction } from "./transaction.ts";

/** What one call did: the machine after it, its result, and everything that happened on the way. */
export type Step<K extends CallType = CallType> = Result<K> & {
  /** The machine after the call; also after an errno, since a failed call may have left something. */
  readonly machine: Machine;
  readonly events: readonly EngineEvent[];
};

type Handlers = {
  readonly [K in CallType]: (tx: Transaction, call: Call<K>) => SystemCalls[K]["value"];
};

const HANDLERS: Handlers = Object.freeze({
  ...attributesHandlers(),
  ...descriptorsHandlers(),
  ...namesHandlers(),
  mmap: mappings.mmap,
  munmap: mappings.munmap,
  load: mappings.load,
  store: mappings.store,
  chdir: processes.chdir,
  chroot: processes.chroot,
  getcwd: processes.getcwd,
  umask: processes.umask,
  fork: processes.fork,
  exit: processes.exit,
  setCredentials: processes.setCredentials,
  mount: mounts.mount,
  remount: mounts.remount,
  umount: mounts.umount,
  plinkFlush,
  graft: grafts.graft,
  discard: grafts.discard,
});

/**
 * Makes one system call.
 *
 * Pure: the same machine and call always give the same step, and the machine given stays as it was. Costs O(what the call
 * touches), whatever the size of the trees. Never throws for anything a caller can ask: what a kernel would refuse is an
 * errno. ESRCH: there is no process `call.pid`.
 */
export function step<K extends CallType>(machine: Machine, call: Call<K>): Step<K> {
  const process = mapGet(machine.processes, call.pid);
  if (process === undefined) return { machine, events: [], errno: "ESRCH", value: null };
  const tx = new Transaction(machine, call, process);
  const handle: Handlers[K] = HANDLERS[call.type];
  try {
    const value = handle(tx, call);
    return { machine: tx.finish(), events: tx.events, errno: null, value };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return { machine: tx.finish(), events: tx.events, errno: failure.errno, value: null };
  }
}

function attributesHandlers() {
  const { access, chmod, chown, exec, fstat, ftruncate, getxattr, listxattr, lstat } = attributes;
  const { readlink, removexattr, setxattr, stat, statfs, truncate, utimens } = attributes;
  return {
    ...{ access, chmod, chown, exec, fstat, ftruncate, getxattr, listxattr, lstat },
    ...{ readlink, removexattr, setxattr, stat, statfs, truncate, utimens },
  };
}

function descriptorsHandlers() {
  const { close, copyFileRange, dup, fallocate, fsync, lseek, pread, pwrite } = descriptors;
  const { read, readdir, write } = descriptors;
  return {
    ...{ open, close, copyFileRange, dup, fallocate, fsync, lseek, pread, pwrite },
    ...{ read, readdir, write },
  };
}

function namesHandlers() {
  const { link, mkdir, mknod, rename, rmdir, symlink, unlink } = names;
  return { link, mkdir, mknod, rename, rmdir, symlink, unlink };
}
