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

test("undo, redo and reset at the prompt walk over commands; what was typed stays to be redone", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=files");
  await type(app, "rm /file3");
  const hash = () => app.script((api) => api.stateHash());
  const removed = await hash();
  const current = page.locator(".timeline-command[aria-current]");
  const say = async (word: string) => {
    const input = page.getByRole("combobox", { name: /^Command at/ });
    await input.fill(word);
    await input.press("Enter");
  };
  await say("undo");
  await expect(current).toHaveText("cat /file3");
  await expect(cell(app, "file3", "shown", 4)).toBeVisible();
  await say("redo");
  await expect(current).toHaveText("rm /file3");
  expect(await hash()).toBe(removed);
  await say("reset");
  await expect(current).toHaveText("start");
  await expect(page.locator(".timeline-command", { hasText: "rm /file3" })).toHaveCount(1);
});

test("a copy-up makes its parents first, grows with its bytes, and the meters say what the sentence says", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=ubuntu");
  await type(app, "echo deb >> /etc/apt/sources.list");
  await page.locator(".lab-caption").click();
  const caption = page.locator("[data-caption]");
  const backTo = async (words: RegExp) => {
    for (let step = 0; step < 60; step++) {
      if (words.test((await caption.textContent()) ?? "")) return;
      await page.keyboard.press("ArrowLeft");
    }
    throw new Error(`no step says ${words}`);
  };
  await backTo(/^aufs copies .* of \/etc\/apt\/sources\.list/);
  const copied = /copies ([\d.]+ k?B) of/.exec((await caption.textContent()) ?? "")?.[1];
  await expect(page.locator("[data-state=copying]")).toContainText(`/ ${copied}`);
  await expect(page.locator("[data-meter=copied] .meter-value")).toContainText(copied ?? "none");
  await expect(page.locator(".stage-copy-arrow")).toHaveCount(1);
  await backTo(/^aufs makes the temporary file \.wh\.\.wh\.sources\.list/);
  await expect(page.locator("[data-state=copying]")).toHaveCount(1);
  await expect(page.locator(".lab-side")).toContainText("temporary");
  await backTo(/^The finished copy \.wh\.\.wh\.apt.* is renamed to \/etc\/apt/);
  await expect(page.locator("[data-state=ghost]")).toHaveCount(0);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(caption).toContainText("makes the temporary file");
  await page.getByRole("navigation", { name: "Directory" }).getByText("etc").click();
  await expect(page.locator("[data-state=ghost]")).toHaveCount(1);
  await backTo(/^\/etc is missing in c1/);
  await expect(page.locator("[data-state=copying]")).toHaveCount(0);
});

test("directories that merge have a bracket; presenting, no line of text is cut off", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=ubuntu");
  await type(app, "ls -d /etc");
  await expect(page.locator(".stage-bracket")).not.toHaveCount(0);
  await expect(page.locator("[data-view=etc]")).toContainText("merged");
  await type(app, "rm -r /etc/dpkg; mkdir /etc/dpkg");
  await page.getByRole("button", { name: "Present", exact: true }).click();
  await page.setViewportSize({ width: 1024, height: 768 });
  const cut = await page
    .locator(".lab-last")
    .evaluate((line) => line.scrollHeight - line.clientHeight);
  expect(cut).toBeLessThanOrEqual(0);
});

/** Sideways: letters have room above and below them that is not drawn. */
async function isInside(what: Locator, frame: Locator): Promise<void> {
  const [inner, outer] = [await what.boundingBox(), await frame.boundingBox()];
  if (!inner || !outer) throw new Error("not drawn");
  expect(inner.x).toBeGreaterThanOrEqual(outer.x - 1);
  expect(inner.x + inner.width).toBeLessThanOrEqual(outer.x + outer.width + 1);
}
