import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { DriverName } from "../drivers/driver.ts";
import { type Kernel, lstat, must, writeText } from "../drivers/kernel.ts";
import type { ArchiveReader } from "../image/archive-reader.ts";
import { bytesSource } from "../image/byte-source.ts";
import { defaultImage } from "../image/image.ts";
import { openArchive } from "../image/open.ts";
import { rowAt } from "../tree/column-tree.ts";
import { type Content, contentLength } from "../tree/content.ts";
import type { LibraryImage, LibraryLayer } from "./host.ts";
import { parseConfig } from "./image-config.ts";
import { PlainLab } from "./plain-io.ts";

const SMALL = resolve(import.meta.dirname, "../../../shared/corpus/small");
const isThere = existsSync(SMALL);
const { CI } = process.env;
if (!isThere && CI) throw new Error(`no corpus at ${SMALL}`);
if (!isThere) process.stderr.write(`SKIPPED: no corpus at ${SMALL}\n`);

const scratch = mkdtempSync(join(tmpdir(), "unionscope-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function open(name: string, bytes: Uint8Array): Promise<ArchiveReader> {
  const opened = await openArchive([bytesSource(name, bytes)], { id: name });
  if (opened.type === "refused") throw new Error(`${name}: ${opened.problem.type}`);
  return opened.reader;
}

async function libraryImage(reader: ArchiveReader): Promise<LibraryImage> {
  const image = defaultImage(reader.archive);
  const layersBaseFirst: LibraryLayer[] = [];
  for (const { layer, diffId } of image?.layers ?? []) {
    const { tree, tarBytes } = await reader.layer(layer);
    const tar: Content = [{ type: "blob", blob: tree.blob, offset: 0, length: tarBytes }];
    layersBaseFirst.push({ diffId, tar, tree });
  }
  const text = image?.config?.text ?? "";
  const config = parseConfig(text);
  if (!config) throw new Error("no config");
  return {
    references: ["opened:latest"],
    origin: reader.archive.name,
    layersBaseFirst,
    text,
    config,
  };
}

/** Runs a tool when it is there; null, said aloud, when it is not. */
function tool(name: string, args: readonly string[]): string | null {
  const done = spawnSync(name, args, { encoding: "utf8" });
  if (done.error) {
    process.stderr.write(`SKIPPED: no ${name} here\n`);
    return null;
  }
  if (done.status !== 0) throw new Error(`${name} ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

/** A file of the image itself: not one that Docker or a volume put there. */
function fileIn(kernel: Kernel, directory: string): string | null {
  for (const { name, kind } of kernel.call("readdir", { target: directory || "/" }).value ?? []) {
    const path = `${directory}/${name}`;
    if (/^\/(dev|proc|sys|data|more data|\.dockerenv|written-here|etc\/host)/.test(path)) continue;
    if (kind === "file" && path !== "/etc/resolv.conf") return path;
    const found = kind === "dir" ? fileIn(kernel, path) : null;
    if (found !== null) return found;
  }
  return null;
}

const CASES = [
  "web.docker26-save.tar",
  "web.podman-oci-archive.tar",
  "node-app.docker26-save.tar",
  "meta-a.docker20-save.tar",
].flatMap((name) =>
  (["aufs", "overlay2"] as const).map((driver): [string, DriverName] => [name, driver]),
);

it.skipIf(!isThere).each(CASES)(
  "%s on %s is run, written to, committed and saved; the saved archive opens everywhere",
  async (name, driver) => {
    const reader = await open(name, readFileSync(join(SMALL, name)));
    const entry = await libraryImage(reader);
    const lab = new PlainLab({ driver, library: [entry] });
    lab.fetch = (content) => reader.read(content, 0, contentLength(content));
    let removed: string | undefined;
    lab.onRun = ({ pid }) => {
      const kernel = lab.kernel(pid);
      writeText(kernel, "/written-here", "by the lab\n");
      must(kernel, "mkdir", { path: "/new-directory", mode: 0o700 });
      removed = fileIn(kernel, "") ?? undefined;
      if (removed === undefined) throw new Error("no file to remove");
      must(kernel, "unlink", { path: removed });
      return 0;
    };
    const first = await lab.docker("run -u 0 --name c1 opened anything");
    expect(first.err).toContain("Unable to find image 'opened:latest' locally");
    expect(first.err).not.toContain("Error");
    expect(first.code).toBe(0);
    expect((await lab.docker("diff c1")).out.split("\n")).toEqual(
      expect.arrayContaining(["A /written-here", "A /new-directory", `D ${removed}`]),
    );
    expect((await lab.docker("commit c1 mine:v1")).code).toBe(0);
    await lab.docker("save opened mine:v1");
    const saved = await lab.bytes(lab.saved);

    const again = await open("saved.tar", saved);
    const [original, second] = again.archive.images;
    expect(again.archive.images.map(({ refs }) => refs)).toEqual([["opened:latest"], ["mine:v1"]]);
    expect(original?.config?.text).toBe(entry.text);
    expect(original?.layers.map(({ diffId }) => diffId)).toEqual(
      entry.layersBaseFirst.map(({ diffId }) => diffId),
    );
    expect(second?.layers).toHaveLength((original?.layers.length ?? 0) + 1);
    for (const { layer, diffId } of second?.layers ?? [])
      expect((await again.digests(layer)).diffId).toBe(diffId);
    const top = second?.layers.at(-1);
    if (!top) throw new Error("no layers");
    const { tree } = await again.layer(top.layer);
    expect(rowAt(tree, "/written-here")).toBeGreaterThan(0);
    expect(rowAt(tree, removed?.replace(/([^/]*)$/, ".wh.$1") ?? "")).toBeGreaterThan(0);
    expect(rowAt(tree, "/etc/hostname")).toBe(-1);
    expect([...again.archive.problems, ...(second?.problems ?? [])]).toEqual([]);

    const path = join(scratch, "saved.tar");
    writeFileSync(path, saved);
    const inspected = tool("skopeo", ["inspect", `docker-archive:${path}:mine:v1`]);
    if (inspected !== null)
      expect(JSON.parse(inspected).Layers).toEqual(second?.layers.map(({ diffId }) => diffId));
    const layout = join(scratch, "layout");
    rmSync(layout, { recursive: true, force: true });
    mkdirSync(layout);
    if (tool("tar", ["-xf", path, "-C", layout]) === null) return;
    const stat = tool("umoci", ["stat", "--image", `${layout}:v1`, "--json"]);
    if (stat !== null)
      expect(
        JSON.parse(stat).history.filter((step: { empty_layer: boolean }) => !step.empty_layer),
      ).toHaveLength(second?.layers.length ?? -1);

    lab.onRun = ({ pid }) => (lstat(lab.kernel(pid), "/written-here") === null ? 1 : 0);
    expect((await lab.docker("run -u 0 --rm mine:v1 look")).code).toBe(0);
  },
);
