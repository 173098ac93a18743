import { describe, expect, it } from "vitest";
import type { Content } from "../tree/content.ts";
import { BareDaemon } from "./bare-daemon.ts";
import type { DriverName } from "./driver.ts";
import {
  bytesWritten,
  lstat,
  mkdirAll,
  must,
  names,
  readFile,
  readText,
  removeAll,
  writeFile,
  writeText,
} from "./kernel.ts";

/** moby's daemon/graphdriver/graphtest (G-01 … G-06): what every driver has to do. */
describe.each<DriverName>(["aufs", "overlay2", "vfs"])("graph driver %s", (name) => {
  it("[G-01] an empty layer is an empty directory of root, 0755", () => {
    const { driver, kernel } = new BareDaemon(name);
    driver.create("empty", "");
    const view = driver.get("empty");
    expect(lstat(kernel, view)).toMatchObject({ kind: "dir", mode: 0o755, uid: 0, gid: 0 });
    expect(names(kernel, view)).toEqual([]);
  });

  it("[G-02] [G-03] a base layer and a layer on it show the same", () => {
    const { driver, kernel } = new BareDaemon(name);
    driver.create("base", "");
    const base = driver.get("base");
    must(kernel, "mkdir", { path: `${base}/a subdir` });
    must(kernel, "chown", { target: `${base}/a subdir`, uid: 1, gid: 2 });
    must(kernel, "chmod", { target: `${base}/a subdir`, mode: 0o1705 });
    writeText(kernel, `${base}/a file`, "Some data");
    must(kernel, "chmod", { target: `${base}/a file`, mode: 0o4222 });
    driver.create("snap", "base");
    for (const view of [base, driver.get("snap")]) {
      expect(names(kernel, view)).toEqual(["a file", "a subdir"]);
      expect(lstat(kernel, `${view}/a subdir`)).toMatchObject({ mode: 0o1705, uid: 1, gid: 2 });
      expect(lstat(kernel, `${view}/a file`)).toMatchObject({ mode: 0o4222, uid: 0, size: 9 });
      expect(readText(kernel, `${view}/a file`)).toBe("Some data");
    }
  });

  const depth = name === "vfs" ? 20 : 100;

  it(`[G-04] a file of the base is read through ${depth} layers`, () => {
    const { driver, kernel } = new BareDaemon(name);
    driver.create("base", "");
    writeText(kernel, `${driver.get("base")}/testfile.txt`, "test content");
    let parent = "base";
    for (let layer = 1; layer <= depth; layer++) {
      const current = `layer-${layer}`;
      driver.create(current, parent);
      const view = driver.get(current);
      writeText(kernel, `${view}/top-id`, current);
      mkdirAll(kernel, `${view}/layer-${layer}`, 0o755);
      writeText(kernel, `${view}/layer-${layer}/layer-id`, current);
      writeText(kernel, `${view}/layer-${layer}/parent-id`, parent);
      driver.put(current);
      parent = current;
    }
    const view = driver.get(parent);
    expect(readText(kernel, `${view}/testfile.txt`)).toBe("test content");
    expect(readText(kernel, `${view}/top-id`)).toBe(parent);
    let at = parent;
    for (let layer = depth; layer >= 1; layer--) {
      expect(readText(kernel, `${view}/layer-${layer}/layer-id`)).toBe(at);
      at = readText(kernel, `${view}/layer-${layer}/parent-id`);
    }
    expect(at).toBe("base");
  }, 60_000);

  it("[G-05] a diff applied to another child of the base gives the same tree", () => {
    const { driver, kernel } = new BareDaemon(name);
    driver.create("base", "");
    const base = driver.get("base");
    mkdirAll(kernel, `${base}/directory-0`, 0o755);
    for (let file = 0; file < 10; file++)
      writeFile(kernel, `${base}/directory-0/file-${file}`, noise(3 + file));
    writeText(kernel, `${base}/file-remove.txt`, "remove me");
    mkdirAll(kernel, `${base}/var/lib`, 0o755);
    driver.create("upper", "base");
    const upper = driver.get("upper");
    for (let file = 0; file < 10; file++)
      writeFile(kernel, `${upper}/directory-0/file-${file}`, noise(6 + file));
    removeAll(kernel, `${upper}/file-remove.txt`);
    removeAll(kernel, `${upper}/var/lib`);
    const size = driver.diffSize("upper", "");
    const layer = driver.diff("upper", "base", "diff");
    driver.create("diff", "base");
    const applied = driver.applyDiff("diff", "base", layer);
    const view = driver.get("diff");
    expect(applied).toBe(10 * 64);
    expect(size).toBe(10 * 64);
    expect(names(kernel, view)).toEqual(["directory-0", "var"]);
    expect(names(kernel, `${view}/var`)).toEqual([]);
    for (let file = 0; file < 10; file++) {
      const [piece] = readFile(kernel, `${view}/directory-0/file-${file}`);
      expect(piece).toMatchObject({ type: "blob", blob: "diff", length: 64 });
    }
  });

  it("[G-06] changes: 1 + 7 C, 7 A, 6 D", () => {
    const { driver, kernel } = new BareDaemon(name);
    driver.create("base", "");
    const base = driver.get("base");
    mkdirAll(kernel, `${base}/directory-0`, 0o755);
    for (let file = 0; file < 20; file++)
      writeFile(kernel, `${base}/directory-0/file-${file}`, noise(3 + file));
    driver.create("upper", "base");
    const upper = driver.get("upper");
    const expected: string[] = ["C /directory-0"];
    for (let file = 0; file < 20; file++) {
      const path = `/directory-0/file-${file}`;
      if (file % 3 === 0) {
        writeFile(kernel, `${upper}${path}`, noise(6 + file));
        expected.push(`C ${path}`);
      } else if (file % 3 === 1) {
        writeFile(kernel, `${upper}/directory-0/file-6-${file}`, noise(6 + file));
        expected.push(`A /directory-0/file-6-${file}`);
      } else {
        removeAll(kernel, `${upper}${path}`);
        expected.push(`D ${path}`);
      }
    }
    const found = driver.changes("upper", "base").map(({ kind, path }) => `${kind} ${path}`);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  it("a layer that is removed leaves nothing of itself", () => {
    const { driver, kernel, root } = new BareDaemon(name);
    driver.create("base", "");
    driver.create("child", "base");
    const layer = driver.diff("child", "base", "blob");
    driver.create("other", "base");
    driver.applyDiff("other", "base", layer);
    for (const id of ["other", "child", "base"]) driver.remove(id);
    for (const directory of names(kernel, root))
      expect(names(kernel, `${root}/${directory}`)).toEqual([]);
  });
});

/** 64 bytes that look random and are the same every time. */
function noise(seed: number): Content {
  const bytes = new Uint8Array(64);
  let state = seed;
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  expect(bytesWritten([{ type: "bytes", bytes }])).toEqual(bytes);
  return [{ type: "bytes", bytes }];
}
