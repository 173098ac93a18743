import { flushPlinks } from "./aufs/plinks.ts";
import type { Call } from "./call.ts";
import { fail } from "./errno.ts";
import type { Transaction } from "./transaction.ts";
import { walkPath } from "./walk.ts";

/** What `auplink MNT flush` does. EINVAL where no aufs is. */
export function plinkFlush(tx: Transaction, call: Call<"plinkFlush">): null {
  if (tx.credentials.uid !== 0) fail("EPERM");
  const { dentry } = walkPath(tx, call.path, true);
  if (tx.fs(dentry.fs).type !== "aufs") fail("EINVAL");
  flushPlinks(tx, dentry);
  return null;
}
