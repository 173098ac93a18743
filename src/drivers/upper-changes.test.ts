import { expect, it } from "vitest";
import { BareDaemon } from "./bare-daemon.ts";
import { treeChanges, upperChanges } from "./changes.ts";
import { mkdirAll, must, removeAll, writeText } from "./kernel.ts";

it("the upper directory alone gives what comparing both views gives", () => {
  const { driver, kernel } = new BareDaemon("overlay2");
  driver.create("base", "");
  const base = driver.get("base");
  for (const path of ["/gone/a", "/again/x", "/again/deep/y", "/kept/k", "/mixed/m", "/dir/d"]) {
    mkdirAll(kernel, `${base}${path}`.replace(/\/[^/]*$/, ""), 0o755);
    writeText(kernel, `${base}${path}`, path);
  }
  writeText(kernel, `${base}/file`, "a file");
  driver.create("parent", "base");
  driver.createReadWrite("child", "parent");
  const view = driver.get("child");
  removeAll(kernel, `${view}/gone`);
  removeAll(kernel, `${view}/again`);
  mkdirAll(kernel, `${view}/again/deep`, 0o700);
  writeText(kernel, `${view}/again/new`, "new");
  writeText(kernel, `${view}/mixed/m`, "changed");
  writeText(kernel, `${view}/mixed/n`, "new");
  must(kernel, "chmod", { target: `${view}/kept`, mode: 0o700 });
  removeAll(kernel, `${view}/dir`);
  writeText(kernel, `${view}/dir`, "now a file");
  removeAll(kernel, `${view}/file`);
  mkdirAll(kernel, `${view}/file/inside`, 0o755);
  const old = driver.get("parent");
  const found = upperChanges(kernel, driver.branch("child"), old);
  expect(found).toEqual(treeChanges(kernel, view, old));
  expect(found.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    "C /again",
    "C /again/deep",
    "D /again/deep/y",
    "A /again/new",
    "D /again/x",
    "C /dir",
    "C /file",
    "A /file/inside",
    "C /kept",
    "C /mixed",
    "C /mixed/m",
    "A /mixed/n",
    "D /gone",
  ]);
});
