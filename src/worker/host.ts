import type { ArchiveReader } from "../image/archive-reader.ts";
import type { ByteSource } from "../image/byte-source.ts";
import { movableBuffers } from "../image/content-hashes.ts";
import { createDigest, type MakeDigest } from "../image/digest.ts";
import { type LayerIndex, type LayerKey, layerBlob } from "../image/image.ts";
import { openArchive } from "../image/open.ts";
import type { Progress, ReadOptions } from "../image/read-options.ts";
import type { Reply, Request, SentFile } from "./protocol.ts";

/** Stored bytes from which on a layer is hashed by a thread of its own. */
const LONG = 2 ** 20;

/** Sends a reply; what is in `transfer` moves to the other side. */
export type Send = (reply: Reply, transfer: readonly ArrayBuffer[]) => void;

/**
 * Answers requests about one archive. Without a thread of its own, so that tests run it as it is. `digestApart` hashes
 * long layers while they are inflated.
 */
export function answerWith(send: Send, digestApart: MakeDigest): (request: Request) => void {
  let reader: ArchiveReader | null = null;
  const running = new Map<number, AbortController>();
  /** Layers whose columns the other side has. */
  const sent = new WeakSet<LayerIndex>();

  async function answer(request: Exclude<Request, { call: "cancel" }>, options: ReadOptions) {
    const { id } = request;
    switch (request.call) {
      case "open": {
        const { files, limits, id: archive } = request.args;
        const result = await openArchive(files.map(sourceOf), { ...options, limits, id: archive });
        if (result.type === "refused") {
          const value = { type: "refused", problems: result.problems } as const;
          return send({ id, type: "value", call: "open", value }, []);
        }
        reader = result.reader;
        const value = { type: "opened", archive: reader.archive } as const;
        return send({ id, type: "value", call: "open", value }, []);
      }
      case "layer": {
        const { key, limits } = request.args;
        const hash = makerFor(key);
        const how = { ...options, limits, ...(hash && { hash }) };
        let value = await opened().layer(key, how);
        // Two that asked at once share a tree, and the first has moved it away.
        while (sent.has(value)) value = await opened().layer(key, how);
        sent.add(value);
        opened().forget(key);
        return send({ id, type: "value", call: "layer", value }, movableBuffers(value.tree));
      }
      case "digests": {
        const { key, limits } = request.args;
        const value = await opened().digests(key, { ...options, limits });
        return send({ id, type: "value", call: "digests", value }, []);
      }
      case "hashes": {
        const { key, columns, limits } = request.args;
        const { index, bytes } = await opened().hashFiles(key, columns, { ...options, limits });
        const value = { index, bytes: bytes.slice() };
        const buffers = [value.index.buffer, value.bytes.buffer];
        return send({ id, type: "value", call: "hashes", value }, buffers);
      }
      case "read": {
        const { content, from, to } = request.args;
        const value = (await opened().read(content, from, to, options)).slice();
        return send({ id, type: "value", call: "read", value }, [value.buffer]);
      }
      default:
        return unreachable(request);
    }
  }

  /** How a layer is hashed while it is read; not at all when it is not compressed: its tree comes without reading it all. */
  function makerFor(key: LayerKey): MakeDigest | null {
    const { compression, storedBytes } = layerBlob(opened().archive, key);
    if (compression === null || compression === "none") return null;
    return (storedBytes ?? 0) < LONG ? createDigest : digestApart;
  }

  function opened(): ArchiveReader {
    if (!reader) throw new Error("no archive is open");
    return reader;
  }

  return (request) => {
    const { id } = request;
    if (request.call === "cancel") {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    const onProgress = (progress: Progress) => send({ id, type: "progress", progress }, []);
    answer(request, { signal: controller.signal, onProgress })
      .catch((fault: unknown) => {
        if (controller.signal.aborted) send({ id, type: "cancelled" }, []);
        else send({ id, type: "crashed", message: String(fault) }, []);
      })
      .finally(() => running.delete(id));
  };
}

function sourceOf({ name, blob }: SentFile): ByteSource {
  return { name, size: blob.size, slice: (from, to) => blob.slice(from, to) };
}

function unreachable(value: never): never {
  throw new RangeError(`no such call: ${JSON.stringify(value)}`);
}
