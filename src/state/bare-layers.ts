import {
  type Archive,
  type ImageEntry,
  type ImageLayer,
  type LayerBlob,
  layerBlob,
} from "../image/image.ts";
import type { OpenArchive } from "./archives.ts";
import { nameOfFiles } from "./file-sets.ts";
import type { GivenFile } from "./reader.ts";

/** Who says how bare layers are stacked: the order they were given in, the numbers in their names, or a person since. */
export type LayerOrder = "given" | "numbers" | "chosen";

/** A bare layer that was taken out of the stack: all that it takes to put it back, but for its tree, which stays. */
export interface AsideLayer {
  readonly name: string;
  readonly layer: ImageLayer;
  readonly blob: LayerBlob;
  readonly file: GivenFile;
}

/** Whether the archive is layers without an image around them: nothing says their order, so a person may. */
export function isBare({ archive }: Pick<OpenArchive, "archive">): boolean {
  return archive?.format === "layers";
}

/** The names of bare layers' files, base first. */
export function bareNames(archive: Archive, image: ImageEntry): readonly string[] {
  const paths = new Map(archive.layers.map(({ key, path }) => [key, path]));
  return image.layers.map(({ layer }) => paths.get(layer) ?? "");
}

/**
 * The order of bare layers, base first, as indices into `names`. Names that begin alike and go on with different
 * numbers ("layer-2.tar", "layer-10.tar"; "01.tar", "02.tar") say it; digests and versions of different things do not.
 */
export function guessedOrder(names: readonly string[]): readonly number[] | null {
  const found = names.map((name) => /^(.*?)(\d+)(?![\da-z])/i.exec(baseName(name)));
  const stems = new Set(found.map((match) => match?.[1] ?? null));
  const numbers = new Set(found.map((match) => (match?.[2] ?? "").replace(/^0+(?=\d)/, "")));
  if (names.length < 2 || stems.size > 1 || stems.has(null) || numbers.size < names.length)
    return null;
  const byNumber = new Intl.Collator("en", { numeric: true });
  return names
    .map((_, i) => i)
    .sort((a, b) => byNumber.compare(found[a]?.[2] ?? "", found[b]?.[2] ?? ""));
}

/**
 * How to get from bare layers named `names` to those that `wanted` names, in its order; null when it names others. Layers
 * of one name keep the order among themselves.
 */
export function orderTo(
  names: readonly string[],
  wanted: readonly string[],
): readonly number[] | null {
  const left = names.map((name, index) => ({ name, index }));
  const order: number[] = [];
  for (const name of wanted) {
    const at = left.findIndex((each) => each.name === name);
    const [taken] = at < 0 ? [] : left.splice(at, 1);
    if (!taken) return null;
    order.push(taken.index);
  }
  return order;
}

/** Files of one name get a number each, so that a person can tell them apart, and so can the reader. */
export function numbered(
  files: readonly GivenFile[],
  taken: readonly string[] = [],
): readonly GivenFile[] {
  const names = new Set(taken);
  return files.map((file) => {
    let { name } = file;
    for (let copy = 2; names.has(name); copy++) name = `${file.name} (${copy})`;
    names.add(name);
    return name === file.name ? file : { ...file, name };
  });
}

/**
 * An open archive of bare layers with others of them stacked, base first: indices of those stacked now and, after them,
 * of those aside. One that is left out is put aside, last. Nothing is read again.
 */
export function arranged(
  entry: OpenArchive,
  order: readonly number[],
  by: LayerOrder,
): OpenArchive {
  const image = entry.archive?.images[0];
  if (!entry.archive || !image) return entry;
  const { archive } = entry;
  const names = bareNames(archive, image);
  const stacked = image.layers.flatMap((layer, i): readonly AsideLayer[] => {
    const file = entry.files[i];
    return file
      ? [{ name: names[i] ?? "", layer, blob: layerBlob(archive, layer.layer), file }]
      : [];
  });
  const all = [...stacked, ...entry.aside];
  const chosen = order.flatMap((at) => all[at] ?? []);
  const isLeft = (each: AsideLayer) => !chosen.includes(each);
  const files = chosen.map(({ file }) => file);
  return {
    ...entry,
    archive: withLayers(
      archive,
      image,
      chosen.map(({ layer }) => layer),
      chosen.map(({ blob }) => blob),
    ),
    files,
    aside: [...entry.aside.filter(isLeft), ...stacked.filter(isLeft)],
    name: nameOfFiles(files),
    order: by,
  };
}

/** Bare layers on top of others. Their keys tell whose they are: two archives may use the same. */
export function stacked(lower: Archive, upper: Archive): Archive {
  const [image, above] = [lower.images[0], upper.images[0]];
  if (!image || !above) return lower;
  const keyOf = (key: string) => `${upper.id}!${key}`;
  return withLayers(
    lower,
    image,
    [...image.layers, ...above.layers.map((each) => ({ ...each, layer: keyOf(each.layer) }))],
    [...lower.layers, ...upper.layers.map((each) => ({ ...each, key: keyOf(each.key) }))],
  );
}

function withLayers(
  archive: Archive,
  image: ImageEntry,
  layers: ImageEntry["layers"],
  blobs: readonly LayerBlob[],
): Archive {
  return {
    ...archive,
    layers: blobs,
    size: blobs.reduce((sum, { storedBytes }) => sum + (storedBytes ?? 0), 0),
    images: [{ ...image, layers: layers.map((layer, i) => ({ ...layer, k: i + 1 })) }],
  };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
