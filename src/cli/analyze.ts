import type { ContentHashes } from "../image/content-hashes.ts";
import type { SameContent } from "../image/union/changes.ts";
import { type LayerRow, storedRowOf } from "../image/union/semantics.ts";
import { shownSemantics, type Union } from "../image/union/union.ts";
import { type Waste, wasteOf } from "../image/union/waste.ts";
import { safeJson, terminalName } from "./name-text.ts";
import {
  chooseImage,
  describeImage,
  type ImageChoice,
  readLayers,
  unionOfLayers,
  withArchive,
} from "./opened-image.ts";
import { Output } from "./output.ts";

/** `unionscope analyze`: prints what an image stores and nobody sees. */
export function analyze(
  files: readonly string[],
  options: ImageChoice & { readonly json?: true },
): Promise<number> {
  return withArchive(files, async (opened) => {
    const image = chooseImage(opened.archive, options);
    const layers = await readLayers(opened, image, image.layers.length, false);
    const hashes: ContentHashes[] = [];
    for (const { layer } of image.layers) hashes.push(await opened.reader.contentHashes(layer));
    const union = unionOfLayers(layers);
    const shows = shownSemantics(union, image.layers.length, options.semantics);
    const waste = wasteOf(union, options.semantics, compareBy(union, shows, hashes));
    const output = new Output();
    if (options.json) output.line(safeJson({ shows, layers: image.layers.length, ...waste }));
    else for (const line of analysisText(waste, describeImage(image))) output.line(line);
    await output.flush();
  });
}

/** Compares two files by their hashes. */
function compareBy(
  union: Union,
  shows: "docker" | "oci",
  hashes: readonly ContentHashes[],
): SameContent {
  const hashOf = ({ layer, row }: LayerRow) =>
    hashes[layer - 1]?.of(storedRowOf(union[shows][layer - 1]!, row)) ?? null;
  return (a, b) => {
    const x = hashOf(a);
    const y = hashOf(b);
    return x === null || y === null ? null : x === y;
  };
}

const HOW = {
  nothing: "hidden",
  overwritten: "overwritten",
  metadata: "stored again with other metadata",
  copied: "stored again unchanged",
  whiteout: "removed",
  opaque: "hidden by an opaque directory",
  type: "replaced by another type",
} as const;

const MOST_LINES = 50;

function* analysisText(waste: Waste, image: string): Generator<string> {
  const { storedBytes, seenBytes, wastedBytes, files } = waste;
  yield terminalName(image);
  const share = storedBytes === 0 ? 0 : (wastedBytes / storedBytes) * 100;
  yield `${storedBytes} bytes of files in the layers, ${seenBytes} are seen, ${wastedBytes} (${share.toFixed(1)} %) are not`;
  for (const { path, bytes, layer, by, how } of files.slice(0, MOST_LINES))
    yield terminalName(
      `${String(bytes).padStart(12)}  ${path}  of layer ${layer}, ${HOW[how]} by layer ${by}`,
    );
  if (files.length > MOST_LINES) yield `… and ${files.length - MOST_LINES} more (--json has all)`;
}
