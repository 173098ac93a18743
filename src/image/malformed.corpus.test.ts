import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CORPUS, hasCorpus } from "../cli/corpus-images.ts";
import { openSources } from "../cli/file-source.ts";
import { problemPlace, problemSentence } from "../i18n/problem-sentence.ts";
import { translateInto } from "../i18n/translator.ts";
import { contentOf, nameOf, rowAt } from "../tree/column-tree.ts";
import { createDigest } from "./digest.ts";
import { type Archive, type LayerIndex, layerBlob } from "./image.ts";
import { openArchive } from "./open.ts";
import { type Problem, severityOf } from "./problem.ts";
import { digestProblems } from "./verify.ts";

const MALFORMED = join(CORPUS, "malformed");
/** Ten seconds and 500 MB is what a file may take; a busy machine may need three times as long to do the same work. */
const MOST_SECONDS = 30;
const MOST_MEMORY = 500e6;

interface Outcome {
  readonly archive: Archive | null;
  readonly layers: readonly LayerIndex[];
  readonly problems: readonly Problem[];
}

/** Opens a file, reads, hashes and verifies every layer: all that a person could ask of it. */
async function outcomeOf(file: string): Promise<Outcome> {
  const { sources, close } = await openSources([join(MALFORMED, file)]);
  try {
    const opened = await openArchive(sources);
    if (opened.type === "refused")
      return { archive: null, layers: [], problems: [opened.problem, ...opened.problems] };
    const { reader } = opened;
    const { archive } = reader;
    const problems: Problem[] = [...archive.problems];
    const layers: LayerIndex[] = [];
    for (const image of archive.images) {
      problems.push(...image.problems);
      for (const layer of image.layers) {
        const index = await reader.layer(layer.layer, { hash: createDigest });
        const digests = await reader.digests(layer.layer);
        const blob = layerBlob(archive, layer.layer);
        layers.push(index);
        problems.push(...index.problems, ...digestProblems(layer, blob, digests, archive.name));
        if (index.failure && !problems.includes(index.failure)) problems.push(index.failure);
        if (index.entries < 10_000) await reader.contentHashes(layer.layer);
      }
    }
    return { archive, layers, problems };
  } finally {
    await close();
  }
}

interface Expectation {
  readonly file: string;
  readonly expected: string;
}

function expectations(): readonly Expectation[] {
  const [, ...lines] = readFileSync(join(MALFORMED, "INDEX.tsv"), "utf8").trimEnd().split("\n");
  const listed = lines.map((line): Expectation => {
    const cells = line.split("\t");
    return { file: cells[0] ?? "", expected: cells[7] ?? "" };
  });
  const there = new Set(readdirSync(MALFORMED));
  return listed.filter(({ file }) => there.has(file));
}

const EXPECTATIONS = hasCorpus() ? expectations() : [];
/** What "ok" and "error" in the index stand for, where it says no more. */
const isFine = ({ expected }: Expectation) => /^ok(?:$|,|:| by)/.test(expected);
const isFaulty = ({ expected }: Expectation) =>
  /^(?:error$|error, |a message that names the fault|error or truncated)/.test(expected);

const sentence = translateInto("en");

