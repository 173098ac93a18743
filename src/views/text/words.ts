import { useContext } from "react";
import { I18nContext } from "react-i18next";
import { AREAS, type Language } from "../../i18n/catalogue.ts";
import type { Translate } from "../../i18n/translator.ts";
import { useAppState } from "../../state/app-state.ts";

/**
 * The words of the chosen language: `t("explore:stack.title")`, its tag for numbers and sizes, and what stands between two
 * sentences. `t` is the same function for as long as the language is.
 */
export function useWords(): {
  readonly t: Translate;
  readonly language: Language;
  readonly gap: string;
} {
  const { i18n } = useContext(I18nContext);
  const language = useAppState((state) => state.language);
  let t = kept.get(language);
  if (!t) {
    t = remembering(i18n.getFixedT(language, AREAS));
    kept.set(language, t);
  }
  // A full stop of Chinese brings its own room.
  return { t, language, gap: language === "zh-Hans" ? "" : " " };
}
const kept = new Map<Language, Translate>();

/** A translator that looks a text without parameters up once: a screen asks for hundreds of them at every step. */
function remembering(translate: Translate): Translate {
  const known = new Map<unknown, unknown>();
  return new Proxy(translate, {
    apply: (target, self, args: readonly unknown[]) => {
      const [key] = args;
      if (args.length !== 1) return Reflect.apply(target, self, args);
      if (!known.has(key)) known.set(key, Reflect.apply(target, self, args));
      return known.get(key);
    },
  });
}
