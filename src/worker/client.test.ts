import { describe, expect, it } from "vitest";
import { contentHashes, hashedColumns } from "../image/content-hashes.ts";
import { createDigest } from "../image/digest.ts";
import { DEFAULT_LIMITS } from "../image/limits.ts";
import { nameOf } from "../tree/column-tree.ts";
import { callsTo, type Port } from "./client.ts";
import { answerWith } from "./host.ts";
import type { Reply } from "./protocol.ts";

/** Both ends without a thread: every message is cloned or moved, as between threads. `sent` are the sender's own. */
function wired(sent: Reply[] = []) {
  const listeners: ((event: { readonly data: Reply }) => void)[] = [];
  const answer = answerWith((reply, transfer) => {
    const data = structuredClone(reply, { transfer: [...transfer] });
    sent.push(reply);
    setTimeout(() => {
      for (const listener of listeners) listener({ data });
    }, 0);
  }, createDigest);
  const port: Port = {
    postMessage: (request) => answer(structuredClone(request)),
    addEventListener: (_, listener) => void listeners.push(listener),
  };
  return callsTo(port);
}

/** A tar of one file. */
function tarOf(name: string, text: string): Blob {
  const header = new Uint8Array(512);
  const put = (at: number, value: string) => header.set(new TextEncoder().encode(value), at);
  put(0, name);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${text.length.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\u000000");
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  const content = new Uint8Array(512);
  content.set(new TextEncoder().encode(text));
  return new Blob([header, content, new Uint8Array(1024)]);
}

describe("a worker's calls", () => {
  it("open an archive, read a layer and its bytes", async () => {
    const call = wired();
    const files = [{ name: "layer.tar", blob: tarOf("hello.txt", "hello\n") }];
    const opened = await call("open", { id: "a", files, limits: DEFAULT_LIMITS });
    if (opened.type !== "opened") throw new Error("refused");
    const key = opened.archive.layers[0]?.key ?? "";
    const index = await call("layer", { key, limits: DEFAULT_LIMITS });
    expect(index.tree.length).toBe(2);
    const piece = { type: "blob", blob: index.tree.blob, offset: 512, length: 6 } as const;
    const bytes = await call("read", { content: [piece], from: 0, to: 5 });
    expect(new TextDecoder().decode(bytes)).toBe("hello");
    const digests = await call("digests", { key, limits: DEFAULT_LIMITS });
    expect(digests.diffId).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("leave no tree behind: the other side has it, and asks for hashes and bytes without it", async () => {
    const sent: Reply[] = [];
    const call = wired(sent);
    const files = [{ name: "layer.tar", blob: tarOf("hello.txt", "hello\n") }];
    const opened = await call("open", { id: "a", files, limits: DEFAULT_LIMITS });
    if (opened.type !== "opened") throw new Error("refused");
    const args = { key: opened.archive.layers[0]?.key ?? "", limits: DEFAULT_LIMITS };
    const both = await Promise.all([call("layer", args), call("layer", args)]);
    for (const { tree } of both) expect(nameOf(tree, 1)).toBe("hello.txt");
    const own = sent.flatMap((reply) =>
      reply.type === "value" && reply.call === "layer" ? [reply.value.tree] : [],
    );
    for (const { parent, name, nameBytes, kind, size, content, entry } of own)
      for (const column of [parent, name, nameBytes, kind, size, content, entry])
        expect(column).toHaveLength(0);
    const columns = hashedColumns(both[0].tree);
    const { index, bytes } = await call("hashes", { ...args, columns });
    expect(contentHashes(index, bytes).of(1)).toMatch(/^5891b5b522d5df08/);
    const piece = { type: "blob", blob: both[0].tree.blob, offset: 512, length: 6 } as const;
    const read = await call("read", { content: [piece], from: 0, to: 6 });
    expect(new TextDecoder().decode(read)).toBe("hello\n");
  });

  it("tell why a file is refused, as data", async () => {
    const files = [{ name: "x.txt", blob: new Blob(["x".repeat(2000)]) }];
    const opened = await wired()("open", { id: "a", files, limits: DEFAULT_LIMITS });
    expect(opened).toMatchObject({ type: "refused", problems: [{ type: "not-an-archive" }] });
  });

  it("reject with the signal's reason when aborted, before and while running", async () => {
    const call = wired();
    const files = [{ name: "layer.tar", blob: tarOf("f", "x") }];
    const args = { id: "a", files, limits: DEFAULT_LIMITS };
    const reason = new Error("enough");
    await expect(call("open", args, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const running = call("open", args, { signal: stop.signal });
    stop.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it("reject for a fault of ours", async () => {
    await expect(wired()("layer", { key: "x", limits: DEFAULT_LIMITS })).rejects.toThrow(
      "no archive is open",
    );
  });
});
