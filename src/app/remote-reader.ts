import { contentHashes, hashedColumns } from "../image/content-hashes.ts";
import { DEFAULT_LIMITS } from "../image/limits.ts";
import type { OpenRemote } from "../state/reader.ts";
import { callsTo } from "../worker/client.ts";

/** Opens an archive in a worker of its own, so that reading one does not hold up another and closing frees all. */
export const openInWorker: OpenRemote = async (id, files, { limits, signal }) => {
  const worker = new Worker(new URL("../worker/ingest.worker.ts", import.meta.url), {
    type: "module",
    name: id,
  });
  const close = () => worker.terminate();
  signal.addEventListener("abort", close, { once: true });
  const call = callsTo(worker);
  try {
    const given = files.map(({ name, blob }) => ({ name, blob }));
    const result = await call("open", { id, files: given, limits }, { signal });
    signal.removeEventListener("abort", close);
    if (result.type === "refused") {
      close();
      return result;
    }
    return {
      type: "opened",
      reader: {
        archive: result.archive,
        layer: (key, options = {}) =>
          call("layer", { key, limits: options.limits ?? DEFAULT_LIMITS }, options),
        digests: (key, options = {}) =>
          call("digests", { key, limits: options.limits ?? DEFAULT_LIMITS }, options),
        contentHashes: async (key, columns, options) => {
          const { limits: bounds = DEFAULT_LIMITS } = options;
          const wanted = { key, columns: hashedColumns(columns), limits: bounds };
          const { index, bytes } = await call("hashes", wanted, options);
          return contentHashes(index, bytes);
        },
        read: (content, from, to, options) => call("read", { content, from, to }, options),
        close,
      },
    };
  } catch (fault) {
    close();
    throw fault;
  }
};
