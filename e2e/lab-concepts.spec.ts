import type { Locator } from "@playwright/test";
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
  await expect(page.locator("[data-caption]")).toContainText("/kv.db");
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

test("a directory without names says so, on the stage and in words", async ({ app }) => {
  const { page } = app;
  await still(app, "?view=lab&lab=files");
  await app.script((api) => api.exec("mkdir /new; ls /new", { container: "c1" }));
  await expect(page.locator(".stage")).toContainText("no names here");
  await page.getByText("State as text").click();
  await expect(page.getByRole("rowheader", { name: "View (no names here)" })).toBeVisible();
});

test("long and wide names are cut within their marks; numbers and words stay inside theirs", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=files");
  const many =
    "for i in 1 2 3 4 5; do touch /n/$i-a-very-long-name-that-goes-on.txt /n/$i文件名很长的一个中文文件.txt; done";
  await app.script((api) => api.exec("mkdir /n", { container: "c1" }));
  await app.page.evaluate((line) => window.unionscope.exec(line, { container: "c1" }), many);
  await app.script((api) => api.exec("ls /n; mv /n /etc/moved", { container: "c1" }));
  await app.script((api) => api.exec("ls /etc/moved", { container: "c1" }));
  for (const view of await page.locator(".stage-view-cell").all()) {
    await expect(view.locator("text")).toHaveText(/^[^…]+…[^…]+$/);
    await isInside(view.locator("text"), view.locator("rect"));
  }
  await isInside(page.locator(".timeline-word.timeline-now"), page.locator(".timeline-glyphs"));

  await page.goto("?view=lab&lab=deep");
  await ready(app);
  for (const presenting of [false, true]) {
    if (presenting) await page.getByRole("button", { name: "Present", exact: true }).click();
    const discs = await page.locator(".stage-disc").all();
    expect(discs.length).toBeGreaterThan(2);
    for (const [at, disc] of discs.entries())
      await isInside(page.locator(".stage-disc-number").nth(at), disc);
  }
});

/** Sideways: letters have room above and below them that is not drawn. */
async function isInside(what: Locator, frame: Locator): Promise<void> {
  const [inner, outer] = [await what.boundingBox(), await frame.boundingBox()];
  if (!inner || !outer) throw new Error("not drawn");
  expect(inner.x).toBeGreaterThanOrEqual(outer.x - 1);
  expect(inner.x + inner.width).toBeLessThanOrEqual(outer.x + outer.width + 1);
}
