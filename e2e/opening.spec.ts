import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type App, CORPUS, corpusFiles, expect, needsCorpus, test } from "./app.ts";
import { axe } from "./axe.ts";
import { tar, tinyArchive } from "./tiny-archive.ts";

const PAPER = tinyArchive("paper:latest", [
  { command: "COPY a /", entries: [["a", "one\n"]] },
  { command: "RUN echo two > /a", entries: [["a", "two\n"]] },
]);

/** A layer of zeros that reading stops in: its ratio is past the bound. */
const ZEROS = gzipSync(tar([["zeros", Buffer.alloc(130 * 2 ** 20)]]), { level: 9 });

const serve = (app: App, name: string, body: Buffer) =>
  app.page.route(
    (url) => url.pathname === `/${name}`,
    (route) => route.fulfill({ body }),
  );

test("a file is pasted", async ({ app }) => {
  await app.goto();
  await serve(app, "paper.tar", PAPER);
  await app.page.evaluate(async () => {
    const blob = await (await fetch("./paper.tar")).blob();
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([blob], "paper.tar"));
    document.body.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  });
  await expect(app.page.locator(".picker-name")).toContainText("paper:latest");
  await app.idle();
  await expect(app.branches()).toHaveCount(2);
});

test("?open= with a path, a layer and a mode shows just that", async ({ app }) => {
  await serve(app, "paper.tar", PAPER);
  await app.goto("?open=/paper.tar&layer=1&mode=layer&path=/a");
  await expect(app.page.locator(".inspector-path")).toHaveText("/a");
  await expect(app.branch(1)).toHaveAttribute("aria-selected", "true");
  await expect(app.page.locator(".tree-tools input[value=layer]")).toBeChecked();
  await expect(app.inspector.locator(".content")).toContainText("one");
});

test("reading is cancelled, what was read stays, and reading goes on later", async ({ app }) => {
  const layers = Array.from({ length: 90 }, (_, i) => ({
    command: `COPY ${i} /`,
    entries: [[`f${i}`, "x".repeat(40_000)]] as const,
  }));
  await app.goto();
  await app.page.evaluate(() => {
    const cancel = () => {
      const button = document.querySelector<HTMLButtonElement>(".summary-words button");
      if (!button) return;
      watch.disconnect();
      button.click();
    };
    const watch = new MutationObserver(cancel);
    watch.observe(document.body, { childList: true, subtree: true });
  });
  await app.drop({ name: "long.tar", bytes: tinyArchive("long:latest", layers) });
  await expect(app.page.locator(".summary")).toContainText("Cancelled: what was read is shown");
  const unread = () =>
    app.script((api) => api.layers().filter(({ entries }) => entries === null).length);
  expect(await unread()).toBeGreaterThan(0);
  await app.page.getByRole("button", { name: "Read on" }).click();
  await app.idle();
  expect(await unread()).toBe(0);
  await expect(app.page.locator(".summary")).toContainText("all digests verified");
});

test("reading stops at a bound and goes on past it, with the selection as it was", async ({
  app,
}) => {
  test.setTimeout(120_000);
  await app.goto();
  await app.drop({ name: "zeros.tar.gz", bytes: ZEROS });
  await expect(app.page.locator(".notice-fault")).toContainText("Reading stopped at a bound");
  await app.branch(1).click();
  await app.show("layer");
  await app.page.getByRole("button", { name: "Continue anyway" }).click();
  await app.idle();
  await expect(app.page.locator(".notice-fault")).toHaveCount(0);
  await expect(app.row("zeros").locator(".tree-size")).toHaveText("136 MB");
  await expect(app.page.locator(".tree-tools input[value=layer]")).toBeChecked();
});

test.describe("an OCI layout that is no tar", () => {
  test.beforeEach(needsCorpus);
  const FOLDER = "scratch.podman-oci-dir";

  const isShown = async (app: App) => {
    await app.idle();
    await expect(app.branches()).toHaveCount(1);
    await expect(app.page.locator(".summary")).toContainText("all digests verified");
    await app.resolve("/hello.txt");
    await expect(app.verdict()).toContainText(/^Found\./);
  };

  test("is chosen as a folder", async ({ app }) => {
    await app.goto();
    await app.page.locator("input[webkitdirectory]").setInputFiles(join(CORPUS, FOLDER));
    await expect(app.page.locator(".picker-name")).not.toContainText("sample");
    await isShown(app);
  });

  test("is dropped as what is in its folder", async ({ app }) => {
    await app.goto();
    const files = corpusFiles(FOLDER).map(({ name, bytes }) => ({
      name: name.slice(FOLDER.length + 1),
      bytes,
    }));
    await app.drop(...files);
    await isShown(app);
  });

  test("is dropped as loose files, without the folders of its blobs", async ({ app }) => {
    await app.goto();
    const files = corpusFiles(FOLDER).map(({ name, bytes }) => ({
      name: name.slice(name.lastIndexOf("/") + 1),
      bytes,
    }));
    await app.drop(...files);
    await isShown(app);
  });
});

test("an archive without an image says so, and why", async ({ app }) => {
  await app.goto();
  await app.drop({
    name: "none.tar",
    bytes: tar([
      ["oci-layout", '{"imageLayoutVersion":"1.0.0"}'],
      ["index.json", '{"schemaVersion":2,"manifests":[]}'],
    ]),
  });
  await expect(app.page.getByRole("heading", { level: 2 })).toHaveText(
    "There is no image in this archive",
  );
  await expect(app.page.locator(".explore-empty .problems li")).not.toHaveCount(0);
  expect(await axe(app)).toEqual([]);
});

test("a layer that is not there is named as such, and the rest is shown without it", async ({
  app,
}) => {
  const config = JSON.stringify({ rootfs: { type: "layers", diff_ids: [] }, history: [] });
  await app.goto();
  await app.drop({
    name: "short.tar",
    bytes: tar([
      ["config.json", config],
      ["there.tar", tar([["f", "f"]])],
      [
        "manifest.json",
        JSON.stringify([
          { Config: "config.json", RepoTags: ["short:1"], Layers: ["there.tar", "gone.tar"] },
        ]),
      ],
    ]),
  });
  await expect(app.branch(2)).toContainText("could not be read");
  await expect(app.branch(2).locator(".branch-why")).toContainText("gone.tar");
  await expect(app.page.locator(".tree-partly")).toContainText("Layer 2 could not be read");
  await expect(app.row("f")).toBeVisible();
  expect(await axe(app)).toEqual([]);
});
