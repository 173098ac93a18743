import { defaultImage, type ImageEntry, layerBlob, verificationOf } from "../image/image.ts";
import { type Problem, severityOf } from "../image/problem.ts";
import { changesOf } from "../image/union/changes.ts";
import { differencesOf } from "../image/union/differences.ts";
import { mergedInTurn } from "../image/union/merged-in-turn.ts";
import { differenceSentence } from "./difference-text.ts";
import { safeJson, terminalName } from "./name-text.ts";
import {
  describeImage,
  type OpenedArchive,
  type ReadLayer,
  readLayers,
  shortDigest,
  unionOfLayers,
  withArchive,
} from "./opened-image.ts";
import { Output } from "./output.ts";
import { englishSentence } from "./problem-text.ts";

/** `unionscope inspect`: prints what an archive holds and whether its digests are right. */
export function inspect(
  files: readonly string[],
  { json }: { readonly json?: true },
): Promise<number> {
  return withArchive(files, async (opened) => {
    const images = [];
    for (const image of opened.archive.images) {
      const layers = await readLayers(opened, image, image.layers.length, true);
      images.push(imageJson(opened, image, layers));
    }
    const { archive, problems } = opened;
    const found = {
      name: archive.name,
      size: archive.size,
      format: archive.format,
      compression: archive.compression,
      images,
      problems: problems.map(problemJson),
    };
    const output = new Output();
    if (json) output.line(safeJson(found));
    else for (const line of inspectText(found, opened)) output.line(line);
    await output.flush();
  });
}

type ImageJson = ReturnType<typeof imageJson>;

function imageJson({ archive }: OpenedArchive, image: ImageEntry, read: readonly ReadLayer[]) {
  const isTree = image.kind === "image";
  const union = unionOfLayers(isTree ? read : []);
  const merged = mergedInTurn(union, "docker");
  const changesIn = (k: number) =>
    changesOf(union, k, "docker", undefined, "changed", merged).counts;
  return {
    index: image.index,
    kind: image.kind,
    default: image === defaultImage(archive),
    refs: image.refs,
    platform: image.platform,
    manifestDigest: image.manifestDigest,
    imageId: image.imageId,
    created: image.config?.created ?? null,
    history: image.history,
    layers: image.layers.map((layer, index) => {
      const blob = layerBlob(archive, layer.layer);
      const { index: tree, digests } = read[index]!;
      return {
        k: layer.k,
        diffId: layer.diffId,
        chainId: layer.chainId,
        digest: blob.digest,
        computed: digests ? { digest: digests.digest, diffId: digests.diffId } : null,
        verified: verificationOf(layer, blob, digests),
        path: blob.path,
        mediaType: blob.mediaType,
        compression: blob.compression,
        storedBytes: blob.storedBytes,
        tarBytes: tree.tarBytes,
        entries: tree.entries,
        fileBytes: tree.fileBytes,
        shadowed: tree.shadowed.length,
        extras: tree.extras,
        command: layer.step === null ? null : (image.history[layer.step]?.command ?? null),
        failure: tree.failure ? problemJson(tree.failure) : null,
        changes: isTree ? changesIn(layer.k) : null,
      };
    }),
    differences: isTree
      ? differencesOf(union, image.layers.length, merged).places.map((place) => ({
          layer: place.layer,
          path: place.path,
          ...place.because,
          text: differenceSentence(place),
        }))
      : [],
  };
}

function problemJson(problem: Problem) {
  const { file, member, entry, offset } = problem.at;
  return {
    severity: severityOf(problem),
    type: problem.type,
    text: englishSentence(problem),
    file,
    member,
    entry,
    offset,
  };
}

function* inspectText(
  found: {
    readonly name: string;
    readonly format: string;
    readonly compression: string;
    readonly images: readonly ImageJson[];
  },
  { archive }: OpenedArchive,
): Generator<string> {
  const compressed = found.compression === "none" ? "" : `, ${found.compression}`;
  yield terminalName(`${found.name}: ${found.format}${compressed}, ${archive.size} bytes`);
  for (const image of found.images) {
    const entry = archive.images[image.index]!;
    const mark = image.default ? "image" : image.kind;
    yield "";
    yield terminalName(`${mark}: ${describeImage(entry)}`);
    if (image.imageId) yield `  ID ${image.imageId}`;
    for (const step of image.history)
      if (step.empty) yield terminalName(`   –  (no layer)  ${step.command.slice(0, 100)}`);
      else {
        const layer = image.layers.find((candidate) => candidate.k === step.k);
        if (layer) yield layerText(layer);
      }
    for (const layer of image.layers) if (layer.command === null) yield layerText(layer);
    for (const { layer, path, text } of image.differences)
      yield terminalName(`  layer ${layer}, ${path}: ${text}`);
  }
}

function layerText(layer: ImageJson["layers"][number]): string {
  const counts = layer.changes;
  const changes = counts ? `+${counts.added} ~${counts.modified} −${counts.removed}` : "";
  const line = [
    String(layer.k).padStart(4),
    shortDigest(layer.diffId ?? layer.digest ?? "").padEnd(12),
    `${layer.tarBytes} bytes`,
    `${layer.entries} entries`,
    changes,
    layer.verified,
    (layer.command ?? "").slice(0, 100),
  ];
  return terminalName(line.filter((part) => part !== "").join("  "));
}
