import { expect, test } from "./app.ts";
import { tinyArchive } from "./tiny-archive.ts";

test("the selection stands in the URL; back and forward go through it", async ({ app }) => {
  await app.goto();
  await app.branch(4).click();
  await app.show("changes");
  await app.resolve("/srv/app/app.conf");
  await expect(app.page).toHaveURL(/layer=4&mode=changes&path=\/srv\/app\/app\.conf/);
  await app.resolve("/etc/passwd");
  await app.page.goBack();
  await expect(app.page.locator(".inspector-path")).toHaveText("/srv/app/app.conf");
  await app.page.goForward();
  await expect(app.page.locator(".inspector-path")).toHaveText("/etc/passwd");
  await app.page.goBack();
  await app.page.goBack();
  await expect(app.page.locator(".tree-tools input[value=merged]")).toBeChecked();
  await expect(app.branch(4)).toHaveAttribute("aria-selected", "true");
});

test("a link shows what it was copied from, language and theme too", async ({ app }) => {
  await app.goto("?layer=3&mode=layer&path=/srv/app&lang=zh-Hans&theme=dark&semantics=oci");
  await expect(app.branch(3)).toHaveAttribute("aria-selected", "true");
  await expect(app.row("app")).toHaveAttribute("aria-selected", "true");
  await expect(app.page.locator("html")).toHaveAttribute("lang", "zh-Hans");
  await expect(app.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(app.page.locator(".semantics input[value=oci]")).toBeChecked();
});

test("language and theme change at once, and are no steps in the history", async ({ app }) => {
  await app.goto("?lang=en");
  const steps = await app.page.evaluate(() => history.length);
  await app.page.getByRole("button", { name: "Language" }).click();
  await app.page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await expect(app.page.locator("#stack-title")).toContainText("按查找顺序");
  await app.page.getByRole("button", { name: "主题" }).click();
  await app.page.getByRole("menuitemradio", { name: "深色" }).click();
  await expect(app.page).toHaveURL(/lang=zh-Hans&theme=dark/);
  expect(await app.page.evaluate(() => history.length)).toBe(steps);
  await app.goto();
  await expect(app.page.locator("html")).toHaveAttribute("lang", "zh-Hans");
  await expect(app.page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a link to an image that is not open waits for its archive", async ({ app }) => {
  const bytes = tinyArchive("later:latest", [
    { command: "one", entries: [["a", "1"]] },
    { command: "two", entries: [["b", "2"]] },
  ]);
  await app.goto();
  await app.drop({ name: "later.tar", bytes });
  const image = new URL(app.page.url()).searchParams.get("image");
  await app.goto(`?image=${image}&layer=1&path=/a`);
  await expect(app.branches()).toHaveCount(6);
  await app.drop({ name: "later.tar", bytes });
  await expect(app.branch(1)).toHaveAttribute("aria-selected", "true");
  await expect(app.page.locator(".inspector-path")).toHaveText("/a");
});
