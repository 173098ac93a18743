import { unpackLayer } from "./apply.ts";
import { copyTree } from "./copy-tree.ts";
import type { Driver, DriverContext } from "./driver.ts";
import { DaemonError, lstat, mkdirAll, must } from "./kernel.ts";
import { naiveDiff } from "./naive-diff.ts";
import { removeTree } from "./place-tree.ts";

/**
 * Docker's vfs driver: every layer is a directory of its own with everything in it, copied from its parent. Nothing is
 * mounted, nothing is shared, and writing costs nothing more.
 *
 * Source: moby daemon/graphdriver/vfs/driver.go.
 */
export function vfsDriver(context: DriverContext): Driver {
  const { kernel, root } = context;
  const branch = (id: string) => `${root}/dir/${id}`;
  const create = (id: string, parent: string, options: readonly string[] = []) => {
    if (options.length > 0) throw new DaemonError("--storage-opt is not supported for vfs");
    if (parent !== "" && !lstat(kernel, branch(parent)))
      throw new DaemonError(`${parent}: no such file or directory`);
    must(kernel, "mkdir", { path: branch(id), mode: 0o755 });
    if (parent !== "") copyTree(kernel, branch(parent), branch(id));
  };
  const get = (id: string): string => {
    if (!lstat(kernel, branch(id)))
      throw new DaemonError(`${branch(id)}: no such file or directory`);
    return branch(id);
  };
  const put = () => undefined;
  /** A bind mount shows the directory without what is mounted in it for a container. */
  const look = (id: string) => {
    const path = `${root}/view-${id}`;
    must(kernel, "mkdir", { path, mode: 0o700 });
    must(kernel, "mount", { path, source: { type: "bind", path: get(id) }, readOnly: true });
    const close = () => {
      must(kernel, "umount", { path });
      must(kernel, "rmdir", { path });
    };
    return { path, close };
  };
  const naive = naiveDiff(context, { get, put, look });
  return {
    name: "vfs",
    init: () => mkdirAll(kernel, `${root}/dir`, 0o700),
    status: () => [],
    metadata: () => null,
    exists: (id) => lstat(kernel, branch(id)) !== null,
    create,
    createReadWrite: create,
    remove: (id) => removeTree(kernel, branch(id), `${branch(id)}-removing`),
    get,
    put,
    branch,
    cleanup: put,
    diff: naive.diff,
    applyDiff: (id, _parent, layer) => unpackLayer(kernel, branch(id), layer.tree),
    changes: naive.changes,
    diffSize: naive.diffSize,
  };
}
