import { NO_NODE } from "../../tree/live-tree.ts";
import { isSameDentry } from "../dentry.ts";
import type { Dentry } from "../dialect.ts";
import { fail } from "../errno.ts";
import type { Transaction } from "../transaction.ts";
import { copyUp, setImpure } from "./copy-up.ts";
import { joined, setRedirect } from "./create.ts";
import {
  bytesOfText,
  dataIn,
  dentryData,
  inodeIn,
  isMerged,
  isWhiteoutNode,
  overlayState,
  setInodeData,
  upperLayer,
  XATTR,
} from "./layers.ts";
import {
  beginLinkChange,
  checkEmpty,
  clearEmpty,
  endLinkChange,
  isLowerPositive,
  isPureUpper,
} from "./remove.ts";

/** rename, with or without RENAME_EXCHANGE (fs/overlayfs/dir.c, ovl_rename). */
export function rename(
  tx: Transaction,
  oldDir: Dentry,
  old: Dentry,
  newDir: Dentry,
  target: Dentry,
  exchange: boolean,
): void {
  const { fs } = old;
  const isDir = inodeIn(old).kind === "dir";
  const overwrites = !exchange;
  const targetIsDir = target.inode?.kind === "dir";
  if (!canMove(tx, old) || (exchange && !canMove(tx, target))) fail("EXDEV");
  const whiteouts =
    overwrites && targetIsDir && !isPureUpper(tx, target) ? checkEmpty(tx, target) : [];
  const ontoWhiteout = target.inode === null && dentryData(target).isWhiteout;
  const leavesWhiteout = overwrites && isLowerPositive(tx, oldDir, old);
  const cleansWhiteout = overwrites && !leavesWhiteout && isDir && ontoWhiteout;

  copyUp(tx, old, "rename");
  copyUp(tx, newDir, "create");
  if (exchange) copyUp(tx, target, "rename");
  else beginLinkChange(tx, target);
  if (whiteouts.length > 0) clearEmpty(tx, newDir, target, whiteouts);

  const sameDir = isSameDentry(oldDir, newDir);
  if (!sameDir) {
    if (dataIn(old).lower.length > 0) setImpure(tx, newDir);
    if (exchange && dataIn(target).lower.length > 0) setImpure(tx, oldDir);
  }
  const upper = upperLayer(tx, fs);
  const from = upperDir(oldDir);
  const to = upperDir(newDir);
  const there = upper.child(to, target.name);
  if (upper.child(from, old.name) !== dataIn(old).upper) fail("ESTALE");
  checkTarget(tx, target, there);
  const oldWasOpaque = dataIn(old).isOpaque;
  const targetWasOpaque = target.inode !== null && dataIn(target).isOpaque;

  settleBelow(tx, old, oldDir, newDir, sameDir, oldWasOpaque);
  if (exchange) settleBelow(tx, target, newDir, oldDir, sameDir, targetWasOpaque);

  const oldPath = tx.pathOf(old);
  const newPath = joined(tx, newDir, target.name);
  if (exchange || (leavesWhiteout && ontoWhiteout) || cleansWhiteout) {
    upper.exchange(from, old.name, to, target.name);
    if (ontoWhiteout) {
      tx.emit({ type: "whiteout-removed", fs, path: newPath, branch: 0 });
      const path = oldPath;
      if (leavesWhiteout)
        tx.emit({ type: "whiteout-made", fs, path, branch: 0, form: "device", linked: true });
      else upper.unlink(from, old.name);
    }
  } else {
    if (there !== NO_NODE && (upper.node(there).directory?.count ?? 0) > 0) fail("ENOTEMPTY");
    upper.rename(from, old.name, to, target.name);
    if (ontoWhiteout) tx.emit({ type: "whiteout-removed", fs, path: newPath, branch: 0 });
    if (leavesWhiteout) {
      const device = { kind: "char", mode: 0, uid: 0, gid: 0, rdev: [0, 0] } as const;
      upper.make(from, old.name, device);
      const path = oldPath;
      tx.emit({ type: "whiteout-made", fs, path, branch: 0, form: "device", linked: false });
    }
  }
  if (overwrites && target.inode !== null) endLinkChange(tx, target);
}

/** A directory that has a part below can be moved only with redirects. */
function canMove(tx: Transaction, dentry: Dentry): boolean {
  if (inodeIn(dentry).kind !== "dir") return true;
  if (overlayState(tx, dentry.fs).redirect === "on") return true;
  const data = dataIn(dentry);
  return data.upper !== null && !isMerged(data);
}

/** The upper name must be what the dentry says. */
function checkTarget(tx: Transaction, target: Dentry, there: number): void {
  if (target.inode !== null && dataIn(target).upper !== null) {
    if (there !== dataIn(target).upper && dentryData(target).hasUpperAlias) fail("ESTALE");
    return;
  }
  if (there === NO_NODE) return;
  const isWhiteout = isWhiteoutNode(upperLayer(tx, target.fs), there);
  if (!dentryData(target).isWhiteout || !isWhiteout) fail("ESTALE");
}

/** What the moved object must say of the layers below its new place. */
function settleBelow(
  tx: Transaction,
  dentry: Dentry,
  dir: Dentry,
  into: Dentry,
  sameDir: boolean,
  wasOpaque: boolean,
): void {
  const data = dataIn(dentry);
  const isDir = inodeIn(dentry).kind === "dir";
  if (isDir ? isMerged(data) : data.isMetacopy) {
    setRedirect(tx, dentry, sameDir);
    return;
  }
  if (!isDir || wasOpaque || !isMerged(dataIn(into)) || data.upper === null) return;
  const path = joined(tx, dir, dentry.name);
  upperLayer(tx, dentry.fs).setXattr(data.upper, XATTR.opaque, bytesOfText("y"), path);
  tx.emit({ type: "opaque-made", fs: dentry.fs, path, branch: 0, form: "xattr" });
  setInodeData(inodeIn(dentry), { isOpaque: true });
}

function upperDir(dir: Dentry): number {
  const { upper } = dataIn(dir);
  if (upper === null) throw new RangeError("the parent is not copied up");
  return upper;
}
