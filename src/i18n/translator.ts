import { createInstance, type i18n, type TFunction } from "i18next";
import { AREAS, CATALOGUES, type Language } from "./catalogue.ts";

/** What turns a key and its parameters into a sentence; every namespace is open to it ("explore:stack.title"). */
export type Translate = TFunction<typeof AREAS>;

/**
 * An i18next instance with both catalogues in it, ready at once: nothing is loaded later, so it works in Node and in
 * the page alike. Values are put into sentences as they are; whoever makes markup of them must escape (React does).
 */
export function createTranslator(language: Language): i18n {
  const instance = createInstance();
  void instance.init({
    lng: language,
    fallbackLng: false,
    resources: CATALOGUES,
    ns: AREAS,
    defaultNS: "common",
    initAsync: false,
    returnNull: false,
    interpolation: { escapeValue: false },
  });
  return instance;
}

/** The translate function for one language, for code without React: the CLI, transcripts, tests. */
export function translateInto(language: Language): Translate {
  return createTranslator(language).getFixedT(language, AREAS);
}
