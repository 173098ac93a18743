import { LANGUAGES, type Language, languageFor } from "../i18n/catalogue.ts";
import type { Semantics } from "../image/union/semantics.ts";
import { decodeName, encodeName } from "../tree/name.ts";
import { MODES, type Mode, SEMANTICS } from "./selection.ts";
import { SCREENS, type Screen, THEMES, type Theme } from "./settings.ts";

/** What the URL says of the page. null: it does not say. */
export interface Address {
  readonly view: Screen | null;
  readonly image: string | null;
  readonly layer: number | null;
  readonly mode: Mode | null;
  readonly path: string | null;
  readonly semantics: Semantics | null;
  readonly language: Language | null;
  readonly theme: Theme | null;
}

/** Reads the query part of a URL. A value we do not know counts as not said. */
export function readAddress(search: string): Address {
  const query = new Map(
    search
      .replace(/^\?/, "")
      .split("&")
      .map((pair) => {
        const at = pair.indexOf("=");
        return at < 0 ? ([pair, ""] as const) : ([pair.slice(0, at), pair.slice(at + 1)] as const);
      }),
  );
  const text = (name: string) => {
    const value = query.get(name);
    return value === undefined ? null : decodeBytes(value);
  };
  const layer = Number(text("layer"));
  const path = text("path");
  const lang = text("lang");
  return {
    view: oneOf(SCREENS, text("view")),
    image: text("image"),
    layer: Number.isInteger(layer) && layer > 0 ? layer : null,
    mode: oneOf(MODES, text("mode")),
    path: path?.startsWith("/") ? path : null,
    semantics: oneOf(SEMANTICS, text("semantics")),
    language: lang === null ? null : lang in LANGUAGES ? (lang as Language) : languageFor([lang]),
    theme: oneOf(THEMES, text("theme")),
  };
}

/** The query of `search` with the address in it; parameters that are not of an address stay as they are. */
export function writeAddress(address: Address, search: string): string {
  const ours: readonly (readonly [string, string | number | null])[] = [
    ["view", address.view],
    ["image", address.image],
    ["layer", address.layer],
    ["mode", address.mode],
    ["path", address.path],
    ["semantics", address.semantics],
    ["lang", address.language],
    ["theme", address.theme],
  ];
  const names = new Set(ours.map(([name]) => name));
  const others = search
    .replace(/^\?/, "")
    .split("&")
    .filter((pair) => pair !== "" && !names.has(pair.split("=")[0] ?? ""));
  const said = ours.flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeBytes(String(value))}`],
  );
  const parts = [...others, ...said];
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function oneOf<T extends string>(values: readonly T[], value: string | null): T | null {
  return values.find((each) => each === value) ?? null;
}

/** Percent-encodes the bytes of a name, so that one that is not UTF-8 comes back as it was. */
function encodeBytes(text: string): string {
  let encoded = "";
  for (const byte of encodeName(text)) {
    const char = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9\-._~/:@,]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

function decodeBytes(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = text[i] === "%" ? /^[0-9a-f]{2}/i.exec(text.slice(i + 1))?.[0] : undefined;
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else if (text[i] === "+") bytes.push(0x20);
    else bytes.push(...encodeName(String.fromCodePoint(text.codePointAt(i) ?? 0)));
  }
  return decodeName(Uint8Array.from(bytes));
}
