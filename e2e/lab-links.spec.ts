import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { cell, momentLink, OWN, readLog, runOwnImage, still, type } from "./lab-app.ts";

const rings = (app: App) => app.page.locator(".timeline-touched");
const commands = (app: App) => app.page.locator(".timeline-commands li[data-touched=true]");
const typed = (app: App) => app.page.locator(".terminal-log li[data-touched=true]");
const part = (app: App, meter: string) => app.page.locator(`[data-meter=${meter}] .meter-part`);

test("a selected path is marked on the stage, in time, in the log, on disk and in the meters; Escape lets go", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await type(app, "cat /app.conf; echo x=1 >> /kv.db");
  await cell(app, "kv.db", "hidden", 4).click();
  await expect(page.locator(".stage-head[data-lit=true]")).toHaveText("kv.db");
  await expect(rings(app)).not.toHaveCount(0);
  await expect(commands(app)).toHaveText(["cat /app.conf; echo x=1 >> /kv.db"]);
  await expect(typed(app)).toHaveCount(1);
  await expect(typed(app).locator(".unseen")).toHaveText("(touches /kv.db)");
  await expect(part(app, "copied")).toHaveText("kv.db: 100 MB");
  await expect(part(app, "visits")).toHaveText("kv.db: 5");
  await expect(page.locator("[data-meter=visits] .meter-value")).not.toHaveText("5");
  await expect(page.locator(".lab-disk li[data-lit=true]")).toContainText("kv.db");
  await page.getByText("Micro-steps of this command").click();
  const marked = await rings(app).evaluateAll((all) =>
    all.reduce((sum, each) => sum + Number(each.getAttribute("data-touched")), 0),
  );
  const signs = (await page.locator(".timeline-signs").allTextContents()).join("");
  expect(signs.length).toBeGreaterThan(marked);
  const touching = (await readLog(app)).filter(({ isTouched }) => isTouched);
  expect(touching.length).toBe(marked);
  for (const { sentence } of touching) expect(sentence).toMatch(/ \(touches \/kv\.db\)$/);
  await page.getByText("State as text").click();
  await expect(page.locator("[data-state-text]")).toContainText("Selected: /kv.db.");
  expect(await axe(app)).toEqual([]);
  await expect(page).toHaveURL(/[?&]sel=\/kv\.db(&|$)/);
  await page.keyboard.press("Escape");
  await expect(page.locator(".stage-head[data-lit=true]")).toHaveCount(0);
  await expect(rings(app)).toHaveCount(0);
  await expect(typed(app)).toHaveCount(0);
  await expect(page).not.toHaveURL(/sel=/);
});

test("a branch is selected by keyboard; its row, its steps, its line in a layers file are one with it", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await type(app, "cat /motd");
  await page.locator(".stage-handle").first().focus();
  for (let at = 0; at < 4; at++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const base = page.locator("[data-branch='4']");
  await expect(base).toHaveAttribute("data-lit", "true");
  await expect(base.getByRole("button")).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator(".timeline-word[data-touched=true]").first()).toHaveText("base");
  await expect(page.locator(".lab-slab[data-lit=true]")).toHaveCount(1);
  await page.locator(".stage-handle").nth(2).click();
  await page.getByRole("button", { name: "cat layers/…" }).click();
  const ids = page.locator(".terminal-id");
  await expect(ids).toHaveCount(2);
  await ids.first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(ids.last()).toHaveAttribute("aria-pressed", "true");
  await expect(base).toHaveAttribute("data-lit", "true");
  await page.locator("[data-branch='3'] .stage-handle").click();
  await expect(ids.first()).toHaveAttribute("aria-pressed", "true");
  expect(await axe(app)).toEqual([]);
  await page.getByRole("button", { name: /^View:/ }).click();
  await page.getByRole("combobox", { name: "Picture" }).selectOption("metadata");
  await page.keyboard.press("Escape");
  await expect(page.locator("[data-layer][data-lit=true]")).toContainText("L1");
  await page.locator(".figure-line").first().focus();
  await page.keyboard.press("Enter");
  await expect(ids.first()).toHaveAttribute("aria-pressed", "true");
});

