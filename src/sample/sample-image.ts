import { createHash } from "node:crypto";
import { type TarFileEntry, tarFile } from "./tar-file.ts";

/** A step of the sample's history, and the layer it made, if any. */
interface Step {
  readonly command: string;
  readonly layer: readonly TarFileEntry[] | null;
}

const START = 1_704_067_200; // 2024-01-01
const DAY = 86_400;

/**
 * The image that the page opens with, as `docker save` of Docker 25 and later writes it.
 *
 * Six layers, each with something to see: hard links and symlinks; packages whose files a later layer throws away; a
 * secret that is added and deleted; a changed file; a chmod that stores a whole file again; an opaque directory and a
 * file that becomes a symlink. Always the same bytes.
 */
export function sampleImage(): Uint8Array {
  const steps = history();
  const layers = steps.flatMap(({ layer }) => (layer ? [tarFile(layer)] : []));
  const diffIds = layers.map(sha256);
  const config = json({
    architecture: "amd64",
    config: {
      Cmd: ["/srv/app/server"],
      Env: ["PATH=/usr/bin:/bin", "PORT=8080"],
      ExposedPorts: { "8080/tcp": {} },
      Labels: { "org.opencontainers.image.title": "Unionscope's sample" },
      User: "",
      WorkingDir: "/srv/app",
    },
    created: timeText(steps.length - 1),
    history: steps.map(({ command, layer }, i) => ({
      created: timeText(i),
      created_by: command,
      ...(layer ? {} : { empty_layer: true }),
    })),
    os: "linux",
    rootfs: { type: "layers", diff_ids: diffIds.map((hex) => `sha256:${hex}`) },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: layers.map((layer) => descriptor("application/vnd.oci.image.layer.v1.tar", layer)),
  });
  const index = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        ...descriptor("application/vnd.oci.image.manifest.v1+json", manifest),
        annotations: {
          "io.containerd.image.name": "docker.io/library/sample:latest",
          "org.opencontainers.image.ref.name": "latest",
        },
      },
    ],
  });
  const blobs = [...layers, config, manifest];
  const docker = json([
    {
      Config: blobPath(config),
      RepoTags: ["sample:latest"],
      Layers: layers.map(blobPath),
    },
  ]);
  return tarFile([
    { path: "blobs", type: "dir", mtime: START },
    { path: "blobs/sha256", type: "dir", mtime: START },
    ...blobs.map((content) => file(blobPath(content), content, START)),
    file("index.json", index, START),
    file("manifest.json", docker, START),
    file("oci-layout", json({ imageLayoutVersion: "1.0.0" }), START),
  ]);
}

