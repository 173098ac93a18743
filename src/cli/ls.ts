import type { ContentHashes } from "../image/content-hashes.ts";
import type { ImageEntry } from "../image/image.ts";
import { mergedTree } from "../image/union/union.ts";
import { extraOf } from "../tree/column-tree.ts";
import { refusalSentence } from "./difference-text.ts";
import { type Listed, layerListing, listedPath, mergedListing } from "./listing.ts";
import { terminalName } from "./name-text.ts";
import {
  checkLayerNumber,
  chooseImage,
  type ImageChoice,
  type OpenedArchive,
  readLayers,
  unionOfLayers,
  withArchive,
} from "./opened-image.ts";
import { Output } from "./output.ts";
import { TSV_COLUMNS, TsvWriter } from "./tsv-line.ts";

interface LsOptions extends ImageChoice {
  readonly layer?: number;
  readonly upto?: number;
  readonly tsv?: true;
  /** False with --no-hash. */
  readonly hash: boolean;
}

/** `unionscope ls`: prints the files of an image, or the entries of one of its layers. */
export function ls(files: readonly string[], options: LsOptions): Promise<number> {
  return withArchive(files, async (opened) => {
    const image = chooseImage(opened.archive, options);
    const upto =
      options.upto === undefined ? image.layers.length : checkLayerNumber(options.upto, image);
    const only = options.layer === undefined ? null : checkLayerNumber(options.layer, image);
    const output = new Output();
    if (options.tsv) output.line(TSV_COLUMNS.join("\t"));
    const tsv = options.tsv ? new TsvWriter(output.buffer, !process.stdout.isTTY) : null;
    for (const listed of await list(opened, image, upto, only, options)) {
      if (tsv) tsv.line(listed);
      else output.line(textLine(listed));
      if (output.isFull) await output.flush();
    }
    await output.flush();
  });
}

async function list(
  opened: OpenedArchive,
  image: ImageEntry,
  upto: number,
  only: number | null,
  { hash, semantics }: LsOptions,
): Promise<Iterable<Listed>> {
  const layers = await readLayers(opened, image, only ?? upto, hash);
  const hashes = new Map<number, ContentHashes>();
  if (hash)
    for (const { k, layer } of image.layers.slice(0, only ?? upto))
      if (only === null || only === k) hashes.set(k, await opened.reader.contentHashes(layer));
  if (only !== null) return layerListing(layers[only - 1]!.index.tree, only, hashes);
  const union = unionOfLayers(layers);
  const refusal = union.refusals[0];
  if (refusal && semantics === "docker")
    process.stderr.write(`note: ${terminalName(refusalSentence(refusal))}\n`);
  return mergedListing(mergedTree(union, upto, semantics), hashes);
}

function textLine(listed: Listed): string {
  const { tree, row, type, mode, hardlink, layer } = listed;
  const path = listedPath(listed);
  const { target, rdev } = extraOf(tree, row);
  const size = type === "c" || type === "b" ? (rdev ?? [0, 0]).join(",") : String(tree.size[row]!);
  const owner = `${tree.uid[row]!}:${tree.gid[row]!}`;
  const link = target === undefined ? "" : ` -> ${terminalName(target)}`;
  const other = hardlink === "" || hardlink === path ? "" : ` = ${terminalName(hardlink)}`;
  return [
    `${type === "f" ? "-" : type}${modeText(mode)}`,
    owner.padEnd(11),
    size.padStart(10),
    dateText(tree.mtime[row]!),
    `L${layer}`.padEnd(4),
    `${terminalName(path)}${link}${other}`,
  ].join(" ");
}

function modeText(mode: number): string {
  const bits = "rwxrwxrwx".split("").map((letter, i) => (mode & (0o400 >> i) ? letter : "-"));
  const special = (place: number, bit: number, letter: string) => {
    if (mode & bit) bits[place] = bits[place] === "x" ? letter : letter.toUpperCase();
  };
  special(2, 0o4000, "s");
  special(5, 0o2000, "s");
  special(8, 0o1000, "t");
  return bits.join("");
}

function dateText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `@${seconds}` : date.toISOString().slice(0, 19);
}
