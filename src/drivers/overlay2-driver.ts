import { upperChanges } from "./changes.ts";
import type { Driver, DriverContext } from "./driver.ts";
import {
  DaemonError,
  errnoText,
  lstat,
  mkdirAll,
  must,
  names,
  readText,
  writeText,
} from "./kernel.ts";
import { naiveDiff } from "./naive-diff.ts";
import { nativeDiff } from "./native-diff.ts";
import { removeTree } from "./place-tree.ts";

/** As many layers as Docker lets a container have below it. */
const MAX_DEPTH = 128;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Docker's overlay2 driver: `ID/diff` is a layer's own directory, `l/NAME` a short link to it, `ID/lower` the short
 * links of the layers below (top first), `ID/merged` where it is mounted.
 *
 * Source: moby daemon/graphdriver/overlay2/overlay.go (19.03).
 */
export function overlay2Driver(context: DriverContext): Driver {
  const { kernel, root, mounts, randomId } = context;
  const home = (id: string) => `${root}/${id}`;
  const branch = (id: string) => `${home(id)}/diff`;
  const lowers = (id: string): readonly string[] =>
    lstat(kernel, `${home(id)}/lower`) ? readText(kernel, `${home(id)}/lower`).split(":") : [];
  const link = (id: string) => readText(kernel, `${home(id)}/link`);
  const lowerDirectories = (id: string) =>
    lowers(id).map((short) => {
      const target = must(kernel, "readlink", { path: `${root}/${short}` });
      return target.replace("..", root);
    });
  const isParent = (id: string, parent: string) => {
    const [nearest] = lowerDirectories(id);
    return parent === "" ? nearest === undefined : nearest === branch(parent);
  };

  const create = (id: string, parent: string, options: readonly string[] = []) => {
    if (options.length > 0)
      throw new DaemonError(
        "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
      );
    must(kernel, "mkdir", { path: home(id), mode: 0o700 });
    must(kernel, "mkdir", { path: branch(id), mode: 0o755 });
    const short = shortName(randomId());
    must(kernel, "symlink", { target: `../${id}/diff`, path: `${root}/l/${short}` });
    writeText(kernel, `${home(id)}/link`, short);
    if (parent === "") return;
    must(kernel, "mkdir", { path: `${home(id)}/work`, mode: 0o700 });
    writeText(kernel, `${home(parent)}/committed`, "", 0o600);
    const below = [`l/${link(parent)}`, ...lowers(parent)];
    if (below.length > MAX_DEPTH) throw new DaemonError("max depth exceeded");
    writeText(kernel, `${home(id)}/lower`, below.join(":"), 0o666);
  };

  const get = (id: string): string => {
    const below = lowers(id).map((short) => `${root}/${short}`);
    if (below.length === 0) return branch(id);
    const target = `${home(id)}/merged`;
    mounts.set(target, mounts.count(target) + 1);
    if (mounts.count(target) > 1) return target;
    mkdirAll(kernel, target, 0o700);
    const isCommitted = lstat(kernel, `${home(id)}/committed`) !== null;
    const mounted = kernel.call("mount", {
      path: target,
      source: isCommitted
        ? { type: "overlay", lower: [branch(id), ...below] }
        : { type: "overlay", lower: below, upper: branch(id), work: `${home(id)}/work` },
    });
    if (mounted.errno === null) return target;
    mounts.set(target, 0);
    kernel.call("rmdir", { path: target });
    throw new DaemonError(`error creating overlay mount to ${target}: ${errnoText(mounted.errno)}`);
  };

  const unmount = (target: string) => {
    kernel.call("umount", { path: target });
    kernel.call("rmdir", { path: target });
  };

  const put = (id: string) => {
    if (lowers(id).length === 0) return;
    const target = `${home(id)}/merged`;
    const count = Math.max(0, mounts.count(target) - 1);
    mounts.set(target, count);
    if (count === 0) unmount(target);
  };

  /** A layer that is in use is looked at through a mount of its own, read-only: the daemon's sees the containers'. */
  const look = (id: string) => {
    if (lowers(id).length === 0 || mounts.count(`${home(id)}/merged`) === 0)
      return { path: get(id), close: () => put(id) };
    const path = `${home(id)}/view`;
    mkdirAll(kernel, path, 0o700);
    const lower = [branch(id), ...lowers(id).map((short) => `${root}/${short}`)];
    must(kernel, "mount", { path, source: { type: "overlay", lower } });
    return { path, close: () => unmount(path) };
  };
  const naive = naiveDiff(context, { get, put, look });

  return {
    name: "overlay2",
    init() {
      mkdirAll(kernel, root, 0o710);
      mkdirAll(kernel, `${root}/l`, 0o700);
    },
    status: () => [
      ["Backing Filesystem", "extfs"],
      ["Supports d_type", "true"],
      ["Native Overlay Diff", "true"],
    ],
    metadata(id) {
      const below = lowerDirectories(id);
      return {
        ...(below.length > 0 && { LowerDir: below.join(":") }),
        MergedDir: `${home(id)}/merged`,
        UpperDir: branch(id),
        WorkDir: `${home(id)}/work`,
      };
    },
    exists: (id) => lstat(kernel, home(id)) !== null,
    create,
    createReadWrite: create,
    remove(id) {
      if (mounts.count(`${home(id)}/merged`) > 0) unmount(`${home(id)}/merged`);
      mounts.set(`${home(id)}/merged`, 0);
      if (lstat(kernel, `${home(id)}/link`))
        kernel.call("unlink", { path: `${root}/l/${link(id)}` });
      removeTree(kernel, home(id), `${home(id)}-removing`);
    },
    get,
    put,
    branch,
    cleanup() {
      for (const id of names(kernel, root)) {
        if (mounts.count(`${home(id)}/merged`) === 0) continue;
        unmount(`${home(id)}/merged`);
        mounts.set(`${home(id)}/merged`, 0);
      }
    },
    changes(id, parent) {
      if (parent === "" || !isParent(id, parent)) return naive.changes(id, parent);
      const below = look(parent);
      try {
        return upperChanges(kernel, branch(id), below.path);
      } finally {
        below.close();
      }
    },
    ...nativeDiff(context, { marks: "overlay", branch, isParent }, naive),
  };
}

/** 26 letters of base32, drawn by an id. */
function shortName(id: string): string {
  let name = "";
  for (let at = 0; at < 26; at++)
    name += ALPHABET.charAt(Number.parseInt(id.slice(at * 2, at * 2 + 2), 16) % ALPHABET.length);
  return name;
}
