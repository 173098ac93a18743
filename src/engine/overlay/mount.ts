import { type LiveTree, NO_NODE, type NodeId, parentNode } from "../../tree/live-tree.ts";
import type { Branch } from "../branch.ts";
import { fail } from "../errno.ts";
import type { FsId } from "../machine.ts";
import type { Transaction } from "../transaction.ts";
import type { OverlayLayer, OverlayState } from "./state.ts";

const MAX_LOWER = 500;

/** Sets an overlay up over directories of plain file systems. EINVAL for options that contradict each other. */
export function mountOverlay(
  tx: Transaction,
  fs: FsId,
  lower: readonly OverlayLayer[],
  upper: OverlayLayer | null,
  work: OverlayLayer | null,
  options: readonly string[],
): void {
  if (lower.length === 0 || lower.length > MAX_LOWER) fail("EINVAL");
  if (upper !== null && work === null) fail("EINVAL");
  if (upper !== null && work !== null && overlaps(tx, upper, work)) fail("EINVAL");
  const { redirect, isOn } = readOptions(options);
  const isWritable = upper !== null && work !== null;
  const base = isWritable ? tx.branch(fs, 0, work.fs, work.root) : null;
  const workDir = base === null ? NO_NODE : freshDirectory(base, "work", 0);
  const indexDir = base === null || !isOn("index") ? null : keptDirectory(base, "index");
  const state: OverlayState = {
    type: "overlay",
    upper: isWritable ? upper : null,
    lower,
    workBase: isWritable ? work : null,
    work: workDir,
    index: indexDir,
    indexesAll: indexDir !== null && isOn("nfs_export"),
    redirect,
    metacopy: isOn("metacopy"),
    isGuarded: redirect === "on" || isOn("metacopy") || isOn("index") || isOn("xino"),
    whiteout: null,
    counter: 0,
  };
  for (const layer of upper === null ? lower : [upper, ...lower])
    tx.branch(fs, null, layer.fs, layer.root).hold(layer.root);
  tx.setFs(fs, state);
}

type Switch = "index" | "metacopy" | "nfs_export" | "userxattr" | "volatile" | "xino";

/** The options, with what one of them asks of another (fs/overlayfs/params.c, ovl_fs_params_verify). */
function readOptions(options: readonly string[]): {
  readonly redirect: OverlayState["redirect"];
  readonly isOn: (name: Switch) => boolean;
} {
  let redirect: OverlayState["redirect"] | null = null;
  const said = new Map<Switch, boolean>();
  for (const option of options) {
    const [name = "", value = ""] = option.split("=");
    if (name === "redirect_dir") redirect = redirectMode(value);
    else if (name === "userxattr" || name === "volatile") said.set(name, true);
    else if (name === "xino" && value === "auto") said.set(name, false);
    else if (name === "index" || name === "metacopy" || name === "nfs_export" || name === "xino")
      said.set(name, readSwitch(value));
    else if (!IGNORED.has(name)) fail("EINVAL");
  }
  const isOn = (name: Switch) => said.get(name) ?? false;
  const asked = redirect;
  if (isOn("metacopy")) {
    redirect ??= "on";
    if (redirect !== "on" || isOn("nfs_export")) fail("EINVAL");
  }
  if (isOn("nfs_export") && !said.has("index")) said.set("index", true);
  if (isOn("nfs_export") && !isOn("index")) fail("EINVAL");
  if (isOn("userxattr")) {
    if ((asked !== null && asked !== "nofollow") || isOn("metacopy")) fail("EINVAL");
    redirect = "nofollow";
  }
  return { redirect: redirect ?? "follow", isOn };
}

/** Options that change nothing that can be seen here. */
const IGNORED: ReadonlySet<string> = new Set(["uuid", "context"]);

function redirectMode(value: string): OverlayState["redirect"] {
  if (value === "on") return "on";
  if (value === "nofollow") return "nofollow";
  return value === "follow" || value === "off" ? "follow" : fail("EINVAL");
}

function readSwitch(value: string): boolean {
  if (value !== "on" && value !== "off") fail("EINVAL");
  return value === "on";
}

/** The directory `work`, empty. */
function freshDirectory(base: Branch, name: string, mode: number): NodeId {
  const there = base.child(base.root, name);
  if (there !== NO_NODE) {
    empty(base, there);
    base.rmdir(base.root, name);
  }
  return base.make(base.root, name, { kind: "dir", mode, uid: 0, gid: 0 });
}

function keptDirectory(base: Branch, name: string): NodeId {
  const there = base.child(base.root, name);
  if (there !== NO_NODE) return there;
  return base.make(base.root, name, { kind: "dir", mode: 0, uid: 0, gid: 0 });
}

function empty(base: Branch, dir: NodeId): void {
  if (base.kind(dir) !== "dir") fail("EINVAL");
  for (const [name, node] of base.children(dir)) {
    if (base.kind(node) !== "dir") base.unlink(dir, name);
    else {
      empty(base, node);
      base.rmdir(dir, name);
    }
  }
}

/** Upper and work must lie on one file system, neither inside the other. */
function overlaps(tx: Transaction, upper: OverlayLayer, work: OverlayLayer): boolean {
  if (upper.fs !== work.fs || upper.root === work.root) return true;
  const { tree } = tx.branch(upper.fs, null, upper.fs, 0);
  return isInside(tree, upper.root, work.root) || isInside(tree, work.root, upper.root);
}

function isInside(tree: LiveTree, top: NodeId, node: NodeId): boolean {
  for (let at = node; at !== NO_NODE; ) {
    if (at === top) return true;
    const up = parentNode(tree, at);
    if (up === at) return false;
    at = up;
  }
  return false;
}
