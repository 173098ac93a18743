import { NO_NODE } from "../../tree/live-tree.ts";
import { emptyMap, isEmptyMap, mapEntries } from "../../tree/persistent-map.ts";
import { newDentry } from "../dentry.ts";
import type { Dentry } from "../dialect.ts";
import type { Transaction } from "../transaction.ts";
import { writableNode } from "./attributes.ts";
import { holdLower, inodeFor } from "./inode.ts";
import { lookUp } from "./lookup.ts";
import { ownDirectory } from "./marks.ts";
import { PLINK_DIRECTORY } from "./name.ts";
import { listNames } from "./readdir.ts";
import { Union } from "./union.ts";

/**
 * What `auplink MOUNT flush` does before an umount: every name of a pseudo-linked file becomes a real hard link, and the
 * plink directories are emptied (rule P-06). Walks the whole union. The walk itself is left out of the events.
 */
export function flushPlinks(tx: Transaction, within: Dentry): void {
  const union = new Union(tx, within.fs);
  if (isEmptyMap(union.state.kept)) return;
  let root = within;
  while (root.parent !== null) root = root.parent;
  linkNames(union, root);
  let links = 0;
  for (let branch = 0; branch < union.state.branches.length; branch++) {
    if (!union.isWritable(branch)) continue;
    const dir = ownDirectory(union, branch, PLINK_DIRECTORY);
    if (dir === NO_NODE) continue;
    const disk = union.branch(branch);
    for (const [name] of disk.children(dir)) {
      disk.unlink(dir, name);
      links += 1;
    }
  }
  for (const [, { data }] of mapEntries(union.state.kept)) {
    holdLower(union, data, false);
    const inode = tx.inodeOf(union.fs, String(data.number));
    if (inode !== undefined) inode.data = { ...data, plinked: false };
  }
  union.set({ kept: emptyMap() });
  union.emit({ type: "plinks-flushed", fs: union.fs, links });
}

function linkNames(union: Union, dir: Dentry): void {
  const { tx } = union;
  const listed = silently(union, () => listNames(union, dir));
  for (const { name } of listed) {
    const held = tx.pinnedChild(dir, name);
    const dentry = held ?? newDentry(dir.fs, dir, name, null);
    const isThere = silently(union, () => {
      const { data, kind } = lookUp(union, dir, name, tx.pathOf(dentry));
      if (held === undefined && kind !== null) {
        dentry.data = data;
        dentry.inode = inodeFor(union, data, kind);
      }
      return kind !== null;
    });
    if (!isThere || dentry.inode === null) continue;
    if (dentry.inode.kind === "dir") linkNames(union, dentry);
    else if (union.inode(dentry.inode).plinked) writableNode(union, dentry, "link");
  }
}

function silently<R>(union: Union, work: () => R): R {
  const mark = union.tx.events.length;
  const result = work();
  union.tx.events.length = mark;
  return result;
}
