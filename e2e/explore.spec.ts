import { expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { tar, tinyArchive } from "./tiny-archive.ts";

const NAMES = tinyArchive("names:latest", [
  {
    command: "COPY . /",
    entries: [
      ["<img src=x onerror=alert(1)>.txt", "markup\n"],
      ["invoice\u202etxt.exe", "turned\n"],
      ["a\nb", "two lines\n"],
      ["etc/", ""],
      ["etc/conf", "one\n"],
      ["etc/link", { symlink: "../missing" }],
    ],
  },
  { command: "RUN echo two > /etc/conf", entries: [["etc/conf", "two\n"]] },
  { command: "RUN rm /etc/conf", entries: [["etc/.wh.conf", ""]] },
]);

const names = { name: "names.tar", bytes: NAMES };

test("the sample is there on first paint, with a path resolved", async ({ app }) => {
  await app.goto();
  await expect(app.branches()).toHaveCount(6);
  await expect(app.verdict()).toContainText(/^Found\./);
  await expect(app.page.locator(".lookup")).toBeVisible();
  const marks = await app.script((api) => api.marks());
  expect(marks.firstTree).toBeGreaterThan(0);
  expect(marks.verified).toBeGreaterThanOrEqual(marks.lastByteRead ?? Number.POSITIVE_INFINITY);
});

test("a whiteout ends the lookup; what it hides can still be read and downloaded", async ({
  app,
}) => {
  await app.goto();
  await app.drop(names);
  await app.resolve("/etc/conf");
  await expect(app.verdict()).toContainText(
    "Not found. Layer 3 has a whiteout of /etc/conf: branches below are not asked.",
  );
  const versions = app.inspector.locator(".version");
  await expect(versions).toHaveCount(3);
  await expect(versions.nth(0)).toHaveAttribute("data-state", "whiteout");
  await versions.nth(2).locator(".version-choose").click();
  await expect(app.inspector.locator(".content")).toContainText("one");
  const downloading = app.page.waitForEvent("download");
  await app.page.getByRole("button", { name: "Download" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("conf.layer-1");

  await versions.nth(1).locator(".version-jump").click();
  await expect(app.branch(2)).toHaveAttribute("aria-selected", "true");
  await expect(app.row("conf")).toHaveAttribute("aria-selected", "true");
});

test("changes of a layer carry a sign, a word and what changed", async ({ app }) => {
  await app.goto();
  await app.drop(names);
  await app.branch(2).click();
  await app.show("changes");
  await expect(app.row("conf")).toHaveAttribute("data-mark", "modified");
  await expect(app.row("conf")).toContainText("content");
  await app.branch(3).click();
  await expect(app.row("conf")).toHaveAttribute("data-mark", "removed");
  await expect(app.rows().filter({ hasText: "a\\nb" })).toHaveCount(0);
  await app.page.getByRole("button", { name: "whole tree" }).click();
  await expect(app.rows().filter({ hasText: "a\\nb" })).toBeVisible();
  await expect(app.row("conf")).toHaveAttribute("data-mark", "removed");
  await app.page.getByRole("button", { name: "removed" }).click();
  await expect(app.row("conf")).toHaveCount(0);
  await expect(app.rows().filter({ hasText: "a\\nb" })).toBeVisible();
  await expect(app.branch(3).locator(".branch-counts")).toContainText("1 removed");
  await app.show("layer");
  await expect(app.row(".wh.conf")).toHaveAttribute("data-mark", "whiteout");
});

test("names are text: markup, turned writing and line breaks are shown, not obeyed", async ({
  app,
}) => {
  await app.goto();
  await app.drop(names);
  await expect(app.row("<img src=x onerror=alert(1)>.txt")).toBeVisible();
  await expect(app.tree.locator("img")).toHaveCount(0);
  await expect(app.rows().filter({ hasText: "invoice\\u202etxt.exe" })).toBeVisible();
  await expect(app.rows().filter({ hasText: "a\\nb" })).toBeVisible();
});

test("a path is copied as what it is, whatever is shown for it", async ({ app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.goto();
  await app.drop(names);
  const copied = async (shown: string) => {
    await app.rows().filter({ hasText: shown }).click();
    await app.page.getByRole("button", { name: "Copy the path" }).click();
    await expect(app.page.locator(".inspector-title [role=status]")).toHaveText(
      "The path was copied",
    );
    return app.page.evaluate(() => navigator.clipboard.readText());
  };
  expect(await copied("invoice\\u202etxt.exe")).toBe("/invoice\u202etxt.exe");
  expect(await copied("a\\nb")).toBe("/a\nb");
  await expect(app.page.locator(".path-input")).toHaveValue("/a\\nb");
  await app.page.getByRole("button", { name: "Resolve" }).click();
  await expect(app.verdict()).toContainText(/^Found\./);
});

test("a name of 64 KB leaves room for what is said of it", async ({ app }) => {
  const name = "x".repeat(65_536);
  await app.goto();
  await app.drop({ name: "long.tar", bytes: tar([[name, "long\n"]]) });
  await app.page.locator(".tree-grid [data-index]").first().click();
  await expect(app.page.locator(".inspector-path")).toHaveText(`/${name}`);
  await expect(app.inspector.locator(".versions")).toBeInViewport();
  const overflow = await app.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  expect(await axe(app)).toEqual([]);
});

test("what layers hide is counted, and the largest of it is a press away", async ({ app }) => {
  await app.goto();
  await expect(app.stack.locator(".branch-hides").first()).toContainText(/hides [\d.]+ [kM]?B/);
  await app.page.getByRole("button", { name: /wasted of/ }).click();
  const largest = app.page.locator(".waste-file").first();
  const path = (await largest.locator(".waste-path").textContent()) ?? "";
  await largest.click();
  await expect(app.page.locator(".inspector-path")).toHaveText(path);
  await expect(app.page).toHaveURL(/mode=changes/);
});

test("a directory counts an inode once, and says all layers it is merged from", async ({ app }) => {
  await app.goto();
  await expect(app.row("bin").first().locator(".tree-size")).toHaveText("60.0 kB");
  await expect(app.row("etc").locator(".tree-layers")).toHaveText(/^\d+( \d+)+$/);
});

test("an archive begins with a telling path, which is no step of its own", async ({ app }) => {
  await app.goto();
  const steps = await app.page.evaluate(() => history.length);
  await app.drop(names);
  await expect(app.page.locator(".inspector-path")).toHaveText("/etc/conf");
  expect(await app.page.evaluate(() => history.length)).toBe(steps + 1);
});

test("the filter narrows the tree to matches and the directories above them", async ({ app }) => {
  await app.goto();
  await app.page.locator(".tree-filter").fill("libfan");
  await expect(app.rows()).toHaveText([/usr/, /lib/, /libfan\.so/, /libfan\.so\.1\.4/]);
});

test("sorting by size puts the largest first", async ({ app }) => {
  await app.goto();
  await app.page.getByRole("button", { name: "Size" }).click();
  await expect(app.rows().first()).toContainText("bin");
  await app.page.getByRole("button", { name: /^Size/ }).click();
  await expect(app.rows().first()).toContainText("tmp");
});

test("several archives are open at once, and one is closed", async ({ app }) => {
  await app.goto();
  await app.drop(names);
  await app.page.locator(".picker").click();
  await expect(app.page.getByRole("menuitemradio")).toHaveCount(2);
  await app.page.getByRole("menuitem", { name: "Close names.tar" }).click();
  await expect(app.page.locator(".picker-name")).toContainText("sample:latest");
});

test("what is no archive is refused with a sentence, and the rest stays", async ({ app }) => {
  await app.goto();
  await app.drop({ name: "photo.png", bytes: Buffer.from("\u0089PNG\r\n\u001a\n", "latin1") });
  await expect(app.page.locator(".notice-fault")).toContainText("photo.png");
  await expect(app.branches()).toHaveCount(6);
});

test("?open= opens an archive of the same origin, and no other", async ({ app }) => {
  await app.page.route(
    (url) => url.pathname === "/names.tar",
    (route) => route.fulfill({ body: NAMES }),
  );
  await app.goto("?open=/names.tar");
  await expect(app.page.locator(".picker-name")).toContainText("names:latest");
  await app.goto("?open=https://example.com/x.tar");
  await expect(app.page.locator(".notice-fault")).toContainText("https://example.com/x.tar");
});

test("both readings can be chosen", async ({ app }) => {
  await app.goto();
  await app.page.locator(".semantics input[value=oci]").check({ force: true });
  await expect(app.page).toHaveURL(/semantics=oci/);
});

test("two archives share a layer: it is kept once, and stays when the one that brought it is closed", async ({
  app,
}) => {
  const base = { command: "COPY base /", entries: [["shared.txt", "common\n"]] } as const;
  const bytes = (name: string) =>
    tinyArchive(`${name}:latest`, [base, { command: name, entries: [[name, `${name}\n`]] }]);
  await app.goto();
  await app.drop({ name: "one.tar", bytes: bytes("one") });
  await app.drop({ name: "two.tar", bytes: bytes("two") });
  await expect(app.branch(1)).toContainText("shared with one:latest");
  await expect(app.branch(2)).not.toContainText("shared with");
  const shared = await app.script((api) => api.store().filter(({ images }) => images.length === 2));
  expect(shared).toHaveLength(1);

  await app.page.locator(".picker").click();
  await app.page.getByRole("menuitem", { name: "Close one.tar" }).click();
  await expect(app.branch(1)).not.toContainText("shared with");
  await app.resolve("/shared.txt");
  await expect(app.inspector.locator(".content")).toContainText("common");
});

test("archives dropped together open on their own, layers dropped together as one image", async ({
  app,
}) => {
  const archive = (name: string) => ({
    name: `${name}.tar`,
    bytes: tinyArchive(`${name}:latest`, [{ command: name, entries: [[name, name]] }]),
  });
  await app.goto();
  await app.drop(archive("one"), archive("two"));
  await app.page.locator(".picker").click();
  await expect(app.page.getByRole("menuitemradio")).toHaveCount(3);
  await app.page.keyboard.press("Escape");
  await app.drop(
    { name: "01.tar", bytes: tar([["etc/conf", "one\n"]]) },
    { name: "02.tar", bytes: tar([["etc/.wh.conf", ""]]) },
  );
  await expect(app.branches()).toHaveCount(2);
  await app.resolve("/etc/conf");
  await expect(app.verdict()).toContainText("Layer 2 has a whiteout");
});
