import { expect, it } from "vitest";
import { rowAt } from "../tree/column-tree.ts";
import { bytesSource } from "./byte-source.ts";
import { digestOf } from "./digest.ts";
import { type DrawnEntry, drawnEntry, drawnTar, joined } from "./drawn-tar.ts";
import { isObject, type Json } from "./json.ts";
import { openArchive } from "./open.ts";

/** Forms that tools write, and that no archive of the corpus has. */

const json = (value: Json) => new TextEncoder().encode(JSON.stringify(value));
const hexOf = (bytes: Uint8Array) => digestOf(bytes).slice("sha256:".length);

const BASE = drawnTar({ path: "etc/" }, { path: "etc/a", data: "1" });
const TOP = drawnTar({ path: "etc/b", data: "22" });
const DIFF_IDS = { type: "layers", diff_ids: [digestOf(BASE), digestOf(TOP)] };
const CONFIG = json({ architecture: "arm64", os: "linux", rootfs: DIFF_IDS });
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";

const descriptor = (bytes: Uint8Array, mediaType: string) => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.length,
});
const manifestOf = (config: Uint8Array, layers: readonly (readonly [Uint8Array, string])[]) =>
  json({
    schemaVersion: 2,
    config: descriptor(config, CONFIG_TYPE),
    layers: layers.map(([bytes, type]) => descriptor(bytes, type)),
  });
const IMAGE = manifestOf(CONFIG, [
  [BASE, LAYER],
  [TOP, LAYER],
]);

type Files = readonly (readonly [path: string, data: Uint8Array])[];

const layoutOf = (manifests: readonly Uint8Array[], blobs: readonly Uint8Array[]): Files => [
  ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
  ["index.json", json({ manifests: manifests.map((bytes) => descriptor(bytes, MANIFEST)) })],
  ...[...manifests, ...blobs].map((blob) => [`blobs/sha256/${hexOf(blob)}`, blob] as const),
];

async function open(files: Files, isLoose = false) {
  const sources = isLoose
    ? files.map(([path, data]) => bytesSource(path.slice(path.lastIndexOf("/") + 1), data))
    : [bytesSource("x.tar", drawnTar(...files.map(([path, data]) => ({ path, data }))))];
  const result = await openArchive(sources);
  if (result.type === "refused") throw new Error(result.problem.type);
  return result.reader;
}

/** Kind, platform and the entries of the layers of each image. */
async function summary(files: Files, isLoose = false) {
  const reader = await open(files, isLoose);
  const images: string[] = [];
  for (const { kind, platform, layers } of reader.archive.images) {
    const entries = [];
    for (const { layer } of layers) entries.push((await reader.layer(layer)).entries);
    images.push([kind, platform?.architecture ?? "-", ...entries].join(" "));
  }
  return images;
}

it("the files of a layout, picked one by one, have lost their directories", async () => {
  expect(await summary(layoutOf([IMAGE], [CONFIG, BASE, TOP]), true)).toEqual(["image arm64 2 1"]);
});

it("a buildpack's manifest names its files from the root of the archive", async () => {
  const manifest = json([{ Config: "/c.json", RepoTags: null, Layers: ["/1.tar", "/2.tar"] }]);
  expect(
    await summary([
      ["/c.json", CONFIG],
      ["/1.tar", BASE],
      ["/2.tar", TOP],
      ["manifest.json", manifest],
    ]),
  ).toEqual(["image arm64 2 1"]);
});

it("skopeo's directory of a schema 1 image: layers top first, the names and steps in the manifest", async () => {
  const step = (id: string, command: string, parent: Json) => ({
    v1Compatibility: JSON.stringify({ id, parent, container_config: { Cmd: [command] } }),
  });
  const manifest = json({
    schemaVersion: 1,
    name: "web",
    tag: "1",
    fsLayers: [{ blobSum: digestOf(TOP) }, { blobSum: digestOf(BASE) }],
    history: [step("two", "run", "one"), step("one", "add", null)],
  });
  const files: Files = [
    ["version", new TextEncoder().encode("Directory Transport Version: 1.1\n")],
    ["manifest.json", manifest],
    [hexOf(BASE), BASE],
    [hexOf(TOP), TOP],
  ];
  expect(await summary(files)).toEqual(["image - 2 1"]);
  const { archive } = await open(files);
  const image = archive.images[0];
  expect(image?.refs).toEqual(["web:1"]);
  expect(image?.imageId).toBe("two");
  expect(image?.history.map(({ command, k }) => [command, k])).toEqual([
    ["add", 1],
    ["run", 2],
  ]);
  expect([...archive.problems, ...(image?.problems ?? [])]).toEqual([]);
});

