import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";

const BLOCK = 512;
const MILLION = 1_000_000;
/** Bytes that go to the compressor at once. */
const PIECE = 2 ** 20;
const GIB = 2 ** 30;
/** Fast, and hostile files need not be the smallest. */
const LEVEL = { level: 1 };

interface Header {
  readonly path: string;
  /** "0" (a file) when left out. */
  readonly type?: string;
  readonly link?: string;
  readonly size?: number;
}

type Bytes = () => Iterable<Uint8Array>;

/** An archive that asks for far more than its own length: the tars of its layers, or all its bytes as they are. */
interface Bomb {
  readonly name: string;
  readonly layers: readonly Bytes[];
  readonly isCompressed?: true;
}

/** Archives of a few megabytes that cost a reader the most that we know of, each by another way of what a tar may say. */
export const BOMBS: readonly Bomb[] = [
  bomb("hard-links-to-one-file", MILLION, (i) =>
    i === 0 ? { path: "a" } : { path: `l${i}`, type: "1", link: "a" },
  ),
  bomb("hard-links-to-nothing", MILLION, (i) => ({ path: `l${i}`, type: "1", link: "nothing" })),
  bomb("one-name", MILLION, () => ({ path: "same" })),
  bomb("whiteouts", MILLION, (i) => ({ path: `.wh.f${i}` })),
  bomb("names-and-whiteouts", MILLION, (i) => ({
    path: i % 2 === 0 ? `f${i >> 1}` : `.wh.f${i >> 1}`,
  })),
  { name: "long-names", layers: [longNames] },
  { name: "two-trees", layers: [tree(MILLION, 0), tree(MILLION, 0)] },
  {
    name: "127-layers",
    layers: Array.from({ length: 127 }, (_, i) => tree(20_000, i * 1000)),
  },
  { name: "implied-directories", layers: [() => tarOf(MILLION, (i) => ({ path: `d${i}/f` }))] },
  { name: "ten-gigabytes-of-zeros", layers: [zeros] },
  { name: "gzip-members", layers: [members], isCompressed: true },
  { name: "gzip-in-gzip", layers: [nested], isCompressed: true },
];

function bomb(name: string, entries: number, header: (i: number) => Header): Bomb {
  return { name, layers: [() => tarOf(entries, header)] };
}

/** Writes a bomb into a folder: one layer as such, several as an image. Resolves to its path. */
export async function writeBomb(
  { name, layers, isCompressed }: Bomb,
  folder: string,
): Promise<string> {
  const only = layers.length === 1 ? layers[0] : undefined;
  if (!only) {
    const path = join(folder, `${name}.tar`);
    await pipeline(Readable.from(imageOf(layers)), createWriteStream(path));
    return path;
  }
  const path = join(folder, `${name}.tar.gz`);
  if (isCompressed) await pipeline(Readable.from(only()), createWriteStream(path));
  else await pipeline(Readable.from(only()), createGzip(), createWriteStream(path));
  return path;
}

/** A gzip of as many members as there are entries. */
function* members(): Generator<Uint8Array> {
  for (let i = 0; i < 200_000; i++) yield gzipSync(header({ path: `f${i}` }), LEVEL);
  yield gzipSync(new Uint8Array(2 * BLOCK));
}

/** A gzip of a gzip of a gzip. */
function* nested(): Generator<Uint8Array> {
  yield gzipSync(gzipSync(gzipSync(Buffer.concat([...tarOf(MILLION, numbered)]))));
}

function numbered(i: number): Header {
  return { path: `f${i}` };
}

function* imageOf(layers: readonly Bytes[]): Generator<Uint8Array> {
  const config = json({ rootfs: { type: "layers", diff_ids: [] } });
  const names = layers.map((_, i) => `${i}.tar.gz`);
  yield* member("manifest.json", json([{ Config: "config.json", RepoTags: [], Layers: names }]));
  yield* member("config.json", config);
  for (const [i, layer] of layers.entries())
    yield* member(names[i] ?? "", gzipSync(Buffer.concat([...layer()]), LEVEL));
  yield new Uint8Array(2 * BLOCK);
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function* member(path: string, bytes: Uint8Array): Generator<Uint8Array> {
  yield header({ path, size: bytes.length });
  yield bytes;
  yield new Uint8Array(-bytes.length & (BLOCK - 1));
}

/** Directories of a hundred files each. */
function tree(entries: number, from: number): () => Generator<Uint8Array> {
  return () =>
    tarOf(entries, (i) => {
      const at = i + from;
      const dir = `usr/share/package-${Math.floor(at / 100)}/`;
      return at % 100 === 0 ? { path: dir, type: "5" } : { path: `${dir}file-${at}` };
    });
}

function* longNames(): Generator<Uint8Array> {
  const name = new Uint8Array(2 * BLOCK).fill(0x6e);
  for (let i = 0; i < 200_000; i++) {
    yield header({ path: "././@LongLink", type: "L", size: 1001 });
    const data = name.slice();
    data.set(new TextEncoder().encode(String(i).padStart(7, "0")));
    data.fill(0, 1000);
    yield data;
    yield header({ path: "n" });
  }
  yield new Uint8Array(2 * BLOCK);
}

function* zeros(): Generator<Uint8Array> {
  yield header({ path: "zeros", size: 10 * GIB });
  const piece = new Uint8Array(PIECE);
  for (let at = 0; at < 10 * GIB; at += PIECE) yield piece;
  yield new Uint8Array(2 * BLOCK);
}

function* tarOf(entries: number, at: (i: number) => Header): Generator<Uint8Array> {
  for (let i = 0; i < entries; ) {
    const count = Math.min(PIECE / BLOCK, entries - i);
    const piece = new Uint8Array(count * BLOCK);
    for (let block = 0; block < count; block++, i++) writeHeader(piece, block * BLOCK, at(i));
    yield piece;
  }
  yield new Uint8Array(2 * BLOCK);
}

function header(facts: Header): Uint8Array {
  const block = new Uint8Array(BLOCK);
  writeHeader(block, 0, facts);
  return block;
}

function writeHeader(
  into: Uint8Array,
  at: number,
  { path, type = "0", link = "", size = 0 }: Header,
): void {
  const write = (offset: number, text: string) => {
    for (let i = 0; i < text.length; i++) into[at + offset + i] = text.charCodeAt(i);
  };
  write(0, path);
  write(100, "0000644\x000000000\x000000000");
  write(124, size.toString(8).padStart(11, "0"));
  write(136, "14466600000\x00        ");
  write(156, type);
  write(157, link);
  write(257, "ustar\x0000");
  let sum = 0;
  for (let i = at; i < at + BLOCK; i++) sum += into[i] ?? 0;
  write(148, `${sum.toString(8).padStart(6, "0")}\x00 `);
}
