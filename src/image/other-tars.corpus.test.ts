import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CORPUS, hasCorpus } from "../cli/corpus-images.ts";
import { openSources } from "../cli/file-source.ts";
import { readBytes } from "./byte-source.ts";
import { openArchive } from "./open.ts";
import { ReadFailure } from "./read-failure.ts";
import type { TarSink } from "./tar-entry.ts";
import { TarReader } from "./tar-reader.ts";

/**
 * All headers of the hostile corpus, read by GNU tar, by bsdtar and here: the same names in the same order, or both
 * refuse. Where we differ on purpose stands below, by the file's name, and is explained in README.md.
 */
const DIFFERENCES: Readonly<Record<"tar" | "bsdtar", readonly string[]>> = {
  tar: [
    "hdr-no-padding.docker.tar",
    "hdr-pax-empty-value.docker.tar",
    "hdr-pax-huge.docker.tar",
    "hdr-pax-path-nul.docker.tar",
    "hdr-pax-x-then-L.docker.tar",
    "hdr-sparse-old-bad.docker.tar",
    "hdr-types.docker.tar",
  ],
  bsdtar: [
    "hdr-empty-name.docker.tar",
    "hdr-gnu-longname-at-end.docker.tar",
    "hdr-no-padding.docker.tar",
    "hdr-pax-path-nul.docker.tar",
    "hdr-pax-size-nan.docker.tar",
    "hdr-pax-two-x.docker.tar",
    "hdr-pax-x-at-end.docker.tar",
    "hdr-pax-x-then-L.docker.tar",
    "hdr-sparse-old-bad.docker.tar",
    "hdr-types.docker.tar",
    "hdr-ustar-prefix.docker.tar",
  ],
};

const MALFORMED = join(CORPUS, "malformed");
const TOOLS = {
  tar: ["--quoting-style=escape", "-P", "-t", "-f", "-"],
  bsdtar: ["-t", "-f", "-"],
} as const;

const ENVIRONMENT = { ...process.env, LC_ALL: "C", TZ: "UTC" };

function has(tool: string): boolean {
  const isThere = spawnSync(tool, ["--version"]).status === 0;
  if (!isThere) {
    const text = `${tool} is not installed: nothing is compared with it.`;
    const { CI } = process.env;
    if (CI) throw new Error(text);
    console.warn(text);
  }
  return isThere;
}

interface Listing {
  readonly names: readonly string[];
  readonly isRefused: boolean;
}

function listedBy(tool: keyof typeof TOOLS, tar: Uint8Array): Listing {
  const run = spawnSync(tool, TOOLS[tool], { input: tar, env: ENVIRONMENT, maxBuffer: 2 ** 28 });
  const names = run.stdout.toString("latin1").split("\n").slice(0, -1).map(trimmed);
  return { names, isRefused: run.status !== 0 };
}

function listedHere(tar: Uint8Array): Listing {
  const names: string[] = [];
  let isRefused = false;
  const sink: TarSink = {
    entry: ({ path }) => names.push(trimmed(escaped(path))),
    problem: ({ type }) => {
      if (/^(?:pax-|sparse-|tar-long|tar-number)/.test(type) && type !== "pax-global")
        isRefused = true;
    },
  };
  const reader = new TarReader(sink);
  try {
    reader.push(tar);
    reader.finish();
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    isRefused = true;
  }
  return { names, isRefused };
}

/** A name as both tools write it in the C locale. */
function escaped(path: Uint8Array): string {
  let text = "";
  for (const byte of path) {
    const letter = { 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 92: "\\" }[byte];
    if (letter !== undefined) text += `\\${letter}`;
    else if (byte < 0x20 || byte >= 0x7f) text += `\\${byte.toString(8).padStart(3, "0")}`;
    else text += String.fromCharCode(byte);
  }
  return text;
}

/** Without what says only that it is a directory. */
function trimmed(name: string): string {
  return name.replace(/\/+$/, "");
}

async function layersOf(file: string): Promise<Uint8Array[]> {
  const { sources, close } = await openSources([join(MALFORMED, file)]);
  try {
    const opened = await openArchive(sources);
    if (opened.type === "refused") return [];
    const layers: Uint8Array[] = [];
    const source = sources[0]!;
    const outer = await readBytes(source, 0, source.size);
    for (const blob of opened.reader.archive.layers) {
      if (blob.compression !== "none" || blob.unreadable) continue;
      layers.push(memberOf(outer, blob.path));
    }
    return layers;
  } finally {
    await close();
  }
}

/** The bytes of one member of a plain archive. */
function memberOf(outer: Uint8Array, path: string): Uint8Array {
  let found: Uint8Array | null = null;
  const decoder = new TextDecoder("latin1");
  const sink: TarSink = {
    entry: (entry) => {
      if (decoder.decode(entry.path) === path)
        found = outer.subarray(entry.dataOffset, entry.dataOffset + entry.dataLength);
    },
    problem: () => undefined,
  };
  const reader = new TarReader(sink);
  reader.push(outer);
  if (!found) throw new Error(`no member ${path}`);
  return found;
}

const FILES = hasCorpus()
  ? readdirSync(MALFORMED).filter((file) =>
      /^(?:hdr|sparse|path|names|wh)-.*\.docker\.tar$/.test(file),
    )
  : [];

describe.skipIf(!hasCorpus())("headers as other tools read them", () => {
  for (const tool of ["tar", "bsdtar"] as const)
    it.skipIf(!has(tool))(tool, async () => {
      expect(FILES.length).toBeGreaterThan(60);
      const different: string[] = [];
      const told: string[] = [];
      for (const file of FILES)
        for (const layer of await layersOf(file)) {
          const ours = listedHere(layer);
          const theirs = listedBy(tool, layer);
          if (ours.isRefused && theirs.isRefused) continue;
          if (
            ours.isRefused === theirs.isRefused &&
            ours.names.join("\n") === theirs.names.join("\n")
          )
            continue;
          if (!different.includes(file)) different.push(file);
          told.push(`${file}: ${JSON.stringify({ ours, theirs }).slice(0, 400)}`);
        }
      expect(different, told.join("\n")).toEqual(DIFFERENCES[tool]);
    });
});
