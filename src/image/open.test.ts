import { expect, it } from "vitest";
import { type ByteSource, bytesSource } from "./byte-source.ts";
import { digestOf } from "./digest.ts";
import { drawnTar, joined } from "./drawn-tar.ts";
import { type Archive, defaultImage, layerBlob, verificationOf } from "./image.ts";
import type { Json } from "./json.ts";
import { DEFAULT_LIMITS, NO_LIMITS } from "./limits.ts";
import { type OpenOptions, openArchive } from "./open.ts";

const encoder = new TextEncoder();
const json = (value: Json) => encoder.encode(JSON.stringify(value));
const hexOf = (bytes: Uint8Array) => digestOf(bytes).slice("sha256:".length);

const BASE = drawnTar({ path: "etc/" }, { path: "etc/a", data: "1" });
const TOP = drawnTar({ path: "etc/b", data: "22" });
const CONFIG = json({
  architecture: "arm64",
  os: "linux",
  variant: "v8",
  config: { Cmd: ["sh"], Env: ["A=b"] },
  rootfs: { type: "layers", diff_ids: [digestOf(BASE), digestOf(TOP)] },
  history: [
    { created_by: "base" },
    { created_by: "ENV", empty_layer: true },
    { created_by: "top", comment: "c" },
  ],
});

const LAYER = "application/vnd.oci.image.layer.v1.tar";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

type JsonRecord = { readonly [key: string]: Json };

function descriptor(bytes: Uint8Array, mediaType: string, more: JsonRecord = {}): JsonRecord {
  return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
}

function manifestOf(layers: readonly JsonRecord[], config = CONFIG): Uint8Array {
  const type = "application/vnd.oci.image.config.v1+json";
  return json({ schemaVersion: 2, mediaType: MANIFEST, config: descriptor(config, type), layers });
}

/** The files of a layout: blobs by digest, the index, and the file that says what it is. */
function layout(index: Json, blobs: readonly Uint8Array[], top = ""): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {
    [`${top}oci-layout`]: json({ imageLayoutVersion: "1.0.0" }),
    [`${top}index.json`]: json(index),
  };
  for (const blob of blobs) files[`${top}blobs/sha256/${hexOf(blob)}`] = blob;
  return files;
}

const asTar = (files: Readonly<Record<string, Uint8Array>>): ByteSource[] => [
  bytesSource(
    "x.tar",
    drawnTar(...Object.entries(files).map(([path, data]) => longNamed(path, data))),
  ),
];
const asFolder = (files: Readonly<Record<string, Uint8Array>>): ByteSource[] =>
  Object.entries(files).map(([path, data]) => bytesSource(path, data));

/** A path over 100 bytes goes in two parts. */
function longNamed(path: string, data: Uint8Array) {
  if (path.length <= 100) return { path, data };
  const slash = path.lastIndexOf("/");
  return { path: path.slice(slash + 1), data, raw: [[345, path.slice(0, slash)]] as const };
}

async function opened(sources: readonly ByteSource[], options: OpenOptions = {}) {
  const result = await openArchive(sources, options);
  if (result.type === "refused") throw new Error(result.problem.type);
  return result.reader;
}

function typesOf(archive: Archive): string[] {
  return [...archive.problems, ...archive.images.flatMap((image) => image.problems)].map(
    ({ type }) => type,
  );
}

const PLAIN = manifestOf([descriptor(BASE, LAYER), descriptor(TOP, LAYER)]);
const IMAGE = { manifests: [descriptor(PLAIN, MANIFEST)] };
const BLOBS = [PLAIN, CONFIG, BASE, TOP];

