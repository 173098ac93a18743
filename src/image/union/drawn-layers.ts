import {
  type ColumnTree,
  NO_ROW,
  ROOT_ROW,
  ROW_RENEWED,
  type Row,
} from "../../tree/column-tree.ts";
import { ColumnTreeBuilder, type EntryFacts } from "../../tree/column-tree-builder.ts";
import { WHITEOUT_PREFIX } from "../whiteout-name.ts";
import type { MergedTree } from "./merged-tree.ts";
import { mergedKind, mergedPath, mergedTarget, sourceOf } from "./merged-tree.ts";

/**
 * Layers as tests draw them: one line a layer, the top one first, entries in the order of the tar.
 *
 * `a/f=text` file, `a/` directory, `a->b` symlink, `a=>b` hard link, `a/x!` whiteout, `a/!!` opaque mark, `a:c0` a
 * character device 0:0; `@0700` after any of these sets the mode. Files of equal text have equal content offsets, so
 * `sameDrawnContent` can compare them. Returns the trees base first.
 */
export function drawnLayers(drawing: string): readonly ColumnTree[] {
  const lines = drawing.split("\n").filter((line) => line.trim() !== "");
  const texts: string[] = [];
  return lines.reverse().map((line, index) => {
    const builder = new ColumnTreeBuilder(`layer ${index + 1}`);
    line
      .trim()
      .split(/\s+/)
      .filter((word) => word !== "-")
      .forEach((word, entry) => {
        addEntry(builder, word, entry, texts);
      });
    return builder.finish();
  });
}

/** What a merged tree shows, as words: `a/ a/f l->t`, each file with the layer that provides it: `a/f@2`. */
export function drawnListing(merged: MergedTree): string {
  const words: string[] = [];
  for (let row = 1; row < merged.length; row++) {
    const path = mergedPath(merged, row).slice(1);
    const kind = mergedKind(merged, row);
    if (kind === "dir") words.push(`${path}/`);
    else if (kind === "symlink") words.push(`${path}->${mergedTarget(merged, row)}`);
    else words.push(`${path}@${sourceOf(merged, row).layer}`);
  }
  return words.sort().join(" ");
}

function addEntry(builder: ColumnTreeBuilder, word: string, entry: number, texts: string[]): void {
  const [what = "", mode] = word.split("@");
  const [, path = "", sign = "", rest = ""] = /^(.*?)(=>|->|=|!!|!|:c0|$)(.*)$/.exec(what) ?? [];
  const names = path.split("/");
  const isDirectory = names[names.length - 1] === "" && sign === "";
  if (isDirectory) names.pop();
  let name = names.pop() ?? "";
  if (sign === "!!") name = ".wh..wh..opq";
  if (sign === "!") name = `.wh.${name}`;
  const dir = makeParents(builder, names);
  const facts: EntryFacts = {
    kind: isDirectory ? "dir" : sign === "->" ? "symlink" : sign === ":c0" ? "char" : "file",
    mode: mode === undefined ? (isDirectory ? 0o755 : 0o644) : Number.parseInt(mode, 8),
    uid: 0,
    gid: 0,
    size: rest.length,
    mtime: 100,
    entry,
  };
  const there = builder.child(dir, name);
  if (there !== NO_ROW && isDirectory && builder.kind(there) === "dir") {
    builder.setDirectory(there, facts);
    return;
  }
  if (there !== NO_ROW) builder.remove(there);
  const flags = there !== NO_ROW && isDirectory ? ROW_RENEWED : 0;
  if (sign === "=>") addLink(builder, dir, name, rest, facts);
  else if (sign === "->") builder.add(dir, name, { ...facts, extra: { target: rest } });
  else if (sign === ":c0") builder.add(dir, name, { ...facts, extra: { rdev: [0, 0] } });
  else if (sign === "=") builder.add(dir, name, { ...facts, content: offsetOf(texts, rest) });
  else builder.add(dir, name, { ...facts, flags });
}

function addLink(
  builder: ColumnTreeBuilder,
  dir: Row,
  name: string,
  path: string,
  facts: EntryFacts,
): void {
  let target: Row = ROOT_ROW;
  for (const part of path.split("/"))
    target = target === NO_ROW ? NO_ROW : builder.child(target, part);
  if (target !== NO_ROW) builder.addHardLink(dir, name, target, facts.entry);
  else builder.add(dir, name, { ...facts, size: 0, extra: { link: `/${path}` } });
}

function makeParents(builder: ColumnTreeBuilder, names: readonly string[]): Row {
  let dir = ROOT_ROW;
  for (const name of names) {
    const there = builder.child(dir, name);
    if (there === NO_ROW && builder.child(dir, `${WHITEOUT_PREFIX}${name}`) !== NO_ROW)
      builder.addFault({ path: `/${names.join("/")}`, reason: "parent-whited-out" });
    dir = there === NO_ROW ? builder.addImplied(dir, name) : there;
  }
  return dir;
}

function offsetOf(texts: string[], text: string): number {
  const known = texts.indexOf(text);
  return known >= 0 ? known : texts.push(text) - 1;
}
