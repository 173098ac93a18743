import type { Language } from "../i18n/catalogue.ts";
import type { Slice } from "./app-state.ts";

/** "system" follows the browser's light or dark. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** What a person chose for the whole page. */
export interface SettingsSlice {
  readonly language: Language;
  readonly theme: Theme;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}

export const settings: Slice<SettingsSlice> = (set) => ({
  language: "en",
  theme: "system",
  setLanguage: (language) => set({ language }),
  setTheme: (theme) => set({ theme }),
});
