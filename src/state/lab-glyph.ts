import type { EngineEvent } from "../engine/event.ts";
import type { Moment } from "./lab-moments.ts";
import type { RecordedCall } from "./lab-session.ts";

/** What a tick of the timeline is about: a mark and a word stand for each. */
export type Glyph =
  | "probe"
  | "hit"
  | "answer"
  | "miss"
  | "whiteout"
  | "opaque"
  | "begin"
  | "copy"
  | "done"
  | "temporary"
  | "parents"
  | "attributes"
  | "rename"
  | "write"
  | "make"
  | "remove"
  | "read"
  | "list"
  | "mount"
  | "refused"
  | "link"
  | "reopen"
  | "process"
  | "permission"
  | "change";

/** The mark in a tick. */
export const GLYPH_SIGNS: Readonly<Record<Glyph, string>> = {
  probe: "○",
  hit: "●",
  answer: "◉",
  miss: "✗",
  whiteout: "⊘",
  opaque: "▥",
  begin: "↟",
  copy: "↥",
  done: "⤒",
  temporary: "⬚",
  parents: "▤",
  attributes: "≡",
  rename: "→",
  write: "✎",
  make: "+",
  remove: "−",
  read: "◐",
  list: "☰",
  mount: "▭",
  refused: "!",
  link: "∞",
  reopen: "↻",
  process: "◇",
  permission: "✓",
  change: "~",
};

/** The glyph of a moment, from its event alone. */
export function glyphOf(moment: Moment, calls: readonly RecordedCall[]): Glyph {
  const event = calls[moment.call]?.events[moment.event];
  if (!event) return "refused";
  if (event.type === "visit" && moment.probe !== null) {
    const probe = event.probes[moment.probe];
    return probe?.outcome === "found" ? (probe.what === "whiteout" ? "whiteout" : "hit") : "probe";
  }
  return glyphOfEvent(event);
}

function glyphOfEvent(event: EngineEvent): Glyph {
  switch (event.type) {
    case "visit":
      if (event.outcome === "found") return "hit";
      if (event.outcome === "whiteout") return "whiteout";
      if (event.outcome === "opaque") return "opaque";
      return event.outcome === "invalid" ? "refused" : "probe";
    case "hit":
      return "answer";
    case "miss":
      return "miss";
    case "symlink-followed":
    case "mount-crossed":
    case "redirect-made":
    case "plink-linked":
    case "copy-up-plink":
      return "link";
    case "descriptor-reopened":
      return "reopen";
    case "permission":
      return event.granted ? "permission" : "refused";
    case "readdir-visit":
    case "readdir-hidden":
      return "list";
    case "data-read":
      return "read";
    case "copy-up-begin":
      return "begin";
    case "copy-up-data":
      return "copy";
    case "copy-up-end":
      return "done";
    case "copy-up-parent":
      return "parents";
    case "copy-up-temp":
      return "temporary";
    case "copy-up-attributes":
    case "copy-up-xattrs":
      return "attributes";
    case "copy-up-rename":
      return "rename";
    case "copy-up-failed":
      return "refused";
    case "whiteout-made":
      return "whiteout";
    case "opaque-made":
      return "opaque";
    case "whiteout-removed":
      return "remove";
    case "branch-write":
      return WRITES[event.operation];
    case "process-made":
    case "process-ended":
      return "process";
    default:
      return "mount";
  }
}

const WRITES = {
  create: "make",
  mkdir: "make",
  symlink: "make",
  mknod: "make",
  link: "link",
  unlink: "remove",
  rmdir: "remove",
  rename: "rename",
  exchange: "rename",
  write: "write",
  truncate: "write",
  setattr: "change",
  setxattr: "change",
  removexattr: "change",
} as const satisfies Record<string, Glyph>;