it("a list of a directory names its platforms, copied or not", async () => {
  const other = `sha256:${"0".repeat(64)}`;
  const manifest = json({
    schemaVersion: 2,
    manifests: [
      { ...descriptor(IMAGE, MANIFEST), platform: { os: "linux", architecture: "s390x" } },
      { digest: other, platform: { os: "linux", architecture: "ppc64le" } },
    ],
  });
  expect(
    await summary([
      ["manifest.json", manifest],
      [`${hexOf(IMAGE)}.manifest.json`, IMAGE],
      [hexOf(CONFIG), CONFIG],
      [hexOf(BASE), BASE],
      [hexOf(TOP), TOP],
    ]),
  ).toEqual(["image s390x 2 1", "absent ppc64le"]);
});

it("a signature before its image is no image, though it has an image's config", async () => {
  const claim = json({ critical: {} });
  const config = json({ rootfs: { type: "layers", diff_ids: [digestOf(claim)] } });
  const simple = "application/vnd.dev.cosign.simplesigning.v1+json";
  const signature = manifestOf(config, [[claim, simple]]);
  const files = layoutOf([signature, IMAGE], [config, claim, CONFIG, BASE, TOP]);
  expect(await summary(files)).toEqual(["artifact -", "image arm64 2 1"]);
  const { archive } = await open(files);
  expect(archive.images[0]?.problems).toMatchObject([{ type: "artifact", mediaType: simple }]);
});

it("the index of a build cache names layers where manifests are", async () => {
  const index = json({ manifests: [descriptor(BASE, `${LAYER}+gzip`)] });
  const files: Files = [
    ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
    ["index.json", index],
    [`blobs/sha256/${hexOf(BASE)}`, BASE],
  ];
  expect(await summary(files)).toEqual(["artifact -"]);
});

it.each([
  ["an object", { name: "app" }],
  ["a list of numbers", [1, 2]],
])("a file system with a manifest.json of its own, %s, is a layer", async (_, manifest) => {
  const entries: DrawnEntry[] = [
    { path: "manifest.json", data: json(manifest) },
    { path: "usr/" },
    { path: "usr/a", data: "1" },
  ];
  const bytes = joined(...entries.map(drawnEntry), new Uint8Array(1024));
  const result = await openArchive([bytesSource("rootfs.tar", bytes)]);
  if (result.type === "refused") throw new Error(result.problem.type);
  expect(result.reader.archive.format).toBe("layers");
});

it("a layer of one path, thousands of directories deep, is looked through without end nor overflow", async () => {
  const path = `${"d/".repeat(20_000)}f`;
  const record = (length: number) => `${length} path=${path}\n`;
  const data = record(record(record(0).length).length);
  const tar = drawnTar({ path: "PaxHeaders/x", type: "x", data }, { path: "f", data: "1" });
  const result = await openArchive([bytesSource("deep.tar", tar)]);
  if (result.type === "refused") throw new Error(result.problem.type);
  const { key } = result.reader.archive.layers[0] ?? { key: "" };
  expect((await result.reader.layer(key)).tree.length).toBe(20_002);
});

