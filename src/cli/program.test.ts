import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DrawnEntry, drawnTar } from "../image/drawn-tar.ts";

const top = resolve(import.meta.dirname, "../..");
const program = resolve(top, "node_modules/.cache/program-test");
const sample = resolve(top, "public/sample.tar");
const scratch = mkdtempSync(join(tmpdir(), "unionscope-"));

beforeAll(async () => {
  await build({
    entryPoints: [resolve(top, "src/cli/unionscope.ts")],
    outdir: program,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
});
afterAll(() => rmSync(scratch, { recursive: true }));

function run(...args: readonly string[]) {
  const done = spawnSync(process.execPath, [join(program, "unionscope.js"), ...args], {
    encoding: "utf8",
    cwd: top,
  });
  return { code: done.status, out: done.stdout, error: done.stderr };
}

/** Writes a layer's tar; its path. */
function layer(name: string, ...entries: readonly DrawnEntry[]): string {
  const path = join(scratch, name);
  writeFileSync(path, drawnTar(...entries));
  return path;
}

const cells = (out: string) =>
  out
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));

describe("ls", () => {
  it("lists the merged tree with thirteen columns, and ends with 0", () => {
    const { code, out, error } = run("ls", "--tsv", sample);
    expect([code, error]).toEqual([0, ""]);
    expect(out.split("\n")[0]).toBe(
      "path\ttype\tmode\tuid\tgid\tsize\tmtime\tnlink\thardlink\trdev\tlinktarget\tsha256\txattrs",
    );
    const rows = new Map(cells(out).map((row) => [row[0], row]));
    expect(rows.get("srv/app/server")?.slice(1, 6)).toEqual(["f", "0755", "0", "0", "24000"]);
    expect(rows.get("bin/sh")?.slice(7, 9)).toEqual(["4", "bin/busybox"]);
    expect(rows.get("etc/localtime")?.[10]).toBe("../usr/share/zoneinfo/UTC");
    expect(rows.has("srv/app/deploy.key")).toBe(false);
  });

  it("--layer lists whiteouts as w and opaque marks as o; --upto an earlier moment", () => {
    const marks = cells(run("ls", "--tsv", "--layer", "6", sample).out)
      .filter(([, type]) => type === "w" || type === "o")
      .map(([path, type]) => `${type} ${path}`);
    expect(marks).toEqual(["w etc/.wh.motd", "o var/cache/pkg/.wh..wh..opq"]);
    const early = cells(run("ls", "--tsv", "--upto", "3", sample).out).map(([path]) => path);
    expect(early).toContain("srv/app/deploy.key");
  });

  it("sorts whole paths by their bytes", () => {
    const file = layer("order.tar", ...["a/b", "a.c", "a-b", "a0"].map((path) => ({ path })));
    expect(cells(run("ls", "--tsv", file).out).map(([path]) => path)).toEqual([
      ".",
      "a",
      "a-b",
      "a.c",
      "a/b",
      "a0",
    ]);
  });

  it("takes several layers in their order, and a directory", () => {
    const base = layer("base.tar", { path: "a", data: "1" }, { path: "b", data: "1" });
    const upper = layer("upper.tar", { path: ".wh.a" }, { path: "c", data: "2" });
    const paths = (...files: string[]) => cells(run("ls", "--tsv", ...files).out).map(([p]) => p);
    expect(paths(base, upper)).toEqual([".", "b", "c"]);
    expect(paths(upper, base)).toEqual([".", "a", "b", "c"]);
    const dir = join(scratch, "layout");
    mkdirSync(dir);
    spawnSync("tar", ["-xf", sample, "-C", dir]);
    expect(run("ls", "--tsv", dir).out).toBe(run("ls", "--tsv", sample).out);
  });

  it("ends with 1 and a sentence when something is wrong in it", () => {
    const { code, out, error } = run("ls", layer("twice.tar", { path: "a" }, { path: "a" }));
    expect(code).toBe(1);
    expect(out).toContain(" a\n");
    expect(error).toMatch(/^warning: .*twice\.tar.*\n$/);
  });

  it.each([
    ["a file that is no archive", [join(top, "package.json")]],
    ["a file that is not there", ["nowhere.tar"]],
    ["an image that is not there", ["--image", "other", sample]],
    ["a layer that is not there", ["--layer", "7", sample]],
    ["layer 0", ["--upto", "0", sample]],
    ["no file", []],
  ])("ends with 2 and a sentence for %s", (_, args) => {
    const { code, out, error } = run("ls", ...args);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toMatch(/\w+.*\n$/);
  });
});

