import { expect, test } from "./app.ts";
import { cell, ready, still, type } from "./lab-app.ts";

test("a reload in the middle of a play comes back into the command that was played", async ({
  app,
}) => {
  const { page } = app;
  await page.addInitScript(() => {
    localStorage.setItem("unionscope-lab-settings", JSON.stringify({ speed: 0.25 }));
  });
  await app.goto("?view=lab&lab=kv");
  await ready(app);
  const input = page.getByRole("combobox", { name: /^Command at/ });
  await input.fill("echo k=v >> /kv.db");
  await input.press("Enter");
  const current = page.locator(".timeline-command[aria-current]");
  await expect(current).toHaveText("echo k=v >> /kv.db");
  await expect(page.locator("[data-caption]")).toContainText("looks for /kv.db in L2");
  await page.reload();
  await ready(app);
  await expect(current).toHaveText("echo k=v >> /kv.db");
  await expect(page.locator("[data-caption]")).toContainText("/kv.db");
});

test("a volume is a box beside the stack: reading in it goes past every branch, and says so", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=volume");
  await expect(page.locator("[data-volumes='1']")).toContainText("/data");
  await type(app, "cat /data/kept");
  await expect(page.locator(".terminal-log")).toContainText("kept");
  await page.keyboard.press("PageUp");
  await expect(page.locator("[data-caption]")).toHaveText(
    "Something is mounted on /data, so the walk goes on in that file system and asks no branch below.",
  );
  await expect(cell(app, "kept", "shown", 0)).toHaveCount(0);
});
