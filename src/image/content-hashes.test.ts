import { afterEach, describe, expect, it, vi } from "vitest";
import { rowAt } from "../tree/column-tree.ts";
import { bytesSource } from "./byte-source.ts";
import { digestOf } from "./digest.ts";
import { drawnTar } from "./drawn-tar.ts";
import { openArchive } from "./open.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(["with Node's hash", "as in a browser"])("files short and long, %s", (where) => {
  it.each([0, 1, 511, 2 ** 15 - 1, 2 ** 15, 2 ** 15 + 1, 200_000])("%i bytes", async (size) => {
    if (where !== "with Node's hash")
      vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    const files = [size, 3, size + 7, 0].map((length, i) => ({
      path: `f${i}`,
      data: String(i).repeat(length),
    }));
    const opened = await openArchive([bytesSource("layer.tar", drawnTar(...files))]);
    if (opened.type === "refused") throw new Error(opened.problem.type);
    const { reader } = opened;
    const key = reader.archive.images[0]?.layers[0]?.layer ?? "";
    const { tree } = await reader.layer(key);
    const hashes = await reader.contentHashes(key);
    for (const { path, data } of files)
      expect(`sha256:${hashes.of(rowAt(tree, `/${path}`))}`).toBe(
        digestOf(new TextEncoder().encode(data)),
      );
  });
});