describe("names that attack a terminal", () => {
  const hostile = [
    "\u001b[31mred",
    "bell\u0007",
    "\u00c2\u009b2J",
    "\u00e2\u0080\u00aegnp.exe",
    "\u00ff",
  ];
  const file = layer(
    "hostile.tar",
    ...hostile.flatMap((path) => [
      { path },
      { path: `${path}.link`, type: "2", link: path },
      { path: `${path}/../${path}` },
    ]),
  );

  it.each([
    ["ls", file],
    ["ls", "--tsv", file],
    ["ls", "--layer", "1", file],
    ["inspect", file],
    ["inspect", "--json", file],
    ["resolve", file, "/\u001b[31mred"],
    ["resolve", "--json", file, "/bell\u0007"],
    ["ls", "\u001b[31m.tar"],
  ])("%s %s %s prints no control code", (...args) => {
    const { out, error } = run(...args);
    for (const char of out + error)
      expect(char === "\n" || char === "\t" || char.charCodeAt(0) >= 0x20).toBe(true);
  });

  it("a name that is not UTF-8 is escaped byte by byte", () => {
    expect(cells(run("ls", "--tsv", file).out).map(([path]) => path)).toContain("\\xff");
  });
});

it("resolve tells every visit, the winner and what it hides", () => {
  const { code, out } = run("resolve", "--json", sample, "etc/passwd");
  const found = JSON.parse(out);
  expect(code).toBe(0);
  expect(found).toMatchObject({ path: "/etc/passwd", upto: 6, errno: null, winner: { layer: 2 } });
  expect(found.steps[1].visits.map(({ layer: k, outcome }: never) => [k, outcome])).toEqual([
    [6, "missing"],
    [2, "found"],
  ]);
  expect(found.versions.map(({ layer: k, state, by }: never) => [k, state, by])).toEqual([
    [2, "winner", null],
    [1, "hidden", 2],
  ]);
  expect(run("resolve", sample, "/srv/app/deploy.key").out).toContain("a whiteout");
});

it("inspect verifies what the archive says of itself", () => {
  const { code, out } = run("inspect", "--json", sample);
  const [image] = JSON.parse(out).images;
  expect(code).toBe(0);
  expect(image).toMatchObject({ default: true, refs: ["sample:latest"], differences: [] });
  expect(image.layers.map(({ verified }: never) => verified)).toEqual(Array(6).fill("verified"));
  expect(image.layers[5].changes).toMatchObject({ added: 1, modified: 1, removed: 4, opaque: 1 });
});

it("lab takes its script before --image, after it, and between", () => {
  const script = join(scratch, "lines.txt");
  writeFileSync(script, "docker pull -q sample > /dev/null\ndocker images -q sample | wc -l\n");
  const other = layer("more.tar", { path: "a" });
  const expected = { code: 0, out: "1\n", error: "" };
  expect(run("lab", script, "--image", sample)).toEqual(expected);
  expect(run("lab", script, "--image", sample, other)).toEqual(expected);
  expect(run("lab", "--image", sample, script)).toEqual(expected);
  expect(run("lab", "--image", sample, other, script)).toEqual(expected);
  expect(run("lab", "--image", sample, "--image", other, "--json", script).code).toBe(0);
  expect(run("lab", "--image", script).code).toBe(2);
});
