import { common as enCommon } from "./en/common.ts";
import { events as enEvents } from "./en/events.ts";
import { explore as enExplore } from "./en/explore.ts";
import { lab as enLab } from "./en/lab.ts";
import { problems as enProblems } from "./en/problems.ts";
import type { Translated } from "./translated.ts";
import { common as zhCommon } from "./zh/common.ts";
import { events as zhEvents } from "./zh/events.ts";
import { explore as zhExplore } from "./zh/explore.ts";
import { lab as zhLab } from "./zh/lab.ts";
import { problems as zhProblems } from "./zh/problems.ts";

/**
 * The languages, by the tag that stands in `?lang=` and on `<html lang>`; each with its own name.
 * English is the shape of all catalogues: a key missing elsewhere does not compile.
 */
export const LANGUAGES = { en: "English", "zh-Hans": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

/** The English messages, one namespace per area: the type of every catalogue. */
export const en = {
  common: enCommon,
  explore: enExplore,
  lab: enLab,
  events: enEvents,
  problems: enProblems,
} as const;

const zhHans = {
  common: zhCommon,
  explore: zhExplore,
  lab: zhLab,
  events: zhEvents,
  problems: zhProblems,
} satisfies Translated<typeof en>;

export const CATALOGUES = { en, "zh-Hans": zhHans } as const satisfies Record<Language, unknown>;

/** The areas, i18next's namespaces; a key names its own: "explore:open.button". */
export const AREAS = [
  "common",
  "explore",
  "lab",
  "events",
  "problems",
] as const satisfies readonly (keyof typeof en)[];

/** The language for a list of wishes ("zh-CN", "en-GB"), the first that we have; English when there is none. */
export function languageFor(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    if (/^zh\b(?!-(hant|tw|hk|mo)\b)/i.test(wish)) return "zh-Hans";
    if (/^en\b/i.test(wish)) return "en";
  }
  return "en";
}

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof en;
    returnNull: false;
  }
}
