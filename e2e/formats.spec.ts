import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CORPUS, corpusFiles, expect, needsCorpus, test } from "./app.ts";

/** One archive per way of storing an image; the same bytes go through the browser's own inflate and worker. */
const FORMATS: readonly {
  readonly file: string;
  readonly truth: string;
  readonly layers: number;
  /** A file that is found, and the layer that has it. */
  readonly path: string;
  readonly layer: number;
}[] = [
  ...[
    "scratch.docker20-save.tar",
    "scratch.docker26-save.tar",
    "scratch.handmade-docker25.tar",
    "scratch.handmade-docker1x.tar",
    "scratch.podman-docker-archive.tar",
    "scratch.skopeo-docker-archive.tar",
    "scratch.podman-docker-dir.tar",
    "scratch.podman-docker-dir-gz.tar",
    "scratch.podman-oci-archive.tar",
    "scratch.podman-oci-archive-uncompressed.tar",
    "scratch.podman-oci-dir.tar",
    "scratch.podman-oci-dir",
    "scratch.skopeo-dir-zstd.tar",
    "scratch.skopeo-oci-archive-zstd.tar",
    "scratch.skopeo-oci-archive-zstdchunked.tar",
    "scratch.skopeo-oci-archive-mislabelled.tar",
    "scratch.umoci-oci-layout.tar",
    "scratch.docker-archive.tar.gz",
    "scratch.docker-archive.tar.zst",
    "scratch.docker-archive.tar.bz2",
    "scratch.docker-archive.tar.xz",
    "scratch.podman-export.tar",
    "scratch.rootfs-gnutar.tar",
  ].map((file) => ({ file, truth: "scratch", layers: 1, path: "/hello.txt", layer: 1 })),
  ...[
    "web.docker26-save.tar",
    "web.podman-docker-archive.tar",
    "web.podman-oci-archive.tar",
    "web.skopeo-oci-archive-zstd.tar",
    "web.docker-archive.tar.gz",
  ].map((file) => ({ file, truth: "web", layers: 10, path: "/etc/nginx/nginx.conf", layer: 5 })),
  {
    file: "web-buildkit.buildx-oci-estargz.tar",
    truth: "web-estargz",
    layers: 11,
    path: "/bin/busybox",
    layer: 1,
  },
  {
    file: "web-buildkit.buildx-oci-attestation.tar",
    truth: "web-buildkit",
    layers: 11,
    path: "/bin/busybox",
    layer: 1,
  },
  {
    file: "deep.docker26-containerd-save.tar",
    truth: "deep",
    layers: 127,
    path: "/bin/sh",
    layer: 1,
  },
];

for (const { file, truth, layers, path, layer } of FORMATS)
  test(`${file}: stack, tree and resolution`, async ({ app }) => {
    needsCorpus();
    const paths = truthPaths(truth);
    await app.goto();
    await app.drop(...corpusFiles(file));

    await expect(app.branches()).toHaveCount(layers);
    await expect(app.stack.locator(".stack-union")).toContainText(
      `${paths.length.toLocaleString("en")} path`,
    );
    await expect(app.rows().first()).toContainText(paths[0] ?? "");

    await app.resolve(path);
    await expect(app.verdict()).toContainText(/^Found\./);
    await expect(app.inspector.locator(".version[data-state=winner]")).toContainText(
      `in layer ${layer}`,
    );
    await expect(app.row(path.split("/").at(-1) ?? "")).toHaveAttribute("aria-selected", "true");

    const listed = await app.script((api) => api.ls().map((each) => each.path.slice(1)));
    expect(listed.map(escaped).sort()).toEqual([...paths].sort());
  });

/** The paths of a truth file, as it escapes them. */
function truthPaths(name: string): readonly string[] {
  return readFileSync(join(CORPUS, "truth", `${name}.umoci.tsv`), "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t")[0] ?? "")
    .filter((path) => path !== "" && path !== ".");
}

function escaped(path: string): string {
  const named: Readonly<Record<string, string>> = {
    "\\": "\\\\",
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
  };
  return path.replace(/[\\\p{Cc}\udc80-\udcff]/gu, (char) => {
    const code = char.charCodeAt(0) & 0xff;
    return named[char] ?? `\\x${code.toString(16).padStart(2, "0")}`;
  });
}
