import { readFileSync } from "node:fs";
import { expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { momentLink, ready, still, type } from "./lab-app.ts";

test("picture, container and directory on the stage stand in the address, and in a link", async ({
  app,
  browser,
  baseURL,
}) => {
  const { page } = app;
  await still(app);
  await app.script((api) => api.exec("docker run -dit --name c2 files"));
  await type(app, "cat /etc/hostname");
  const onStage = page.getByRole("combobox", { name: "On stage" });
  await onStage.selectOption({ label: "c1" });
  await onStage.selectOption({ label: "c2" });
  await onStage.selectOption({ label: "c1" });
  await page.getByRole("button", { name: /^View:/ }).click();
  await page.getByRole("combobox", { name: "Picture" }).selectOption("parents");
  expect(await axe(app)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/[?&]on=[0-9a-f]{64}&picture=parents$/);
  await page.reload();
  await ready(app);
  const picture = page.locator(".stage svg[aria-label]").first();
  await expect(picture).toHaveAttribute("aria-label", "layers and parents: c1");
  await page.getByRole("button", { name: /^View:/ }).click();
  await page.getByRole("combobox", { name: "Picture" }).selectOption("matrix");
  await page.keyboard.press("Escape");
  const crumbs = page.getByRole("navigation", { name: "Directory" });
  await crumbs.getByRole("button", { name: "etc", exact: true }).click();
  await expect(page).toHaveURL(/&dir=\/etc$/);
  const link = await momentLink(app);
  const other = await (await browser.newContext({ ...(baseURL ? { baseURL } : {}) })).newPage();
  await other.goto(link);
  await expect(other.locator(".lab-proof")).toHaveText(/the hashes agree/, { timeout: 30_000 });
  await expect(other.locator(".stage .stage-drawing")).toHaveAttribute(
    "aria-label",
    "Stage: /etc of c1",
  );
  await other.context().close();
});

test("a link that names a world and a picture opens on it", async ({ app }) => {
  await still(app, "?view=lab&lab=seed&picture=metadata&figure=aufs_metadata");
  await expect(app.page.getByRole("button", { name: "View: layers files" })).toBeVisible();
  await expect(app.page.locator(".lab-figure")).toContainText("nearest first");
});

test("the transcript is the session up to the moment: commands, output, sentences, costs", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=files");
  await type(app, "echo more >> /file4");
  await type(app, "rm /file3");
  const hash = await app.script((api) => api.stateHash());
  await page.locator(".lab-caption").click();
  await page.keyboard.press(",");
  await page.getByRole("button", { name: "Share this moment" }).click();
  expect(await axe(app)).toEqual([]);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save .md" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^unionscope-4\.\d+\.md$/);
  const text = readFileSync(await file.path()).toString();
  expect(text).toMatch(/^# .*\n\n```console\nhost# docker run -dit --name c1 files\n/);
  expect(text).toContain("```console\nc1# cat /file3\n");
  const written = text.slice(text.indexOf("c1# echo more"), text.indexOf("c1# rm /file3"));
  expect(written).toMatch(/\n1\. .*`\/file4`/);
  expect(written).toMatch(/Copied up: [\d.]+ k?B · Written by the program: 5 B/);
  const shown = (await page.locator("[data-caption]").textContent()) ?? "";
  const last = text.slice(text.indexOf("c1# rm /file3")).replaceAll(/[`\\]/g, "");
  expect(last).toContain(shown);
  const [, steps] =
    /micro-step (\d+) of/.exec((await page.locator(".timeline-count").textContent()) ?? "") ?? [];
  expect(last.match(/^\d+\. /gm)?.length).toBe(Number(steps));
  const link = /<(http[^>]+)>\n$/.exec(text)?.[1];
  await page.goto(link ?? "no link");
  await expect(page.locator(".lab-proof")).toHaveText(/the hashes agree/, { timeout: 30_000 });
  await page.keyboard.press("Shift+ArrowRight");
  expect(await app.script((api) => api.stateHash())).toBe(hash);
});

test("a first visit is invited to commands that run on a press, and go when they are done", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab");
  const tries = page.getByRole("region", { name: /^Try one/ });
  const input = page.getByRole("combobox", { name: "Command at c1#" });
  await expect(input).toHaveAttribute("placeholder", "for example echo k=v >> /kv.db");
  const count = await tries.getByRole("button").count();
  const first = tries.getByRole("button", { name: "echo k=v >> /kv.db" });
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".timeline-command[aria-current]")).toHaveText("echo k=v >> /kv.db");
  await expect(first).toHaveCount(0);
  await expect(input).toHaveAttribute("placeholder", "for example rm /motd");
  await type(app, "rm /motd");
  await expect(tries.getByRole("button")).toHaveCount(count - 2);
  for (let left = count - 2; left > 0; left--) {
    await tries.getByRole("button").first().click();
    await expect(tries.getByRole("button")).toHaveCount(left - 1);
  }
  await expect(input).not.toHaveAttribute("placeholder", /./);
});

test("meters and files beside the stage can be folded away, and stay so after a reload", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  const width = async () => (await page.locator(".stage-drawing").boundingBox())?.width ?? 0;
  const narrow = await width();
  await page.getByRole("button", { name: /^View:/ }).click();
  const side = page.getByRole("checkbox", { name: "Meters and files beside the stage" });
  await side.uncheck();
  await page.keyboard.press("Escape");
  await expect(page.locator(".lab-side")).toBeHidden();
  await expect.poll(width).toBeGreaterThan(narrow + 200);
  await page.reload();
  await ready(app);
  await expect(page.locator(".lab-side")).toBeHidden();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator(".lab-foot").getByText("Meters").click();
  await expect(page.locator(".lab-side")).toBeVisible();
});