it("a file of too many holes has no hash, and those after it have theirs", async () => {
  const map = (...numbers: readonly number[]) =>
    numbers.map((n) => n.toString(8).padStart(11, "0")).join("\u0000");
  const sparse = (path: string, hole: number): DrawnEntry => ({
    path,
    type: "S",
    data: "x",
    raw: [
      [386, map(hole, 1)],
      [483, map(hole + 1)],
      [257, "ustar  \u0000"],
    ],
  });
  const tar = drawnTar(sparse("huge", 2 ** 32), sparse("small", 1000), { path: "z", data: "1" });
  const opened = await openArchive([bytesSource("layer.tar", tar)]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const key = opened.reader.archive.images[0]?.layers[0]?.layer ?? "";
  const { tree } = await opened.reader.layer(key);
  const hashes = await opened.reader.contentHashes(key);
  const of = (path: string) => hashes.of(rowAt(tree, path));
  expect(of("/huge")).toBeNull();
  const small = new Uint8Array(1001);
  small[1000] = 120;
  expect(of("/small")).toBe(hexOf(small));
  expect(of("/z")).toBe(hexOf(Uint8Array.of(49)));
});

it("the root of a v7 tar, which has no type for directories", async () => {
  const root = { path: "./", type: "\u0000", mode: 0o700, raw: [[257, "\0".repeat(8)]] } as const;
  const opened = await openArchive([bytesSource("layer.tar", drawnTar(root, { path: "a" }))]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const { tree } = await opened.reader.layer(
    opened.reader.archive.images[0]?.layers[0]?.layer ?? "",
  );
  expect(tree.mode[0]).toBe(0o700);
});

const INDEX = "application/vnd.oci.image.index.v1+json";
const indexOf = (parts: readonly Json[], note = 0) =>
  json({ schemaVersion: 2, mediaType: INDEX, note, manifests: parts });

it("indexes that lead to each other by many ways are read once each", async () => {
  const blobs: Uint8Array[] = [CONFIG, BASE, TOP, IMAGE];
  let below: readonly Json[] = [descriptor(IMAGE, MANIFEST)];
  for (let depth = 0; depth < 7; depth++) {
    const level = Array.from({ length: 10 }, (_, i) => indexOf(below, depth * 10 + i));
    blobs.push(...level);
    below = level.map((bytes) => descriptor(bytes, INDEX));
  }
  const name = (ref: string, of: Json) => ({
    ...(isObject(of) ? of : {}),
    annotations: { "org.opencontainers.image.ref.name": ref },
  });
  const files: Files = [
    ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
    ["index.json", indexOf([name("a:1", below[0] ?? null), name("b:1", below[1] ?? null)])],
    ...blobs.map((bytes) => [`blobs/sha256/${hexOf(bytes)}`, bytes] as const),
  ];
  const tar = drawnTar(...files.map(([path, data]) => ({ path, data })));
  let reads = 0;
  const whole = bytesSource("x.tar", tar);
  const counted = {
    ...whole,
    slice: (from: number, to: number) => {
      reads++;
      return whole.slice(from, to);
    },
  };
  const opened = await openArchive([counted]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  expect(opened.reader.archive.images.map(({ refs }) => refs)).toEqual([["a:1", "b:1"]]);
  expect(reads).toBeLessThan(500);
});

it("more images and layers than anyone has are cut, and a sentence says so", async () => {
  const files: DrawnEntry[] = [
    { path: "c.json", data: CONFIG },
    { path: "l.tar", data: BASE },
  ];
  const many = Array.from({ length: 5000 }, (_, i) => ({
    Config: `${i}`,
    RepoTags: [`x:${i}`],
    Layers: [],
  }));
  const one = { Config: "c.json", Layers: Array<string>(1100).fill("l.tar") };
  const problemsOf = async (manifest: Json) => {
    const tar = drawnTar(...files, { path: "manifest.json", data: json(manifest) });
    const opened = await openArchive([bytesSource("x.tar", tar)]);
    if (opened.type === "refused") throw new Error(opened.problem.type);
    const { images, problems } = opened.reader.archive;
    const all = [...problems, ...(images[0]?.problems ?? [])].map(({ type }) => type);
    return { images: images.length, layers: images[0]?.layers.length, all };
  };
  const cutImages = await problemsOf(many);
  expect(cutImages.images).toBe(4096);
  expect(cutImages.all).toContain("images-many");
  const cutLayers = await problemsOf([one]);
  expect(cutLayers.layers).toBe(1024);
  expect(cutLayers.all).toContain("layers-many");
});

it("a manifest with keys in another case, and a layer that is a hard link to a later file", async () => {
  const manifest = [{ config: "c.json", repoTags: ["x:1"], LAYERS: ["a/h.tar", "b.tar"] }];
  const tar = drawnTar(
    { path: "c.json", data: CONFIG },
    { path: "a/h.tar", type: "1", link: "a/l.tar" },
    { path: "a/l.tar", data: BASE },
    { path: "b.tar", data: TOP },
    { path: "manifest.json", data: json(manifest) },
  );
  const opened = await openArchive([bytesSource("x.tar", tar)]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  const { images, problems } = opened.reader.archive;
  expect(images.map(({ refs }) => refs)).toEqual([["x:1"]]);
  expect(images[0]?.layers.map(({ layer }) => layer)).toEqual(["a/l.tar", "b.tar"]);
  expect([...problems, ...(images[0]?.problems ?? [])]).toEqual([]);
});

it("a platform of an image of several has its name too, though manifest.json lists one", async () => {
  const other = json({ architecture: "amd64", os: "linux", rootfs: DIFF_IDS });
  const images = [
    IMAGE,
    manifestOf(other, [
      [BASE, LAYER],
      [TOP, LAYER],
    ]),
  ];
  const indexes = [
    indexOf([descriptor(images[0] ?? IMAGE, MANIFEST)]),
    indexOf(images.map((image) => descriptor(image, MANIFEST))),
  ];
  const name = (bytes: Uint8Array, ref: string) => ({
    ...descriptor(bytes, INDEX),
    annotations: {
      "io.containerd.image.name": `docker.io/library/${ref}`,
      "org.opencontainers.image.ref.name": "1",
    },
  });
  const entry = (config: Uint8Array, ref: string) => ({
    Config: `blobs/sha256/${hexOf(config)}`,
    RepoTags: [ref],
    Layers: [BASE, TOP].map((layer) => `blobs/sha256/${hexOf(layer)}`),
  });
  const { archive } = await open([
    ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
    ["index.json", indexOf(indexes.map((bytes, i) => name(bytes, i ? "both:1" : "arm:1")))],
    ["manifest.json", json([entry(CONFIG, "arm:1"), entry(other, "both:1")])],
    ...[...indexes, ...images, CONFIG, other, BASE, TOP].map(
      (blob) => [`blobs/sha256/${hexOf(blob)}`, blob] as const,
    ),
  ]);
  expect(archive.images.map(({ refs, platform }) => [platform?.architecture, refs])).toEqual([
    ["arm64", ["arm:1", "both:1"]],
    ["amd64", ["both:1"]],
  ]);
});

it.each([
  ["a file system", ["root/bin/sh", "root/etc/passwd"]],
  ["Docker's own store", ["overlay2/abc/link", "overlay2/abc/diff/etc/a"]],
])("a folder of %s is refused in one sentence", async (_, paths) => {
  const data = new TextEncoder().encode("x".repeat(600));
  const opened = await openArchive(paths.map((path) => bytesSource(path, data)));
  expect(opened).toMatchObject({
    type: "refused",
    problem: { type: "folder-without-image", path: paths[0] },
  });
});

it.each([
  ["in folders of a folder", ["x/1/a.tar", "x/2/b.tar"]],
  ["by the paths of a command line", ["/data/x/a.tar", "/data/x/b.tar"]],
  ["by paths of several places", ["../x/a.tar", "../y/b.tar"]],
])("layers %s are layers", async (_, [first = "", second = ""]) => {
  const opened = await openArchive([
    bytesSource(first, BASE),
    bytesSource(second, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)),
  ]);
  if (opened.type === "refused") throw new Error(opened.problem.type);
  expect(opened.reader.archive.images[0]?.layers).toHaveLength(2);
});

it.each([
  ["erofs", 1024, [0xe2, 0xe1, 0xf5, 0xe0]],
  ["ext4", 1080, [0x53, 0xef]],
])(
  "an image of a disk with %s begins as an empty tar does, and is none",
  async (seen, at, magic) => {
    const bytes = new Uint8Array(8192);
    bytes.set(magic, at);
    const opened = await openArchive([bytesSource("disk.img", bytes)]);
    expect(opened).toMatchObject({ type: "refused", problem: { type: "not-an-archive", seen } });
  },
);
