import fc from "fast-check";
import { digestOf } from "./digest.ts";
import { type DrawnEntry, drawnEntry, drawnPax, drawnTar, joined } from "./drawn-tar.ts";
import type { Json } from "./json.ts";

/** Archives for fuzzing: sound ones, and ones bent where their structure has its joints. */

const NAMES = [
  "a",
  "b",
  "d",
  ".",
  "..",
  "",
  ".wh.a",
  ".wh..wh..opq",
  ".wh.",
  "é",
  "\u00e9",
  "__proto__",
];
const path = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .map((names) => names.join("/"));
/** What stands in a field of eight or twelve bytes, soundly or not. */
const field = fc.oneof(
  fc.nat(0o7777777).map((value) => `${value.toString(8)}\u0000`),
  fc.constantFrom("", "        ", "7777777\u0000", "-1\u0000", "9\u0000", "\u00ff".repeat(8)),
  fc.constantFrom("\u0080\u0000\u0000\u0000", "\u00ff\u00ff\u00ff\u0000", "0x10\u0000"),
);
/** Offsets of the fields of a header that a reader acts on. */
const FIELDS = [100, 108, 116, 124, 136, 156, 157, 257, 263, 329, 345, 386, 398, 482, 483];

const entry: fc.Arbitrary<DrawnEntry> = fc.record(
  {
    path,
    type: fc.constantFrom(..."0123456", "7", "\u0000", "S", "x", "g", "L", "K", "D", "V", "M", "Z"),
    data: fc.string({ maxLength: 600 }),
    link: path,
    mode: fc.nat(0o7777),
    raw: fc.array(fc.tuple(fc.constantFrom(...FIELDS), field), { maxLength: 2 }),
  },
  { requiredKeys: ["path"] },
);

const PAX_KEYS = ["path", "linkpath", "size", "uid", "mtime", "SCHILY.xattr.user.a"];
const SPARSE_KEYS = [
  "GNU.sparse.map",
  "GNU.sparse.major",
  "GNU.sparse.realsize",
  "GNU.sparse.name",
];
const pax: fc.Arbitrary<DrawnEntry> = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom(...PAX_KEYS, ...SPARSE_KEYS),
      fc.oneof(
        path,
        fc.nat(2000).map(String),
        fc.constantFrom("-1", "1.5", "", "0,1,5,3", "\u0000"),
      ),
      { maxKeys: 4 },
    ),
    fc.constantFrom("x", "x", "g"),
  )
  .map(([records, type]) => drawnPax(records, type));

/** Tars of a few entries, headers sound or bent, cut short or followed by something. */
export const bentTar: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(fc.oneof({ weight: 4, arbitrary: entry }, pax), { maxLength: 8 }), bytes(40))
  .chain(([entries, tail]) => {
    const whole = joined(...entries.map(drawnEntry), new Uint8Array(1024), tail);
    return fc.oneof(
      fc.constant(whole),
      fc.nat(whole.length).map((length) => whole.subarray(0, length)),
      flipped(whole),
    );
  });

/** Some bytes changed. */
function flipped(whole: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(Math.max(0, whole.length - 1)), fc.integer({ min: 1, max: 255 }));
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const bent = Uint8Array.from(whole);
    for (const [at, by] of changes) if (at < bent.length) bent[at] = bent[at]! ^ by;
    return bent;
  });
}

/** Cut, flipped, doubled, or with a part of it left out. */
export function bent(whole: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(whole.length);
  return fc.oneof(
    flipped(whole),
    place.map((length) => whole.subarray(0, length)),
    place.map((at) => joined(whole, whole.subarray(at))),
    fc
      .tuple(place, place)
      .map(([from, to]) => joined(whole.subarray(0, from), whole.subarray(Math.max(from, to)))),
  );
}

/** A JSON document with one of its values replaced, or a key of it gone. */
export function bentJson(document: Json): fc.Arbitrary<Json> {
  return jsonBend.map((bend) => bend(document));
}

/** What `bentJson` does, to any document. */
export const jsonBend: fc.Arbitrary<(document: Json) => Json> = (() => {
  const strange: fc.Arbitrary<Json> = fc.constantFrom<Json>(
    null,
    true,
    -1,
    2 ** 53,
    "",
    "../../x",
    "sha256:../x",
    "__proto__",
    [],
    {},
    [[]],
    [null],
    "layer.tar",
    "\u0000",
  );
  return fc.tuple(fc.nat(60), fc.boolean(), strange).map(([at, isGone, value]) => {
    const bend = (document: Json) => replaced(document, { left: at }, isGone, value);
    return bend;
  });
})();

function replaced(value: Json, places: { left: number }, isGone: boolean, by: Json): Json {
  if (places.left-- === 0) return by;
  if (Array.isArray(value)) return value.map((item: Json) => replaced(item, places, isGone, by));
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (isGone && places.left === 1) {
      places.left -= 2;
      continue;
    }
    copy[key] = replaced(item, places, isGone, by);
  }
  return copy;
}

/** A `docker save` archive of two layers, its documents given. */
export function drawnDockerArchive(manifest: Json, config: Json): Uint8Array {
  return drawnTar(
    { path: "config.json", data: JSON.stringify(config) },
    { path: "one/layer.tar", data: drawnTar({ path: "a", data: "1" }, { path: "d/b" }) },
    { path: "two/layer.tar", type: "2", link: "../one/layer.tar" },
    { path: "manifest.json", data: JSON.stringify(manifest) },
  );
}

/** An OCI layout of one layer. `bendManifest` is applied before the manifest has its digest, `bendIndex` after. */
export function drawnOciArchive(
  bendIndex: (index: Json) => Json,
  bendManifest: (manifest: Json) => Json,
): Uint8Array {
  const blobs: DrawnEntry[] = [];
  const blob = (mediaType: string, data: Uint8Array) => {
    const digest = digestOf(data);
    blobs.push({ path: `blobs/${digest.replace(":", "/")}`, data });
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest, size: data.length };
  };
  const json = (value: Json) => new TextEncoder().encode(JSON.stringify(value));
  const layer = blob("layer.v1.tar", drawnTar({ path: "a", data: "1" }, { path: "d/b" }));
  const rootfs = { type: "layers", diff_ids: [layer.digest] };
  const config = blob("config.v1+json", json({ architecture: "amd64", os: "linux", rootfs }));
  const manifest = bendManifest({ schemaVersion: 2, config, layers: [layer] });
  const platform = { os: "linux", architecture: "amd64" };
  const manifests = [{ ...blob("manifest.v1+json", json(manifest)), platform }];
  return drawnTar(
    { path: "oci-layout", data: JSON.stringify({ imageLayoutVersion: "1.0.0" }) },
    { path: "index.json", data: JSON.stringify(bendIndex({ schemaVersion: 2, manifests })) },
    ...blobs,
  );
}

function bytes(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ maxLength: length });
}
