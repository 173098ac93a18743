import type { Telling } from "../text/telling.ts";
import type { CachedTile } from "./cache-strip.tsx";

/** How things on the stage are called and answered for; the stage itself only draws. */
export interface StageVoice {
  readonly branchName: (branch: number) => string;
  /** The driver's id of its layer, as it is told; "" where it has none. */
  readonly branchId: (branch: number) => string;
  readonly branchDetail: (branch: number) => string;
  /** All containers on the same layers, the shown one among them. */
  readonly siblings: readonly { readonly name: string; readonly isShown: boolean }[];
  /** Where volumes are mounted in the shown container. */
  readonly volumes: readonly string[];
  /** Files with pages in memory, and how many more that are in no branch. */
  readonly cache: { readonly tiles: readonly CachedTile[]; readonly others: number };
  readonly viewName: string;
  readonly viewDetail: string;
  readonly telling: Telling;
  readonly acts: StageActs;
  readonly selected: { readonly name: string; readonly branch: number | null } | null;
  /** The selected branch; -1: none of those on the stage. */
  readonly lit: number;
}

/** What a person can do on the stage: the same functions at every step. */
export interface StageActs {
  readonly onSelect: (name: string, branch: number | null) => void;
  /** A branch was pressed while one is asked for. False: none is. */
  readonly onChoose: (branch: number) => boolean;
  readonly onSelectBranch: (branch: number) => void;
  readonly onOpen: (name: string) => void;
  readonly onWhy: (name: string) => void;
  /** A name was dropped on the bin. */
  readonly onRemove: (name: string) => void;
  /** The writable row was dropped on the bin: with it goes the container. */
  readonly onRemoveContainer: () => void;
  /** A branch was dropped on another one's row. */
  readonly onMoveBranch: (from: number, to: number) => void;
  /** A key on a mark may lead to another mark. False: not our key. */
  readonly onWalk: (from: Element, key: string) => boolean;
}
