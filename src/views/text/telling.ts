import type { Language } from "../../i18n/catalogue.ts";
import type { Translate } from "../../i18n/translator.ts";
import type { Detail } from "../../state/lab-timeline.ts";
import { formatBytes, formatCount } from "./format.ts";

/** How ids and sizes are written: they grow with the detail of lookups (specs/teaching.md 3.7). */
export interface Telling {
  readonly detail: Detail;
  /** Three figures; with the bytes beside them; the bytes alone. */
  readonly size: (bytes: number) => string;
  /** The same, and the three figures for where it has no room. */
  readonly sizes: (bytes: number) => readonly string[];
  /** A text with each full id in it cut to 4 digits, to 12, or whole. */
  readonly ids: (text: string) => string;
}

/** Digits of a full id that are shown. */
const DIGITS: Readonly<Record<Detail, number>> = { 1: 4, 2: 12, 3: 64 };
/** Below this the three figures are the bytes. */
const EXACT = 1000;

/** The same object for as long as language and detail are the same. */
export function tellingIn(t: Translate, language: Language, detail: Detail): Telling {
  let byDetail = kept.get(t);
  if (!byDetail) {
    byDetail = new Map();
    kept.set(t, byDetail);
  }
  let telling = byDetail.get(detail);
  if (!telling) {
    const size = sizeIn(t, language, detail);
    const sizes = (bytes: number) => [size(bytes), formatBytes(bytes, language)];
    telling = { detail, size, sizes, ids: idsIn(detail) };
    byDetail.set(detail, telling);
  }
  return telling;
}
const kept = new WeakMap<Translate, Map<Detail, Telling>>();

function sizeIn(t: Translate, language: Language, detail: Detail): Telling["size"] {
  return (bytes) => {
    if (detail === 1 || Math.abs(bytes) < EXACT) return formatBytes(bytes, language);
    const exact = `${formatCount(bytes, language)} B`;
    return detail === 3 ? exact : t("lab:size", { size: formatBytes(bytes, language), exact });
  };
}

function idsIn(detail: Detail): Telling["ids"] {
  const digits = DIGITS[detail];
  if (digits === 64) return (text) => text;
  return (text) => text.replace(FULL_ID, (id) => `${id.slice(0, digits)}…`);
}
const FULL_ID = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
