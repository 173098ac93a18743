import { useContext } from "react";
import { I18nContext } from "react-i18next";
import { AREAS, type Language } from "../../i18n/catalogue.ts";
import type { Translate } from "../../i18n/translator.ts";
import { useAppState } from "../../state/app-state.ts";
import { remembering } from "./remembered.ts";

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
    t = rememberingTexts(i18n.getFixedT(language, AREAS));
    kept.set(language, t);
  }
  // A full stop of Chinese brings its own room.
  return { t, language, gap: language === "zh-Hans" ? "" : " " };
}
const kept = new Map<Language, Translate>();

/** A translator that remembers what it said: a screen asks for hundreds of texts at every step, most of them again. */
function rememberingTexts(translate: Translate): Translate {
  const remembered = remembering<unknown>();
  return new Proxy(translate, {
    apply: (target, self, args: readonly unknown[]) => {
      const asked = askedText(args);
      const say = (): unknown => Reflect.apply(target, self, args);
      return asked === null ? say() : remembered(asked, say);
    },
  });
}

/** What is asked of a translator as one text; null where a parameter is neither a text nor a number. */
function askedText([key, values]: readonly unknown[]): string | null {
  if (typeof key !== "string") return null;
  if (values === undefined) return key;
  if (typeof values !== "object" || values === null) return null;
  let asked = key;
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "string" && typeof value !== "number") return null;
    asked += `\u0000${name}\u0000${typeof value === "number" ? "#" : ""}${value}`;
  }
  return asked.length > LONGEST ? null : asked;
}
/** Characters; what is longer has somebody else's name in it, and is not worth keeping. */
const LONGEST = 1000;
