import { childrenOf, NO_NODE, nodeKind } from "../tree/live-tree.ts";
import type { StagedContainer } from "./lab-containers.ts";
import { namesAt } from "./lab-directory.ts";
import type { StageInput } from "./lab-stage.ts";
import { nodeInBranch } from "./lab-union.ts";

/** One line of the panel of what lies on disk. */
export interface DiskLine {
  readonly key: string;
  readonly depth: number;
  readonly name: string;
  /** Whose it is, where the name is an id. */
  readonly owner: string | null;
  readonly note: "mounted" | "empty" | "temporary" | "lines" | "more" | null;
  /** For "lines" and "more". */
  readonly count: number;
}

/** Names of the writable branch that are listed. */
const LISTED = 12;

/** The driver's directory around the union on the stage: its writable branch, its layers file, its mount point. */
export function diskTree(
  input: StageInput,
  container: StagedContainer | null,
): readonly DiskLine[] {
  const { union, directory, events, isDone } = input;
  const top = union.branches[0];
  if (!top) return [];
  const line = (
    depth: number,
    name: string,
    note: DiskLine["note"] = null,
    count = 0,
  ): DiskLine => ({ key: `${depth}/${name}/${note}`, depth, name, owner: null, note, count });
  const isAufs = container?.type === "aufs";
  const root = top.path.slice(0, top.path.lastIndexOf("/"));
  const driver = isAufs ? root.slice(0, root.lastIndexOf("/")) : root;
  const names = [...(namesAt(union, directory, isDone ? [] : events).stored[0]?.values() ?? [])];
  names.sort((a, b) => (a.name < b.name ? -1 : 1));
  const shown = names.slice(0, LISTED);
  const node = nodeInBranch(top, directory);
  const isEmpty =
    names.length === 0 &&
    (node === NO_NODE ||
      nodeKind(top.tree, node) !== "dir" ||
      childrenOf(top.tree, node).length === 0);
  const below = directory === "/" ? "" : directory;
  return [
    line(0, `${driver}/`),
    {
      ...line(1, `${top.path.slice(driver.length + 1)}${below}/`, isEmpty ? "empty" : null),
      owner: isAufs ? container.name : null,
    },
    ...shown.map(({ name, kind, isTemporary }) =>
      line(2, kind === "dir" ? `${name}/` : name, isTemporary ? "temporary" : null),
    ),
    ...(names.length > LISTED ? [line(2, "…", "more", names.length - LISTED)] : []),
    ...(isAufs
      ? [
          line(1, `layers/${container.mountId}`, "lines", container.branches.length - 1),
          line(1, `mnt/${container.mountId}/`, container.isRunning ? "mounted" : "empty"),
        ]
      : []),
  ];
}
