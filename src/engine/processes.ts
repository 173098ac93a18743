import { emptyMap, mapDelete, mapEntries, mapGet, mapSet } from "../tree/persistent-map.ts";
import type { Call, Fd, Pid } from "./call.ts";
import { releaseFile } from "./descriptors.ts";
import { MAY_EXEC } from "./dialect.ts";
import { dialectOf } from "./dialects.ts";
import { fail } from "./errno.ts";
import type { FileId, PlaceRef } from "./machine.ts";
import { unmapAll } from "./mappings.ts";
import { openedFile } from "./opened.ts";
import { hold, letGo, type Place, placeOf } from "./place.ts";
import type { Transaction } from "./transaction.ts";
import { pathSeen, walkPath } from "./walk.ts";

/** The system calls about processes: where they are, who they are, how many. */

export function chdir(tx: Transaction, call: Call<"chdir">): null {
  const { target } = call;
  const file = typeof target === "string" ? null : openedFile(tx, target, true);
  const place: Place = file ?? walkPath(tx, typeof target === "string" ? target : "", true);
  if (place.dentry.inode?.kind !== "dir") fail("ENOTDIR");
  dialectOf(tx, place.dentry.fs).permission(tx, place.dentry, MAY_EXEC);
  const cwd = hold(tx, place);
  const old = tx.process.cwd;
  tx.setProcess({ cwd });
  letGo(tx, old);
  return null;
}

export function chroot(tx: Transaction, call: Call<"chroot">): null {
  const place = walkPath(tx, call.path, true);
  if (place.inode.kind !== "dir") fail("ENOTDIR");
  dialectOf(tx, place.dentry.fs).permission(tx, place.dentry, MAY_EXEC);
  if (tx.credentials.uid !== 0) fail("EPERM");
  const root = hold(tx, place);
  const old = tx.process.root;
  tx.setProcess({ root });
  letGo(tx, old);
  return null;
}

export function getcwd(tx: Transaction): string {
  const place = placeOf(tx, tx.process.cwd);
  const node = place.dentry.inode?.node ?? -1;
  const isRemoved =
    place.dentry.unlinked ||
    (node > 0 && tx.branch(place.dentry.fs, null, place.dentry.fs, 0).node(node).nlink === 0);
  if (isRemoved) fail("ENOENT");
  return pathSeen(tx, place) ?? fail("ENOENT");
}

export function umask(tx: Transaction, call: Call<"umask">): number {
  const old = tx.process.umask;
  tx.setProcess({ umask: call.mask & 0o777 });
  return old;
}

export function setCredentials(tx: Transaction, call: Call<"setCredentials">): null {
  if (tx.credentials.uid !== 0) fail("EPERM");
  tx.setProcess({ credentials: call.credentials });
  return null;
}

export function fork(tx: Transaction): Pid {
  const pid = tx.machine.nextPid;
  const child = { ...tx.process, parent: tx.pid };
  for (const [, file] of mapEntries(child.descriptors))
    tx.setFile(file, { refs: tx.file(file).refs + 1 });
  holdAgain(tx, child.cwd);
  holdAgain(tx, child.root);
  tx.set({ processes: mapSet(tx.machine.processes, pid, child), nextPid: pid + 1 });
  tx.emit({ type: "process-made", pid, parent: tx.pid });
  return pid;
}

export function exit(tx: Transaction): null {
  if (tx.pid === 1) fail("EPERM");
  unmapAll(tx);
  const descriptors: (readonly [Fd, FileId])[] = [...mapEntries(tx.process.descriptors)];
  tx.setProcess({ descriptors: emptyMap() });
  for (const [, file] of descriptors.sort((a, b) => a[0] - b[0])) releaseFile(tx, file);
  const { cwd, root } = mapGet(tx.machine.processes, tx.pid) ?? tx.process;
  tx.set({ processes: mapDelete(tx.machine.processes, tx.pid) });
  letGo(tx, cwd);
  letGo(tx, root);
  tx.emit({ type: "process-ended", pid: tx.pid });
  return null;
}

function holdAgain(tx: Transaction, ref: PlaceRef): void {
  hold(tx, placeOf(tx, ref));
}
