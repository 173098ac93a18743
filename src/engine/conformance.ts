import { contentOfLatin1 } from "../tree/content-edit.ts";
import type { BranchPermission, MountSource, OpenFlag } from "./call.ts";
import type { CaseBranch, CaseEntry, ConformanceCase } from "./conformance-case.ts";
import { listAfter } from "./conformance-listing.ts";
import { Run } from "./conformance-run.ts";
import { MOUNT, OVERLAY_XATTR, RECORDED_MTIME, Session } from "./conformance-session.ts";
import { unreachable } from "./errno.ts";

const LAYERS = "/layers";
const WORK = "/work";
/** What aufs is mounted with where a case says nothing. */
const AUFS_OPTIONS: readonly string[] = ["dio", "dirperm1"];

/**
 * Replays a case: the same case with `ret`, `errno` and `after` as this engine gives them.
 *
 * Everything goes through system calls, as in the recorder: the branches are laid out on one plain file system, mounted,
 * and the steps run by one process in the mount.
 */
export function replay(recorded: ConformanceCase): ConformanceCase {
  const session = new Session();
  const branches = recorded.branches.map((_, index) => `${LAYERS}/${index}`);
  session.must("mkdir", { path: LAYERS, mode: 0o755 });
  session.must("umask", { mask: 0 });
  for (const [index, branch] of recorded.branches.entries())
    layOut(session, `${LAYERS}/${index}`, branch, recorded.fs);
  session.must("mkdir", { path: MOUNT, mode: 0o755 });
  session.must("mkdir", { path: WORK, mode: 0o755 });
  session.must("mount", { source: unionOf(recorded, branches), path: MOUNT });
  const run = new Run(session);
  const steps = recorded.steps.map((one) => run.step(one));
  run.end();
  return { ...recorded, steps, after: listAfter(session, recorded, branches) };
}

/** Makes what lies in a branch before the mount. */
function layOut(
  session: Session,
  root: string,
  branch: CaseBranch,
  fs: ConformanceCase["fs"],
): void {
  session.must("mkdir", { path: root, mode: 0o755 });
  const made: [path: string, mtime: number][] = [[root, RECORDED_MTIME]];
  for (const entry of branch.entries) {
    const path = entry.path === "/" ? root : root + entry.path;
    const marked = placeOfMark(entry, path, fs);
    makeEntry(session, root, entry, marked, fs);
    made.push([marked, entry.mtime ?? RECORDED_MTIME]);
    if (entry.type !== "hardlink" && entry.type !== "opaque") setOwner(session, entry, marked);
  }
  for (const [target, sec] of made.reverse())
    session.must("utimens", { target, mtime: { sec, nsec: 0 }, noFollow: true });
}

/** Where an entry lies: aufs's marks are files of their own. */
function placeOfMark(entry: CaseEntry, path: string, fs: ConformanceCase["fs"]): string {
  if (fs !== "aufs") return path;
  if (entry.type === "opaque") return `${path}/.wh..wh..opq`;
  if (entry.type !== "whiteout") return path;
  const slash = path.lastIndexOf("/") + 1;
  return `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
}

function makeEntry(
  session: Session,
  root: string,
  entry: CaseEntry,
  path: string,
  fs: ConformanceCase["fs"],
): void {
  switch (entry.type) {
    case "dir":
      session.must("mkdir", { path, mode: 0o755 });
      break;
    case "file":
      makeFile(session, path, 0o644, entry.data ?? "");
      break;
    case "symlink":
      session.must("symlink", { target: entry.target ?? "", path });
      break;
    case "hardlink":
      session.must("link", { from: root + (entry.target ?? ""), to: path });
      break;
    case "fifo":
      session.must("mknod", { path, kind: "fifo", mode: 0o644 });
      break;
    case "char":
      session.must("mknod", { path, kind: "char", mode: 0o644, rdev: entry.dev ?? [0, 0] });
      break;
    case "whiteout":
      if (fs === "aufs") makeFile(session, path, 0o444, "");
      else session.must("mknod", { path, kind: "char", mode: 0, rdev: [0, 0] });
      break;
    case "opaque":
      if (fs === "aufs") makeFile(session, path, 0o444, "");
      else
        session.must("setxattr", {
          target: path,
          name: `${OVERLAY_XATTR}opaque`,
          value: Uint8Array.of("y".charCodeAt(0)),
        });
      break;
    default:
      unreachable(entry.type);
  }
}

function makeFile(session: Session, path: string, mode: number, data: string): void {
  const flags: readonly OpenFlag[] = ["O_WRONLY", "O_CREAT", "O_EXCL"];
  const fd = session.must("open", { path, flags, mode });
  if (data !== "") session.must("write", { fd, data: contentOfLatin1(data) });
  session.must("close", { fd });
}

/** Says the defaults too: in a setgid directory the kernel would give others. */
function setOwner(session: Session, entry: CaseEntry, path: string): void {
  const { uid = 0, gid = 0, type } = entry;
  session.must("chown", { target: path, uid, gid, noFollow: true });
  if (type === "symlink" || type === "whiteout") return;
  const mode = entry.mode ?? (type === "dir" ? "0755" : "0644");
  session.must("chmod", { target: path, mode: Number.parseInt(mode, 8) });
}

function unionOf(recorded: ConformanceCase, branches: readonly string[]): MountSource {
  const { options } = recorded;
  if (recorded.fs === "overlay") {
    const [upper = "", ...lower] = branches;
    return { type: "overlay", upper, lower, work: WORK, options: options ?? [] };
  }
  return {
    type: "aufs",
    branches: branches.map((path, index) => ({
      path,
      permission: permissionOf(recorded.branches[index]?.perm ?? "ro"),
    })),
    options: options ?? AUFS_OPTIONS,
  };
}

const PERMISSIONS: readonly BranchPermission[] = ["rw", "rw+nolwh", "ro", "ro+wh", "rr", "rr+wh"];

function permissionOf(text: string): BranchPermission {
  const permission = PERMISSIONS.find((one) => one === text);
  if (permission === undefined) throw new RangeError(`no branch permission ${text}`);
  return permission;
}
