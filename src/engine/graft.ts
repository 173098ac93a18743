import {
  childrenOf,
  freeze,
  type LiveTree,
  NO_NODE,
  type NodeId,
  nodeKind,
} from "../tree/live-tree.ts";
import { mapEntries } from "../tree/persistent-map.ts";
import { Branch } from "./branch.ts";
import type { Call } from "./call.ts";
import { fail } from "./errno.ts";
import type { FsId } from "./machine.ts";
import type { Transaction } from "./transaction.ts";
import { walkParent, walkPath } from "./walk.ts";

/** See `SystemCalls.graft`. O(rows) once for a frozen tree. */
export function graft(tx: Transaction, call: Call<"graft">): null {
  if (tx.credentials.uid !== 0) fail("EPERM");
  const at = walkPath(tx, call.path, true);
  const { fs } = at.dentry;
  if (at.inode.kind !== "dir") fail("ENOTDIR");
  if (tx.fs(fs).type !== "plain") fail("EINVAL");
  const branch = new Branch(tx, fs, null, fs, 0);
  if (branch.children(at.inode.node).length > 0) fail("ENOTEMPTY");
  branch.graft(at.inode.node, freeze(call.tree, call.marks));
  return null;
}

/** See `SystemCalls.discard`. */
export function discard(tx: Transaction, call: Call<"discard">): null {
  if (tx.credentials.uid !== 0) fail("EPERM");
  const walked = walkParent(tx, call.path);
  if (walked.last !== "name") fail("EINVAL");
  const { fs, inode } = walked.dir.dentry;
  if (inode === null || tx.fs(fs).type !== "plain") fail("EINVAL");
  const branch = new Branch(tx, fs, null, fs, 0);
  const top = branch.child(inode.node, walked.name);
  if (top === NO_NODE) fail("ENOENT");
  if (isHeld(tx, fs, branch.tree, top)) fail("EBUSY");
  branch.discard(inode.node, walked.name);
  return null;
}

/** Whether a descriptor, a directory someone is in, a mount or a union holds anything at or below a node. */
function isHeld(tx: Transaction, fs: FsId, tree: LiveTree, top: NodeId): boolean {
  const { holds } = tx.plain(fs);
  const held = new Set([...mapEntries(holds)].map(([node]) => node));
  if (held.size === 0) return false;
  for (const todo = [top]; todo.length > 0; ) {
    const at = todo.pop();
    if (at === undefined) break;
    if (held.has(at)) return true;
    if (nodeKind(tree, at) === "dir")
      for (const [, child] of childrenOf(tree, at)) todo.push(child);
  }
  return false;
}
