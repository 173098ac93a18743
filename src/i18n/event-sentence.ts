import type { CallType } from "../engine/call.ts";
import type { Errno } from "../engine/errno.ts";
import type { EngineEvent, Probe } from "../engine/event.ts";
import type { en } from "./catalogue.ts";
import type { Translate } from "./translator.ts";

/** What a sentence needs to know beyond the event: how things are called where it is spoken. */
export interface Speaker {
  /** What a file system is: who acts. */
  readonly kindOf: (fs: number) => "aufs" | "overlay" | "plain";
  /** A branch's short name. */
  readonly branchName: (fs: number, branch: number) => string;
  readonly branchCount: (fs: number) => number;
  readonly bytes: (count: number) => string;
  /** A path or name as it can be shown. */
  readonly path: (path: string) => string;
}

/** Around a path or a branch's name in a sentence: isolates its direction, and marks it for setting in another face. */
const OPEN = "\u2068";
const CLOSE = "\u2069";

/** A name as it stands in a sentence: set apart, and the end of the sentence safe from what is in it. */
export function setApart(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

export interface SentencePart {
  readonly text: string;
  readonly isName: boolean;
}

/** A sentence as words and names, in order. */
export function sentenceParts(sentence: string): readonly SentencePart[] {
  return sentence
    .split(/(\u2068[^\u2069]*\u2069)/u)
    .filter((text) => text !== "")
    .map((text) =>
      text.startsWith(OPEN) ? { text: text.slice(1, -1), isName: true } : { text, isName: false },
    );
}

/** A sentence as plain text, for a log, a transcript, a screen reader. */
export function plainSentence(sentence: string): string {
  return sentence.replace(/[\u2068\u2069]/gu, "");
}

/** Throws when an event lacks what its sentence says: a sentence with a gap would be worse than none. */
function need<T>(value: T | undefined, field: string, event: { readonly type: string }): T {
  if (value === undefined) throw new RangeError(`${event.type} without ${field}`);
  return value;
}

/**
 * The one sentence of an event: caption, log, live region and transcript all say this. `next` is what happened after it in
 * the same call.
 */
export function eventSentence(
  t: Translate,
  event: EngineEvent,
  speaker: Speaker,
  next?: EngineEvent,
): string {
  const name = (text: string | undefined, field = "path") =>
    setApart(speaker.path(need(text, field, event)));
  const branch = (number: number | null | undefined, field = "branch") =>
    number === null
      ? t("events:host")
      : setApart(
          speaker.branchName(
            "fs" in event ? need(event.fs, "fs", event) : 0,
            need(number, field, event),
          ),
        );
  const bytes = (count: number | undefined, field = "bytes") =>
    speaker.bytes(need(count, field, event));
  const actor = () =>
    t(`events:actor.${speaker.kindOf("fs" in event ? need(event.fs, "fs", event) : 0)}`);
  const octal = (mode: number | undefined) =>
    need(mode, "mode", event).toString(8).padStart(4, "0");
  const count = (value: number | undefined, field: string) => need(value, field, event);

  switch (event.type) {
    case "visit": {
      const values = { actor: actor(), path: name(event.path), branch: branch(event.branch) };
      const isLast = event.branch === speaker.branchCount(event.fs) - 1;
      if (event.outcome === "missing" && isLast) return t("events:visit.missingLast", values);
      const goesOn = next?.type === "visit" && next.path === event.path && next.fs === event.fs;
      if (event.outcome === "missing" && !goesOn) return t("events:visit.missingEnd", values);
      return t(`events:visit.${need(event.outcome, "outcome", event)}`, values);
    }
    case "hit": {
      const values = {
        path: name(event.path),
        branch: branch(need(event.branches, "branches", event)[0], "branches"),
      };
      if (need(event.kind, "kind", event) === "dir") {
        if (event.branches.length === 1) return t("events:hit.directory", values);
        const branches = event.branches.map((each) => branch(each)).join(t("events:list"));
        return t("events:hit.merged", { ...values, branches });
      }
      // A branch without the directory could not have been asked, wherever the search ends.
      const unasked = need(event.unasked, "unasked", event).filter(
        ({ reason }) => reason !== "no-parent",
      );
      return unasked.length === 0
        ? t("events:hit.file", values)
        : t("events:hit.fileUnasked", { ...values, count: unasked.length });
    }
    case "miss":
      return need(event.whiteout, "whiteout", event) === null
        ? t("events:miss.nowhere", { path: name(event.path) })
        : t("events:miss.whiteout", { path: name(event.path), branch: branch(event.whiteout) });
    case "symlink-followed":
      return t("events:symlink-followed", {
        path: name(event.path),
        target: name(event.target, "target"),
      });
    case "mount-crossed":
      return t("events:mount-crossed", { path: name(event.path) });
    case "permission": {
      const { r, w, x } = { r: "r", w: "w", x: "x" } as const;
      const want = need(event.want, "want", event);
      const letters = [r, w, x].filter((letter) => want.includes(letter));
      const words = letters.length === 0 ? (["other"] as const) : letters;
      return t(
        need(event.granted, "granted", event)
          ? "events:permission.granted"
          : "events:permission.refused",
        {
          uid: need(event.who, "who", event).uid,
          path: name(event.path),
          mode: octal(event.mode),
          want: words.map((word) => t(`events:permission.want.${word}`)).join(t("events:list")),
          rule: t(`events:permission.rule.${need(event.rule, "rule", event)}`),
        },
      );
    }
    case "readdir-visit":
      return t("events:readdir-visit", {
        actor: actor(),
        path: name(event.path),
        branch: branch(event.branch),
        count: count(event.names, "names"),
        shown: count(event.shown, "shown"),
      });
    case "readdir-hidden":
      return t(`events:readdir-hidden.${need(event.reason, "reason", event)}`, {
        path: name(event.path),
        name: name(event.name, "name"),
        branch: branch(event.branch),
      });
    case "data-read":
      return event.branch === null
        ? t("events:data-read.plain", { path: name(event.path), bytes: bytes(event.bytes) })
        : t("events:data-read.branch", {
            path: name(event.path),
            bytes: bytes(event.bytes),
            branch: branch(event.branch),
          });
    case "copy-up-begin": {
      const values = {
        actor: actor(),
        path: name(event.path),
        from: branch(event.from, "from"),
        to: branch(event.to, "to"),
        reason: t(`events:reason.${need(event.reason, "reason", event)}`),
      };
      const source = name(event.source, "source");
      if (need(event.kind, "kind", event) !== "file")
        return t("events:copy-up-begin.other", { ...values, path: source });
      const copied = bytes(event.bytes);
      return event.source === event.path
        ? t("events:copy-up-begin.file", { ...values, bytes: copied })
        : t("events:copy-up-begin.as", { ...values, source, bytes: copied });
    }
    case "copy-up-parent":
      return t("events:copy-up-parent", {
        actor: actor(),
        path: name(event.path),
        to: branch(event.to, "to"),
      });
    case "copy-up-temp":
      return need(event.name, "name", event) === null
        ? t("events:copy-up-temp.nameless", { actor: actor(), to: branch(event.to, "to") })
        : t("events:copy-up-temp.named", {
            actor: actor(),
            name: name(event.name ?? undefined, "name"),
            to: branch(event.to, "to"),
          });
    case "copy-up-data": {
      const values = {
        actor: actor(),
        path: name(event.source, "source"),
        to: branch(event.to, "to"),
      };
      const holes = count(event.holes, "holes");
      const copied = bytes(event.bytes);
      const size = count(event.size, "size");
      if (size === 0) return t("events:copy-up-data.empty", values);
      const rest = size - holes - event.bytes;
      if (rest === size) return t("events:copy-up-data.none", values);
      if (rest > 0)
        return t("events:copy-up-data.part", {
          ...values,
          bytes: copied,
          rest: speaker.bytes(rest),
        });
      return holes === 0
        ? t("events:copy-up-data.all", { ...values, bytes: copied })
        : t("events:copy-up-data.holes", { ...values, bytes: copied, holes: bytes(holes) });
    }
    case "copy-up-attributes":
      return t("events:copy-up-attributes", {
        path: name(event.path),
        to: branch(event.to, "to"),
        mode: octal(event.mode),
        uid: count(event.uid, "uid"),
        gid: count(event.gid, "gid"),
      });
    case "copy-up-xattrs":
      return t("events:copy-up-xattrs", {
        path: name(event.path),
        to: branch(event.to, "to"),
        names: need(event.names, "names", event)
          .map((each) => name(each))
          .join(t("events:list")),
      });
    case "copy-up-plink":
      return t("events:copy-up-plink", {
        actor: actor(),
        path: name(event.path),
        to: branch(event.to, "to"),
        name: name(event.name, "name"),
      });
    case "copy-up-rename":
      return need(event.name, "name", event) === null
        ? t("events:copy-up-rename.nameless", {
            path: name(event.path),
            to: branch(event.to, "to"),
          })
        : t("events:copy-up-rename.named", {
            path: name(event.path),
            to: branch(event.to, "to"),
            name: name(event.name ?? undefined, "name"),
          });
    case "copy-up-end": {
      const values = {
        path: name(event.path),
        from: branch(event.from, "from"),
        to: branch(event.to, "to"),
      };
      if (need(event.bytes, "bytes", event) === 0) return t("events:copy-up-end.other", values);
      const told = { ...values, bytes: bytes(event.bytes) };
      const source = name(event.source, "source");
      return event.source === event.path
        ? t("events:copy-up-end.file", told)
        : t("events:copy-up-end.as", { ...told, source });
    }
    case "copy-up-failed":
      return t("events:copy-up-failed", {
        path: name(event.path),
        to: branch(event.to, "to"),
        errno: need(event.errno, "errno", event),
      });
    case "whiteout-made": {
      const where = { branch: branch(event.branch), name: name(event.path) };
      const form = need(event.form, "form", event);
      if (form !== "file") return t(`events:whiteout-made.${form}`, { ...where, actor: actor() });
      const mark = name(`.wh.${lastName(need(event.path, "path", event))}`);
      const isLinked = need(event.linked, "linked", event);
      return t(isLinked ? "events:whiteout-made.linked" : "events:whiteout-made.file", {
        ...where,
        actor: actor(),
        mark,
      });
    }
    case "whiteout-removed":
      return t("events:whiteout-removed", {
        actor: actor(),
        path: name(event.path),
        branch: branch(event.branch),
      });
    case "opaque-made": {
      const values = { actor: actor(), path: name(event.path), branch: branch(event.branch) };
      return need(event.form, "form", event) === "file"
        ? t("events:opaque-made.file", { ...values, mark: name(".wh..wh..opq") })
        : t("events:opaque-made.xattr", values);
    }
    case "redirect-made":
      return t("events:redirect-made", {
        actor: actor(),
        path: name(event.path),
        branch: branch(event.branch),
        target: name(event.target, "target"),
      });
    case "plink-linked":
      return t("events:plink-linked", { path: name(event.path), branch: branch(event.branch) });
    case "plinks-flushed":
      return t("events:plinks-flushed", { links: count(event.links, "links") });
    case "branch-write": {
      const values = { path: name(event.path), branch: branch(event.branch) };
      const operation = need(event.operation, "operation", event);
      switch (operation) {
        case "rename":
        case "exchange":
          return t(`events:branch-write.${operation}`, { ...values, to: name(event.to, "to") });
        case "write":
          return t("events:branch-write.write", { ...values, bytes: bytes(event.bytes) });
        default:
          return t(`events:branch-write.${operation}`, values);
      }
    }
    case "descriptor-reopened":
      return t("events:descriptor-reopened", {
        path: name(event.path),
        from: branch(event.from, "from"),
        to: branch(event.to, "to"),
      });
    case "mounted":
      return t(
        need(event.readOnly, "readOnly", event)
          ? "events:mounted.readOnly"
          : "events:mounted.readWrite",
        {
          path: name(event.path),
          fsType: need(event.fsType, "fsType", event),
        },
      );
    case "remounted":
      return t(
        need(event.readOnly, "readOnly", event)
          ? "events:remounted.readOnly"
          : "events:remounted.readWrite",
        {
          path: name(event.path),
        },
      );
    case "unmounted":
      return t("events:unmounted", { path: name(event.path) });
    case "branch-added":
    case "branch-changed":
      return t(`events:${event.type}`, {
        path: name(event.branchPath, "branchPath"),
        branch: count(event.branch, "branch"),
        permission: need(event.permission, "permission", event),
      });
    case "branch-removed":
      return t("events:branch-removed", {
        path: name(event.branchPath, "branchPath"),
        branch: count(event.branch, "branch"),
      });
    case "process-made":
      return t("events:process-made", {
        pid: count(event.pid, "pid"),
        parent: count(event.parent, "parent"),
      });
    case "process-ended":
      return t("events:process-ended", { pid: count(event.pid, "pid") });
    default:
      return unspoken(event);
  }
}

/** The sentence of a system call that failed, where no event says so. */
export function refusalSentence(
  t: Translate,
  call: CallType,
  path: string,
  errno: Errno,
  speaker: Speaker,
): string {
  const values = { call, errno, path: `${OPEN}${speaker.path(path)}${CLOSE}` };
  return isExplained(errno)
    ? t("events:call.refused", { ...values, why: t(`events:call.why.${errno}`) })
    : t("events:call.failed", values);
}

/** The sentence of one name looked up on disk: the third level of detail. */
export function probeSentence(
  t: Translate,
  event: Extract<EngineEvent, { type: "visit" }>,
  probe: Probe,
  speaker: Speaker,
): string {
  const shown = probe.what === "whiteout" ? `.wh.${lastName(event.path)}` : event.path;
  return t(`events:probe.${probe.what}`, {
    actor: t(`events:actor.${speaker.kindOf(event.fs)}`),
    branch: `${OPEN}${speaker.branchName(event.fs, event.branch)}${CLOSE}`,
    name: `${OPEN}${speaker.path(shown)}${CLOSE}`,
    outcome: t(`events:probe.outcome.${probe.outcome}`),
  });
}

type Explained = keyof (typeof en)["events"]["call"]["why"];
const EXPLAINED = {
  EXDEV: true,
  EROFS: true,
  ENOENT: true,
  EEXIST: true,
  ENOTEMPTY: true,
  EACCES: true,
  EPERM: true,
  ENOSPC: true,
  EISDIR: true,
  ENOTDIR: true,
  EBUSY: true,
  ELOOP: true,
  EINVAL: true,
} as const satisfies Record<Explained, true>;

function isExplained(errno: Errno): errno is Explained {
  return errno in EXPLAINED;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function unspoken(event: never): never {
  throw new RangeError(`no sentence for ${JSON.stringify(event)}`);
}
