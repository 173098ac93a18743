import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { problemPlace, problemSentence } from "../i18n/problem-sentence.ts";
import { translateInto } from "../i18n/translator.ts";
import { type ColumnTree, contentOf, kindOf, nameBytesOf } from "../tree/column-tree.ts";
import { bytesSource } from "./byte-source.ts";
import { createDigest, digestOf } from "./digest.ts";
import { drawnPax, drawnTar } from "./drawn-tar.ts";
import type { Json } from "./json.ts";
import {
  bent,
  bentJson,
  bentTar,
  drawnDockerArchive,
  drawnOciArchive,
  jsonBend,
} from "./mutations.ts";
import { openArchive } from "./open.ts";
import type { Problem } from "./problem.ts";

/** The same properties run for a quarter of an hour in fuzz.long.test.ts. */
const { FUZZ_SECONDS } = process.env;
const SECONDS = Number(FUZZ_SECONDS ?? 8);
const RUNS = { numRuns: FUZZ_SECONDS ? 10_000_000 : 400, interruptAfterTimeLimit: SECONDS * 1000 };
const TIMEOUT = SECONDS * 1000 + 60_000;

const words = translateInto("zh-Hans");

/** Opens bytes and does with them whatever a person can. Fails when anything throws or a tree is not sound. */
async function survive(bytes: Uint8Array): Promise<readonly Problem[]> {
  const opened = await openArchive([bytesSource("x.tar", bytes)]);
  if (opened.type === "refused") {
    check(opened.problems);
    return opened.problems;
  }
  const { reader } = opened;
  const { archive } = reader;
  const problems = [...archive.problems, ...archive.images.flatMap((image) => image.problems)];
  for (const { key } of archive.layers) {
    const index = await reader.layer(key, { hash: createDigest });
    checkTree(index.tree);
    problems.push(...index.problems);
    await reader.digests(key);
    const hashes = await reader.contentHashes(key);
    for (let row = 0; row < index.tree.length; row++) {
      if (kindOf(index.tree, row) !== "file") continue;
      const content = contentOf(index.tree, row);
      const read = await reader.read(content, 0, 4096);
      const size = index.tree.size[row]!;
      if (hashes.of(row) !== null) expect(read.length).toBe(Math.min(4096, size));
      if (size <= 4096 && hashes.of(row) !== null)
        expect(`sha256:${hashes.of(row)}`).toBe(digestOf(read));
    }
  }
  check(problems);
  return problems;
}

function check(problems: readonly Problem[]): void {
  for (const problem of problems) {
    expect(problemSentence(words, problem)).not.toContain("{{");
    expect(problemPlace(words, problem)).toContain("x.tar");
  }
}

/** Breadth-first, children in one run and sorted by bytes, names free of slashes. */
function checkTree(tree: ColumnTree): void {
  let next = 1;
  for (let row = 0; row < tree.length; row++) {
    const count = tree.childCount[row]!;
    if (count > 0) expect(tree.childStart[row]).toBe(next);
    for (let child = next; child < next + count; child++) {
      expect(tree.parent[child]).toBe(row);
      const name = nameBytesOf(tree, child);
      expect(name.length > 0 && !name.includes(0x2f)).toBe(true);
      if (child > next) expect(Buffer.compare(nameBytesOf(tree, child - 1), name)).toBeLessThan(0);
    }
    next += count;
    expect(tree.inode[tree.inode[row]!]).toBe(tree.inode[row]);
  }
  expect(next).toBe(tree.length);
}

it(
  "bent tars end in a tree or a sentence",
  async () => {
    await fc.assert(
      fc.asyncProperty(bentTar, async (tar) => {
        await survive(tar);
      }),
      RUNS,
    );
  },
  TIMEOUT,
);

it(
  "bent gzip does too",
  async () => {
    const tar = drawnTar({ path: "a", data: "x".repeat(3000) }, { path: "d/" }, { path: "d/b" });
    const half = Math.floor(tar.length / 2);
    const packed = Buffer.concat([gzipSync(tar.subarray(0, half)), gzipSync(tar.subarray(half))]);
    await fc.assert(
      fc.asyncProperty(bent(packed), async (bytes) => {
        await survive(bytes);
      }),
      RUNS,
    );
  },
  TIMEOUT,
);

