import type { LayerDigests, LayerKey } from "../image/image.ts";
import type { Limits } from "../image/limits.ts";
import type { LayerState } from "./archives.ts";
import type { RemoteReader } from "./reader.ts";

interface Options {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** Reads layers one after the other, telling each one's progress and its end. Rejects when aborted. */
export async function readLayers(
  reader: RemoteReader,
  keys: readonly LayerKey[],
  { limits, signal }: Options,
  report: (key: LayerKey, state: LayerState) => void,
): Promise<void> {
  for (const key of keys) {
    const began = performance.now();
    const onProgress = (progress: {
      readonly bytesRead: number;
      readonly bytesTotal: number;
      readonly entries: number;
    }) => {
      const seconds = Math.max(performance.now() - began, 1) / 1000;
      const { bytesRead, bytesTotal, entries } = progress;
      report(key, {
        phase: "reading",
        bytesRead,
        bytesTotal,
        entries,
        rate: bytesRead / seconds,
      });
    };
    report(key, { phase: "reading", bytesRead: 0, bytesTotal: 0, entries: 0, rate: 0 });
    const index = await reader.layer(key, { limits, signal, onProgress });
    report(key, { phase: "read", index, digests: null, hashes: null });
  }
}

/** Hashes layers in the background, one after the other. Rejects when aborted. */
export async function digestLayers(
  reader: RemoteReader,
  keys: readonly LayerKey[],
  options: Options,
  report: (key: LayerKey, digests: LayerDigests) => void,
): Promise<void> {
  for (const key of keys) report(key, await reader.digests(key, options));
}
