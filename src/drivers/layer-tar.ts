import type { ColumnTree, EntryKind, Extra, Row } from "../tree/column-tree.ts";
import { ColumnTreeBuilder, type EntryFacts } from "../tree/column-tree-builder.ts";
import { type Content, contentLength } from "../tree/content.ts";
import { encodeName } from "../tree/name.ts";
import { TarWriter } from "./tar-writer.ts";

/** One name of a layer, as it is written to the layer's tar. */
export interface LayerEntry {
  /** From the layer's root, without "/" in front or at the end; "" is not written. */
  readonly path: string;
  readonly kind: Exclude<EntryKind, "socket">;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly content?: Content;
  /** A symlink's target. */
  readonly target?: string;
  readonly rdev?: readonly [major: number, minor: number];
  readonly xattrs?: readonly (readonly [name: string, value: Uint8Array])[];
  /** The path of an earlier entry this one is a hard link of; its other facts are then that one's. */
  readonly linkTo?: string;
}

/** A layer: its tar, and the same as a tree. */
export interface LayerTar {
  readonly tar: Content;
  /** `blob` is the name given to `writeLayer`; the offsets in it are offsets in `tar`. */
  readonly tree: ColumnTree;
}

/** Writes a layer's tar and its tree in one pass. Parents that no entry names are implied. */
export function writeLayer(entries: Iterable<LayerEntry>, blob: string): LayerTar {
  const writer = new TarWriter();
  const builder = new ColumnTreeBuilder(blob);
  const rows = new Map<string, Row>([["", 0]]);
  let number = 0;
  for (const entry of entries) {
    const slash = entry.path.lastIndexOf("/");
    const parent = rowOf(builder, rows, slash < 0 ? "" : entry.path.slice(0, slash));
    const name = entry.path.slice(slash + 1);
    const linked = entry.linkTo === undefined ? undefined : rows.get(entry.linkTo);
    const start = writer.add(
      {
        path: entry.kind === "dir" ? `${entry.path}/` : entry.path,
        type: linked === undefined ? entry.kind : "link",
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        mtime: entry.mtime,
        ...withTarget(linked === undefined ? entry.target : entry.linkTo),
        ...(entry.rdev && { rdev: entry.rdev }),
        ...(entry.xattrs && { xattrs: entry.xattrs }),
      },
      linked === undefined ? entry.content : [],
    );
    const at = number++;
    const row =
      linked === undefined
        ? builder.add(parent, name, facts(entry, start, at))
        : builder.addHardLink(parent, name, linked, at);
    rows.set(entry.path, row);
  }
  return { tar: writer.finish(), tree: builder.finish() };
}

function withTarget(target: string | undefined): { readonly target?: string } {
  return target === undefined ? {} : { target };
}

function rowOf(builder: ColumnTreeBuilder, rows: Map<string, Row>, path: string): Row {
  const known = rows.get(path);
  if (known !== undefined) return known;
  const slash = path.lastIndexOf("/");
  const parent = rowOf(builder, rows, slash < 0 ? "" : path.slice(0, slash));
  const row = builder.addImplied(parent, path.slice(slash + 1));
  rows.set(path, row);
  return row;
}

function facts(entry: LayerEntry, start: number, number: number): EntryFacts {
  const extra: Extra = {
    ...withTarget(entry.target),
    ...(entry.rdev && { rdev: entry.rdev }),
    ...(entry.xattrs && entry.xattrs.length > 0 && { xattrs: entry.xattrs }),
  };
  const size =
    entry.target === undefined
      ? contentLength(entry.content ?? [])
      : encodeName(entry.target).length;
  return {
    kind: entry.kind,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size,
    mtime: entry.mtime,
    ...(entry.kind === "file" && size > 0 && { content: start }),
    entry: number,
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
