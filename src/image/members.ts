import { decodeName } from "../tree/name.ts";
import { type ByteSource, windowOf } from "./byte-source.ts";
import { cleanPath } from "./entry-path.ts";
import type { ProblemList } from "./problem-list.ts";
import type { TarEntry, TarSink } from "./tar-entry.ts";

/** What an archive has under one path. */
export type Member =
  | { readonly type: "file"; readonly path: string; readonly source: ByteSource }
  | { readonly type: "directory"; readonly path: string }
  | { readonly type: "symlink"; readonly path: string; readonly target: string }
  | { readonly type: "other"; readonly path: string };

/** Where a path of an archive leads. */
export type Resolved =
  | { readonly type: "file"; readonly path: string; readonly source: ByteSource }
  | { readonly type: "missing"; readonly path: string }
  | {
      readonly type: "not-file";
      readonly path: string;
      readonly found: "directory" | "link-loop" | "link-out" | "link-broken" | "other";
    }
  | { readonly type: "outside"; readonly path: string };

const MOST_LINKS = 40;
/** Bytes of a path that a member of an archive of images may have. */
const LONGEST_PATH = 4096;

/** Whether a member's path is one that archives of images have. */
export function isImagePath(path: string): boolean {
  return IMAGE_PATHS.some((pattern) => pattern.test(path));
}

const IMAGE_PATHS = [
  /^(?:oci-layout|repositories|manifest\.json|index\.json)$/,
  /^blobs\/[a-z0-9]+\/[0-9a-f]{32,}$/,
  /^[^/]+\/layer\.tar$/,
  /^(?:sha256:)?[0-9a-f]{64}(?:\.tar(?:\.gz)?|\.json)?$/,
];

/** The files of an archive or a folder by their clean path ("blobs/sha256/…"); of a path twice, the later. */
export class Members {
  readonly #byPath = new Map<string, Member>();
  /** Members in the order of the archive, a path twice listed once. */
  get all(): readonly Member[] {
    return [...this.#byPath.values()];
  }

  add(member: Member): void {
    this.#byPath.delete(member.path);
    this.#byPath.set(member.path, member);
  }

  get(path: string): Member | undefined {
    return this.#byPath.get(path);
  }

  /** The file at `path`, symlinks followed inside the archive, on the way and at the end. */
  resolve(path: string): Resolved {
    // Buildpacks name files from the root of the archive.
    if (path.startsWith("/") && !this.#byPath.has(path.slice(1))) return { type: "outside", path };
    const rest = path.split("/").reverse();
    const at: string[] = [];
    let links = 0;
    while (rest.length > 0) {
      const name = rest.pop()!;
      if (name === "" || name === ".") continue;
      if (name === "..") {
        if (at.pop() === undefined)
          return links > 0
            ? { type: "not-file", path, found: "link-out" }
            : { type: "outside", path };
        continue;
      }
      at.push(name);
      const member = this.#byPath.get(at.join("/"));
      if (member?.type !== "symlink") continue;
      links += 1;
      if (links > MOST_LINKS) return { type: "not-file", path, found: "link-loop" };
      if (member.target.startsWith("/")) return { type: "not-file", path, found: "link-out" };
      at.pop();
      rest.push(...member.target.split("/").reverse());
    }
    const found = this.#byPath.get(at.join("/"));
    if (found?.type === "file") return found;
    if (!found && links > 0) return { type: "not-file", path, found: "link-broken" };
    if (!found) return { type: "missing", path };
    return { type: "not-file", path, found: found.type === "directory" ? "directory" : "other" };
  }
}

/** Notes an archive's entries as members. Data stays where it is, in `source`, whose bytes the tar is. */
export class MemberSink implements TarSink {
  readonly members = new Members();
  /** Whether an entry has a path that only archives of images have. */
  seemsImage = false;
  /** Entries so far. */
  entries = 0;
  readonly #source: ByteSource;
  readonly #problems: ProblemList;

  constructor(source: ByteSource, problems: ProblemList) {
    this.#source = source;
    this.#problems = problems;
  }

  entry(entry: TarEntry): void {
    this.entries += 1;
    if (Math.max(entry.path.length, entry.linkPath.length) > LONGEST_PATH) return;
    const path = cleanPath(entry.path).parts.map(decodeName).join("/");
    if (path === "") return;
    this.members.add(this.#member(path, entry));
    this.seemsImage ||= isImagePath(path);
  }

  problem: TarSink["problem"] = (facts, offset, path) => {
    this.#problems.add(facts, offset, path);
  };

  #member(path: string, entry: TarEntry): Member {
    switch (entry.kind) {
      case "file": {
        const end = entry.dataOffset + entry.dataLength;
        return { type: "file", path, source: windowOf(this.#source, entry.dataOffset, end, path) };
      }
      case "dir":
        return { type: "directory", path };
      case "symlink":
        return { type: "symlink", path, target: decodeName(entry.linkPath) };
      case "hardlink": {
        const link = cleanPath(entry.linkPath).parts.map(decodeName).join("/");
        const target = this.members.get(link);
        if (target) return { ...target, path };
        // What it links to may come later: until then it is a symlink to that.
        return { type: "symlink", path, target: "../".repeat(path.split("/").length - 1) + link };
      }
      default:
        return { type: "other", path };
    }
  }
}
