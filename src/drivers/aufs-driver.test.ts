import { describe, expect, it } from "vitest";
import { mountPages } from "./aufs-driver.ts";
import { BareDaemon } from "./bare-daemon.ts";
import { lstat, mkdirAll, must, names, readText, removeAll, writeText } from "./kernel.ts";

const id = (number: number) => String(number).padStart(64, "0");

/** moby's aufs_test.go, case by case (M-01 … M-27), and the page limit of its mounts (B-11, B-12). */
describe("aufs driver", () => {
  it("[M-01] [M-03] [M-04] Init makes mnt, diff and layers, and may be run again", () => {
    const { driver, kernel, root } = new BareDaemon();
    driver.init();
    expect(names(kernel, root)).toEqual(["diff", "layers", "mnt"]);
    expect(lstat(kernel, root)?.mode).toBe(0o710);
  });

  it("[M-02] its name is aufs", () => {
    expect(new BareDaemon().driver.name).toBe("aufs");
  });

  it("[M-05] [M-06] Create makes mnt, diff and layers of an id", () => {
    const { driver, kernel, root } = new BareDaemon();
    driver.create("1", "");
    for (const name of ["mnt", "diff"])
      expect(lstat(kernel, `${root}/${name}/1`)?.kind).toBe("dir");
    expect(readText(kernel, `${root}/layers/1`)).toBe("");
  });

  it("[M-07] Remove leaves nothing, not even -removing", () => {
    const { driver, kernel, root } = new BareDaemon();
    driver.create("1", "");
    driver.remove("1");
    for (const name of ["mnt", "diff", "layers"])
      expect(names(kernel, `${root}/${name}`)).toEqual([]);
  });

  it("[M-08] Get of a base layer is its diff directory, without a mount", () => {
    const { driver, root, calls } = new BareDaemon();
    driver.create("1", "");
    expect(driver.get("1")).toBe(`${root}/diff/1`);
    expect(calls).not.toContain("mount");
  });

  it("[M-09] [M-10] Cleanup works with and without layers", () => {
    const { driver } = new BareDaemon();
    driver.cleanup();
    driver.create("1", "");
    driver.cleanup();
    expect(driver.exists("1")).toBe(true);
  });

  it("[M-11] [M-12] [M-13] Get of a layer with a parent mounts it at mnt", () => {
    const { driver, kernel, root } = new BareDaemon();
    driver.create("1", "");
    driver.create("2", "1");
    const typeOf = (path: string) => kernel.call("statfs", { path }).value?.type;
    expect(typeOf(`${root}/diff/1`)).not.toBe("aufs");
    expect(driver.get("2")).toBe(`${root}/mnt/2`);
    expect(typeOf(`${root}/mnt/2`)).toBe("aufs");
    driver.get("2");
    driver.put("2");
    expect(typeOf(`${root}/mnt/2`)).toBe("aufs");
    driver.put("2");
    expect(typeOf(`${root}/mnt/2`)).not.toBe("aufs");
  });

  it("[M-14] Remove of a mounted layer unmounts it first", () => {
    const { driver, kernel, root } = new BareDaemon();
    driver.create("1", "");
    driver.create("2", "1");
    driver.get("2");
    driver.remove("2");
    expect(names(kernel, `${root}/mnt`)).toEqual(["1"]);
  });

  it("[M-15] Create with an unknown parent fails, and leaves its directories behind", () => {
    const { driver, kernel, root } = new BareDaemon();
    expect(() => driver.create("1", "docker")).toThrow("no such file or directory");
    for (const name of ["mnt", "diff", "layers"])
      expect(lstat(kernel, `${root}/${name}/1`)).not.toBeNull();
  });

  it("[M-16] [M-18] [M-19] a layer's tar and its size", () => {
    const { driver, kernel } = new BareDaemon();
    driver.create("1", "");
    writeText(kernel, `${driver.get("1")}/test_file`, "");
    must(kernel, "truncate", { path: `${driver.get("1")}/test_file`, length: 1024 });
    const { tree } = driver.diff("1", "", "blob");
    expect([tree.length, tree.size[1]]).toEqual([2, 1024]);
    expect(driver.diffSize("1", "")).toBe(1024);
    driver.create("2", "1");
    expect(driver.diffSize("2", "1")).toBe(0);
  });

  it("[M-17] Changes against the parent, and against what is not the parent", () => {
    const { driver, kernel } = new BareDaemon();
    driver.create("1", "");
    driver.createReadWrite("2", "1");
    writeText(kernel, `${driver.get("2")}/test.txt`, "x");
    expect(driver.changes("2", "")).toEqual([{ kind: "A", path: "/test.txt" }]);
    driver.createReadWrite("3", "2");
    writeText(kernel, `${driver.get("3")}/test2.txt`, "x");
    expect(driver.changes("3", "2")).toEqual([{ kind: "A", path: "/test2.txt" }]);
  });

  it("[M-20] Exists", () => {
    const { driver } = new BareDaemon();
    driver.create("1", "");
    expect([driver.exists("none"), driver.exists("1")]).toEqual([false, true]);
  });

  it("[M-21] Status", () => {
    const { driver, root } = new BareDaemon();
    driver.create("1", "");
    expect(driver.status()).toEqual([
      ["Root Dir", root],
      ["Backing Filesystem", "extfs"],
      ["Dirs", "1"],
      ["Dirperm1 Supported", "true"],
    ]);
  });

  it("[M-22] a diff applied to a layer shows in its view", () => {
    const { driver, kernel } = new BareDaemon();
    driver.create("1", "");
    writeText(kernel, `${driver.get("1")}/test_file`, "hello");
    const layer = driver.diff("1", "", "blob");
    driver.create("2", "");
    driver.create("3", "2");
    driver.applyDiff("3", "", layer);
    expect(lstat(kernel, `${driver.get("3")}/test_file`)?.size).toBe(5);
  });

  it("[M-23] 126 layers show each file once", () => {
    expectManyLayers("/var/lib/docker/aufs");
  }, 60_000);

  it("[M-24] so they do when a branch ends at the page's edge", () => {
    for (let length = 30; length < 120; length++)
      if (4095 % (77 + length) === 0 || 4095 % (77 + length) > length + 77 - 2) {
        expectManyLayers(`/${"x".repeat(length - 6)}/aufs`);
        return;
      }
    expect.fail("no such length");
  }, 60_000);

  it("[M-25] Init clears what an interrupted removal left", () => {
    const { driver, kernel, root } = new BareDaemon();
    for (const name of ["diff", "mnt"]) mkdirAll(kernel, `${root}/${name}/123-removing/x`, 0o755);
    driver.init();
    for (const name of ["diff", "mnt"]) expect(names(kernel, `${root}/${name}`)).toEqual([]);
  });

  it("[M-26] 254 layers of one parent come and go", () => {
    const { driver, kernel, root } = new BareDaemon();
    driver.create("base", "");
    const ids = Array.from({ length: 254 }, (_, index) => id(index));
    for (const name of ids) {
      driver.create(name, "base");
      driver.get(name);
    }
    for (const name of ids) {
      driver.put(name);
      driver.remove(name);
    }
    expect(names(kernel, `${root}/layers`)).toEqual(["base"]);
  });

  it("[M-27] a hard link to a file of the parent is another inode when applied elsewhere", () => {
    const { driver, kernel } = new BareDaemon();
    driver.create("source-1", "");
    writeText(kernel, `${driver.get("source-1")}/test_file`, "hello");
    driver.createReadWrite("source-2", "source-1");
    const source = driver.get("source-2");
    must(kernel, "link", { from: `${source}/test_file`, to: `${source}/linked_file` });
    driver.put("source-2");
    const layers = [
      driver.diff("source-1", "", "first"),
      driver.diff("source-2", "source-1", "second"),
    ] as const;
    driver.create("target-1", "");
    driver.applyDiff("target-1", "", layers[0]);
    driver.create("target-2", "target-1");
    driver.applyDiff("target-2", "target-1", layers[1]);
    driver.create("target-3", "target-2");
    const target = driver.get("target-3");
    expect(lstat(kernel, `${target}/linked_file`)?.size).toBe(5);
    expect(lstat(kernel, `${target}/linked_file`)?.ino).not.toBe(
      lstat(kernel, `${driver.get("target-1")}/test_file`)?.ino,
    );
  });

  it("[G-07] --storage-opt is refused", () => {
    expect(() => new BareDaemon().driver.createReadWrite("1", "", ["size=20M"])).toThrow(
      "--storage-opt is not supported for aufs",
    );
  });

  it("[B-11] [B-12] the branches of a container fill pages of 39 and 38 under /var/lib/docker", () => {
    const pages = (layers: number) => {
      const branch = (name: string) => `/var/lib/docker/aufs/diff/${name}`;
      const below = [branch(`${id(0)}-init`)];
      for (let layer = 1; layer <= layers; layer++) below.push(branch(id(layer)));
      const { first, remounts } = mountPages(branch(id(999)), below, true);
      return [first.length - 1, ...remounts.map((page) => page.length)];
    };
    expect(pages(125)).toEqual([39, 38, 38, 10]);
    expect([pages(1), pages(39), pages(40)]).toEqual([[1], [39], [39, 1]]);
  });
});

function expectManyLayers(root: string): void {
  const { driver, kernel, calls } = new BareDaemon("aufs", root);
  let last = "";
  let expected = 0;
  for (let layer = 1; layer < 127; layer++) {
    const current = id(layer);
    driver.createReadWrite(current, last);
    const view = driver.get(current);
    if (layer % 10 === 0) {
      removeAll(kernel, `${view}/${last}`);
      expected -= 1;
    }
    writeText(kernel, `${view}/${current}`, current);
    expected += 1;
    driver.put(current);
    last = current;
  }
  expect(names(kernel, driver.get(last))).toHaveLength(expected);
  expect(expected).toBe(126 - 12);
  expect(calls).toContain("remount");
}
