import type { ArchiveReader } from "../image/archive-reader.ts";
import { createDigest } from "../image/digest.ts";
import {
  type Archive,
  defaultImage,
  type ImageEntry,
  type LayerDigests,
  type LayerIndex,
  layerBlob,
} from "../image/image.ts";
import { openArchive } from "../image/open.ts";
import type { Problem } from "../image/problem.ts";
import { type Union, unionOf } from "../image/union/union.ts";
import { digestProblems } from "../image/verify.ts";
import { openSources, UnreadableFile } from "./file-source.ts";
import { terminalName } from "./name-text.ts";
import { fileSentence, problemLine, reportProblems } from "./problem-text.ts";

/** Which image of an archive, and how its layers are read. */
export interface ImageChoice {
  readonly image?: string;
  readonly platform?: string;
  readonly semantics: "docker" | "oci";
}

/** Exit codes of every command that opens a file. */
const EXIT_FINE = 0;
const EXIT_PROBLEMS = 1;
export const EXIT_NOT_OPENED = 2;

/** Nothing to go on with: the sentence has the reason. */
export class CannotOpen extends Error {}

/** An archive that is open, with everything that was found to be wrong so far. */
export interface OpenedArchive {
  readonly reader: ArchiveReader;
  readonly archive: Archive;
  readonly problems: Problem[];
}

/**
 * Opens files, runs `use` on them, and turns what went wrong into sentences on standard error and an exit code.
 * `use` returns when all it had to write is written.
 */
export async function withArchive(
  files: readonly string[],
  use: (opened: OpenedArchive) => Promise<void>,
): Promise<number> {
  try {
    const { sources, close } = await openSources(files);
    try {
      const opened = await openArchive(sources);
      if (opened.type === "refused") throw new CannotOpen(problemLine(opened.problem));
      const { archive } = opened.reader;
      const problems = [...archive.problems];
      try {
        await use({ reader: opened.reader, archive, problems });
      } catch (error) {
        if (error instanceof CannotOpen) reportProblems(problems);
        throw error;
      }
      return reportProblems(problems) ? EXIT_PROBLEMS : EXIT_FINE;
    } finally {
      await close();
    }
  } catch (error) {
    if (error instanceof CannotOpen) process.stderr.write(`${error.message}\n`);
    else if (error instanceof UnreadableFile) process.stderr.write(`${fileSentence(error)}\n`);
    else throw error;
    return EXIT_NOT_OPENED;
  }
}

/** The image that was asked for, else the first that is no attestation. Throws `CannotOpen` when there is none. */
export function chooseImage(archive: Archive, choice: ImageChoice): ImageEntry {
  const images = archive.images.filter((image) => image.kind === "image");
  const asked = images.filter(
    (image) => isCalled(image, choice.image) && isFor(image, choice.platform),
  );
  const wanted = choice.image === undefined && choice.platform === undefined;
  const found = wanted ? defaultImage(archive) : asked[0];
  if (found) return found;
  const name = terminalName(archive.name);
  if (images.length === 0) throw new CannotOpen(`${name}: there is no image in it.`);
  const have = images.map((image) => terminalName(describeImage(image))).join("; ");
  throw new CannotOpen(`${name}: no image in it is called that. It has: ${have}.`);
}

/** An image's names and platform in one line. */
export function describeImage(image: ImageEntry): string {
  const name =
    image.refs.join(", ") || shortDigest(image.imageId ?? image.manifestDigest ?? "no name");
  const platform = platformText(image);
  return platform === "" ? name : `${name} (${platform})`;
}

/** "linux/arm64/v8"; "" when it is not known. */
function platformText({ platform }: ImageEntry): string {
  if (!platform) return "";
  return [platform.os, platform.architecture, platform.variant].filter((part) => part).join("/");
}

/** A digest as people know it: its first twelve digits. */
export function shortDigest(digest: string): string {
  return digest.replace(/^[a-z0-9+.-]+:/, "").slice(0, 12);
}

/** A layer's tree and, when they were asked for, its digests. */
export interface ReadLayer {
  readonly index: LayerIndex;
  readonly digests: LayerDigests | undefined;
}

/** Reads an image's first `upto` layers, base first. What is wrong with them is added to the archive's problems. */
export async function readLayers(
  { reader, archive, problems }: OpenedArchive,
  image: ImageEntry,
  upto: number,
  withDigests: boolean,
): Promise<readonly ReadLayer[]> {
  if (!problems.some((problem) => image.problems.includes(problem)))
    problems.push(...image.problems);
  const read: ReadLayer[] = [];
  const known = new Set<string>();
  for (const layer of image.layers.slice(0, upto)) {
    const index = await reader.layer(layer.layer, withDigests ? { hash: createDigest } : {});
    const blob = layerBlob(archive, layer.layer);
    const digests =
      withDigests && !blob.unreadable && !index.failure
        ? await reader.digests(layer.layer)
        : undefined;
    if (!known.has(layer.layer)) problems.push(...index.problems);
    known.add(layer.layer);
    if (digests) problems.push(...digestProblems(layer, blob, digests, archive.name));
    read.push({ index, digests });
  }
  return read;
}

/** The union of layers that were read. */
export function unionOfLayers(layers: readonly ReadLayer[]): Union {
  return unionOf(layers.map(({ index }) => index.tree));
}

/** Checks a layer's number as it was typed. Throws `CannotOpen`. */
export function checkLayerNumber(k: number, image: ImageEntry): number {
  const { length } = image.layers;
  if (Number.isInteger(k) && k >= 1 && k <= length) return k;
  throw new CannotOpen(
    `There is no layer ${Number.isNaN(k) ? "of that number" : k}: the image has ${length}, counted from 1, the base.`,
  );
}

function isCalled(image: ImageEntry, asked: string | undefined): boolean {
  if (asked === undefined) return true;
  if (image.refs.some((ref) => fullName(ref) === fullName(asked))) return true;
  const hex = asked.replace(/^sha256:/, "");
  if (!/^[0-9a-f]{6,64}$/.test(hex)) return false;
  return [image.imageId, image.manifestDigest].some(
    (digest) => digest?.replace(/^[a-z0-9]+:/, "").startsWith(hex) ?? false,
  );
}

/** A name with what Docker leaves unsaid: registry, "library/", ":latest". */
function fullName(ref: string): string {
  const plain = ref.replace(/^docker\.io\//, "").replace(/^library\//, "");
  const last = plain.slice(plain.lastIndexOf("/") + 1);
  return last.includes(":") || last.includes("@") ? plain : `${plain}:latest`;
}

function isFor(image: ImageEntry, asked: string | undefined): boolean {
  if (asked === undefined) return true;
  const platform = platformText(image);
  return platform === asked || platform.startsWith(`${asked}/`) || platform.endsWith(`/${asked}`);
}
