import { type ImageEntry, layerBlob } from "../image/image.ts";
import { type Problem, severityOf } from "../image/problem.ts";
import { digestProblems } from "../image/verify.ts";
import type { OpenArchive } from "./archives.ts";

/** Everything found wrong with layer `k` of an image, its digests included. */
export function layerProblems(open: OpenArchive, image: ImageEntry, k: number): readonly Problem[] {
  const layer = image.layers[k - 1];
  if (!open.archive || !layer) return [];
  const blob = layerBlob(open.archive, layer.layer);
  const state = open.layers.get(layer.layer);
  if (state?.phase !== "read") return blob.unreadable ? [blob.unreadable] : [];
  const digests = state.digests
    ? digestProblems(layer, blob, state.digests, open.archive.name)
    : [];
  return [...state.index.problems, ...digests];
}

/** Everything found wrong with the archive as a whole and with the image's manifest and config. */
export function archiveProblems(open: OpenArchive, image: ImageEntry | null): readonly Problem[] {
  return [...(open.archive?.problems ?? []), ...(image?.problems ?? [])];
}

/** Those that matter: a note says what is unusual, and wrong is nothing. */
export function withoutNotes(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((problem) => severityOf(problem) !== "note");
}

/** How many there are, those that are only counted too. */
export function countOf(problems: readonly Problem[]): number {
  return problems.reduce((sum, each) => sum + (each.type === "more" ? each.count : 1), 0);
}
