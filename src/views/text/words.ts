import { useTranslation } from "react-i18next";
import { AREAS, type Language } from "../../i18n/catalogue.ts";
import type { Translate } from "../../i18n/translator.ts";
import { useAppState } from "../../state/app-state.ts";

/** The words of the chosen language: `t("explore:stack.title")`, and its tag for numbers and sizes. */
export function useWords(): { readonly t: Translate; readonly language: Language } {
  const { t } = useTranslation(AREAS);
  const language = useAppState((state) => state.language);
  return { t, language };
}
