import { expect, it } from "vitest";
import { walk } from "../drivers/kernel.ts";
import { type LayerEntry, writeLayer } from "../drivers/layer-tar.ts";
import type { LibraryImage } from "./host.ts";
import { EMPTY_RUN_CONFIG } from "./image-config.ts";
import { PlainLab } from "./plain-io.ts";

const facts = { uid: 0, gid: 0, mtime: 1 } as const;
const dir = (path: string): LayerEntry => ({ ...facts, path, kind: "dir", mode: 0o755 });
const file = (path: string): LayerEntry => ({
  ...facts,
  path,
  kind: "file",
  mode: 0o644,
  content: [{ type: "bytes", bytes: new Uint8Array(5000).fill(7) }],
});

/** FX2 of specs/drivers.md 10, but for the size of /big: 1,157 objects, then four layers of 12. */
function fx2(): LibraryImage {
  const base = [file("big"), dir("usr"), ...["bin", "dev", "etc", "proc", "sys"].map(dir)];
  for (let d = 0; d < 100; d++) {
    base.push(dir(`usr/d${d}`));
    for (let f = 0; f < 10; f++) base.push(file(`usr/d${d}/f${f}`));
  }
  for (let s = 0; s < 50; s++)
    base.push({ ...facts, path: `bin/s${s}`, kind: "symlink", mode: 0o777, target: "../big" });
  const layers = [base];
  for (let layer = 2; layer <= 5; layer++) {
    const entries = [dir("opt"), dir(`opt/l${layer}`)];
    for (let f = 0; f < 10; f++) entries.push(file(`opt/l${layer}/f${f}`));
    layers.push(entries);
  }
  expect(layers.map(({ length }) => length)).toEqual([1157, 12, 12, 12, 12]);
  return {
    references: ["fx2:latest"],
    origin: "test",
    text: null,
    config: {
      architecture: "amd64",
      os: "linux",
      author: "",
      created: 0,
      run: { ...EMPTY_RUN_CONFIG, cmd: ["sleep"] },
      history: [],
      diffIds: [],
    },
    layersBaseFirst: layers.map((entries, index) => ({
      diffId: null,
      ...writeLayer(entries, `fx2/${index}`),
    })),
  };
}

/** Inodes below a directory, without what is mounted on `merged`. */
function inodesIn(lab: PlainLab, root: string): number {
  const seen = new Set<number | string>();
  for (const { path, stat } of walk(lab.kernel(1), root))
    if (!/^\/[^/]+\/merged/.test(path)) seen.add(stat.ino);
    else if (path.endsWith("/merged")) seen.add(path);
  return seen.size;
}

it("[S22] [S24] overlay2 takes 1,237 inodes for the image, 251 for ten containers, 261 when they run", async () => {
  const lab = new PlainLab({ driver: "overlay2", library: [fx2()] });
  const root = "/var/lib/docker/overlay2";
  const empty = inodesIn(lab, root);
  await lab.docker("pull fx2");
  const image = inodesIn(lab, root);
  expect(image - empty).toBe(1237);
  for (let container = 0; container < 10; container++)
    await lab.docker(`create --name c${container} fx2`);
  expect(inodesIn(lab, root) - image).toBe(251);
  for (let container = 0; container < 10; container++) await lab.docker(`start c${container}`);
  expect(inodesIn(lab, root) - image).toBe(261);
}, 60_000);

it("[S22] [S24] vfs copies everything: 5,904 inodes for the image, and twice its tree a container", async () => {
  const lab = new PlainLab({ driver: "vfs", library: [fx2()] });
  const root = "/var/lib/docker/vfs";
  const empty = inodesIn(lab, root);
  await lab.docker("pull fx2");
  const image = inodesIn(lab, root);
  expect(image - empty).toBe(5904);
  await lab.docker("create --name c1 fx2");
  const initFiles = 8;
  expect(inodesIn(lab, root) - image).toBe(2 * (1203 + initFiles));
}, 60_000);