test("the buttons beside a selection lead to what touched it before and next, in Chinese too", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv&lang=zh-Hans");
  await type(app, "cat /motd");
  await type(app, "cat /app.conf");
  await type(app, "rm /motd");
  await page.locator("[data-name='motd']").last().click();
  const present = page.locator(".timeline-command[aria-current]");
  const back = page.getByRole("button", { name: "退到上一个与 motd 有关的微步" });
  while ((await present.textContent()) === "rm /motd") await back.click();
  await expect(present).toHaveText("cat /motd");
  await page.getByRole("button", { name: "进到下一个与 motd 有关的微步" }).click();
  await expect(present).toHaveText("rm /motd");
  expect(await axe(app)).toEqual([]);
});

test("a selection comes back after a reload and goes with a link, with an image of one's own too", async ({
  app,
  browser,
}) => {
  const { page } = app;
  await runOwnImage(app);
  await type(app, "cat /etc/motd");
  await page.locator("[data-name='motd']").first().click();
  await expect(page).toHaveURL(/sel=\/etc\/motd/);
  const link = await momentLink(app);
  await page.reload();
  await expect(page.locator(".stage-head[data-lit=true]")).toHaveText("motd", { timeout: 30_000 });
  await expect(part(app, "visits")).toContainText("motd: ");
  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  const file = { name: OWN.name, mimeType: "application/x-tar", buffer: OWN.bytes };
  await other.locator(".lab-wanting input").setInputFiles(file);
  await expect(other.locator(".stage-head[data-lit=true]")).toHaveText("motd", { timeout: 20_000 });
  await other.context().close();
});

test("a selected path or branch marks its tiles of the page cache, in the words of the twin too; a remount moves no tile to another branch", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await type(app, "cat /motd /app.conf");
  const lit = page.locator("[data-tile][data-lit=true]");
  await expect(page.locator("[data-tile]")).toHaveCount(2);
  await expect(lit).toHaveCount(0);
  await cell(app, "motd", "shown", 4).click();
  await expect(page.locator(".stage-head[data-lit=true]")).toHaveText("motd");
  await expect(lit).toHaveCount(1);
  await expect(lit).toHaveAttribute("data-tile", "motd");
  await expect(lit.locator("title")).toHaveText(/^\/motd from base: .* \(selected\)$/);
  await page.getByText("State as text").click();
  const twin = page.locator("[data-state-text] li");
  await expect(twin.filter({ hasText: "(selected)" })).toHaveText(/^\/motd from base: /);

  // The copy in c1 is another file of the same name.
  await type(app, "echo more >> /motd; cat /motd");
  await expect(page.locator("[data-tile=motd]")).toHaveCount(2);
  await expect(lit).toHaveCount(2);

  // A tile that a step leaves as it is, is not drawn again.
  await lit.first().evaluate((tile) => {
    const watch = new MutationObserver((changes) => {
      watch.disconnect();
      tile.setAttribute("data-drawn", String(changes.length));
    });
    watch.observe(tile, { attributes: true, childList: true, characterData: true, subtree: true });
  });
  await page.locator(".lab-caption").click();
  for (const key of ["ArrowLeft", "ArrowLeft", "ArrowRight"]) {
    const place = await page.locator(".timeline-count").textContent();
    await page.keyboard.press(key);
    await expect(page.locator(".timeline-count")).not.toHaveText(place ?? "");
  }
  await expect(lit.first()).not.toHaveAttribute("data-drawn");

  await page.locator(".stage-handle", { hasText: "L2" }).click();
  await expect(lit).toHaveAttribute("data-tile", "app.conf");
  await expect(lit.locator("title")).toHaveText(/^\/app\.conf from L2: .* \(selected\)$/);
  expect(await axe(app)).toEqual([]);

  await cell(app, "app.conf", "shown", 2).click();
  await page.getByRole("button", { name: "↓ down" }).click();
  await expect(cell(app, "app.conf", "shown", 3)).toBeVisible();
  await expect(lit.locator("title")).toHaveText(/^\/app\.conf from L2: .* \(selected\)$/);
});