function history(): readonly Step[] {
  const at = (day: number) => START + day * DAY;
  const busybox = noise("busybox", 60_000);
  const server = noise("server", 24_000);
  const packages = ["libfan", "libkiln", "tzdata"];
  return [
    {
      command: "/bin/sh -c #(nop) ADD file:rootfs.tar in /",
      layer: [
        ...["bin", "etc", "srv", "tmp", "usr", "usr/bin", "usr/lib", "usr/share", "var"].map(
          (path) => dir(path, at(0), path === "tmp" ? 0o1777 : 0o755),
        ),
        { ...file("bin/busybox", busybox, at(0)), mode: 0o755 },
        ...["cat", "ls", "sh"].map(
          (name): TarFileEntry => ({
            path: `bin/${name}`,
            type: "hardlink",
            target: "bin/busybox",
            mode: 0o755,
            mtime: at(0),
          }),
        ),
        text("etc/hostname", "sample\n", at(0)),
        text("etc/localtime", "TZif2 UTC, a copy\n", at(0)),
        text("etc/motd", "Welcome to the base layer.\n", at(0)),
        text("etc/os-release", 'NAME="Sample Linux"\nID=sample\nVERSION_ID=1\n', at(0)),
        text("etc/passwd", "root:x:0:0:root:/:/bin/sh\n", at(0)),
        link("usr/bin/env", "../../bin/busybox", at(0)),
      ],
    },
    { command: '/bin/sh -c #(nop)  CMD ["/bin/sh"]', layer: null },
    {
      command: "RUN pkg install libfan libkiln tzdata",
      layer: [
        dir("etc", at(1)),
        text(
          "etc/passwd",
          "root:x:0:0:root:/:/bin/sh\napp:x:1000:1000:app:/srv/app:/bin/sh\n",
          at(1),
        ),
        dir("usr", at(1)),
        dir("usr/lib", at(1)),
        file("usr/lib/libfan.so.1.4", noise("libfan", 14_000), at(1)),
        link("usr/lib/libfan.so", "libfan.so.1.4", at(1)),
        file("usr/lib/libkiln.so.2.0", noise("libkiln", 18_000), at(1)),
        link("usr/lib/libkiln.so", "libkiln.so.2.0", at(1)),
        dir("usr/share", at(1)),
        dir("usr/share/zoneinfo", at(1)),
        text("usr/share/zoneinfo/UTC", "TZif2 UTC\n", at(1)),
        dir("var", at(1)),
        dir("var/cache", at(1)),
        dir("var/cache/pkg", at(1)),
        ...packages.map((name) =>
          file(`var/cache/pkg/${name}.pkg`, noise(`${name}.pkg`, 9000), at(1)),
        ),
      ],
    },
    {
      command: "COPY app /srv/app",
      layer: [
        dir("srv", at(2)),
        dir("srv/app", at(2)),
        text("srv/app/app.conf", "port = 8080\nlog = debug\nfiring = 1240\n", at(2)),
        text("srv/app/deploy.key", "-----BEGIN NOT A REAL KEY-----\nsample\n", at(2)),
        { ...file("srv/app/server", server, at(2)), mode: 0o644 },
        dir("srv/app/public", at(2)),
        text("srv/app/public/index.html", "<!doctype html><title>Kiln</title>\n", at(2)),
      ],
    },
    { command: "ENV PORT=8080", layer: null },
    {
      command: "RUN sed -i s/debug/info/ /srv/app/app.conf && rm /srv/app/deploy.key",
      layer: [
        dir("srv", at(2)),
        dir("srv/app", at(3)),
        text("srv/app/.wh.deploy.key", "", at(3)),
        text("srv/app/app.conf", "port = 8080\nlog = info\nfiring = 1240\n", at(3)),
      ],
    },
    {
      command: "RUN chmod +x /srv/app/server",
      layer: [
        dir("srv", at(2)),
        dir("srv/app", at(3)),
        { ...file("srv/app/server", server, at(2)), mode: 0o755 },
      ],
    },
    {
      command:
        "RUN rm -rf /var/cache/pkg && mkdir /var/cache/pkg && ln -sf ../usr/share/zoneinfo/UTC /etc/localtime",
      layer: [
        dir("etc", at(5)),
        link("etc/localtime", "../usr/share/zoneinfo/UTC", at(5)),
        text("etc/.wh.motd", "", at(5)),
        dir("var", at(1)),
        dir("var/cache", at(5)),
        dir("var/cache/pkg", at(5)),
        text("var/cache/pkg/.wh..wh..opq", "", at(5)),
        text("var/cache/pkg/README", "The cache was cleared. Its bytes are still below.\n", at(5)),
      ],
    },
    { command: 'CMD ["/srv/app/server"]', layer: null },
  ];
}

function dir(path: string, mtime: number, mode = 0o755): TarFileEntry {
  return { path, type: "dir", mode, mtime };
}

function file(path: string, content: Uint8Array, mtime: number): TarFileEntry {
  return { path, type: "file", content, mtime };
}

function text(path: string, content: string, mtime: number): TarFileEntry {
  return file(path, Buffer.from(content), mtime);
}

function link(path: string, target: string, mtime: number): TarFileEntry {
  return { path, type: "symlink", target, mode: 0o777, mtime };
}

/** Bytes that look like a program: always the same for one name. */
function noise(name: string, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let have = 0; have < length; have += 32)
    parts.push(createHash("sha256").update(`${name} ${have}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function descriptor(mediaType: string, content: Uint8Array) {
  return { mediaType, digest: `sha256:${sha256(content)}`, size: content.length };
}

function blobPath(content: Uint8Array): string {
  return `blobs/sha256/${sha256(content)}`;
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function timeText(day: number): string {
  return new Date((START + day * DAY) * 1000).toISOString();
}
