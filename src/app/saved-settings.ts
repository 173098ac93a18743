import { LANGUAGES, type Language } from "../i18n/catalogue.ts";
import { THEMES, type Theme } from "../state/settings.ts";

const LANGUAGE_KEY = "unionscope.language";
const THEME_KEY = "unionscope.theme";

/** What a person chose on an earlier visit; null where nothing was, or where the browser keeps nothing. */
export function savedSettings(): {
  readonly language: Language | null;
  readonly theme: Theme | null;
} {
  const language = read(LANGUAGE_KEY);
  const theme = read(THEME_KEY);
  return {
    language: language !== null && language in LANGUAGES ? (language as Language) : null,
    theme: THEMES.find((each) => each === theme) ?? null,
  };
}

/** Keeps the choice for the next visit. */
export function saveSettings(language: Language, theme: Theme): void {
  write(LANGUAGE_KEY, language);
  write(THEME_KEY, theme);
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing: the choice holds for this visit.
  }
}