it.each([
  ["a tar", asTar(layout(IMAGE, BLOBS))],
  ["a tar of a folder", asTar(layout(IMAGE, BLOBS, "image/"))],
  ["a folder", asFolder(layout(IMAGE, BLOBS, "image/"))],
  ["loose files", asFolder(layout(IMAGE, BLOBS))],
])("an OCI layout as %s", async (_, sources) => {
  const reader = await opened(sources);
  const { archive } = reader;
  expect([archive.format, typesOf(archive)]).toEqual(["oci-layout", []]);
  const image = defaultImage(archive)!;
  expect(image.imageId).toBe(digestOf(CONFIG));
  expect(image.platform).toEqual({ os: "linux", architecture: "arm64", variant: "v8" });
  expect(image.history.map(({ command, k }) => [command, k])).toEqual([
    ["base", 1],
    ["ENV", null],
    ["top", 2],
  ]);
  expect(image.layers.map(({ step }) => step)).toEqual([0, 2]);
  expect(image.layers[1]?.chainId).toBe(
    digestOf(encoder.encode(`${digestOf(BASE)} ${digestOf(TOP)}`)),
  );
  expect(image.config?.text).toBe(new TextDecoder().decode(CONFIG));
  for (const layer of image.layers) {
    const digests = await reader.digests(layer.layer);
    expect(verificationOf(layer, layerBlob(archive, layer.layer), digests)).toBe("verified");
  }
});

it("manifest.json gives the order, the layout the digests, where Docker 25 writes both", async () => {
  const shuffled = manifestOf([descriptor(TOP, LAYER), descriptor(BASE, LAYER)]);
  const files = layout({ manifests: [descriptor(shuffled, MANIFEST)] }, [
    shuffled,
    CONFIG,
    BASE,
    TOP,
  ]);
  const paths = [BASE, TOP].map((layer) => `blobs/sha256/${hexOf(layer)}`);
  files["manifest.json"] = json([
    { Config: `blobs/sha256/${hexOf(CONFIG)}`, RepoTags: ["a:1", "a:2"], Layers: paths },
  ]);
  const { archive } = await opened(asTar(files));
  expect(archive.format).toBe("docker-oci");
  expect(archive.images).toHaveLength(1);
  expect(archive.images[0]?.refs).toEqual(["a:1", "a:2"]);
  expect(archive.images[0]?.layers.map(({ layer }) => layer)).toEqual(paths);
  expect(archive.images[0]?.manifestDigest).toBe(digestOf(shuffled));
});

it("attestations, artifacts and absent platforms stand apart", async () => {
  const statement = json({ predicate: {} });
  const attestation = manifestOf([descriptor(statement, "application/vnd.in-toto+json")]);
  const chart = json({ schemaVersion: 2, artifactType: "application/x.chart", layers: [] });
  const inner = json({
    mediaType: INDEX,
    manifests: [
      descriptor(attestation, MANIFEST, { platform: { os: "unknown", architecture: "unknown" } }),
      descriptor(chart, MANIFEST),
      descriptor(BASE, MANIFEST, {
        digest: `sha256:${"b".repeat(64)}`,
        platform: { os: "linux", architecture: "s390x" },
      }),
      descriptor(PLAIN, MANIFEST),
    ],
  });
  const index = { manifests: [descriptor(inner, INDEX)] };
  const { archive } = await opened(asTar(layout(index, [...BLOBS, inner, attestation, chart])));
  expect(archive.images.map(({ kind }) => kind)).toEqual([
    "attestation",
    "artifact",
    "absent",
    "image",
  ]);
  expect(archive.images[2]?.platform?.architecture).toBe("s390x");
  expect(defaultImage(archive)?.index).toBe(3);
});

it("layers that cannot be read say why, and the others are read", async () => {
  const foreign = descriptor(
    encoder.encode("far"),
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    {
      urls: ["https://example.org/layer"],
    },
  );
  const sealed = descriptor(BASE, `${LAYER}+gzip+encrypted`);
  const missing = descriptor(encoder.encode("gone"), LAYER);
  const inline = descriptor(TOP, LAYER, { data: Buffer.from(TOP).toString("base64") });
  const manifest = manifestOf([foreign, sealed, missing, inline]);
  const reader = await opened(
    asTar(layout({ manifests: [descriptor(manifest, MANIFEST)] }, [manifest, CONFIG])),
  );
  const layers = defaultImage(reader.archive)?.layers ?? [];
  const failures: (string | null)[] = [];
  for (const { layer } of layers) failures.push((await reader.layer(layer)).failure?.type ?? null);
  expect(failures).toEqual(["layer-foreign", "layer-encrypted", "member-missing", null]);
});

