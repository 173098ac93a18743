import { treeSize, unpackLayer } from "./apply.ts";
import { treeChanges } from "./changes.ts";
import type { Change, Driver, DriverContext, Layer } from "./driver.ts";
import { exportChanges } from "./export.ts";

interface Mounting extends Pick<Driver, "get" | "put"> {
  /** Where a layer can be looked at, also while it is in use and other things are mounted in it. */
  readonly look: (id: string) => { readonly path: string; readonly close: () => void };
}

/**
 * The differences of a driver that keeps none of its own: both layers are mounted and compared name by name. O(all
 * names), whatever changed.
 *
 * Source: moby daemon/graphdriver/fsdiff.go, `NaiveDiffDriver`.
 */
export function naiveDiff({ kernel, now }: DriverContext, driver: Mounting) {
  const compare = <T>(
    id: string,
    parent: string,
    look: (view: string, old: string | null) => T,
  ): T => {
    const view = driver.look(id);
    const old = parent === "" ? null : driver.look(parent);
    try {
      return look(view.path, old?.path ?? null);
    } finally {
      old?.close();
      view.close();
    }
  };
  const changes = (id: string, parent: string): readonly Change[] =>
    compare(id, parent, (view, old) => treeChanges(kernel, view, old));
  return {
    changes,
    diff: (id: string, parent: string, blob: string): Layer =>
      compare(id, parent, (view, old) =>
        exportChanges(kernel, view, treeChanges(kernel, view, old), blob, now()),
      ),
    applyDiff: (id: string, layer: Layer): number => {
      const view = driver.get(id);
      try {
        return unpackLayer(kernel, view, layer.tree);
      } finally {
        driver.put(id);
      }
    },
    /** The sizes of all files that were added or changed, each inode once. */
    diffSize: (id: string, parent: string): number =>
      compare(id, parent, (view, old) =>
        treeSize(exportChanges(kernel, view, treeChanges(kernel, view, old), "", now()).tree),
      ),
  };
}
