import type { Slice } from "./app-state.ts";
import type { RowMark } from "./tree-model.ts";

export type SortBy = "name" | "size";

/** How the tree is looked at, whatever tree it is: kept when the layer or the mode changes. */
export interface TreeViewSlice {
  readonly sortBy: SortBy;
  /** name: against the order of bytes · size: the smallest first. */
  readonly isReversed: boolean;
  /** Text that names must contain; with a "/" it is looked for in paths. */
  readonly filter: string;
  /** Kinds of change that are not shown; at first the paths that the layer leaves as they are. */
  readonly hiddenChanges: ReadonlySet<RowMark>;
  /** Directories that a person opened (true) or closed (false), by path. */
  readonly toggled: ReadonlyMap<string, boolean>;
  /** Whether the others are open; null: while the tree is small. */
  readonly isOpenByDefault: boolean | null;
  sortTree(by: SortBy): void;
  filterTree(filter: string): void;
  toggleChange(change: RowMark): void;
  toggleDirectory(path: string, isOpen: boolean): void;
  openAll(isOpen: boolean): void;
  /** Opens every directory above `path`. */
  reveal(path: string): void;
}

export const treeView: Slice<TreeViewSlice> = (set) => ({
  sortBy: "name",
  isReversed: false,
  filter: "",
  hiddenChanges: new Set(["unchanged"]),
  toggled: new Map(),
  isOpenByDefault: null,
  sortTree: (by) =>
    set(({ sortBy, isReversed }) => ({ sortBy: by, isReversed: sortBy === by && !isReversed })),
  filterTree: (filter) => set({ filter }),
  toggleChange: (change) =>
    set(({ hiddenChanges }) => {
      const hidden = new Set(hiddenChanges);
      if (!hidden.delete(change)) hidden.add(change);
      return { hiddenChanges: hidden };
    }),
  toggleDirectory: (path, isOpen) =>
    set(({ toggled }) => ({ toggled: new Map(toggled).set(path, isOpen) })),
  openAll: (isOpen) => set({ toggled: new Map(), isOpenByDefault: isOpen }),
  reveal: (path) =>
    set(({ toggled }) => {
      const opened = new Map(toggled);
      for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
        opened.set(path.slice(0, at), true);
      return { toggled: opened };
    }),
});
