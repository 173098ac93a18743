import type { DirectoryEntry } from "../call.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import { numberOf } from "./inode.ts";
import { partsOf, tailOf } from "./lookup.ts";
import { isHidden, WHITEOUT_PREFIX } from "./name.ts";
import type { Union } from "./union.ts";

/**
 * The names of a merged directory: branch by branch from the top, each in its own order, each name once (rules ).
 *
 * A whiteout hides names read after it, of its own branch too. Whiteouts of the directory's last branch, and of branches
 * that do not honour them, hide nothing, though they are never listed themselves.
 */
export function listNames(union: Union, dentry: Dentry): readonly DirectoryEntry[] {
  if (union.inodeOf(dentry).data.nlink === 0) fail("ENOENT");
  const data = union.dentry(dentry);
  const last = tailOf(data);
  const path = union.tx.pathOf(dentry);
  const { showWhiteouts } = union.options;
  const listed: DirectoryEntry[] = [];
  const names = new Set<string>();
  const hidden = new Map<string, DirectoryEntry>();
  for (const { branch, node } of partsOf(data)) {
    const hides = showWhiteouts || (branch !== last && union.honoursWhiteouts(branch));
    const children = union.branch(branch).children(node);
    const before = listed.length;
    for (const [name, child] of children) {
      const kind = union.kind(branch, child);
      const entry = { name, kind, ino: numberOf(union, branch, child) };
      if (isHidden(name)) {
        const plain = name.slice(WHITEOUT_PREFIX.length);
        if (hides && !hidden.has(plain)) hidden.set(plain, entry);
        if (!showWhiteouts) skip(union, path, name, branch, "reserved");
      } else if (names.has(name)) skip(union, path, name, branch, "duplicate");
      else if (hidden.has(name)) skip(union, path, name, branch, "whiteout");
      else {
        names.add(name);
        listed.push(entry);
      }
    }
    union.emit({
      type: "readdir-visit",
      fs: union.fs,
      path,
      branch,
      names: children.length,
      shown: listed.length - before,
    });
  }
  return showWhiteouts ? [...listed, ...hidden.values()] : listed;
}

function skip(
  union: Union,
  path: string,
  name: string,
  branch: number,
  reason: "whiteout" | "duplicate" | "reserved",
): void {
  union.emit({ type: "readdir-hidden", fs: union.fs, path, name, branch, reason });
}
