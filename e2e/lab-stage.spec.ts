import { expect, test } from "./app.ts";
import { still, type } from "./lab-app.ts";

test("Docker's plumbing is a strip that is still asked; a switch makes it a row, and is remembered", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  const heads = page.locator(".stage-head");
  await expect(heads).toHaveText(["app/", "app.conf", "etc/", "kv.db", "motd"]);
  await expect(page.locator("[data-strip]")).toHaveCount(1);
  await expect(page.locator(".stage-disc-number")).toHaveText(["1", "2", "3", "4", "5"]);
  await page.getByRole("checkbox", { name: /Docker's plumbing/ }).check();
  await expect(page.locator("[data-strip]")).toHaveCount(0);
  await expect(heads.filter({ hasText: ".dockerenv" })).toHaveCount(1);
  await expect(page.locator(".stage-disc-number").last()).toHaveText("5");
  await page.reload();
  await expect(heads.filter({ hasText: ".dockerenv" })).toHaveCount(1, { timeout: 30_000 });
});

test("several containers that read one file of the image share one tile of the page cache", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=sharing");
  const tile = page.locator("[data-tile='nginx.conf']");
  await expect(tile).toHaveCount(1);
  await expect(tile).toHaveAttribute("data-readers", "2");
  await expect(tile.locator("circle")).toHaveCount(2);
  await expect(tile.locator("title")).toContainText("read by c1, c2");
  await type(app, "echo x >> /etc/nginx/nginx.conf; cat /etc/nginx/nginx.conf");
  await expect(tile).toHaveCount(2);
});