describe.skipIf(!hasCorpus())("hostile, broken and edge archives", () => {
  it("the corpus is there", () => {
    expect(EXPECTATIONS.length).toBeGreaterThan(200);
  });

  it.each(EXPECTATIONS)("$file ends in time, in a tree or a sentence", async (expectation) => {
    const before = process.cpuUsage();
    const { archive, problems } = await outcomeOf(expectation.file);
    const used = process.cpuUsage(before);
    expect((used.user + used.system) / 1e6).toBeLessThan(MOST_SECONDS);
    expect(process.memoryUsage().rss).toBeLessThan(MOST_MEMORY);
    if (!archive) expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem.at.file).toBe(expectation.file);
      const said = problemSentence(sentence, problem);
      expect(said).toMatch(/[^\s{}]/);
      expect(said).not.toContain("{{");
      expect(problemPlace(sentence, problem)).toContain(expectation.file);
    }
    const worst = problems.filter((problem) => severityOf(problem) !== "note");
    const told = problems.map(({ type }) => type).join();
    if (isFine(expectation)) expect(worst, told).toEqual([]);
    if (isFaulty(expectation)) expect(worst.length, told).toBeGreaterThan(0);
  });

  /** What the index says beyond "ok": a path, and what must hold of its row. */
  it.each([
    ["hdr-v7.docker.tar", "", { entries: 3 }],
    ["hdr-gnu-magic-prefix-garbage.docker.tar", "/gnufile", {}],
    ["hdr-base256-size.docker.tar", "/after", {}],
    ["hdr-base256-uid-mtime.docker.tar", "", { uid: 2_097_157 }],
    ["hdr-size-spaces.docker.tar", "", { size: 5 }],
    ["hdr-size-11-digits-no-nul.docker.tar", "", { size: 5 }],
    ["hdr-pax-size-override.docker.tar", "/after", {}],
    ["hdr-types.docker.tar", "/after", {}],
    ["hdr-hardlink-with-size.docker.tar", "/after", {}],
    ["hdr-dir-with-size.docker.tar", "/after", {}],
    ["hdr-file-trailing-slash.docker.tar", "/fileslash", { kind: "dir" }],
    ["hdr-pax-global.docker.tar", "/c", { entries: 3 }],
    ["hdr-concatenated.docker.tar", "/a", { entries: 1 }],
    ["hdr-gnu-longname-at-end.docker.tar", "/a", { entries: 1 }],
    ["hdr-pax-x-at-end.docker.tar", "/a", { entries: 1 }],
    ["hdr-no-padding.docker.tar", "/np", {}],
    ["path-deep-dirs.oci.tar", "", { entries: 1500 }],
    ["path-dotdot.oci.tar", "/etc/passwd", {}],
    ["path-root-entry.oci.tar", "/", { mode: 0o711, uid: 3 }],
    ["path-noparents.oci.tar", "/a", { mode: 0o711 }],
    ["path-noparents.oci.tar", "/a/b", { mode: 0o700 }],
    ["path-hardlink-forward.oci.tar", "/hl", {}],
    ["wh-aufs.oci.tar", "", {}],
  ] as const)(
    "%s has %s as the index says",
    async (file, path, wanted: Record<string, unknown>) => {
      const { layers } = await outcomeOf(file);
      const [index] = layers;
      expect(index).toBeDefined();
      const { tree } = index!;
      const rows = path === "" ? Array.from(tree.parent.keys()) : [rowAt(tree, path)];
      if (path !== "") expect(rows[0]).toBeGreaterThanOrEqual(0);
      const { entries, kind, ...columns } = wanted;
      if (entries !== undefined) expect(index!.entries).toBe(entries);
      if (kind === "dir") expect(tree.childCount[rows[0]!]).toBeGreaterThan(0);
      for (const [column, value] of Object.entries(columns)) {
        const values = rows.map(
          (row) => (tree as unknown as Record<string, number[]>)[column]?.[row],
        );
        expect(values).toContain(value);
      }
    },
  );

  it.each(["gnu-old", "pax-0.0", "pax-0.1", "pax-1.0"])(
    "sparse %s reads as the whole file",
    async (form) => {
      const truth = EXPECTATIONS.find(({ file }) => file === `sparse-${form}.docker.tar`);
      expect(truth?.expected).toContain("size 300000");
      const { sources, close } = await openSources([join(MALFORMED, `sparse-${form}.docker.tar`)]);
      const opened = await openArchive(sources);
      if (opened.type === "refused") throw new Error(opened.problem.type);
      const key = opened.reader.archive.layers[0]!.key;
      const { tree } = await opened.reader.layer(key);
      const row = rowAt(tree, "/sp");
      const hashes = await opened.reader.contentHashes(key);
      expect(tree.size[row]).toBe(300_000);
      expect(rowAt(tree, "/after")).toBeGreaterThan(0);
      expect(hashes.of(row)).toBe(
        "d8ba8c21afe832c6b9efe01d26765e61154dcd79e2c94c537c421257053ac12c",
      );
      const tail = await opened.reader.read(contentOf(tree, row), 299_000, 400_000);
      expect(tail.length).toBe(1000);
      await close();
    },
  );

  it("hostile names are kept as they are", async () => {
    const { layers } = await outcomeOf("names-hostile.oci.tar");
    const { tree } = layers[0]!;
    const names = new Set(Array.from(tree.parent.keys(), (row) => nameOf(tree, row)));
    for (const name of ["__proto__", "\u001b[31mred\u001b[0m", "<img src=x onerror=alert(1)>"])
      expect([...names]).toContain(name);
    expect([...names].some((name) => name.includes("\udce9"))).toBe(true);
  });
});