it("kaniko's names, gzip inside, and one stored layer that two images share", async () => {
  const config = `sha256:${hexOf(CONFIG)}`;
  const entry = (tag: string) => ({
    Config: config,
    RepoTags: [tag],
    Layers: [`${hexOf(BASE)}.tar.gz`, `${hexOf(TOP)}.tar.gz`],
  });
  const other = json({
    architecture: "amd64",
    os: "linux",
    rootfs: { diff_ids: [digestOf(BASE)] },
  });
  const { archive } = await opened(
    asTar({
      "manifest.json": json([
        entry("k:1"),
        entry("k:2"),
        { Config: "other.json", RepoTags: null, Layers: [`${hexOf(BASE)}.tar.gz`] },
      ]),
      [config]: CONFIG,
      "other.json": other,
      [`${hexOf(BASE)}.tar.gz`]: BASE,
      [`${hexOf(TOP)}.tar.gz`]: TOP,
    }),
  );
  expect(archive.images.map(({ refs }) => refs)).toEqual([["k:1", "k:2"], []]);
  expect(archive.layers).toHaveLength(2);
});

it("a file system that has a manifest.json of its own is a layer", async () => {
  const rootfs = drawnTar({ path: "bin/sh" }, { path: "manifest.json", data: '{"name":"app"}' });
  const { archive } = await opened([bytesSource("root.tar", rootfs)]);
  expect(archive.format).toBe("layers");
});

it("several layers are one image, base first", async () => {
  const reader = await opened([bytesSource("1.tar", BASE), bytesSource("2.tar", TOP)]);
  const layers = defaultImage(reader.archive)?.layers ?? [];
  expect(layers.map(({ k, layer }) => [k, layer])).toEqual([
    [1, "1.tar"],
    [2, "2.tar"],
  ]);
});

it("an abort rejects, and the layer can be read again after it", async () => {
  const reader = await opened([bytesSource("1.tar", BASE)]);
  const stop = new AbortController();
  stop.abort(new Error("stop"));
  await expect(reader.layer("1.tar", { signal: stop.signal })).rejects.toThrow("stop");
  expect((await reader.layer("1.tar")).entries).toBe(2);
  await expect(
    openArchive([bytesSource("1.tar", BASE)], { signal: stop.signal }),
  ).rejects.toThrow();
});

it("a bound ends a layer, and continuing anyway reads the rest", async () => {
  const many = drawnTar(...Array.from({ length: 20 }, (_, i) => ({ path: `f${i}` })));
  const reader = await opened([bytesSource("1.tar", many)]);
  const few = await reader.layer("1.tar", { limits: { ...DEFAULT_LIMITS, entries: 5 } });
  expect([few.entries, few.failure?.type]).toEqual([5, "limit"]);
  const all = await reader.layer("1.tar", { limits: NO_LIMITS });
  expect([all.entries, all.failure]).toEqual([20, null]);
});

it("a source that cannot be read is a sentence", async () => {
  const broken: ByteSource = {
    name: "disk.tar",
    size: 10_240,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error("EIO: i/o error")) }),
  };
  const result = await openArchive([broken]);
  expect(result).toMatchObject({
    type: "refused",
    problem: { type: "unreadable", message: "EIO: i/o error", at: { file: "disk.tar" } },
  });
});

it("bytes at an offset of a symlinked, doubled layer are that layer's", async () => {
  const reader = await opened([
    bytesSource(
      "x.tar",
      drawnTar(
        { path: "one/layer.tar", data: joined(TOP) },
        { path: "two/layer.tar", type: "2", link: "../one/layer.tar" },
        {
          path: "manifest.json",
          data: JSON.stringify([{ Config: "c", Layers: ["two/layer.tar", "one/layer.tar"] }]),
        },
      ),
    ),
  ]);
  expect(reader.archive.layers.map(({ path }) => path)).toEqual(["one/layer.tar"]);
  const { tree } = await reader.layer("one/layer.tar");
  const piece = { type: "blob", blob: tree.blob, offset: tree.content[2]!, length: 2 } as const;
  expect(new TextDecoder().decode(await reader.read([piece], 0, 9))).toBe("22");
});
