import { createDigest, type Digester } from "../image/digest.ts";
import type { DigestReply, DigestRequest, StreamId } from "./digest-protocol.ts";

/** Hashes streams of bytes. Without a thread of its own, so that tests run it as it is. Rejects for a fault of ours. */
export function hashFor(
  send: (reply: DigestReply, transfer: Transferable[]) => void,
): (request: DigestRequest) => Promise<void> {
  const streams = new Map<StreamId, Digester>();
  /** Requests are answered one after another, in their order. */
  let last = Promise.resolve();

  async function answer(request: DigestRequest): Promise<void> {
    const { stream } = request;
    if (request.type === "begin") {
      streams.set(stream, await createDigest(request.algorithm));
      return;
    }
    const digest = streams.get(stream);
    if (!digest) throw new RangeError(`no stream ${stream}`);
    if (request.type === "piece") {
      digest.update(request.bytes);
      const { buffer } = request.bytes;
      send({ type: "done", stream, buffer }, [buffer]);
    } else {
      streams.delete(stream);
      send({ type: "digest", stream, hex: await digest.digest("hex") }, []);
    }
  }

  return (request) => {
    last = last.then(() => answer(request));
    return last;
  };
}
