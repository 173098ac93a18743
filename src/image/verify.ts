import type { ImageLayer, LayerBlob, LayerDigests } from "./image.ts";
import type { Problem } from "./problem.ts";

/** What hashing a layer showed to be false: its stored digest, its diffID, both or nothing. */
export function digestProblems(
  layer: ImageLayer,
  blob: LayerBlob,
  digests: LayerDigests,
  file: string,
): readonly Problem[] {
  const at = { file, member: blob.path, entry: null, offset: null };
  const problems: Problem[] = [];
  const { digest, diffId } = digests;
  if (blob.digest !== null && digest === null && blob.storedBytes !== null)
    problems.push({ type: "digest-unsupported", digest: blob.digest, at });
  if (blob.digest !== null && digest !== null && digest !== blob.digest)
    problems.push({ type: "digest-differs", declared: blob.digest, actual: digest, at });
  if (layer.diffId !== null && diffId !== null && diffId !== layer.diffId)
    problems.push({ type: "diff-id-differs", declared: layer.diffId, actual: diffId, at });
  return problems;
}
