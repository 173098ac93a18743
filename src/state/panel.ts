import type { Slice } from "./app-state.ts";

/** The three parts of Explore, of which a narrow screen shows one. */
export const PANELS = ["stack", "tree", "path"] as const;
export type Panel = (typeof PANELS)[number];

export interface PanelSlice {
  readonly panel: Panel;
  showPanel(panel: Panel): void;
}

export const panel: Slice<PanelSlice> = (set) => ({
  panel: "stack",
  showPanel: (shown) => set({ panel: shown }),
});
