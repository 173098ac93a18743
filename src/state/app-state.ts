import { create, type StateCreator } from "zustand";
import { type SettingsSlice, settings } from "./settings.ts";

/** Everything the page knows. A slice per concern, each with its own actions. */
export type AppState = SettingsSlice;

export type Slice<S> = StateCreator<AppState, [], [], S>;

export const useAppState = create<AppState>()((...args) => ({
  ...settings(...args),
}));
