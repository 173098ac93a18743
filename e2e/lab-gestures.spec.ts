import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { cell, runOwnImage, still, type } from "./lab-app.ts";

const ran = (app: App) => app.page.locator(".timeline-command[aria-current]");
const log = (app: App) => app.page.locator(".terminal-log li");

test("gestures on an uploaded image are commands that are printed: open, edit, remove", async ({
  app,
}) => {
  const { page } = app;
  await runOwnImage(app);
  await type(app, "ls /etc");
  const motd = cell(app, "motd", "shown", 3);
  await motd.dblclick();
  await expect(ran(app)).toHaveText("cat /etc/motd");
  await expect(log(app).last()).toContainText("hello from my own image");
  await motd.click();
  await page.getByRole("button", { name: "edit…" }).click();
  await page.getByLabel("New text of motd").fill("it's mine");
  await page.keyboard.press("Enter");
  await expect(ran(app)).toHaveText("echo 'it'\\''s mine' > /etc/motd");
  await expect(cell(app, "motd", "shown", 0)).toBeVisible();
  await cell(app, "issue", "shown", 2).dragTo(page.locator("[data-bin]"));
  await expect(ran(app)).toHaveText("rm /etc/issue");
  await expect(cell(app, ".wh.issue", "whiteout", 0)).toBeVisible();
});

test("each gesture by keyboard alone: why, open, remove, reorder, remove the container", async ({
  app,
}) => {
  const { page } = app;
  await runOwnImage(app);
  await type(app, "ls /etc");
  const issue = cell(app, "issue", "shown", 2);
  await issue.focus();
  await page.keyboard.press("Enter");
  await expect(ran(app)).toHaveText("why /etc/issue");
  await page.getByRole("button", { name: "cat", exact: true }).press("Enter");
  await expect(ran(app)).toHaveText("cat /etc/issue");
  await expect(log(app).last()).toContainText("mine");
  await issue.focus();
  await page.getByRole("button", { name: "↓ down" }).press("Enter");
  await expect(ran(app)).toHaveText(/^mount -o remount,del:(\S+),add:3:\1=ro\+wh \//);
  await cell(app, "issue", "shown", 3).focus();
  await page.keyboard.press("Delete");
  await expect(ran(app)).toHaveText("rm /etc/issue");
  await expect(cell(app, ".wh.issue", "whiteout", 0)).toBeVisible();
  expect(await axe(app)).toEqual([]);
  await page.getByRole("button", { name: "docker rm -f c1" }).press("Enter");
  await expect(ran(app)).toHaveText("docker rm -f c1");
  await expect(page.getByText("No union is mounted")).toBeVisible();
});

test("the writable row dropped on the bin goes with its container", async ({ app }) => {
  const { page } = app;
  await still(app);
  await page.locator("[data-branch='0'] .stage-handle-area").dragTo(page.locator("[data-bin]"));
  await expect(ran(app)).toHaveText("docker rm -f c1");
  await expect(page.locator(".lab-stack")).toHaveCount(0);
});

test("a name of a stopped container is opened at the host, as by its button", async ({ app }) => {
  const { page } = app;
  await still(app);
  await type(app, "ls /");
  const stop = await app.script((api) => api.exec("docker stop c1"));
  expect(stop.exitCode).toBe(0);
  await page.locator("[data-name=file1]").first().dblclick();
  const line = /^cat \/var\/lib\/docker\/\S+\/file1$/;
  await expect(ran(app)).toHaveText(line);
  await expect(log(app).last()).toContainText("No such file or directory");
  const opened = (await ran(app).textContent()) ?? "";
  await page.getByRole("button", { name: "cat", exact: true }).click();
  await expect(ran(app)).toHaveText(opened);
});
