import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashFor } from "./digest-host.ts";
import type { DigestReply } from "./digest-protocol.ts";
import { type DigestPort, DigestThread } from "./digest-thread.ts";

/** A far end without a thread: messages are moved, and answered in a later turn. */
function farEnd(): DigestPort {
  const listeners: ((event: { readonly data: DigestReply }) => void)[] = [];
  const answer = hashFor((reply, transfer) => {
    const data = structuredClone(reply, { transfer });
    setTimeout(() => {
      for (const listener of listeners) listener({ data });
    }, 0);
  });
  return {
    postMessage: (request, transfer) => void answer(structuredClone(request, { transfer })),
    addEventListener: (type: string, listener: (event: { readonly data: DigestReply }) => void) => {
      if (type === "message") listeners.push(listener);
    },
  };
}

describe("hashing apart", () => {
  it("gives the digest of all bytes, in chunks of any length, two streams at once", async () => {
    const thread = new DigestThread(farEnd);
    const bytes = new Uint8Array(5_000_001).map((_, i) => (i * 31 + (i >> 9)) & 0xff);
    const hashed = async (length: number, algorithm: "sha256" | "sha512") => {
      const stream = await thread.digest(algorithm);
      for (let at = 0; at < bytes.length; at += length)
        await stream.update(bytes.subarray(at, at + length));
      return await stream.digest("hex");
    };
    const [small, large] = await Promise.all([hashed(65_537, "sha256"), hashed(2e6, "sha512")]);
    expect(small).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(large).toBe(createHash("sha512").update(bytes).digest("hex"));
  });

  it("keeps its reader waiting while its pieces are on their way", async () => {
    const asked: unknown[] = [];
    const silent: DigestPort = {
      postMessage: (request) => void asked.push(request),
      addEventListener: () => undefined,
    };
    const stream = await new DigestThread(() => silent).digest("sha256");
    const waited = stream.update(new Uint8Array(2 ** 23));
    const first = await Promise.race([
      Promise.resolve(waited).then(() => "taken"),
      new Promise((later) => setTimeout(() => later("waiting"), 20)),
    ]);
    expect(first).toBe("waiting");
    expect(asked.length).toBeLessThan(10);
  });

  it("rejects when the thread ends, and starts another for the next stream", async () => {
    const fails: (() => void)[] = [];
    const thread = new DigestThread(() => ({
      postMessage: () => undefined,
      addEventListener: (
        type: string,
        listener: (event: { readonly data: DigestReply }) => void,
      ) => {
        const data: DigestReply = { type: "digest", stream: 0, hex: "" };
        if (type === "error") fails.push(() => listener({ data }));
      },
    }));
    const stream = await thread.digest("sha256");
    const end = stream.digest("hex");
    fails[0]?.();
    await expect(end).rejects.toThrow("the thread that hashes ended");
    await thread.digest("sha256");
    expect(fails).toHaveLength(2);
  });
});
