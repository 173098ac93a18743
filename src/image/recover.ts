import type { ByteSource } from "./byte-source.ts";
import { createDigest } from "./digest.ts";
import type { ImageEntry } from "./image.ts";
import { compressionOf, inflate } from "./inflate.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { OpenContext } from "./open-context.ts";

/** Stored bytes of a blob that is tried in place of a missing one. */
const LONGEST = 2 ** 26;
/** Blobs that are tried for one layer. */
const MOST_TRIED = 8;

/**
 * Finds layers whose descriptor has a wrong digest: the blob it names is missing, but one that nothing else names has
 * the descriptor's size and, inflated, the diffID of the config. Such a layer is read, and its digest differs.
 */
export async function recoverLayers(
  context: OpenContext,
  images: readonly ImageEntry[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const missing = context.layers.missing();
  if (missing.length === 0) return;
  const named = new Set(images.flatMap((image) => image.layers.map(({ layer }) => layer)));
  const free = context.members.all.filter(
    (member) =>
      member.type === "file" && member.path.startsWith("blobs/") && !named.has(member.path),
  );
  for (const { key, size, diffIds } of missing) {
    const tried = free.filter(
      (member) => member.type === "file" && member.source.size === size && size <= LONGEST,
    );
    for (const member of tried.slice(0, MOST_TRIED)) {
      if (member.type !== "file") continue;
      const diffId = await diffIdOf(member.source, signal);
      if (diffId !== null && diffIds.includes(diffId)) {
        await context.layers.replaceMissing(key, member.path, member.source);
        break;
      }
    }
  }
}

async function diffIdOf(
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const hash = await createDigest("sha256");
  try {
    const compression = await compressionOf(source);
    for await (const chunk of inflate(source, compression, { limits: DEFAULT_LIMITS, signal }))
      hash.update(chunk);
  } catch {
    signal?.throwIfAborted();
    return null;
  }
  return `sha256:${hash.digest("hex")}`;
}