it(
  "bent zstd, bzip2 and xz do too",
  async () => {
    // "layer upon layer upon layer" and a tar header are short: what matters is where frames and blocks begin and end.
    const packed = [
      "KLUv/SQclQAAYGxheWVyIHVwb24gCgEARooXteimlw==",
      "QlpoOTFBWSZTWY4wsggAAAbRgAAQQAAiBdIgIAAhJQek09CAaaaLo0UomOz5CJkWC7kinChIRxhZBAA=",
      "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AAbABNdADYYS5jpw3MfDzHdmzD2+yQgAAAAAJk/9AUeCbEVAAEvHAnRmyYftvN9AQAAAAAEWVo=",
    ];
    const files = packed.map((text) => Buffer.from(text, "base64"));
    // A skippable frame between two others.
    const skippable = Buffer.from("532a4d18040000006c617965", "hex");
    files.push(Buffer.concat([...files.slice(0, 1), skippable, ...files.slice(0, 1)]));
    const any = fc.oneof(...files.map((file) => bent(Uint8Array.from(file))));
    await fc.assert(
      fc.asyncProperty(any, async (bytes) => {
        await survive(bytes);
      }),
      RUNS,
    );
  },
  TIMEOUT,
);

it(
  "bent manifests and configs do too",
  async () => {
    const diffId = digestOf(drawnTar({ path: "a", data: "1" }, { path: "d/b" }));
    const manifest: Json = [
      { Config: "config.json", RepoTags: ["x:y"], Layers: ["one/layer.tar", "two/layer.tar"] },
    ];
    const config: Json = {
      architecture: "amd64",
      os: "linux",
      config: { Env: ["A=b"], Cmd: ["sh"], Labels: { a: "b" } },
      rootfs: { type: "layers", diff_ids: [diffId, diffId] },
      history: [
        { created_by: "one" },
        { created_by: "none", empty_layer: true },
        { comment: "two" },
      ],
    };
    expect(await survive(drawnDockerArchive(manifest, config))).toEqual([]);
    await fc.assert(
      fc.asyncProperty(bentJson(manifest), bentJson(config), async (oneBent, otherBent) => {
        await survive(drawnDockerArchive(oneBent, config));
        await survive(drawnDockerArchive(manifest, otherBent));
      }),
      RUNS,
    );
  },
  TIMEOUT,
);

it(
  "bent indexes and manifests of a layout do too",
  async () => {
    const sound = (document: Json) => document;
    expect(await survive(drawnOciArchive(sound, sound))).toEqual([]);
    await fc.assert(
      fc.asyncProperty(jsonBend, jsonBend, async (index, manifest) => {
        await survive(drawnOciArchive(index, sound));
        await survive(drawnOciArchive(sound, manifest));
      }),
      RUNS,
    );
  },
  TIMEOUT,
);

it(
  "bent sparse maps, of headers and of PAX records, do too",
  async () => {
    const map: [number, string][] = [
      [386, "00000000000\0"],
      [398, "00000000003\0"],
      [410, "00000001000\0"],
      [422, "00000000002\0"],
      [483, "00000002000\0"],
    ];
    const pax = {
      "GNU.sparse.major": "1",
      "GNU.sparse.minor": "0",
      "GNU.sparse.name": "b",
      "GNU.sparse.realsize": "1024",
    };
    const data = "2\n0\n3\n512\n2\n".padEnd(512, "\0").concat("12345");
    const tar = drawnTar({ path: "a", type: "S", data: "12345", raw: map }, drawnPax(pax), {
      path: "GNUSparseFile.0/b",
      data,
    });
    expect(await survive(tar)).toEqual([]);
    await fc.assert(
      fc.asyncProperty(bent(tar), async (bytes) => {
        await survive(bytes);
      }),
      RUNS,
    );
  },
  TIMEOUT,
);
