import type { Problem } from "../image/problem.ts";
import type { Translate } from "./translator.ts";

const JSON_KINDS = [
  "string",
  "list",
  "object",
  "number",
  "boolean",
  "null",
  "nothing",
  "base64",
] as const;

/** The names of all facts of all problems. */
type Slots = Record<FactName<Problem>, string>;
type FactName<P> = P extends unknown ? Exclude<keyof P, "type" | "at" | "count"> : never;

/** What is wrong, as one sentence, without the place. Names in it are as they are: make them safe where they are shown. */
export function problemSentence(t: Translate, problem: Problem): string {
  const { at: _, ...facts } = problem;
  switch (facts.type) {
    case "not-an-archive": {
      const { seen } = facts;
      const words =
        seen === "text" || seen === "data"
          ? t(`problems:seen.${seen}`)
          : t("problems:seen.file", { kind: seen });
      return t("problems:not-an-archive", { seen: words });
    }
    case "limit":
      return t("problems:limit", { ...facts, limit: t(`problems:limits.${facts.limit}`) });
    case "member-missing":
    case "path-outside":
      return t(`problems:${facts.type}`, { ...facts, role: t(`problems:role.${facts.role}`) });
    case "member-not-file":
      return t("problems:member-not-file", {
        path: facts.path,
        role: t(`problems:role.${facts.role}`),
        found: t(`problems:found.${facts.found}`),
      });
    case "json-type":
      return t("problems:json-type", {
        path: facts.path,
        expected: jsonWord(t, facts.expected),
        found: jsonWord(t, facts.found),
      });
    case "media-type-wrong": {
      const found = facts.found === "none" ? t("problems:uncompressed") : facts.found;
      return t("problems:media-type-wrong", { mediaType: facts.mediaType, found });
    }
    case "layer-foreign": {
      const urls =
        facts.urls.length > 0 ? facts.urls.join(t("events:list")) : t("problems:elsewhere");
      return t("problems:layer-foreign", { urls });
    }
    case "tar-truncated":
      return facts.missing === null
        ? t("problems:tar-truncated")
        : t("problems:tar-truncated-by", { missing: facts.missing });
    case "pax-record":
      return t("problems:pax-record", { reason: t(`problems:pax.${facts.reason}`) });
    case "pax-global":
      return t("problems:pax-global", { keys: facts.keys.join(t("events:list")) });
    case "whiteout-and-entry":
      return facts.whiteoutFirst
        ? t("problems:whiteout-before-entry", { name: facts.name })
        : t("problems:whiteout-and-entry", { name: facts.name });
    case "more":
      return t("problems:more", { number: facts.count, of: facts.of });
    default:
      // The catalogue's slots are the names of these facts: the compiler knows both lists, not that they go together.
      return t(`problems:${facts.type}`, facts as unknown as Slots);
  }
}

/** Where it is: the file, the member of the archive, the entry, the byte, as far as they are known. */
export function problemPlace(t: Translate, { at }: Problem): string {
  const parts = [at.file];
  if (at.member !== null && at.member !== "" && at.member !== at.file) parts.push(at.member);
  if (at.entry !== null) parts.push(at.entry);
  if (at.offset !== null) parts.push(t("problems:place.byte", { offset: at.offset }));
  return parts.join(", ");
}

function jsonWord(t: Translate, word: string): string {
  const kind = JSON_KINDS.find((known) => known === word);
  return kind ? t(`problems:json.${kind}`) : word;
}
