import { create, type StateCreator } from "zustand";
import { type ArchivesSlice, archives } from "./archives.ts";
import { type ArrangingSlice, arranging } from "./arranging.ts";
import { type ChangeCountsSlice, changeCounts } from "./change-counts.ts";
import { type PanelSlice, panel } from "./panel.ts";
import { type SelectionSlice, selection } from "./selection.ts";
import { type SettingsSlice, settings } from "./settings.ts";
import { type TreeViewSlice, treeView } from "./tree-view.ts";

/** Everything the page knows. A slice per concern, each with its own actions. */
export type AppState = ArchivesSlice &
  ArrangingSlice &
  ChangeCountsSlice &
  PanelSlice &
  SelectionSlice &
  SettingsSlice &
  TreeViewSlice;

export type Slice<S> = StateCreator<AppState, [], [], S>;

export const useAppState = create<AppState>()((...args) => ({
  ...archives(...args),
  ...arranging(...args),
  ...changeCounts(...args),
  ...panel(...args),
  ...selection(...args),
  ...settings(...args),
  ...treeView(...args),
}));
