import type { Language } from "../i18n/catalogue.ts";
import type { Slice } from "./app-state.ts";

/** "system" follows the browser's light or dark. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The screens, as `?view=` names them. */
export const SCREENS = ["explore", "lab"] as const;
export type Screen = (typeof SCREENS)[number];

/** What a person chose for the whole page. */
export interface SettingsSlice {
  readonly language: Language;
  readonly theme: Theme;
  readonly screen: Screen;
  showScreen(screen: Screen): void;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}

export const settings: Slice<SettingsSlice> = (set) => ({
  language: "en",
  theme: "system",
  screen: "explore",
  showScreen: (screen) => set({ screen }),
  setLanguage: (language) => set({ language }),
  setTheme: (theme) => set({ theme }),
});
